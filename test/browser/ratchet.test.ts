import { concatBytes } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import { noblePrimitives, platformPrimitives } from '../../core/ratchet/index.js';
import { talkingPair, utf8 } from '../unit/ratchet/device.js';

const noble = noblePrimitives();
const platform = await platformPrimitives();

describe('the primitives of the browser', () => {
  it('use its own curves', () => {
    expect(isSecureContext).toBe(true);
    expect(platform.agree).not.toBe(noble.agree);
    expect(platform.verify).not.toBe(noble.verify);
  });

  it('agree on the same bytes as plain JavaScript', async () => {
    for (let i = 0; i < 10; i++) {
      const own = await platform.generateKeyPair();
      const other = await noble.generateKeyPair();
      const shared = await noble.agree(other, own.publicKey);
      expect(await platform.agree(own, other.publicKey)).toEqual(shared);
      expect(await platform.agree({ ...own }, other.publicKey)).toEqual(shared);
      expect(await noble.agree(own, other.publicKey)).toEqual(shared);
      const topBit = other.publicKey.with(32, other.publicKey[32]! | 0x80);
      expect(await platform.agree(own, topBit)).toEqual(shared);
    }
  });

  it('refuse public keys of low order', async () => {
    const own = await platform.generateKeyPair();
    for (const u of [0, 1]) {
      const key = concatBytes(Uint8Array.of(5, u), new Uint8Array(31));
      await expect(platform.agree(own, key)).rejects.toMatchObject({ code: 'invalid-key' });
    }
  });

  it('answer for signatures as plain JavaScript does', async () => {
    for (let i = 0; i < 10; i++) {
      const { publicKey, privateKey } = await platform.generateKeyPair();
      const message = utf8(`message ${i}`);
      const signature = await platform.sign(privateKey, message);
      for (const p of [platform, noble]) {
        expect(await p.verify(publicKey, message, signature)).toBe(true);
        expect(await p.verify(publicKey, utf8('other'), signature)).toBe(false);
        for (const place of [0, 31, 32, 63]) {
          const bad = signature.with(place, signature[place]! ^ 0x10);
          expect(await p.verify(publicKey, message, bad)).toBe(false);
        }
        for (const u of [0, 1, 2]) {
          const key = concatBytes(Uint8Array.of(5, u), new Uint8Array(31));
          expect(await p.verify(key, message, signature)).toBe(false);
        }
      }
    }
  });

  it('carry a whole conversation', async () => {
    const [alice, bob] = await talkingPair(platform);
    for (let i = 0; i < 20; i++) {
      expect(await bob.receive(alice, await alice.send(bob, `to ${i}`))).toBe(`to ${i}`);
      expect(await alice.receive(bob, await bob.send(alice, `fro ${i}`))).toBe(`fro ${i}`);
    }
  });
});

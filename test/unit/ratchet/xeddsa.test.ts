import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js';
import { concatBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noblePrimitives, platformPrimitives } from '../../../core/ratchet/index.js';
import { utf8 } from './device.js';

const noble = noblePrimitives();
const platform = await platformPrimitives();
const both = [noble, platform];
const message = utf8('message');

/** Keys whose Edwards points have either sign. */
async function keysOfBothSigns() {
  const found = new Map<number, { publicKey: Uint8Array; privateKey: Uint8Array; signature: Uint8Array }>();
  while (found.size < 2) {
    const pair = await noble.generateKeyPair();
    const signature = await noble.sign(pair.privateKey, message);
    found.set(signature[63]! & 0x80, { ...pair, signature });
  }
  return [...found.values()];
}

describe('XEdDSA', () => {
  it('verifies what it signed, with keys of either sign, by both implementations', async () => {
    for (const { publicKey, signature } of await keysOfBothSigns()) {
      for (const p of both) expect(await p.verify(publicKey, message, signature)).toBe(true);
    }
  });

  it('never signs the same message the same way twice', async () => {
    const { privateKey } = await noble.generateKeyPair();
    expect(await noble.sign(privateKey, message)).not.toEqual(await noble.sign(privateKey, message));
  });

  it('refuses a signature, key or message with any bit changed', async () => {
    const [{ publicKey, signature } = expect.unreachable()] = await keysOfBothSigns();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 64 * 8 - 1 }), async (bit) => {
        const bad = signature.slice();
        bad[bit >> 3]! ^= 1 << (bit & 7);
        for (const p of both) expect(await p.verify(publicKey, message, bad)).toBe(false);
      }),
      { numRuns: 30 },
    );
    await fc.assert(
      // the top bit of a public key is no part of it
      fc.asyncProperty(fc.integer({ min: 8, max: 33 * 8 - 2 }), async (bit) => {
        const bad = publicKey.slice();
        bad[bit >> 3]! ^= 1 << (bit & 7);
        for (const p of both) expect(await p.verify(bad, message, signature)).toBe(false);
      }),
      { numRuns: 30 },
    );
    for (const p of both) expect(await p.verify(publicKey, utf8('massage'), signature)).toBe(false);
  });

  it('takes s above the group order for its remainder, but not with the high bits set', async () => {
    const [{ publicKey, signature } = expect.unreachable()] = await keysOfBothSigns();
    const sign = signature[63]! & 0x80;
    const s = signature.slice(32);
    s[31]! &= 0x7f;
    const withS = (value: bigint) => {
      const changed = concatBytes(signature.subarray(0, 32), numberToBytesLE(value, 32));
      changed[63]! |= sign;
      return changed;
    };
    const L = ed25519.Point.Fn.ORDER;
    for (const p of both) {
      expect(await p.verify(publicKey, message, withS(bytesToNumberLE(s) + L))).toBe(true);
      expect(await p.verify(publicKey, message, withS(bytesToNumberLE(s) + 2n * L))).toBe(false);
    }
  });

  it('calls malformed keys and signatures bad instead of throwing', async () => {
    const { publicKey, privateKey } = await noble.generateKeyPair();
    const signature = await noble.sign(privateKey, message);
    const minusOne = numberToBytesLE(ed25519.Point.Fp.ORDER - 1n, 32);
    const keys = [
      new Uint8Array(),
      publicKey.subarray(1),
      concatBytes(Uint8Array.of(6), publicKey.subarray(1)),
      concatBytes(Uint8Array.of(5), minusOne),
      concatBytes(Uint8Array.of(5), new Uint8Array(32)),
    ];
    for (const p of both) {
      for (const key of keys) expect(await p.verify(key, message, signature)).toBe(false);
      for (const bad of [new Uint8Array(), signature.subarray(1), new Uint8Array(64)]) {
        expect(await p.verify(publicKey, message, bad)).toBe(false);
      }
    }
  });

  it('gives the same answer by both implementations for any key and signature', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.uint8Array({ minLength: 64, maxLength: 64 }),
        async (u, signature) => {
          const key = concatBytes(Uint8Array.of(5), u);
          expect(await platform.verify(key, message, signature)).toBe(
            await noble.verify(key, message, signature),
          );
        },
      ),
      { numRuns: 40 },
    );
  });
});

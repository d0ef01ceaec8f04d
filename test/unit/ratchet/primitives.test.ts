import crypto from 'node:crypto';
import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { noblePrimitives, platformPrimitives, type Primitives } from '../../../core/ratchet/index.js';
import { repeatable, utf8 } from './device.js';

const noble = noblePrimitives();
const platform = await platformPrimitives();
const browser = await primitivesWith(globalThis.crypto.subtle);
restore();

/** Every u-coordinate of low order, and one that is not canonical. */
const LOW_ORDER = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
].map((hex) => concatBytes(Uint8Array.of(5), hexToBytes(hex)));

afterEach(restore);

function restore(): void {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.resetModules();
}

/** The primitives of a platform with another WebCrypto, and with none of Node's own cryptography unless it is given. */
async function primitivesWith(subtle: unknown, node?: object): Promise<Primitives> {
  const { getRandomValues } = globalThis.crypto;
  vi.resetModules();
  vi.spyOn(process, 'getBuiltinModule').mockReturnValue(node);
  vi.stubGlobal('crypto', { getRandomValues: getRandomValues.bind(globalThis.crypto), subtle });
  return (await import('../../../core/ratchet/platform-primitives.js')).platformPrimitives();
}

describe.each([
  ['noble', noble],
  ['Node', platform],
  ['WebCrypto', browser],
])('primitives by %s', (_name, p) => {
  it('agree on one secret from both sides', async () => {
    const [a, b] = [await p.generateKeyPair(), await p.generateKeyPair()];
    const shared = await p.agree(a, b.publicKey);
    expect(shared).toHaveLength(32);
    expect(await p.agree(b, a.publicKey)).toEqual(shared);
  });

  it('make clamped private keys and public keys with their type', async () => {
    const { publicKey, privateKey } = await p.generateKeyPair();
    expect([publicKey.length, publicKey[0], privateKey.length]).toEqual([33, 5, 32]);
    expect([privateKey[0]! & 7, privateKey[31]! & 0xc0]).toEqual([0, 0x40]);
  });

  it('refuse public keys of low order, other types and other lengths', async () => {
    const own = await p.generateKeyPair();
    const other = concatBytes(Uint8Array.of(4), own.publicKey.subarray(1));
    for (const key of [...LOW_ORDER, other, own.publicKey.subarray(1), new Uint8Array()]) {
      await expect(p.agree(own, key)).rejects.toMatchObject({ code: 'invalid-key' });
    }
  });
});

describe('the implementations of the primitives', () => {
  it('agree on the same bytes, for public keys that are not canonical as well', async () => {
    for (let i = 0; i < 10; i++) {
      const own = await platform.generateKeyPair();
      const { publicKey } = await noble.generateKeyPair();
      const topBit = publicKey.slice();
      topBit[32]! |= 0x80;
      for (const key of [publicKey, topBit, LOW_ORDER[5]!.with(1, 0xf6)]) {
        const shared = await noble.agree(own, key);
        expect(await platform.agree({ ...own }, key)).toEqual(shared);
        expect(await browser.agree({ ...own }, key)).toEqual(shared);
      }
    }
  });

  it('are told apart by speed only: keys of one work with the other', async () => {
    const kem = await platform.generateKemKeyPair();
    const { ciphertext, sharedSecret } = await noble.encapsulate(kem.publicKey);
    expect(await platform.decapsulate(kem.privateKey, ciphertext)).toEqual(sharedSecret);
    const { publicKey, privateKey } = await platform.generateKeyPair();
    expect(await noble.verify(publicKey, utf8('x'), await platform.sign(privateKey, utf8('x')))).toBe(true);
  });

  it('repeat themselves when noble is given the same randomness', async () => {
    const make = async () => {
      const p = noblePrimitives(repeatable(7));
      const pair = await p.generateKeyPair();
      const kem = await p.generateKemKeyPair();
      return [pair, kem, await p.sign(pair.privateKey, utf8('x')), await p.encapsulate(kem.publicKey)];
    };
    expect(await make()).toEqual(await make());
  });
});

describe('platform primitives', () => {
  it('use what the platform has, and Node rather than WebCrypto', async () => {
    const used = vi.spyOn(globalThis.crypto.subtle, 'deriveBits');
    const { publicKey } = await noble.generateKeyPair();
    await browser.agree(await browser.generateKeyPair(), publicKey);
    expect(used).toHaveBeenCalledOnce();
    await platform.agree(await platform.generateKeyPair(), publicKey);
    expect(used).toHaveBeenCalledOnce();
    expect(platform.agree).not.toBe(noble.agree);
  });

  it('look for the curves only once', async () => {
    expect(await platformPrimitives()).toBe(platform);
  });

  it.each([
    ['is missing, as in contexts that are not secure', undefined],
    [
      'has none of the curves',
      {
        importKey: () => Promise.reject(new Error('NotSupportedError')),
        digest: globalThis.crypto.subtle.digest.bind(globalThis.crypto.subtle),
      },
    ],
  ])('work when WebCrypto %s', async (_case, subtle) => {
    const p = await primitivesWith(subtle);
    const [a, b] = [await p.generateKeyPair(), await p.generateKeyPair()];
    expect(await p.agree(a, b.publicKey)).toEqual(await noble.agree(b, a.publicKey));
    expect(await p.verify(a.publicKey, utf8('x'), await p.sign(a.privateKey, utf8('x')))).toBe(true);
  });

  it('do not trust a platform that gives other bytes', async () => {
    const { subtle } = globalThis.crypto;
    const wrong = new Proxy(subtle, {
      get: (target, name: keyof SubtleCrypto) => {
        if (name === 'deriveBits') return () => Promise.resolve(new Uint8Array(32).fill(7).buffer);
        if (name === 'verify') return () => Promise.resolve(true);
        return (target[name] as (...args: unknown[]) => unknown).bind(target);
      },
    });
    const p = await primitivesWith(wrong, { ...crypto, diffieHellman: () => new Uint8Array(32).fill(7) });
    const [a, b] = [await p.generateKeyPair(), await p.generateKeyPair()];
    expect(await p.agree(a, b.publicKey)).toEqual(await noble.agree(a, b.publicKey));
    expect(await p.verify(a.publicKey, utf8('x'), await p.sign(b.privateKey, utf8('x')))).toBe(false);
  });
});

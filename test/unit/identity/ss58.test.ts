import { hexToBytes } from '@noble/hashes/utils.js';
import {
  base58Decode,
  base58Encode,
  blake2AsU8a,
  encodeAddress as encodeElsewhere,
} from '@polkadot/util-crypto';
import { decodeAddress as decodeElsewhere } from '@polkadot/util-crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ComingError } from '../../../core/errors.js';
import { decodeAddress, encodeAddress, parseComingId } from '../../../core/identity/index.js';

const ALICE = hexToBytes('d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d');
const PREFIXES = [0, 2, 42, 44, 63, 64, 255, 16383];
const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

const account = fc.uint8Array({ minLength: 32, maxLength: 32 });
const prefix = fc.oneof(fc.constantFrom(...PREFIXES), fc.integer({ min: 0, max: 16383 }));
// Substrate reserves these two; the other implementation refuses to write them.
const isReserved = (n: number) => n === 46 || n === 47;

const refused = expect.objectContaining({ code: 'invalid-coming-id' }) as unknown;

function codeFrom(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof ComingError ? error.code : 'another error';
  }
  return 'accepted';
}

/** Bytes with a good checksum behind them, as an address. */
function addressOf(...body: number[]): string {
  const bytes = Uint8Array.from(body);
  const sum = blake2AsU8a(Uint8Array.from([...new TextEncoder().encode('SS58PRE'), ...bytes]), 512);
  return base58Encode(Uint8Array.from([...bytes, sum[0]!, sum[1]!]));
}

describe('an SS58 address', () => {
  it('is the one that everybody knows for Alice', () => {
    expect(encodeAddress(ALICE, 42)).toBe('5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY');
    expect(encodeAddress(ALICE, 0)).toBe('15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5');
    expect(encodeAddress(ALICE, 2)).toBe('HNZata7iMYWmk5RvZRTiAsSDhV8366zq2YGb3tLH5Upf74F');
    expect(encodeAddress(ALICE)).toBe(encodeAddress(ALICE, 44));
  });

  it('is the same as @polkadot/util-crypto writes and reads', () => {
    fc.assert(
      fc.property(account, prefix, (key, network) => {
        fc.pre(!isReserved(network));
        const address = encodeAddress(key, network);
        expect(address).toBe(encodeElsewhere(key, network));
        expect(decodeElsewhere(address, false, network)).toEqual(key);
      }),
    );
  });

  it('reads back as the account and network it was written for', () => {
    fc.assert(
      fc.property(account, prefix, (key, network) => {
        expect(decodeAddress(encodeAddress(key, network))).toEqual({ account: key, prefix: network });
      }),
    );
  });

  it('is refused after every change of a single character', () => {
    for (const network of [42, 44, 255]) {
      const address = encodeAddress(ALICE, network);
      for (let at = 0; at < address.length; at += 1) {
        for (const digit of ALPHABET.replace(address[at]!, '')) {
          const changed = address.slice(0, at) + digit + address.slice(at + 1);
          expect(codeFrom(() => decodeAddress(changed))).toBe('invalid-coming-id');
        }
      }
    }
  });

  it('is refused with a character missing, added or swapped with its neighbour', () => {
    const address = encodeAddress(ALICE);
    for (let at = 0; at < address.length; at += 1) {
      const changes = [
        address.slice(0, at) + address.slice(at + 1),
        `${address.slice(0, at)}1${address.slice(at)}`,
        `${address.slice(0, at)} ${address.slice(at)}`,
        address.slice(0, at) + (address[at + 1] ?? '') + address[at] + address.slice(at + 2),
      ];
      for (const changed of changes.filter((text) => text !== address)) {
        expect(codeFrom(() => decodeAddress(changed))).toBe('invalid-coming-id');
      }
    }
  });

  it('refuses any other text with the same code, however long', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.string({ unit: fc.constantFrom(...ALPHABET), maxLength: 60 }),
      fc.string({ unit: 'binary', maxLength: 60 }),
    );
    fc.assert(
      fc.property(text, (input) => {
        expect(codeFrom(() => decodeAddress(input))).toBe('invalid-coming-id');
      }),
    );
    expect(codeFrom(() => decodeAddress('1'.repeat(100_000)))).toBe('invalid-coming-id');
  });

  it('has one form only: no long prefix where a short one would do, no reserved first byte, no other length', () => {
    expect(codeFrom(() => decodeAddress(addressOf(44, ...ALICE)))).toBe('accepted');
    // 44 in the two-byte form
    expect(codeFrom(() => decodeAddress(addressOf((44 >> 2) | 0x40, (44 & 3) << 6, ...ALICE)))).toBe(
      'invalid-coming-id',
    );
    for (const first of [128, 200, 255]) {
      expect(codeFrom(() => decodeAddress(addressOf(first, 0, ...ALICE)))).toBe('invalid-coming-id');
    }
    expect(codeFrom(() => decodeAddress(addressOf(44, ...ALICE.slice(1))))).toBe('invalid-coming-id');
    expect(codeFrom(() => decodeAddress(addressOf(44, ...ALICE, 0)))).toBe('invalid-coming-id');
    expect(codeFrom(() => decodeAddress(addressOf(44)))).toBe('invalid-coming-id');
    expect(codeFrom(() => decodeAddress(''))).toBe('invalid-coming-id');
  });

  it('needs an account key of 32 bytes and a prefix that fits', () => {
    expect(codeFrom(() => encodeAddress(ALICE.slice(1)))).toBe('invalid-key');
    for (const network of [-1, 1.5, 16384, Number.NaN]) {
      expect(() => encodeAddress(ALICE, network)).toThrow(RangeError);
    }
  });
});

describe('a Coming ID', () => {
  it('is an address of ChainX and of no other network', () => {
    expect(parseComingId(encodeAddress(ALICE))).toEqual(ALICE);
    for (const network of PREFIXES.filter((n) => n !== 44)) {
      expect(() => parseComingId(encodeAddress(ALICE, network))).toThrow(refused as Error);
    }
  });

  it('says in no error which address was refused', () => {
    const wrong = encodeAddress(ALICE, 42);
    try {
      parseComingId(wrong);
    } catch (error) {
      expect(String(error)).not.toContain(wrong);
      expect(String(error)).not.toContain(base58Decode(wrong).toString());
    }
    expect.assertions(2);
  });
});

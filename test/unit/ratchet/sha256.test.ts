import { hkdf as nobleHkdf } from '@noble/hashes/hkdf.js';
import { hmac as nobleHmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hkdf, hmac, sha256 as ownSha256 } from '../../../core/ratchet/sha256.js';

const bytes = (maxLength: number) => fc.uint8Array({ maxLength });

describe('SHA-256', () => {
  // FIPS 180-4's examples: of no block, of one and of two.
  it.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ])('gives the known answer for %j', (message, hash) => {
    expect(bytesToHex(ownSha256(utf8ToBytes(message)))).toBe(hash);
  });

  it('is the same as of the library, whatever was hashed before', () => {
    fc.assert(
      fc.property(bytes(300), (message) => {
        expect(ownSha256(message)).toEqual(sha256(message));
      }),
    );
  });
});

describe('HMAC-SHA256', () => {
  // RFC 4231, cases 1, 2, 4 and 6.
  it.each([
    ['0b'.repeat(20), '4869205468657265', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
    [
      '4a656665',
      '7768617420646f2079612077616e7420666f72206e6f7468696e673f',
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
    [
      '0102030405060708090a0b0c0d0e0f10111213141516171819',
      'cd'.repeat(50),
      '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b',
    ],
    [
      'aa'.repeat(131),
      '54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374',
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    ],
  ])('gives the known answer for key %s', (key, message, mac) => {
    expect(bytesToHex(hmac(hexToBytes(key), hexToBytes(message)))).toBe(mac);
  });

  it('is the same as of the library, in however many parts', () => {
    fc.assert(
      fc.property(bytes(200), fc.array(bytes(300), { maxLength: 4 }), (key, parts) => {
        expect(hmac(key, ...parts)).toEqual(nobleHmac(sha256, key, concatBytes(...parts)));
      }),
      { numRuns: 500 },
    );
  });

  it('is the same as of the library around the ends of blocks', () => {
    for (let length = 0; length <= 260; length++) {
      const input = Uint8Array.from({ length }, (_, i) => i);
      expect(hmac(input, input)).toEqual(nobleHmac(sha256, input, input));
    }
  });
});

describe('HKDF-SHA256', () => {
  // RFC 5869, cases 1 and 3.
  it('gives the known answers', () => {
    const ikm = hexToBytes('0b'.repeat(22));
    const salt = hexToBytes('000102030405060708090a0b0c');
    expect(bytesToHex(hkdf(ikm, salt, hexToBytes('f0f1f2f3f4f5f6f7f8f9'), 42))).toBe(
      '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    );
    expect(bytesToHex(hkdf(ikm, undefined, new Uint8Array(), 42))).toBe(
      '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
    );
  });

  it('is the same as of the library', () => {
    fc.assert(
      fc.property(
        bytes(150),
        fc.option(bytes(100), { nil: undefined }),
        bytes(150),
        fc.integer({ min: 1, max: 300 }),
        (key, salt, info, length) => {
          expect(hkdf(key, salt, info, length)).toEqual(nobleHkdf(sha256, key, salt, info, length));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('leaves its input as it was', () => {
    const input = [7, 8, 9].map((byte) => new Uint8Array(40).fill(byte));
    hkdf(input[0]!, input[1]!, input[2]!, 64);
    hmac(input[0]!, input[1]!, input[2]!);
    expect(input).toEqual([7, 8, 9].map((byte) => new Uint8Array(40).fill(byte)));
  });
});

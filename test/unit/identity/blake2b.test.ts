import { blake2b as nobleBlake2b } from '@noble/hashes/blake2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blake2b } from '../../../core/identity/blake2b.js';

describe('BLAKE2b', () => {
  it('gives the known answer', () => {
    // RFC 7693, appendix A.
    expect(bytesToHex(blake2b(utf8ToBytes('abc')))).toBe(
      'ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1' +
        '7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923',
    );
  });

  it('is the same as of the library, of whatever length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), fc.integer({ min: 1, max: 64 }), (bytes, dkLen) => {
        expect(blake2b(bytes, { dkLen })).toEqual(nobleBlake2b(bytes, { dkLen }));
      }),
      { numRuns: 500 },
    );
  });

  it('is the same as of the library around the ends of blocks, wherever the bytes lie', () => {
    for (let length = 0; length <= 390; length++) {
      const bytes = Uint8Array.from({ length: length + 3 }, (_, i) => i).subarray(3);
      expect(blake2b(bytes)).toEqual(nobleBlake2b(bytes));
    }
  });
});

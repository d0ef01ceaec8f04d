import { sha512 as nobleSha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { sha512 } from '../../../core/ratchet/sha512.js';

afterEach(() => vi.unstubAllGlobals());

describe.each([
  ['with WebCrypto', () => undefined],
  ['without WebCrypto', () => vi.stubGlobal('crypto', {})],
])('SHA-512 %s', (_name, prepare) => {
  it('gives the known answer', async () => {
    prepare();
    expect(bytesToHex(await sha512(utf8ToBytes('abc')))).toBe(
      'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a' +
        '2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
    );
  });

  it('is the same as of the library', async () => {
    prepare();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        expect(await sha512(bytes)).toEqual(nobleSha512(bytes));
      }),
    );
  });
});

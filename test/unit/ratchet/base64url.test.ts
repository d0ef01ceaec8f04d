import { base64urlnopad } from '@scure/base';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromBase64url, toBase64url } from '../../../core/ratchet/base64url.js';

it('base64url is the same as of the library, and read back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const text = toBase64url(bytes);
      expect(text).toBe(base64urlnopad.encode(bytes));
      expect(fromBase64url(text)).toEqual(bytes);
    }),
  );
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serviceIdOf } from '../../../core/identity/index.js';

const account = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe('a service id', () => {
  it('is a UUID of version 8 in lower case', () => {
    fc.assert(
      fc.property(account, (key) => {
        expect(serviceIdOf(key)).toMatch(
          /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
        );
      }),
    );
  });

  it('depends on the account key and on nothing else', () => {
    fc.assert(
      fc.property(account, fc.nat(255), (key, bit) => {
        const other = Uint8Array.from(key);
        other[bit >> 3]! ^= 1 << (bit & 7);
        expect(serviceIdOf(Uint8Array.from(key))).toBe(serviceIdOf(key));
        expect(serviceIdOf(other)).not.toBe(serviceIdOf(key));
      }),
    );
  });

  it('never changes: sessions are bound to it', () => {
    expect(serviceIdOf(new Uint8Array(32))).toBe('3b5d6887-39e0-883f-9b1e-379d21bbc96d');
    expect(serviceIdOf(new Uint8Array(32).fill(255))).toBe('23022239-474c-8a5a-a24d-86ed4677d1f7');
  });
});

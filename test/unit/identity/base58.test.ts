import { base58 as scureBase58 } from '@scure/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base58 } from '../../../core/identity/base58.js';

const bytes = fc.uint8Array({ maxLength: 64 });
const withZeros = fc
  .tuple(fc.nat({ max: 4 }), bytes)
  .map(([zeros, rest]) => Uint8Array.from([...Array<number>(zeros).fill(0), ...rest]));

describe('base58', () => {
  it('gives the known answers', () => {
    // draft-msporny-base58-03, section 5.
    const text = (hex: string) => base58.encode(new TextEncoder().encode(hex));
    expect(text('Hello World!')).toBe('2NEpo7TZRRrLZSi2U');
    expect(base58.encode(Uint8Array.of(0, 0, 0x28, 0x7f, 0xb4, 0xcd))).toBe('11233QC4');
  });

  it('is the same as of the library, and read back, whatever zeros it begins with', () => {
    fc.assert(
      fc.property(withZeros, (input) => {
        const text = base58.encode(input);
        expect(text).toBe(scureBase58.encode(input));
        expect(base58.decode(text)).toEqual(input);
      }),
    );
  });

  it('reads what the library reads, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'1129zZAl0OI +é\u{1f600}'), maxLength: 12 }),
        (text) => {
          let expected: Uint8Array | undefined;
          try {
            expected = scureBase58.decode(text);
          } catch {
            expected = undefined;
          }
          if (expected) expect(base58.decode(text)).toEqual(expected);
          else expect(() => base58.decode(text)).toThrow();
        },
      ),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRow, encodeRow } from '../../../core/store/codec.js';

const leaf = fc.oneof(
  fc.constantFrom(null, undefined, true, false, '', 0n, -1n, 'a\ud800', '\udc00\ud800', '\ufeff', '🎉'),
  fc.double(),
  fc.integer(),
  fc.bigInt(),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
  fc.uint8Array({ maxLength: 300 }),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(
      fc.string({ unit: 'binary' }).filter((name) => name !== '__proto__'),
      tie('value'),
      { maxKeys: 5, noNullPrototype: true },
    ),
  ),
}));

describe('rows as bytes', () => {
  it('come back as they were', () => {
    fc.assert(fc.property(value, (row) => void expect(decodeRow(encodeRow(row))).toStrictEqual(row)));
  });

  it('are what the writer writes, whatever bytes the reader accepts', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 12 }),
      fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 12 }).map((some) => Uint8Array.from(some)),
    );
    let accepted = 0;
    fc.assert(
      fc.property(bytes, (some) => {
        let row: unknown;
        try {
          row = decodeRow(some);
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
          return;
        }
        accepted += 1;
        // Of the many forms of NaN the platform writes one.
        if (!Number.isNaN(row)) expect(encodeRow(row)).toEqual(some);
      }),
      { numRuns: 5000 },
    );
    expect(accepted).toBeGreaterThan(20);
  });

  it('that were cut or have something behind them are none', () => {
    fc.assert(
      fc.property(value, fc.nat(), (row, at) => {
        const bytes = encodeRow(row);
        expect(() => decodeRow(bytes.subarray(0, at % bytes.length))).toThrow(TypeError);
        expect(() => decodeRow(Uint8Array.of(...bytes, 0))).toThrow(TypeError);
      }),
    );
  });

  it.each([
    ['a function', () => 0],
    ['a symbol', Symbol('x')],
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['an instance of a class', new URL('https://x.example')],
    ['another typed array', new Uint16Array(2)],
    ['a field that would set the prototype', JSON.parse('{"__proto__":{"x":1}}')],
  ])('are not made of %s', (_, some) => {
    expect(() => encodeRow({ some })).toThrow(TypeError);
  });

  it('are not made of a value that holds itself', () => {
    const row: { self?: unknown } = {};
    row.self = row;
    expect(() => encodeRow(row)).toThrow(TypeError);
  });

  it.each([
    ['a count that nothing can fill', [10, 0xff, 0xff, 0xff, 0x7f]],
    ['a count without an end', [10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]],
    ['a length that is written too long', [7, 0x80, 0x00]],
    ['a bigint with a leading zero', [5, 2, 0, 1]],
    ['a negative zero of bigints', [6, 1, 0]],
    ['a name twice', [11, 2, 7, 1, 97, 0, 7, 1, 97, 0]],
    ['a name that is no string', [11, 1, 0, 0]],
    ['a field that would set the prototype', [11, 1, 7, 9, ...new TextEncoder().encode('__proto__'), 0]],
    ['what is not UTF-8', [7, 1, 0xff]],
    ['UTF-16 where UTF-8 would do', [8, 2, 0, 97]],
    ['half of a UTF-16 unit', [8, 1, 0]],
  ])('do not hold %s', (_, bytes) => {
    expect(() => decodeRow(Uint8Array.from(bytes))).toThrow(TypeError);
  });
});

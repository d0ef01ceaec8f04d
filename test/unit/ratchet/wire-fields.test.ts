import { concatBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { BYTES, FIXED64, readFields, VARINT, writeFields } from '../../../core/ratchet/wire-fields.js';

const SHAPE = { 1: VARINT, 2: BYTES, 3: FIXED64, 200: BYTES } as const;
const malformed = expect.objectContaining({ code: 'malformed-message' }) as Error;
const { root } = protobuf.parse(`syntax = "proto2"; message M {
  optional uint32 a = 1; optional bytes b = 2; optional fixed64 c = 3; optional bytes d = 200;
}`);
const Message = root.lookupType('M');

const fields = fc.record({
  a: fc.option(fc.nat(0xffffffff), { nil: undefined }),
  b: fc.option(fc.uint8Array({ maxLength: 300 }), { nil: undefined }),
  c: fc.option(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { nil: undefined }),
  d: fc.option(fc.uint8Array({ maxLength: 5 }), { nil: undefined }),
});

describe('protobuf fields', () => {
  it('are read as they were written, by the library as well', () => {
    fc.assert(
      fc.property(fields, ({ a, b, c, d }) => {
        const bytes = writeFields([
          [1, a],
          [2, b],
          [3, c],
          [200, d],
        ]);
        const read = readFields(bytes, SHAPE);
        expect([read[1], read[2], read[3], read[200]]).toEqual([a, b, c, d]);
        const theirs = Message.toObject(Message.decode(bytes), { longs: String, bytes: Array });
        const list = (value: Uint8Array | undefined) => value && [...value];
        const expected = { a, b: list(b), c: c?.toString(), d: list(d) };
        expect(theirs).toEqual(
          Object.fromEntries(Object.entries(expected).filter(([, v]) => v !== undefined)),
        );
      }),
    );
  });

  it('of random bytes are read or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (noise) => {
        try {
          readFields(noise, SHAPE);
        } catch (error) {
          expect(error).toEqual(malformed);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('that are unknown are skipped, of every wire type; of a known one the last counts', () => {
    const unknown = [
      [0x20, 0xff, 0x01], // varint
      [0x21, ...new Uint8Array(8)], // 64 bits
      [0x22, 2, 1, 1], // bytes
      [0x23, 0x1b, 0x1c, 0x28, 1, 0x24], // a group with a group in it
      [0x25, ...new Uint8Array(4)], // 32 bits
    ];
    for (const skipped of unknown) {
      const bytes = Uint8Array.of(...skipped, 0x08, 1, ...skipped, 0x08, 7);
      expect(readFields(bytes, SHAPE)).toEqual({ 1: 7 });
    }
  });

  it.each([
    ['of another wire type than is known', [0x0a, 0]],
    ['with number 0', [0x00, 0]],
    ['of a wire type that there is none of', [0x26]],
    ['with bytes that are not there', [0x12, 5, 1]],
    ['with a length of 64 bits', [0x12, ...new Uint8Array(9).fill(0xff), 1]],
    ['that end in the middle of a number', [0x08, 0x80]],
    ['with a number of more than 64 bits', [0x08, ...new Uint8Array(9).fill(0x80), 2]],
    ['with a group that does not end', [0x23, 0x08, 1]],
    ['with a group that ends as another', [0x23, 0x2c]],
    ['with the end of a group that did not begin', [0x24]],
  ])('%s are refused', (_name, bytes) => {
    expect(() => readFields(Uint8Array.from(bytes), SHAPE)).toThrow(malformed);
  });

  it('of more than 32 bits keep the low ones', () => {
    const bytes = Uint8Array.of(0x08, 0x81, 0x80, 0x80, 0x80, 0xf0, 0x80, 0x01);
    expect(readFields(bytes, SHAPE)).toEqual({ 1: 1 });
  });

  it('are not followed into groups nested without end', () => {
    const nested = concatBytes(new Uint8Array(60_000).fill(0x23), new Uint8Array(60_000).fill(0x24));
    expect(() => readFields(nested, SHAPE)).toThrow(malformed);
  });
});

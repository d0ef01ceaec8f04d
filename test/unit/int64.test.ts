import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { relay } from '../../proto/gen/relay.js';
import { fromTime, fromUint64, toTime, toUint64 } from '../../proto/int64.js';

const uint64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });

describe('64-bit fields', () => {
  it('survive a round trip over the wire exactly', () => {
    fc.assert(
      fc.property(uint64, (value) => {
        const bytes = relay.Envelope.encode({ seq: toUint64(value) }).finish();
        expect(fromUint64(relay.Envelope.decode(bytes).seq)).toBe(value);
      }),
    );
  });

  it('read as 0 when absent', () => {
    expect(fromUint64(relay.Envelope.decode(new Uint8Array()).seq)).toBe(0n);
    expect(fromUint64(undefined)).toBe(0n);
  });

  it('refuse what does not fit', () => {
    for (const value of [-1n, 1n << 64n]) expect(() => toUint64(value)).toThrow(RangeError);
    for (const ms of [-1, 0.5, Number.NaN, Number.MAX_SAFE_INTEGER + 1]) {
      expect(() => toTime(ms)).toThrow(RangeError);
    }
    expect(() => fromTime(toUint64(1n << 53n))).toThrow(RangeError);
  });

  it('carry times exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (ms) => {
        expect(fromTime(toTime(ms))).toBe(ms);
      }),
    );
  });
});

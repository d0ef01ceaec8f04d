/**
 * The one border where 64-bit protobuf fields and JavaScript values meet.
 *
 * protobufjs reads such a field as a `Long` and silently writes 0 when handed a bigint,
 * so every such field passes through here, in both directions.
 *
 * @module
 */
import type Long from 'long';

const MAX_UINT64 = (1n << 64n) - 1n;

/**
 * An unsigned 64-bit integer as protobufjs writes it.
 *
 * @throws RangeError when the value is negative or does not fit 64 bits
 */
export function toUint64(value: bigint): Long {
  if (value < 0n || value > MAX_UINT64) throw new RangeError('not an unsigned 64-bit integer');
  const halves = { low: Number(value & 0xffffffffn) | 0, high: Number(value >> 32n) | 0, unsigned: true };
  // The writer reads nothing else of a Long.
  return halves as Long;
}

/** An unsigned 64-bit integer as protobufjs read it; 0 when the field was absent. */
export function fromUint64(value: Long | number | null | undefined): bigint {
  if (value == null) return 0n;
  if (typeof value === 'number') return BigInt(value);
  return (BigInt(value.high >>> 0) << 32n) | BigInt(value.low >>> 0);
}

/**
 * A point in time, ms since 1970, as protobufjs writes it.
 *
 * @throws RangeError when it is not a whole, safe, non-negative number
 */
export function toTime(ms: number): Long {
  if (!Number.isSafeInteger(ms) || ms < 0) throw new RangeError('not a time');
  return toUint64(BigInt(ms));
}

/**
 * A point in time, ms since 1970, as protobufjs read it.
 *
 * @throws RangeError when it is not a safe integer
 */
export function fromTime(value: Long | number | null | undefined): number {
  const ms = fromUint64(value);
  if (ms > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError('not a time');
  return Number(ms);
}

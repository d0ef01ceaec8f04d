/**
 * The one border where 64-bit protobuf fields and what the kit counts with meet.
 *
 * Such a field is a bigint; every one passes through here, in both directions, so that nothing loses a digit.
 *
 * @module
 */
const MAX_UINT64 = (1n << 64n) - 1n;

/**
 * An unsigned 64-bit integer as a message holds it.
 *
 * @throws RangeError when the value is negative or does not fit 64 bits
 */
export function toUint64(value: bigint): bigint {
  if (value < 0n || value > MAX_UINT64) throw new RangeError('not an unsigned 64-bit integer');
  return value;
}

/** An unsigned 64-bit integer as a message held it; 0 when the field was absent. */
export function fromUint64(value: bigint | null | undefined): bigint {
  return value ?? 0n;
}

/**
 * A point in time, ms since 1970, as a message holds it.
 *
 * @throws RangeError when it is not a whole, safe, non-negative number
 */
export function toTime(ms: number): bigint {
  if (!Number.isSafeInteger(ms) || ms < 0) throw new RangeError('not a time');
  return BigInt(ms);
}

/**
 * A point in time, ms since 1970, as a message held it.
 *
 * @throws RangeError when it is not a safe integer
 */
export function fromTime(value: bigint | null | undefined): number {
  const ms = fromUint64(value);
  if (ms > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError('not a time');
  return Number(ms);
}

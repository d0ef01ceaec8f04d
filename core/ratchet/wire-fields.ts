/**
 * Reads and writes the protobuf fields of messages that strangers write: a known field of another wire type is an
 * error, an unknown field is skipped, as libsignal does it.
 *
 * @module
 */
import { concatBytes } from '@noble/hashes/utils.js';
import { FIXED64, Reader, SIZED as BYTES, VARINT } from '../../proto/reader.js';
import { ComingError } from '../errors.js';

export { BYTES, FIXED64, VARINT };

type WireType = typeof VARINT | typeof FIXED64 | typeof BYTES;
/** A number of at most 32 bits is a varint, a bigint a fixed64. */
type Value<T> = T extends typeof VARINT ? number : T extends typeof FIXED64 ? bigint : Uint8Array;

/** The wire types of a message's fields, by number. */
export type Shape = Readonly<Record<number, WireType>>;
/** The fields that stood in a message; of one that stood there twice, the last. */
export type Fields<S extends Shape> = { readonly [F in keyof S]?: Value<S[F]> };

/** @throws ComingError `malformed-message` */
export function readFields<S extends Shape>(bytes: Uint8Array, shape: S): Fields<S> {
  const fields: Record<number, unknown> = {};
  eachField(bytes, shape, (field, value) => (fields[field] = value));
  return fields as Fields<S>;
}

/** Hands every field of this shape to a visitor, in the order in which they stand. */
export function eachField(
  bytes: Uint8Array,
  shape: Shape,
  visit: (field: number, value: unknown) => void,
): void {
  const reader = new Reader(bytes);
  const value = (wireType: WireType) => {
    if (wireType === VARINT) return reader.uint32();
    return wireType === BYTES ? reader.bytes() : reader.fixed64();
  };
  try {
    while (reader.more) {
      const tag = reader.tag();
      const wireType = shape[tag >>> 3];
      if (wireType === undefined) reader.skip(tag);
      else if (wireType === (tag & 7)) visit(tag >>> 3, value(wireType));
      else throw new RangeError('another wire type');
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ComingError('malformed-message', 'not a protobuf message of this kind');
  }
}

/** Writes fields in the order in which they are given; leaves out what is undefined. */
export function writeFields(
  fields: readonly (readonly [field: number, value: number | bigint | Uint8Array | undefined])[],
): Uint8Array {
  return concatBytes(
    ...fields.flatMap(([field, value]) => {
      if (value === undefined) return [];
      if (typeof value === 'number') return [varint(field * 8 + VARINT), varint(value)];
      if (typeof value !== 'bigint') return [varint(field * 8 + BYTES), varint(value.length), value];
      const eight = new Uint8Array(8);
      new DataView(eight.buffer).setBigUint64(0, value, true);
      return [varint(field * 8 + FIXED64), eight];
    }),
  );
}

/** Seven bits a byte, lowest first. */
export function varint(value: number): Uint8Array {
  const bytes = [];
  for (; value > 0x7f; value = Math.floor(value / 0x80)) bytes.push((value & 0x7f) | 0x80);
  return Uint8Array.from([...bytes, value]);
}

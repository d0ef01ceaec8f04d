/**
 * Reads and writes the protobuf fields of messages that strangers write, and takes no more liberties in it than
 * libsignal does: a known field of another wire type is an error, an unknown field is skipped.
 *
 * @module
 */
import { concatBytes } from '@noble/hashes/utils.js';
import { ComingError } from '../errors.js';

// Wire types, as far as the messages have fields of them.
export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
const START_GROUP = 3;
const END_GROUP = 4;
const FIXED32 = 5;
/** How deep groups may be nested, which only skipped fields can be. */
const MAX_DEPTH = 100;

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
  let at = 0;

  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at) fail();
    at += length;
    return bytes.subarray(at - length, at);
  };
  /** The low 32 bits, and whether there were no others. */
  const varint = (): { value: number; isSmall: boolean } => {
    let low = 0;
    let isSmall = true;
    for (let place = 0; place < 10; place++) {
      const byte = bytes[at++] ?? fail();
      const bits = byte & 0x7f;
      if (place < 5) low += bits * 2 ** (7 * place);
      else if (bits > 0) isSmall = false;
      if (byte > 0x7f) continue;
      if (place === 9 && byte > 1) fail();
      return { value: low % 2 ** 32, isSmall: isSmall && low < 2 ** 32 };
    }
    return fail();
  };
  const length = (): number => {
    const { value, isSmall } = varint();
    return isSmall ? value : fail();
  };
  const tag = (): { field: number; type: number } => {
    const key = length();
    return { field: key >>> 3 || fail(), type: key & 7 };
  };
  const value = (type: number): unknown => {
    if (type === VARINT) return varint().value;
    if (type === BYTES) return take(length());
    if (type !== FIXED64) return fail();
    const eight = take(8);
    return new DataView(eight.buffer, eight.byteOffset).getBigUint64(0, true);
  };
  const skip = (field: number, type: number, depth: number): void => {
    if (type === FIXED32) take(4);
    else if (type !== START_GROUP) value(type);
    else {
      if (depth === MAX_DEPTH) fail();
      for (;;) {
        const inner = tag();
        if (inner.type !== END_GROUP) skip(inner.field, inner.type, depth + 1);
        else if (inner.field === field) return;
        else fail();
      }
    }
  };

  while (at < bytes.length) {
    const { field, type } = tag();
    const wanted = shape[field];
    if (wanted === undefined) skip(field, type, 0);
    else visit(field, wanted === type ? value(type) : fail());
  }
}

function fail(): never {
  throw new ComingError('malformed-message', 'not a protobuf message of this kind');
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

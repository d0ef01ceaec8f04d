/**
 * Rows as bytes: a tag for the kind of a value, then what it holds.
 *
 * Strict both ways: what cannot be read back as it was is not written, and only what the writer would have written
 * is read. Lengths are LEB128, numbers IEEE 754 doubles (big-endian), strings UTF-8; a string with a lone surrogate,
 * which has no UTF-8 form, is written as UTF-16.
 *
 * @module
 */
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';

/** What rows are made of. */
export type Encodable =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Encodable[]
  | { readonly [name: string]: Encodable };

const TAGS = {
  null: 0,
  undefined: 1,
  false: 2,
  true: 3,
  number: 4,
  bigint: 5,
  negative: 6,
  string: 7,
  utf16: 8,
  bytes: 9,
  array: 10,
  object: 11,
} as const;
/** Deeper than any row; a value that holds itself ends here. */
const MAX_DEPTH = 32;

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws TypeError for what is none of {@link Encodable} */
export function encodeRow(value: unknown): Uint8Array {
  const parts: Uint8Array[] = [];
  write(value, parts, 0);
  return concatBytes(...parts);
}

/** @throws TypeError for what {@link encodeRow} did not write */
export function decodeRow(bytes: Uint8Array): Encodable {
  const reader = new Reader(bytes);
  const value = read(reader, 0);
  if (reader.left > 0) throw damaged();
  return value;
}

function write(value: unknown, parts: Uint8Array[], depth: number): void {
  if (depth > MAX_DEPTH) throw new TypeError('a row is not so deep');
  const sized = (tag: number, bytes: Uint8Array) => parts.push(header(tag, bytes.length), bytes);
  if (value === null) parts.push(Uint8Array.of(TAGS.null));
  else if (value === undefined) parts.push(Uint8Array.of(TAGS.undefined));
  else if (typeof value === 'boolean') parts.push(Uint8Array.of(value ? TAGS.true : TAGS.false));
  else if (typeof value === 'number') {
    const bytes = new Uint8Array(9);
    bytes[0] = TAGS.number;
    new DataView(bytes.buffer).setFloat64(1, value);
    parts.push(bytes);
  } else if (typeof value === 'bigint') {
    const digits = (value < 0n ? -value : value).toString(16);
    const bytes = hexToBytes(digits.padStart(digits.length + (digits.length % 2), '0'));
    sized(value < 0n ? TAGS.negative : TAGS.bigint, bytes);
  } else if (typeof value === 'string') {
    if (/\p{Surrogate}/u.test(value)) sized(TAGS.utf16, toUtf16(value));
    else sized(TAGS.string, utf8.encode(value));
  } else if (value instanceof Uint8Array) sized(TAGS.bytes, value);
  else if (Array.isArray(value)) {
    parts.push(header(TAGS.array, value.length));
    // Not by forEach, which leaves out holes.
    for (const item of value as unknown[]) write(item, parts, depth + 1);
  } else if (isPlain(value)) {
    const entries = Object.entries(value);
    parts.push(header(TAGS.object, entries.length));
    for (const [name, field] of entries) {
      if (name === '__proto__') throw new TypeError('a row has no such field');
      write(name, parts, depth);
      write(field, parts, depth + 1);
    }
  } else throw new TypeError('a row holds plain data only');
}

function read(reader: Reader, depth: number): Encodable {
  if (depth > MAX_DEPTH) throw damaged();
  const tag = reader.byte();
  switch (tag) {
    case TAGS.null:
      return null;
    case TAGS.undefined:
      return undefined;
    case TAGS.false:
    case TAGS.true:
      return tag === TAGS.true;
    case TAGS.number:
      return reader.double();
    case TAGS.bigint:
    case TAGS.negative: {
      const bytes = reader.sized();
      const isMinimal = bytes.length > 0 && (bytes[0] !== 0 || (bytes.length === 1 && tag === TAGS.bigint));
      if (!isMinimal) throw damaged();
      const magnitude = BigInt(`0x${bytesToHex(bytes)}`);
      return tag === TAGS.bigint ? magnitude : -magnitude;
    }
    case TAGS.string:
      return text(reader.sized());
    case TAGS.utf16:
      return fromUtf16(reader.sized());
    case TAGS.bytes:
      return reader.sized().slice();
    case TAGS.array:
      return Array.from({ length: reader.count() }, () => read(reader, depth + 1));
    case TAGS.object: {
      const fields: Record<string, Encodable> = {};
      for (let left = reader.count(); left > 0; left -= 1) {
        const name = read(reader, depth);
        if (typeof name !== 'string' || name === '__proto__' || Object.hasOwn(fields, name)) throw damaged();
        fields[name] = read(reader, depth + 1);
      }
      return fields;
    }
    default:
      throw damaged();
  }
}

class Reader {
  #at = 0;
  readonly #view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get left(): number {
    return this.bytes.length - this.#at;
  }

  byte(): number {
    if (this.left < 1) throw damaged();
    return this.bytes[this.#at++]!;
  }

  double(): number {
    if (this.left < 8) throw damaged();
    this.#at += 8;
    return this.#view.getFloat64(this.#at - 8);
  }

  /** Of parts that take a byte each at least, so that no count makes the reader work for nothing. */
  count(): number {
    let count = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      count += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if ((byte === 0 && scale > 1) || count > this.left) throw damaged();
        return count;
      }
      if (scale > 2 ** 35) throw damaged();
    }
  }

  sized(): Uint8Array {
    const length = this.count();
    this.#at += length;
    return this.bytes.subarray(this.#at - length, this.#at);
  }
}

function header(tag: number, count: number): Uint8Array {
  const bytes = [tag];
  for (let left = count; ; left = Math.floor(left / 128)) {
    bytes.push(left < 128 ? left : (left % 128) | 0x80);
    if (left < 128) return Uint8Array.from(bytes);
  }
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function text(bytes: Uint8Array): string {
  try {
    return fromUtf8.decode(bytes);
  } catch {
    throw damaged();
  }
}

function toUtf16(value: string): Uint8Array {
  const bytes = new Uint8Array(2 * value.length);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < value.length; at += 1) view.setUint16(2 * at, value.charCodeAt(at));
  return bytes;
}

function fromUtf16(bytes: Uint8Array): string {
  if (bytes.length % 2 !== 0) throw damaged();
  let value = '';
  for (let at = 0; at < bytes.length; at += 2)
    value += String.fromCharCode((bytes[at]! << 8) | bytes[at + 1]!);
  if (!/\p{Surrogate}/u.test(value)) throw damaged();
  return value;
}

function damaged(): TypeError {
  return new TypeError('not a row');
}

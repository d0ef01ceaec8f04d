/**
 * Rows as bytes: plain data (undefined, null, booleans, numbers, bigints, strings, bytes, arrays, objects) and nothing else.
 *
 * Each value is a tag and what it needs; lengths and counts are 32-bit, little-endian. Bytes are written by themselves, never
 * with the buffer that they are a view of. Reading is strict: what is read writes to the same bytes again.
 *
 * @module
 */

const enum Tag {
  Undefined,
  Null,
  False,
  True,
  Number,
  Bigint,
  String,
  Bytes,
  Array,
  Object,
  /** A string that has no UTF-8 form, as UTF-16. */
  String16,
}

// Rows are a few levels deep; more is not one of ours.
const MAX_DEPTH = 32;
// With the flag, whole pairs are one character and none of these.
const LONE_SURROGATE = /\p{Surrogate}/u;

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws TypeError for a value that is not plain data */
export function encodeValue(value: unknown): Uint8Array {
  const writer = new Writer();
  writer.value(value, 0);
  return writer.done();
}

/** @throws TypeError, RangeError for bytes that {@link encodeValue} did not make */
export function decodeValue(bytes: Uint8Array): unknown {
  const reader = new Reader(bytes);
  const value = reader.value(0);
  reader.end();
  return value;
}

class Writer {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  done(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  value(value: unknown, depth: number): void {
    if (depth > MAX_DEPTH) throw new TypeError('a row is nested too deeply');
    switch (typeof value) {
      case 'undefined':
        return this.#tag(Tag.Undefined);
      case 'boolean':
        return this.#tag(value ? Tag.True : Tag.False);
      case 'number':
        this.#tag(Tag.Number);
        this.#reserve(8);
        this.#view.setFloat64(this.#length, value, true);
        this.#length += 8;
        return;
      case 'bigint':
        return this.#block(Tag.Bigint, utf8.encode(String(value)));
      case 'string':
        return LONE_SURROGATE.test(value)
          ? this.#block(Tag.String16, Buffer.from(value, 'utf16le'))
          : this.#block(Tag.String, utf8.encode(value));
      case 'object':
        return this.#object(value, depth);
      default:
        throw new TypeError(`a ${typeof value} cannot be stored`);
    }
  }

  #object(value: object | null, depth: number): void {
    if (value === null) this.#tag(Tag.Null);
    else if (value instanceof Uint8Array) this.#block(Tag.Bytes, value);
    else if (Array.isArray(value)) {
      this.#count(Tag.Array, value.length);
      for (const element of value) this.value(element, depth + 1);
    } else {
      const prototype: unknown = Object.getPrototypeOf(value);
      if (prototype !== Object.prototype && prototype !== null) {
        throw new TypeError('only plain objects can be stored');
      }
      const entries = Object.entries(value);
      this.#count(Tag.Object, entries.length);
      for (const [name, field] of entries) {
        this.value(name, depth + 1);
        this.value(field, depth + 1);
      }
    }
  }

  #tag(tag: Tag): void {
    this.#reserve(1);
    this.#bytes[this.#length] = tag;
    this.#length += 1;
  }

  #count(tag: Tag, count: number): void {
    this.#tag(tag);
    this.#reserve(4);
    this.#view.setUint32(this.#length, count, true);
    this.#length += 4;
  }

  #block(tag: Tag, bytes: Uint8Array): void {
    this.#count(tag, bytes.length);
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + more));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

class Reader {
  readonly #view: DataView;
  #at = 0;

  constructor(private readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  end(): void {
    if (this.#at !== this.bytes.length) throw new RangeError('bytes are left over');
  }

  value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw new TypeError('a row is nested too deeply');
    const tag = this.#take(1)[0] as Tag;
    switch (tag) {
      case Tag.Undefined:
        return undefined;
      case Tag.Null:
        return null;
      case Tag.False:
        return false;
      case Tag.True:
        return true;
      case Tag.Number: {
        const at = this.#at;
        this.#take(8);
        return this.#view.getFloat64(at, true);
      }
      case Tag.Bigint: {
        const digits = this.#string();
        if (!/^(0|-?[1-9]\d*)$/.test(digits)) throw new TypeError('not a whole number');
        return BigInt(digits);
      }
      case Tag.String:
        return this.#string();
      case Tag.String16:
        return this.#string16();
      case Tag.Bytes:
        return this.#block().slice();
      case Tag.Array:
        return Array.from({ length: this.#count() }, () => this.value(depth + 1));
      case Tag.Object:
        return this.#object(depth);
      default:
        throw new TypeError('an unknown tag');
    }
  }

  #object(depth: number): object {
    const object: Record<string, unknown> = {};
    for (let left = this.#count(); left > 0; left -= 1) {
      const name = this.value(depth + 1);
      if (typeof name !== 'string' || Object.hasOwn(object, name)) throw new TypeError('not a field name');
      // Not an assignment: `__proto__` would be no field.
      const value = this.value(depth + 1);
      Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
    }
    return object;
  }

  #string(): string {
    return fromUtf8.decode(this.#block());
  }

  #string16(): string {
    const bytes = this.#block();
    const text = Buffer.from(bytes).toString('utf16le');
    if (bytes.length % 2 === 1 || !LONE_SURROGATE.test(text)) throw new TypeError('not such a string');
    return text;
  }

  #block(): Uint8Array {
    return this.#take(this.#length());
  }

  /** A number of elements, each of which takes a byte at least: a false one ends here, and not in a full memory. */
  #count(): number {
    const count = this.#length();
    if (count > this.bytes.length - this.#at) throw new RangeError('more than there is');
    return count;
  }

  #length(): number {
    const at = this.#at;
    this.#take(4);
    return this.#view.getUint32(at, true);
  }

  #take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.bytes.length) throw new RangeError('more than there is');
    const taken = this.bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

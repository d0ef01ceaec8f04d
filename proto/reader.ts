/**
 * Reads protobuf's wire format: nothing is taken from behind the end, and what is malformed throws.
 *
 * It takes no more liberties than libsignal's reader does, so that both judge a message alike.
 *
 * @module
 */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** How a field's value stands behind its tag. */
export const VARINT = 0;
export const SIZED = 2;
export const FIXED64 = 1;
const START_GROUP = 3;
const END_GROUP = 4;
const FIXED32 = 5;

/** Where in a varint its last bit of 64 stands, alone in its byte. */
const LAST_SHIFT = 63;
/** How deep groups may be nested; only fields that nobody knows can be any. */
const MAX_DEPTH = 100;

export class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #end: number;
  /** The upper half of the last varint. */
  #high = 0;

  constructor({ buffer, byteOffset, length }: Uint8Array) {
    // A plain view, also of Node's Buffers: what is cut out of it equals what was written.
    this.#bytes = new Uint8Array(buffer, byteOffset, length);
    this.#end = length;
  }

  get more(): boolean {
    return this.#at < this.#end;
  }

  tag(): number {
    const tag = this.#varint32();
    if (tag < 8) throw malformed('field number 0');
    return tag;
  }

  /** 32 bits; higher ones are dropped, as every reader of protobuf does. */
  uint32(): number {
    return this.#varint() >>> 0;
  }

  uint64(): bigint {
    const low = this.uint32();
    const high = this.#high >>> 0;
    return high === 0 ? BigInt(low) : (BigInt(high) << 32n) | BigInt(low);
  }

  fixed64(): bigint {
    const start = this.#at;
    this.#at = this.#ahead(8);
    const { buffer, byteOffset } = this.#bytes;
    return new DataView(buffer, byteOffset + start).getBigUint64(0, true);
  }

  /** Shares memory with what is read. */
  bytes(): Uint8Array {
    const end = this.#sized();
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }

  /** @throws when it is not UTF-8 */
  string(): string {
    return utf8.decode(this.bytes());
  }

  /** Goes into a value with a length: until `leave`, it is all that there is. Returns what `leave` needs. */
  enter(): number {
    const outer = this.#end;
    this.#end = this.#sized();
    return outer;
  }

  leave(outer: number): void {
    this.#end = outer;
  }

  /** Passes over the value of a field that nobody knows. */
  skip(tag: number, depth = 0): void {
    const wireType = tag & 7;
    if (wireType === VARINT) this.#varint();
    else if (wireType === SIZED) this.#at = this.#sized();
    else if (wireType === FIXED64) this.#at = this.#ahead(8);
    else if (wireType === FIXED32) this.#at = this.#ahead(4);
    else if (wireType === START_GROUP && depth < MAX_DEPTH) this.#skipGroup(tag, depth + 1);
    else throw malformed('wire type');
  }

  #skipGroup(start: number, depth: number): void {
    const end = start - START_GROUP + END_GROUP;
    for (let tag = this.tag(); tag !== end; tag = this.tag()) this.skip(tag, depth);
  }

  /** Where a value ends whose length comes next. */
  #sized(): number {
    const size = this.#varint32();
    return this.#ahead(size);
  }

  #ahead(size: number): number {
    if (size > this.#end - this.#at) throw malformed('too short');
    return this.#at + size;
  }

  #varint32(): number {
    const value = this.uint32();
    if (this.#high !== 0) throw malformed('tag or length');
    return value;
  }

  /** The lower half of a varint. */
  #varint(): number {
    const bytes = this.#bytes;
    const end = this.#end;
    let at = this.#at;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift <= LAST_SHIFT; shift += 7) {
      if (at >= end) break;
      const byte = bytes[at++]!;
      const bits = byte & 0x7f;
      if (shift < 32) low |= bits << shift;
      if (shift === 28) high = bits >> 4;
      else if (shift > 28) high |= bits << (shift - 32);
      if (shift === LAST_SHIFT && byte > 1) break;
      if (byte < 0x80) {
        this.#at = at;
        this.#high = high;
        return low;
      }
    }
    throw malformed('varint');
  }
}

function malformed(what: string): RangeError {
  return new RangeError(`not protobuf: ${what}`);
}

/**
 * Writes protobuf's wire format from the last byte to the first, so that a length is known when it is written.
 *
 * @module
 */
import { toUint64 } from './int64.js';

const utf8 = new TextEncoder();

/** Larger ones are not kept. */
const LARGEST_SPARE = 1 << 16;

export class Writer {
  /** The memory of a writer that has finished: overwritten, and taken by the next one. */
  static #spare: Uint8Array | undefined;
  #bytes = Writer.#spare ?? new Uint8Array(4096);
  #start = this.#bytes.length;

  constructor() {
    Writer.#spare = undefined;
  }

  /** How much was written so far. */
  get length(): number {
    return this.#bytes.length - this.#start;
  }

  tag(field: number, wireType: number): void {
    this.uint32((field << 3) | wireType);
  }

  uint32(value: number): void {
    this.#varint(value, 0);
  }

  /** @throws RangeError when the value is negative or does not fit 64 bits */
  uint64(value: bigint): void {
    const whole = toUint64(value);
    this.#varint(Number(whole & 0xffffffffn), Number(whole >> 32n));
  }

  bytes(value: Uint8Array): void {
    const start = this.#room(value.length);
    this.#bytes.set(value, start);
    this.uint32(value.length);
  }

  string(value: string): void {
    this.bytes(utf8.encode(value));
  }

  /** Puts its length in front of what was written since there were `before` bytes. */
  size(before: number): void {
    this.uint32(this.length - before);
  }

  /** What was written. Nothing can be written afterwards. */
  finish(): Uint8Array<ArrayBuffer> {
    const written = this.#bytes.slice(this.#start);
    if (this.#bytes.length <= LARGEST_SPARE) {
      Writer.#spare = this.#bytes.fill(0, this.#start);
      this.#bytes = new Uint8Array();
      this.#start = 0;
    }
    return written;
  }

  #varint(low: number, high: number): void {
    const bits = high === 0 ? 32 - Math.clz32(low) : 64 - Math.clz32(high);
    let at = this.#room(Math.ceil(bits / 7) || 1);
    for (let left = bits; left > 7; left -= 7) {
      this.#bytes[at++] = low | 0x80;
      low = (low >>> 7) | (high << 25);
      high >>>= 7;
    }
    this.#bytes[at] = low & 0x7f;
  }

  /** Takes so many bytes in front of what is written; returns where they begin. */
  #room(size: number): number {
    if (size > this.#start) {
      const larger = new Uint8Array(2 * this.#bytes.length + size);
      larger.set(this.#bytes.subarray(this.#start), larger.length - this.length);
      this.#start += larger.length - this.#bytes.length;
      this.#bytes = larger;
    }
    this.#start -= size;
    return this.#start;
  }
}

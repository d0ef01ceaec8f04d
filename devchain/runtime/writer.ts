/**
 * Writes SCALE into memory that grows as needed.
 *
 * @module
 */
import { HEAP_END } from './gen/keys';
import { Span, allocate, lengthOf, spanOf, startOf } from './span';
import { U128 } from './u128';

export class Writer {
  private start: usize;
  private length: u32 = 0;

  constructor(private room: u32 = 128) {
    // Small objects, such as this one, have a heap of their own, which nothing else would keep from running over.
    if (changetype<usize>(this) > HEAP_END) unreachable();
    this.start = allocate(room);
  }

  /** Address of `length` new bytes at the end. */
  private more(length: u32): usize {
    const wanted = this.length + length;
    if (wanted > this.room) {
      this.room = wanted * 2;
      const moved = allocate(this.room);
      memory.copy(moved, this.start, this.length);
      this.start = moved;
    }
    const at = this.start + this.length;
    this.length = wanted;
    return at;
  }

  u8(value: u8): Writer {
    store<u8>(this.more(1), value);
    return this;
  }

  u16(value: u16): Writer {
    store<u16>(this.more(2), value);
    return this;
  }

  u32(value: u32): Writer {
    store<u32>(this.more(4), value);
    return this;
  }

  u64(value: u64): Writer {
    store<u64>(this.more(8), value);
    return this;
  }

  u128(value: U128): Writer {
    return this.u64(value.low).u64(value.high);
  }

  compact(value: u64): Writer {
    if (value < 0x40) return this.u8(<u8>(value << 2));
    if (value < 0x4000) return this.u16(<u16>((value << 2) | 1));
    if (value < 0x40000000) return this.u32(<u32>((value << 2) | 2));
    let length: u32 = 4;
    while (length < 8 && value >> (<u64>length * 8) !== 0) length++;
    this.u8(<u8>(((length - 4) << 2) | 3));
    for (let i: u32 = 0; i < length; i++) this.u8(<u8>(value >> (<u64>i * 8)));
    return this;
  }

  bytes(start: usize, length: u32): Writer {
    memory.copy(this.more(length), start, length);
    return this;
  }

  span(value: Span): Writer {
    return this.bytes(startOf(value), lengthOf(value));
  }

  /** `Vec<u8>`. */
  blob(value: Span): Writer {
    return this.compact(lengthOf(value)).span(value);
  }

  done(): Span {
    return spanOf(this.start, this.length);
  }
}

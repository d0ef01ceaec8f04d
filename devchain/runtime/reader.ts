/**
 * Reads SCALE. A read past the end or of a forbidden form clears `ok` and gives zeros; the caller asks `ok` once,
 * before it uses what it read. So no input, however hostile, can make the runtime trap.
 *
 * @module
 */
import { Span, lengthOf, spanOf, startOf } from './span';
import { U128 } from './u128';

/** How deep calls may stand in calls. */
export const DEEPEST_CALL: u32 = 32;

export class Reader {
  ok: bool = true;
  at: usize;
  /** How deep in nested calls it stands. */
  depth: u32 = 0;
  readonly end: usize;

  constructor(span: Span) {
    this.at = startOf(span);
    this.end = this.at + lengthOf(span);
  }

  left(): u32 {
    return <u32>(this.end - this.at);
  }

  /** Address of the next bytes, which are there only if `ok`. */
  bytes(length: u32): usize {
    if (!this.ok || length > this.left()) {
      this.ok = false;
      return 0;
    }
    const start = this.at;
    this.at += length;
    return start;
  }

  fail(): void {
    this.ok = false;
  }

  u8(): u8 {
    const at = this.bytes(1);
    return this.ok ? load<u8>(at) : 0;
  }

  bool(): bool {
    const value = this.u8();
    if (value > 1) this.fail();
    return value === 1;
  }

  u32(): u32 {
    const at = this.bytes(4);
    return this.ok ? load<u32>(at) : 0;
  }

  u64(): u64 {
    const at = this.bytes(8);
    return this.ok ? load<u64>(at) : 0;
  }

  u128(): U128 {
    const at = this.bytes(16);
    return this.ok ? new U128(load<u64>(at), load<u64>(at, 8)) : U128.zero();
  }

  /** A compact number in its shortest form; a longer form of the same number is refused. */
  compact(): U128 {
    const first = this.u8();
    const mode = first & 3;
    if (mode === 0) return new U128(first >> 2, 0);
    if (mode === 1) return this.atLeast(0x40, ((<u64>this.u8()) << 6) | (first >> 2));
    if (mode === 2) {
      const rest = (<u64>this.u8()) | ((<u64>this.u8()) << 8) | ((<u64>this.u8()) << 16);
      return this.atLeast(0x4000, (rest << 6) | (first >> 2));
    }
    return this.bigCompact(((<u32>first) >> 2) + 4);
  }

  private bigCompact(length: u32): U128 {
    const at = this.bytes(length);
    if (!this.ok || length > 16 || load<u8>(at + length - 1) === 0) {
      this.ok = false;
      return U128.zero();
    }
    let low: u64 = 0;
    let high: u64 = 0;
    for (let i: u32 = 0; i < length; i++) {
      const byte = <u64>load<u8>(at + i);
      if (i < 8) low |= byte << (<u64>i * 8);
      else high |= byte << ((<u64>i - 8) * 8);
    }
    if (length === 4) return this.atLeast(0x40000000, low);
    return new U128(low, high);
  }

  private atLeast(least: u64, value: u64): U128 {
    if (value < least) this.ok = false;
    return new U128(value, 0);
  }

  compactU32(): u32 {
    const value = this.compact();
    if (value.high !== 0 || value.low > <u64>u32.MAX_VALUE) this.ok = false;
    return <u32>value.low;
  }

  compactU64(): u64 {
    const value = this.compact();
    if (value.high !== 0) this.ok = false;
    return value.low;
  }

  /** `Vec<u8>`: its content. */
  blob(): Span {
    const length = this.compactU32();
    const at = this.bytes(length);
    return this.ok ? spanOf(at, length) : 0;
  }
}

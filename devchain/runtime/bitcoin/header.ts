/**
 * Bitcoin block headers, 80 bytes, and the work in them.
 *
 * @module
 */
import { Span, lengthOf, startOf } from '../span';
import { sha256Twice } from './hash';

const LENGTH: u32 = 80;

export class BitcoinHeader {
  readonly hash: usize;
  readonly previous: usize;
  readonly merkleRoot: usize;
  readonly time: u32;
  readonly bits: u32;

  constructor(readonly encoded: Span) {
    if (lengthOf(encoded) !== LENGTH) unreachable();
    const at = startOf(encoded);
    this.hash = sha256Twice(encoded);
    this.previous = at + 4;
    this.merkleRoot = at + 36;
    this.time = load<u32>(at + 68);
    this.bits = load<u32>(at + 72);
  }

  /** Whether its hash, read as a number, is not above the target that its bits stand for. */
  hasWork(): bool {
    const exponent = this.bits >> 24;
    const mantissa = this.bits & 0x7fffff;
    if (mantissa === 0 || (this.bits & 0x800000) !== 0 || exponent < 3 || exponent > 32) return false;
    for (let i: i32 = 31; i >= 0; i--) {
      const shift = i - (<i32>exponent - 3);
      const target = shift >= 0 && shift < 3 ? <u8>(mantissa >> (<u32>shift * 8)) : 0;
      const byte = load<u8>(this.hash + i);
      if (byte !== target) return byte < target;
    }
    return true;
  }
}

export function isHeader(encoded: Span): bool {
  return lengthOf(encoded) === LENGTH;
}

/**
 * Balances: 128 bits without a sign. What does not fit is `null`, never a wrapped number.
 *
 * @module
 */
export class U128 {
  constructor(
    readonly low: u64,
    readonly high: u64,
  ) {}

  static zero(): U128 {
    return new U128(0, 0);
  }

  isZero(): bool {
    return (this.low | this.high) === 0;
  }

  lessThan(other: U128): bool {
    return this.high === other.high ? this.low < other.low : this.high < other.high;
  }

  plus(other: U128): U128 | null {
    const low = this.low + other.low;
    const carry: u64 = low < this.low ? 1 : 0;
    const high = this.high + other.high;
    if (high < this.high) return null;
    const carried = high + carry;
    if (carried < high) return null;
    return new U128(low, carried);
  }

  minus(other: U128): U128 | null {
    if (this.lessThan(other)) return null;
    const borrow: u64 = this.low < other.low ? 1 : 0;
    return new U128(this.low - other.low, this.high - other.high - borrow);
  }
}

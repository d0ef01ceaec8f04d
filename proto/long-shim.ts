/**
 * What bundles put in place of the package `long`: the two halves of a 64-bit field, and nothing else.
 *
 * @module
 */
export default class Long {
  static isLong(value: unknown): boolean {
    return value instanceof Long;
  }

  static fromBits(low: number, high: number, unsigned: boolean): Long {
    return new Long(low, high, unsigned);
  }

  constructor(
    readonly low: number,
    readonly high: number,
    readonly unsigned: boolean,
  ) {}
}

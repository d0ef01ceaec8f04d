/**
 * The little SCALE that the host itself needs; all else it passes on as it is.
 *
 * @module
 */
import { bytesToNumber, concatBytes, numberToBytes } from './bytes.js';

export function compact(value: bigint | number): Uint8Array {
  const number = BigInt(value);
  if (number < 1n << 6n) return numberToBytes(number << 2n, 1);
  if (number < 1n << 14n) return numberToBytes((number << 2n) | 1n, 2);
  if (number < 1n << 30n) return numberToBytes((number << 2n) | 2n, 4);
  let length = 4;
  while (number >> BigInt(8 * length) > 0n) length++;
  return concatBytes(Uint8Array.of(((length - 4) << 2) | 3), numberToBytes(number, length));
}

export function blob(bytes: Uint8Array): Uint8Array {
  return concatBytes(compact(bytes.length), bytes);
}

/** Reads what the host trusts: its own runtime's results and its own journal. */
export class ScaleReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get position(): number {
    return this.at;
  }

  get done(): boolean {
    return this.at >= this.bytes.length;
  }

  take(length: number): Uint8Array {
    if (this.at + length > this.bytes.length) throw new RangeError('SCALE: out of bytes');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  number(length: number): bigint {
    return bytesToNumber(this.take(length));
  }

  compact(): number {
    const first = this.take(1)[0]!;
    const mode = first & 3;
    if (mode === 3) return Number(this.number((first >> 2) + 4));
    this.at -= 1;
    return Number(this.number(1 << mode) >> 2n);
  }

  blob(): Uint8Array {
    return this.take(this.compact());
  }

  blobs(): Uint8Array[] {
    return Array.from({ length: this.compact() }, () => this.blob());
  }
}

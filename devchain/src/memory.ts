/**
 * The memory of one runtime call: arguments and results go through it, and the host's heap is a line that only grows.
 *
 * @module
 */
const PAGE = 65_536;

export class CallMemory {
  private top = 0;

  constructor(private readonly memory: WebAssembly.Memory) {}

  /** Sets where the heap begins; all memory is zeros then. */
  clear(heapBase: number): void {
    this.top = heapBase;
  }

  allocate(length: number): number {
    const at = (this.top + 7) & ~7;
    this.top = at + length;
    const missing = this.top - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE));
    return at;
  }

  read(at: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer).slice(at, at + length);
  }

  /** What an address and a length, packed in one number, stand for. */
  readSpan(span: bigint): Uint8Array {
    const packed = BigInt.asUintN(64, span);
    return this.read(Number(packed & 0xffff_ffffn), Number(packed >> 32n));
  }

  write(bytes: Uint8Array): number {
    const at = this.allocate(bytes.length);
    new Uint8Array(this.memory.buffer).set(bytes, at);
    return at;
  }

  writeSpan(bytes: Uint8Array): bigint {
    return BigInt.asIntN(64, (BigInt(bytes.length) << 32n) | BigInt(this.write(bytes)));
  }
}

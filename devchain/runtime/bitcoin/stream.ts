/**
 * Reads Bitcoin's own serialization; like SCALE's reader, it clears `ok` and gives zeros where there is nothing.
 *
 * @module
 */
import { Reader } from '../reader';
import { Span, spanOf } from '../span';

export class Stream extends Reader {
  /** A count in its shortest form. */
  count(): u32 {
    const first = this.u8();
    if (first < 0xfd) return first;
    if (first === 0xfd) {
      const low = <u32>this.u8();
      return this.from(0xfd, low | ((<u32>this.u8()) << 8));
    }
    // Nothing that stands in a block has more than fit into 32 bits.
    if (first === 0xfe) return this.from(0x10000, this.u32());
    this.fail();
    return 0;
  }

  private from(least: u32, value: u32): u32 {
    if (value < least) this.fail();
    return value;
  }

  /** Bytes with their count in front. */
  counted(): Span {
    const length = this.count();
    const at = this.bytes(length);
    return this.ok ? spanOf(at, length) : 0;
  }
}

/**
 * For how long a transaction is valid: forever, or for a period of blocks after the block that it names.
 *
 * @module
 */
import { Reader } from './reader';

export class Era {
  /** 0: immortal. */
  period: u32 = 0;
  phase: u32 = 0;

  isImmortal(): bool {
    return this.period === 0;
  }

  /** The block whose hash the signature holds, seen from `current`. */
  birth(current: u32): u32 {
    if (this.isImmortal()) return 0;
    return ((max(current, this.phase) - this.phase) / this.period) * this.period + this.phase;
  }

  /** How many more blocks the transaction is valid. */
  longevity(current: u32): u64 {
    return this.isImmortal() ? u64.MAX_VALUE : <u64>(this.birth(current) + this.period - current);
  }
}

export function readEra(from: Reader): Era {
  const era = new Era();
  const first = from.u8();
  if (first === 0) return era;
  const encoded = (<u32>first) | ((<u32>from.u8()) << 8);
  const period: u32 = 2 << (encoded % 16);
  const phase = (encoded >> 4) * max(period >> 12, 1);
  if (period < 4 || phase >= period) from.fail();
  era.period = period;
  era.phase = phase;
  return era;
}

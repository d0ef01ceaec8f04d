/**
 * Pallet Timestamp: the author's clock, once per block, never backwards.
 *
 * @module
 */
import { Call, NOBODY } from './call';
import * as keys from './gen/keys';
import { BAD_ORIGIN, DONE, Dispatch } from './outcome';
import { Reader } from './reader';
import { has, plain, read, write } from './storage';
import { Writer } from './writer';

export class Set extends Call {
  constructor(private readonly now: u64) {
    super();
  }

  /** Whether this block may hold the inherent. */
  isAccepted(): bool {
    if (has(plain(keys.Timestamp_DidUpdate))) return false;
    const before = read(plain(keys.Timestamp_Now));
    return !before || before.u64() <= this.now;
  }

  dispatch(origin: usize): Dispatch {
    if (origin !== NOBODY) return BAD_ORIGIN;
    write(plain(keys.Timestamp_Now), new Writer(8).u64(this.now).done());
    write(plain(keys.Timestamp_DidUpdate), new Writer(1).u8(1).done());
    return DONE;
  }

  weight(): u64 {
    return 160_000_000;
  }
}

export function readTimestamp(variant: u8, from: Reader): Call | null {
  return variant === 0 ? new Set(from.compactU64()) : null;
}

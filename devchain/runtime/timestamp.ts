/**
 * Pallet Timestamp: the author's clock, once per block, never backwards.
 *
 * @module
 */
import { Call } from './call';
import * as keys from './gen/keys';
import { BAD_ORIGIN, DONE, Dispatch } from './outcome';
import { has, plain, read, write } from './storage';
import { Writer } from './writer';

/** Whether this block may hold the inherent. */
export function acceptsTime(call: Call): bool {
  if (has(plain(keys.Timestamp_DidUpdate))) return false;
  const before = read(plain(keys.Timestamp_Now));
  return !before || before.u64() <= call.now;
}

export function dispatchTimestamp(call: Call, origin: usize): Dispatch {
  if (origin !== 0) return BAD_ORIGIN;
  write(plain(keys.Timestamp_Now), new Writer(8).u64(call.now).done());
  write(plain(keys.Timestamp_DidUpdate), new Writer(1).u8(1).done());
  return DONE;
}

/**
 * The BaseFilter extension: ChainX can pause calls and put accounts on a blacklist (pallet XSystem).
 *
 * @module
 */
import { Call } from './call';
import * as keys from './gen/keys';
import { INVALID_BLACKLISTED, INVALID_PAUSED, VALID, Validity } from './outcome';
import { Span, isSame } from './span';
import { byAccount, byBytes, has, read } from './storage';
import { Writer } from './writer';

export function filter(who: usize, call: Call): Validity {
  if (has(byAccount(keys.XSystem_Blacklist, who))) return INVALID_BLACKLISTED;
  return isPaused(call) ? INVALID_PAUSED : VALID;
}

/** As `Vec<u8>`, which is what is hashed. */
function name(text: Span): Span {
  return new Writer(32).blob(text).done();
}

/** A pallet is paused as a whole when no call of it is named. */
export function isPaused(call: Call): bool {
  const paused = read(byBytes(keys.XSystem_Paused, name(keys.palletName(call.pallet))));
  if (!paused) return false;
  const count = paused.compactU32();
  const wanted = keys.callName(call.pallet, call.variant);
  for (let i: u32 = 0; i < count && paused.ok; i++) {
    const other = paused.blob();
    if (isSame(other, wanted)) return true;
  }
  return count === 0;
}

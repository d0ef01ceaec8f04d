/**
 * The BaseFilter extension: ChainX can pause calls and put accounts on a blacklist (pallet XSystem).
 *
 * @module
 */
import { Call } from './call';
import { INVALID_BLACKLISTED, INVALID_PAUSED, VALID, Validity } from './outcome';
import { isBlacklisted, isPaused } from './x-system';

export function filter(who: usize, call: Call): Validity {
  if (isBlacklisted(who)) return INVALID_BLACKLISTED;
  return isPaused(call) ? INVALID_PAUSED : VALID;
}

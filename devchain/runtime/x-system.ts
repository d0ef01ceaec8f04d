/**
 * Pallet XSystem: root pauses calls and puts accounts on a blacklist; the BaseFilter extension looks here.
 *
 * @module
 */
import { Address, readAddress } from './address';
import { Call, ROOT } from './call';
import { SUDO, X_SYSTEM } from './constants';
import * as keys from './gen/keys';
import { lookup } from './indices';
import { BAD_ORIGIN, CANNOT_LOOKUP, DONE, Dispatch } from './outcome';
import { Reader } from './reader';
import { Span, isBefore, isSame, spanOf } from './span';
import { byAccount, byBytes, has, read, remove, write } from './storage';
import { deposit } from './system';
import { Writer } from './writer';

const MODIFY_PAUSED: u8 = 0;
const TOGGLE_BLACKLIST: u8 = 1;
const EVENT_BLACKLISTED: u8 = 0;
const EVENT_UNBLACKLISTED: u8 = 1;

/** What stands among the names of paused calls for the pallet as a whole. */
function wholePallet(): Span {
  return spanOf(memory.data<u8>([0x23]), 1);
}

function pausedKey(pallet: Span): Span {
  // As `Vec<u8>`, which is what is hashed.
  return byBytes(keys.XSystem_Paused, new Writer(32).blob(pallet).done());
}

/** Sudo is never paused. */
export function isPaused(call: Call): bool {
  if (call.pallet === SUDO) return false;
  const paused = read(pausedKey(keys.palletName(call.pallet)));
  if (!paused) return false;
  const wanted = keys.callName(call.pallet, call.variant);
  for (let left = paused.compactU32(); left > 0 && paused.ok; left--) {
    const one = paused.blob();
    if (isSame(one, wanted) || isSame(one, wholePallet())) return true;
  }
  return false;
}

export function isBlacklisted(account: usize): bool {
  return has(byAccount(keys.XSystem_Blacklist, account));
}

class ModifyPaused extends Call {
  constructor(
    private readonly whose: Span,
    private readonly name: Span,
    private readonly isPaused: bool,
  ) {
    super();
  }

  /** A `BTreeMap<Vec<u8>, ()>` with the name or without it, in order. */
  dispatch(origin: usize): Dispatch {
    if (origin !== ROOT) return BAD_ORIGIN;
    const key = pausedKey(this.whose);
    const before = read(key);
    const names = new Writer();
    let count: u32 = 0;
    let isPlaced = !this.isPaused;
    for (let left: u32 = before ? before.compactU32() : 0; left > 0; left--) {
      const one = before!.blob();
      if (isSame(one, this.name)) continue;
      if (!isPlaced && isBefore(this.name, one)) {
        names.blob(this.name);
        count++;
        isPlaced = true;
      }
      names.blob(one);
      count++;
    }
    if (!isPlaced) {
      names.blob(this.name);
      count++;
    }
    if (count === 0) remove(key);
    else write(key, new Writer().compact(count).span(names.done()).done());
    return DONE;
  }
}

class ToggleBlacklist extends Call {
  constructor(
    private readonly who: Address,
    private readonly isListed: bool,
  ) {
    super();
  }

  dispatch(origin: usize): Dispatch {
    if (origin !== ROOT) return BAD_ORIGIN;
    const account = lookup(this.who);
    if (account === 0) return CANNOT_LOOKUP;
    const key = byAccount(keys.XSystem_Blacklist, account);
    if (this.isListed) write(key, new Writer(1).u8(1).done());
    else remove(key);
    const event = this.isListed ? EVENT_BLACKLISTED : EVENT_UNBLACKLISTED;
    deposit(new Writer(34).u8(X_SYSTEM).u8(event).bytes(account, 32).done());
    return DONE;
  }
}

export function readXSystem(variant: u8, from: Reader): Call | null {
  if (variant === TOGGLE_BLACKLIST) return new ToggleBlacklist(readAddress(from), from.bool());
  if (variant !== MODIFY_PAUSED) return null;
  const pallet = from.blob();
  const name = from.bool() ? from.blob() : wholePallet();
  return new ModifyPaused(pallet, name, from.bool());
}

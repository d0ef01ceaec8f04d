/**
 * Pallet Sudo: one account, which genesis names, calls as root. What a council or a referendum does on ChainX is done
 * with it here.
 *
 * @module
 */
import { Call, ROOT, isSigned } from './call';
import { SUDO } from './constants';
import { dispatch } from './dispatch';
import * as keys from './gen/keys';
import { BAD_ORIGIN, DONE, Dispatch, moduleError, writePacked } from './outcome';
import { readCall } from './pallets';
import { DEEPEST_CALL, Reader } from './reader';
import { equalBytes } from './span';
import { plain, read } from './storage';
import { deposit } from './system';
import { Writer } from './writer';

const SUDO_CALL: u8 = 0;
const EVENT_SUDID: u8 = 0;
const REQUIRE_SUDO: u8 = 0;

class Sudo extends Call {
  constructor(private readonly inner: Call) {
    super();
  }

  /** Done when the call was made, however that one ended: the event says it. */
  dispatch(origin: usize): Dispatch {
    if (!isSigned(origin)) return BAD_ORIGIN;
    const key = read(plain(keys.Sudo_Key));
    if (!key || !equalBytes(key.at, origin, 32)) return moduleError(SUDO, REQUIRE_SUDO);
    const error = dispatch(this.inner, ROOT);
    const out = new Writer(8)
      .u8(SUDO)
      .u8(EVENT_SUDID)
      .u8(error === DONE ? 0 : 1);
    deposit(writePacked(out, error).done());
    return DONE;
  }

  weight(): u64 {
    return this.inner.weight();
  }
}

export function readSudo(variant: u8, from: Reader): Call | null {
  if (variant !== SUDO_CALL) return null;
  if (++from.depth > DEEPEST_CALL) from.fail();
  const inner = from.ok ? readCall(from) : null;
  from.depth--;
  return inner ? new Sudo(inner) : null;
}

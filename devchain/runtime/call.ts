/**
 * The calls that this runtime knows, decoded whole before any of them runs.
 *
 * @module
 */
import { ADDRESS_ID, Address, readAddress } from './address';
import { BALANCES, SYSTEM, TIMESTAMP, X_ASSETS } from './constants';
import { Reader } from './reader';
import { NOTHING, Span, spanOf } from './span';
import { U128 } from './u128';

export class Call {
  pallet: u8 = 0;
  variant: u8 = 0;
  /** The encoded call. */
  encoded: Span = NOTHING;
  dest: Address = new Address();
  asset: u32 = 0;
  value: U128 = U128.zero();
  now: u64 = 0;
  data: Span = NOTHING;
  keepAlive: bool = false;

  hasAccount(): bool {
    return this.dest.kind === ADDRESS_ID;
  }
}

/** Clears `ok` of the reader when there is no such call. */
export function readCall(from: Reader): Call {
  const start = from.at;
  const call = new Call();
  call.pallet = from.u8();
  call.variant = from.u8();
  const which = ((<u32>call.pallet) << 8) | call.variant;
  if (which === (((<u32>SYSTEM) << 8) | 1) || which === (((<u32>SYSTEM) << 8) | 7)) {
    call.data = from.blob();
  } else if (which === (<u32>TIMESTAMP) << 8) {
    call.now = from.compactU64();
  } else if (which === (<u32>BALANCES) << 8 || which === (((<u32>BALANCES) << 8) | 3)) {
    call.dest = readAddress(from);
    call.value = from.compact();
  } else if (which === (((<u32>BALANCES) << 8) | 4)) {
    call.dest = readAddress(from);
    const keepAlive = from.u8();
    if (keepAlive > 1) from.fail();
    call.keepAlive = keepAlive === 1;
  } else if (which === (<u32>X_ASSETS) << 8) {
    call.dest = readAddress(from);
    call.asset = from.compactU32();
    call.value = from.compact();
  } else {
    from.fail();
  }
  call.encoded = spanOf(start, <u32>(from.at - start));
  return call;
}

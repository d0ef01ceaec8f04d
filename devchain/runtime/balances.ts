/**
 * Pallet Balances: PCX, the coin that pays fees. The existential deposit is 0, so no account is ever reaped.
 *
 * @module
 */
import { Call } from './call';
import { BALANCES } from './constants';
import * as keys from './gen/keys';
import { BAD_ORIGIN, CANNOT_LOOKUP, DONE, Dispatch, OVERFLOW, moduleError } from './outcome';
import { equalBytes } from './span';
import { plain, read, write } from './storage';
import { Account, deposit } from './system';
import { U128 } from './u128';
import { Writer } from './writer';

const EVENT_ENDOWED: u8 = 0;
const EVENT_TRANSFER: u8 = 2;
const EVENT_WITHDRAW: u8 = 8;
const INSUFFICIENT_BALANCE: u8 = 2;
export const CALL_TRANSFER_ALL: u8 = 4;

export function dispatchBalances(call: Call, origin: usize): Dispatch {
  if (origin === 0) return BAD_ORIGIN;
  if (!call.hasAccount()) return CANNOT_LOOKUP;
  const value = call.variant === CALL_TRANSFER_ALL ? new Account(origin).free : call.value;
  return transfer(origin, call.dest.account, value);
}

function transfer(from: usize, to: usize, value: U128): Dispatch {
  if (!value.isZero() && !equalBytes(from, to, 32)) {
    const sender = new Account(from);
    const left = sender.free.minus(value);
    if (!left) return moduleError(BALANCES, INSUFFICIENT_BALANCE);
    const receiver = new Account(to);
    const total = receiver.free.plus(value);
    if (!total) return OVERFLOW;
    sender.free = left;
    sender.save();
    receiver.free = total;
    if (receiver.provide()) {
      deposit(new Writer(50).u8(BALANCES).u8(EVENT_ENDOWED).bytes(to, 32).u128(total).done());
    }
    receiver.save();
  }
  const out = new Writer(82).u8(BALANCES).u8(EVENT_TRANSFER).bytes(from, 32).bytes(to, 32).u128(value);
  deposit(out.done());
  return DONE;
}

/** Whether the account could pay so much of a fee. */
export function canPay(who: Account, fee: U128): bool {
  return !who.free.lessThan(fee);
}

/** Takes a fee that `canPay` allowed. This chain has nobody to give it to: it is gone from the total. */
export function withdrawFee(who: Account, fee: U128): void {
  const left = who.free.minus(fee);
  if (left) who.free = left;
  who.save();
  const total = read(plain(keys.Balances_TotalIssuance));
  const less = total ? total.u128().minus(fee) : null;
  if (less) write(plain(keys.Balances_TotalIssuance), new Writer(16).u128(less).done());
  deposit(new Writer(50).u8(BALANCES).u8(EVENT_WITHDRAW).bytes(who.id, 32).u128(fee).done());
}

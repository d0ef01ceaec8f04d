/**
 * Pallet Balances: PCX, the coin that pays fees. The existential deposit is 0, so no account is ever reaped.
 *
 * @module
 */
import { Address, readAddress } from './address';
import { Call, isSigned } from './call';
import { BALANCES } from './constants';
import * as keys from './gen/keys';
import { lookup } from './indices';
import { BAD_ORIGIN, CANNOT_LOOKUP, DONE, Dispatch, OVERFLOW, moduleError } from './outcome';
import { Reader } from './reader';
import { equalBytes } from './span';
import { plain, read, write } from './storage';
import { Account, deposit } from './system';
import { U128 } from './u128';
import { Writer } from './writer';

const TRANSFER: u8 = 0;
const TRANSFER_KEEP_ALIVE: u8 = 3;
const TRANSFER_ALL: u8 = 4;
const EVENT_ENDOWED: u8 = 0;
const EVENT_TRANSFER: u8 = 2;
const EVENT_RESERVED: u8 = 4;
const EVENT_UNRESERVED: u8 = 5;
const EVENT_RESERVE_REPATRIATED: u8 = 6;
const EVENT_WITHDRAW: u8 = 8;
const EVENT_SLASHED: u8 = 9;
const INSUFFICIENT_BALANCE: u8 = 2;
const DEAD_ACCOUNT: u8 = 6;
const STATUS_RESERVED: u8 = 1;

class Transfer extends Call {
  /** No value stands for everything. */
  constructor(
    private readonly dest: Address,
    private readonly value: U128 | null,
  ) {
    super();
  }

  dispatch(origin: usize): Dispatch {
    if (!isSigned(origin)) return BAD_ORIGIN;
    const to = lookup(this.dest);
    if (to === 0) return CANNOT_LOOKUP;
    const value = this.value;
    return transfer(origin, to, value ? value : new Account(origin).free);
  }

  weight(): u64 {
    return this.value ? 195_000_000 : 225_000_000;
  }
}

export function readBalances(variant: u8, from: Reader): Call | null {
  if (variant === TRANSFER || variant === TRANSFER_KEEP_ALIVE) {
    return new Transfer(readAddress(from), from.compact());
  }
  if (variant !== TRANSFER_ALL) return null;
  const call = new Transfer(readAddress(from), null);
  // Keep-alive means nothing where an account never ends.
  from.bool();
  return call;
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

/** Puts so much of the free balance aside. */
export function reserve(id: usize, amount: U128): Dispatch {
  if (amount.isZero()) return DONE;
  const who = new Account(id);
  const free = who.free.minus(amount);
  if (!free) return moduleError(BALANCES, INSUFFICIENT_BALANCE);
  const reserved = who.reserved.plus(amount);
  if (!reserved) return OVERFLOW;
  who.free = free;
  who.reserved = reserved;
  who.save();
  deposit(new Writer(50).u8(BALANCES).u8(EVENT_RESERVED).bytes(id, 32).u128(amount).done());
  return DONE;
}

/** Gives back so much of what was put aside; it cannot fail, for free and reserved together are part of the total. */
export function unreserve(id: usize, amount: U128): void {
  if (amount.isZero()) return;
  const who = new Account(id);
  const given = who.reserved.lessThan(amount) ? who.reserved : amount;
  const reserved = who.reserved.minus(given);
  const free = who.free.plus(given);
  if (!reserved || !free) return;
  who.reserved = reserved;
  who.free = free;
  who.save();
  deposit(new Writer(50).u8(BALANCES).u8(EVENT_UNRESERVED).bytes(id, 32).u128(given).done());
}

/** Takes away so much of what was put aside: it is gone from the total. */
export function slashReserved(id: usize, amount: U128): void {
  if (amount.isZero()) return;
  const who = new Account(id);
  const left = who.reserved.minus(amount);
  if (!left) return;
  who.reserved = left;
  who.save();
  lessenTotal(amount);
  deposit(new Writer(50).u8(BALANCES).u8(EVENT_SLASHED).bytes(id, 32).u128(amount).done());
}

/** Moves what one account put aside to what another one did. */
export function repatriateReserved(from: usize, to: usize, amount: U128): Dispatch {
  if (amount.isZero() || equalBytes(from, to, 32)) return DONE;
  const sender = new Account(from);
  const left = sender.reserved.minus(amount);
  if (!left) return moduleError(BALANCES, INSUFFICIENT_BALANCE);
  const receiver = new Account(to);
  if (!receiver.exists()) return moduleError(BALANCES, DEAD_ACCOUNT);
  const total = receiver.reserved.plus(amount);
  if (!total) return OVERFLOW;
  sender.reserved = left;
  sender.save();
  receiver.reserved = total;
  receiver.save();
  const out = new Writer(84).u8(BALANCES).u8(EVENT_RESERVE_REPATRIATED).bytes(from, 32).bytes(to, 32);
  deposit(out.u128(amount).u8(STATUS_RESERVED).done());
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
  lessenTotal(fee);
  deposit(new Writer(50).u8(BALANCES).u8(EVENT_WITHDRAW).bytes(who.id, 32).u128(fee).done());
}

function lessenTotal(amount: U128): void {
  const total = read(plain(keys.Balances_TotalIssuance));
  const less = total ? total.u128().minus(amount) : null;
  if (less) write(plain(keys.Balances_TotalIssuance), new Writer(16).u128(less).done());
}

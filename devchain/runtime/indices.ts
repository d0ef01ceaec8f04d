/**
 * Pallet Indices: short numbers for accounts, against a deposit; and whose account an address stands for.
 *
 * @module
 */
import { ADDRESS_ID, ADDRESS_INDEX, Address } from './address';
import { repatriateReserved, reserve, slashReserved, unreserve } from './balances';
import { Call, isSigned } from './call';
import { DOLLAR, INDICES } from './constants';
import * as keys from './gen/keys';
import { BAD_ORIGIN, DONE, Dispatch, moduleError } from './outcome';
import { Reader } from './reader';
import { Span, equalBytes } from './span';
import { byNumberBlake2, read, remove, write } from './storage';
import { deposit } from './system';
import { U128 } from './u128';
import { Writer } from './writer';

const CLAIM: u8 = 0;
const TRANSFER: u8 = 1;
const FREE: u8 = 2;
const FREEZE: u8 = 4;
const EVENT_ASSIGNED: u8 = 0;
const EVENT_FREED: u8 = 1;
const EVENT_FROZEN: u8 = 2;
const NOT_ASSIGNED: u8 = 0;
const NOT_OWNER: u8 = 1;
const IN_USE: u8 = 2;
const NOT_TRANSFER: u8 = 3;
const PERMANENT: u8 = 4;

/** The account that an address stands for; 0 when there is none. */
export function lookup(address: Address): usize {
  if (address.kind === ADDRESS_ID) return address.account;
  if (address.kind !== ADDRESS_INDEX) return 0;
  const entry = read(entryKey(address.index));
  return entry ? entry.bytes(32) : 0;
}

function entryKey(index: u32): Span {
  return byNumberBlake2(keys.Indices_Accounts, index);
}

class IndexCall extends Call {
  constructor(
    private readonly which: u8,
    private readonly index: u32,
    /** To whom it is given; otherwise 0. */
    private readonly other: usize,
  ) {
    super();
  }

  dispatch(origin: usize): Dispatch {
    if (!isSigned(origin)) return BAD_ORIGIN;
    if (this.which === CLAIM) return this.claim(origin);
    if (this.which === TRANSFER && equalBytes(origin, this.other, 32))
      return moduleError(INDICES, NOT_TRANSFER);
    const entry = read(entryKey(this.index));
    if (!entry) return moduleError(INDICES, NOT_ASSIGNED);
    const owner = entry.bytes(32);
    const held = entry.u128();
    if (entry.bool()) return moduleError(INDICES, PERMANENT);
    if (!equalBytes(owner, origin, 32)) return moduleError(INDICES, NOT_OWNER);
    if (this.which === TRANSFER) return this.give(origin, held);
    if (this.which === FREE) return this.free(origin, held);
    return this.freeze(origin, held);
  }

  private claim(who: usize): Dispatch {
    if (read(entryKey(this.index))) return moduleError(INDICES, IN_USE);
    const held = new U128(DOLLAR, 0);
    const error = reserve(who, held);
    if (error !== DONE) return error;
    this.assign(who, held, false);
    return DONE;
  }

  private give(who: usize, held: U128): Dispatch {
    const error = repatriateReserved(who, this.other, held);
    if (error !== DONE) return error;
    this.assign(this.other, held, false);
    return DONE;
  }

  private free(who: usize, held: U128): Dispatch {
    unreserve(who, held);
    remove(entryKey(this.index));
    deposit(new Writer(6).u8(INDICES).u8(EVENT_FREED).u32(this.index).done());
    return DONE;
  }

  /** For good: the deposit is lost. */
  private freeze(who: usize, held: U128): Dispatch {
    slashReserved(who, held);
    this.assign(who, U128.zero(), true);
    return DONE;
  }

  private assign(who: usize, held: U128, forever: bool): void {
    const entry = new Writer(49)
      .bytes(who, 32)
      .u128(held)
      .u8(forever ? 1 : 0);
    write(entryKey(this.index), entry.done());
    const out = new Writer(38).u8(INDICES).u8(forever ? EVENT_FROZEN : EVENT_ASSIGNED);
    if (forever) out.u32(this.index).bytes(who, 32);
    else out.bytes(who, 32).u32(this.index);
    deposit(out.done());
  }

  weight(): u64 {
    return this.which === TRANSFER ? 281_000_000 : 151_000_000;
  }
}

export function readIndices(variant: u8, from: Reader): Call | null {
  if (variant === TRANSFER) {
    const other = from.bytes(32);
    return new IndexCall(variant, from.u32(), other);
  }
  const known = variant === CLAIM || variant === FREE || variant === FREEZE;
  return known ? new IndexCall(variant, from.u32(), 0) : null;
}

/**
 * Pallet XAssets: what is not the native coin, XBTC first. Each account holds several kinds of balance per asset.
 *
 * @module
 */
import { Address, readAddress } from './address';
import { Call } from './call';
import { NATIVE_ASSET, X_ASSETS } from './constants';
import * as keys from './gen/keys';
import { lookup } from './indices';
import { BAD_ORIGIN, CANNOT_LOOKUP, DONE, Dispatch, moduleError } from './outcome';
import { Reader } from './reader';
import { equalBytes } from './span';
import { byAccountAndNumber, byNumber, has, read, remove, write } from './storage';
import { Account, deposit } from './system';
import { U128 } from './u128';
import { Writer } from './writer';

const USABLE: u8 = 0;
const TYPES: u32 = 5;
const EVENT_MOVED: u8 = 0;
const INVALID_ASSET: u8 = 0;
const OVERFLOW: u8 = 1;
const INSUFFICIENT_BALANCE: u8 = 2;
const DENY_NATIVE_ASSET: u8 = 7;
const ACTION_NOT_ALLOWED: u8 = 8;
/** Bit of `AssetRestrictions` that forbids transfers. */
const NO_TRANSFER: u32 = 2;

/** One account's balances of one asset: a `BTreeMap<AssetType, u128>` that holds no zeros. */
class Holding {
  private amounts: StaticArray<U128 | null> = new StaticArray<U128 | null>(TYPES);

  constructor(
    private readonly who: usize,
    private readonly asset: u32,
  ) {
    const value = read(byAccountAndNumber(keys.XAssets_AssetBalance, who, asset));
    if (value) this.load(value);
  }

  private load(value: Reader): void {
    const count = value.compactU32();
    for (let i: u32 = 0; i < count; i++) {
      const kind = value.u8();
      const amount = value.u128();
      if (value.ok && kind < <u8>TYPES) this.amounts[kind] = amount;
    }
  }

  usable(): U128 {
    const amount = this.amounts[USABLE];
    return amount ? amount : U128.zero();
  }

  setUsable(amount: U128): void {
    this.amounts[USABLE] = amount.isZero() ? null : amount;
    const key = byAccountAndNumber(keys.XAssets_AssetBalance, this.who, this.asset);
    let count: u32 = 0;
    for (let i: u32 = 0; i < TYPES; i++) if (this.amounts[i]) count++;
    if (count === 0) return remove(key);
    const out = new Writer(96).compact(count);
    for (let i: u32 = 0; i < TYPES; i++) {
      const held = this.amounts[i];
      if (held) out.u8(<u8>i).u128(held);
    }
    write(key, out.done());
  }
}

class Transfer extends Call {
  constructor(
    private readonly dest: Address,
    private readonly asset: u32,
    private readonly value: U128,
  ) {
    super();
  }

  dispatch(origin: usize): Dispatch {
    if (origin === 0) return BAD_ORIGIN;
    const to = lookup(this.dest);
    if (to === 0) return CANNOT_LOOKUP;
    if (this.asset === NATIVE_ASSET) return moduleError(X_ASSETS, DENY_NATIVE_ASSET);
    if (!has(byNumber(keys.XAssetsRegistrar_AssetOnline, this.asset))) {
      return moduleError(X_ASSETS, INVALID_ASSET);
    }
    const restrictions = read(byNumber(keys.XAssets_AssetRestrictionsOf, this.asset));
    if (restrictions && (restrictions.u32() & NO_TRANSFER) !== 0) {
      return moduleError(X_ASSETS, ACTION_NOT_ALLOWED);
    }
    return moveUsable(this.asset, origin, to, this.value);
  }
}

export function readAssets(variant: u8, from: Reader): Call | null {
  return variant === 0 ? new Transfer(readAddress(from), from.compactU32(), from.compact()) : null;
}

function moveUsable(asset: u32, from: usize, to: usize, value: U128): Dispatch {
  const sender = new Holding(from, asset);
  const left = sender.usable().minus(value);
  if (!left) return moduleError(X_ASSETS, INSUFFICIENT_BALANCE);
  if (value.isZero() || equalBytes(from, to, 32)) return DONE;
  const receiver = new Holding(to, asset);
  const total = receiver.usable().plus(value);
  if (!total) return moduleError(X_ASSETS, OVERFLOW);
  const account = new Account(to);
  if (account.provide()) account.save();
  sender.setUsable(left);
  receiver.setUsable(total);
  const out = new Writer(88).u8(X_ASSETS).u8(EVENT_MOVED).u32(asset);
  out.bytes(from, 32).u8(USABLE).bytes(to, 32).u8(USABLE).u128(value);
  deposit(out.done());
  return DONE;
}

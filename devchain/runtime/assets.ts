/**
 * Pallet XAssets: what is not the native coin, XBTC first. Each account holds several kinds of balance per asset.
 *
 * @module
 */
import { Address, readAddress } from './address';
import { Call, isSigned } from './call';
import { NATIVE_ASSET, X_ASSETS } from './constants';
import * as keys from './gen/keys';
import { lookup } from './indices';
import { BAD_ORIGIN, CANNOT_LOOKUP, DONE, Dispatch, moduleError } from './outcome';
import { Reader } from './reader';
import { Span, equalBytes } from './span';
import { byAccountAndNumber, byNumber, has, read, remove, write } from './storage';
import { Account, deposit } from './system';
import { U128 } from './u128';
import { Writer } from './writer';

/** Kinds of balance. */
export const USABLE: u8 = 0;
export const RESERVED_WITHDRAWAL: u8 = 3;
const KINDS: u32 = 5;
const EVENT_MOVED: u8 = 0;
const EVENT_ISSUED: u8 = 1;
const EVENT_DESTROYED: u8 = 2;
const INVALID_ASSET: u8 = 0;
const OVERFLOW: u8 = 1;
const INSUFFICIENT_BALANCE: u8 = 2;
const TOTAL_ASSET_OVERFLOW: u8 = 5;
const TOTAL_ASSET_INSUFFICIENT: u8 = 6;
const DENY_NATIVE_ASSET: u8 = 7;
const ACTION_NOT_ALLOWED: u8 = 8;
/** Bits of `AssetRestrictions`. */
const NO_TRANSFER: u32 = 2;
const NO_DEPOSIT: u32 = 4;
export const NO_WITHDRAW: u32 = 8;
const NO_DESTROY_WITHDRAWAL: u32 = 16;

/** The kinds of balance of one asset that an account has, or all do: a `BTreeMap<AssetType, u128>` without zeros. */
class Holding {
  private readonly amounts: StaticArray<U128 | null> = new StaticArray<U128 | null>(KINDS);

  constructor(private readonly key: Span) {
    const value = read(key);
    if (value) this.load(value);
  }

  private load(value: Reader): void {
    const count = value.compactU32();
    for (let i: u32 = 0; i < count; i++) {
      const kind = value.u8();
      const amount = value.u128();
      if (value.ok && kind < <u8>KINDS) this.amounts[kind] = amount;
    }
  }

  of(kind: u8): U128 {
    const amount = this.amounts[kind];
    return amount ? amount : U128.zero();
  }

  /** Whether there was so much to take. */
  take(kind: u8, amount: U128): bool {
    const left = this.of(kind).minus(amount);
    if (left) this.amounts[kind] = left.isZero() ? null : left;
    return left !== null;
  }

  /** Whether there was room for so much more. */
  add(kind: u8, amount: U128): bool {
    const total = this.of(kind).plus(amount);
    if (total) this.amounts[kind] = total.isZero() ? null : total;
    return total !== null;
  }

  save(): void {
    let count: u32 = 0;
    for (let i: u32 = 0; i < KINDS; i++) if (this.amounts[i]) count++;
    if (count === 0) return remove(this.key);
    const out = new Writer(96).compact(count);
    for (let i: u32 = 0; i < KINDS; i++) {
      const held = this.amounts[i];
      if (held) out.u8(<u8>i).u128(held);
    }
    write(this.key, out.done());
  }
}

function holdingOf(who: usize, asset: u32): Holding {
  return new Holding(byAccountAndNumber(keys.XAssets_AssetBalance, who, asset));
}

function totalOf(asset: u32): Holding {
  return new Holding(byNumber(keys.XAssets_TotalAssetBalance, asset));
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
    if (!isSigned(origin)) return BAD_ORIGIN;
    const to = lookup(this.dest);
    if (to === 0) return CANNOT_LOOKUP;
    const refused = mayBe(this.asset, NO_TRANSFER);
    if (refused !== DONE) return refused;
    return moveAsset(this.asset, origin, USABLE, to, USABLE, this.value);
  }
}

export function readAssets(variant: u8, from: Reader): Call | null {
  return variant === 0 ? new Transfer(readAddress(from), from.compactU32(), from.compact()) : null;
}

/** Whether something may be done with an asset: it is there, and its restrictions do not forbid it. */
export function mayBe(asset: u32, restriction: u32): Dispatch {
  if (asset === NATIVE_ASSET) return moduleError(X_ASSETS, DENY_NATIVE_ASSET);
  if (!has(byNumber(keys.XAssetsRegistrar_AssetOnline, asset))) return moduleError(X_ASSETS, INVALID_ASSET);
  const restrictions = read(byNumber(keys.XAssets_AssetRestrictionsOf, asset));
  if (restrictions && (restrictions.u32() & restriction) !== 0) {
    return moduleError(X_ASSETS, ACTION_NOT_ALLOWED);
  }
  return DONE;
}

/** Moves from one account's balance of a kind to a balance, perhaps of another kind. */
export function moveAsset(
  asset: u32,
  from: usize,
  fromKind: u8,
  to: usize,
  toKind: u8,
  value: U128,
): Dispatch {
  const sender = holdingOf(from, asset);
  if (!sender.take(fromKind, value)) return moduleError(X_ASSETS, INSUFFICIENT_BALANCE);
  const isSame = equalBytes(from, to, 32);
  if (value.isZero() || (isSame && fromKind === toKind)) return DONE;
  const receiver = isSame ? sender : holdingOf(to, asset);
  if (!receiver.add(toKind, value)) return moduleError(X_ASSETS, OVERFLOW);
  provideFor(to);
  sender.save();
  if (!isSame) receiver.save();
  if (fromKind !== toKind) {
    const total = totalOf(asset);
    if (!total.take(fromKind, value) || !total.add(toKind, value)) {
      return moduleError(X_ASSETS, TOTAL_ASSET_OVERFLOW);
    }
    total.save();
  }
  const out = new Writer(88).u8(X_ASSETS).u8(EVENT_MOVED).u32(asset);
  out.bytes(from, 32).u8(fromKind).bytes(to, 32).u8(toKind).u128(value);
  deposit(out.done());
  return DONE;
}

/** Makes so much of an asset, usable by an account. */
export function issue(asset: u32, who: usize, value: U128): Dispatch {
  const refused = mayBe(asset, NO_DEPOSIT);
  if (refused !== DONE) return refused;
  const holding = holdingOf(who, asset);
  const total = totalOf(asset);
  if (!holding.add(USABLE, value)) return moduleError(X_ASSETS, OVERFLOW);
  if (!total.add(USABLE, value)) return moduleError(X_ASSETS, TOTAL_ASSET_OVERFLOW);
  provideFor(who);
  holding.save();
  total.save();
  return said(EVENT_ISSUED, asset, who, value);
}

/** Ends so much of an asset that an account put aside for a withdrawal. */
export function destroyWithdrawn(asset: u32, who: usize, value: U128): Dispatch {
  const refused = mayBe(asset, NO_DESTROY_WITHDRAWAL);
  if (refused !== DONE) return refused;
  const holding = holdingOf(who, asset);
  const total = totalOf(asset);
  if (!holding.take(RESERVED_WITHDRAWAL, value)) return moduleError(X_ASSETS, INSUFFICIENT_BALANCE);
  if (!total.take(RESERVED_WITHDRAWAL, value)) return moduleError(X_ASSETS, TOTAL_ASSET_INSUFFICIENT);
  holding.save();
  total.save();
  return said(EVENT_DESTROYED, asset, who, value);
}

function provideFor(who: usize): void {
  const account = new Account(who);
  if (account.provide()) account.save();
}

function said(event: u8, asset: u32, who: usize, value: U128): Dispatch {
  deposit(new Writer(54).u8(X_ASSETS).u8(event).u32(asset).bytes(who, 32).u128(value).done());
  return DONE;
}

/**
 * Deposits of pallet XGatewayBitcoin: whose a payment to the trustees is, and what happens to one that is nobody's yet.
 *
 * @module
 */
import { addressOf } from './bitcoin/address';
import { Output, Transaction, upTo } from './bitcoin/transaction';
import { CHAIN_BITCOIN, GATEWAY_BITCOIN, XBTC } from './constants';
import { depositAsset } from './gateway-records';
import * as keys from './gen/keys';
import { DONE } from './outcome';
import { Reader } from './reader';
import { NOTHING, Span, isSame, spanOf } from './span';
import { accountOf } from './ss58';
import { byAccountAndChain, byBytesBlake2, byChain, hashedBytes, read, remove, write } from './storage';
import { deposit } from './system';
import { U128 } from './u128';
import { Writer } from './writer';

const EVENT_DEPOSITED: u8 = 2;
const EVENT_UNCLAIMED: u8 = 4;
const EVENT_PENDING_REMOVED: u8 = 5;
const AT: u8 = 64;

/** What a transaction pays to a script. */
export function paidTo(tx: Transaction, script: Span): U128 {
  let sum = U128.zero();
  for (let i = 0; i < tx.outputs.length; i++) {
    const output = tx.outputs[i];
    if (!isSame(output.script, script)) continue;
    const more = sum.plus(new U128(output.value, 0));
    if (more) sum = more;
  }
  return sum;
}

/** Credits a payment, or parks it; `false` when nothing can be said of whose it is. */
export function depositFrom(tx: Transaction, value: U128, spent: Output | null): bool {
  const address = spent ? addressOf(spent.script) : NOTHING;
  for (let i = 0; i < tx.outputs.length; i++) {
    const data = tx.outputs[i].data();
    if (data === NOTHING) continue;
    // The first one that names an account counts. Behind `@` stands a validator's name, and here are no validators.
    const who = accountOf(upTo(data, AT));
    if (who === 0) continue;
    if (address !== NOTHING) bindAddress(who, address);
    return credit(tx.id, who, value);
  }
  if (address === NOTHING) return false;
  const bound = read(bindingKey(address));
  if (bound) return credit(tx.id, bound.bytes(32), value);
  park(tx.id, value, address);
  return true;
}

function credit(id: usize, who: usize, value: U128): bool {
  if (depositAsset(who, XBTC, value) !== DONE) return false;
  const out = new Writer(96).u8(GATEWAY_BITCOIN).u8(EVENT_DEPOSITED).bytes(id, 32).bytes(who, 32).u128(value);
  deposit(out.done());
  return true;
}

/** As `Vec<u8>`, which is what is hashed. */
function asKey(address: Span): Span {
  return new Writer(96).blob(address).done();
}

function bindingKey(address: Span): Span {
  return byChain(keys.XGatewayCommon_AddressBindingOf, CHAIN_BITCOIN, hashedBytes(asKey(address)));
}

/** From now on payments of this address are the account's; what waited for that is credited. */
function bindAddress(who: usize, address: Span): void {
  const before = read(bindingKey(address));
  if (before) {
    const owner = before.bytes(32);
    if (memory.compare(owner, who, 32) === 0) return;
    setAddresses(owner, without(addressesOf(owner), address));
  }
  write(bindingKey(address), spanOf(who, 32));
  const held = addressesOf(who);
  const count = held ? held.compactU32() : 0;
  const out = new Writer(256).compact(count + 1);
  if (held) out.bytes(held.at, held.left());
  setAddresses(who, out.blob(address).done());
  release(who, address);
}

function addressesOf(who: usize): Reader | null {
  return read(byAccountAndChain(keys.XGatewayCommon_BoundAddressOf, who, CHAIN_BITCOIN));
}

function setAddresses(who: usize, list: Span): void {
  write(byAccountAndChain(keys.XGatewayCommon_BoundAddressOf, who, CHAIN_BITCOIN), list);
}

function without(list: Reader | null, address: Span): Span {
  const kept = new Writer(256);
  let count: u32 = 0;
  for (let left = list ? list.compactU32() : 0; left > 0 && list; left--) {
    const other = list.blob();
    if (isSame(other, address)) continue;
    kept.blob(other);
    count++;
  }
  return new Writer(256).compact(count).span(kept.done()).done();
}

function park(id: usize, value: U128, address: Span): void {
  const key = byBytesBlake2(keys.XGatewayBitcoin_PendingDeposits, asKey(address));
  const before = read(key);
  const count = before ? before.compactU32() : 0;
  const out = new Writer(128).compact(count + 1);
  if (before) out.bytes(before.at, before.left());
  write(key, out.bytes(id, 32).u64(value.low).done());
  deposit(new Writer(128).u8(GATEWAY_BITCOIN).u8(EVENT_UNCLAIMED).bytes(id, 32).blob(address).done());
}

function release(who: usize, address: Span): void {
  const key = byBytesBlake2(keys.XGatewayBitcoin_PendingDeposits, asKey(address));
  const waiting = read(key);
  if (!waiting) return;
  remove(key);
  for (let left = waiting.compactU32(); left > 0; left--) {
    const id = waiting.bytes(32);
    const value = new U128(waiting.u64(), 0);
    if (!credit(id, who, value)) continue;
    const out = new Writer(160).u8(GATEWAY_BITCOIN).u8(EVENT_PENDING_REMOVED).bytes(who, 32).u128(value);
    deposit(out.bytes(id, 32).blob(address).done());
  }
}

/**
 * Runs blocks: opens one, applies extrinsics to it, closes it; and judges transactions for the pool.
 *
 * @module
 */
import { withdrawFee } from './balances';
import { Call } from './call';
import { BASE_FEE, BYTE_FEE, WEIGHT_PER_UNIT } from './constants';
import { dispatch } from './dispatch';
import { ext_storage_root_version_1, ext_trie_blake2_256_ordered_root_version_1 } from './env';
import { Extrinsic, readExtrinsic } from './extrinsic';
import { classOf, feeWithTip, feeWithoutTip } from './fee';
import * as keys from './gen/keys';
import { Header } from './header';
import {
  DONE,
  INVALID_BAD_MANDATORY,
  INVALID_CALL,
  UNKNOWN_NO_UNSIGNED_VALIDATOR,
  VALID,
  writePacked,
} from './outcome';
import { Reader } from './reader';
import { mark, release } from './scratch';
import { NOTHING, Span, isSame, spanOf } from './span';
import { plain, read } from './storage';
import * as system from './system';
import * as timestamp from './timestamp';
import { U128 } from './u128';
import { checkSigned, priorityOf } from './validity';
import { Writer } from './writer';

export function initializeBlock(header: Header): void {
  system.initialize(header.number, header.parentHash, header.preRuntimeDigest());
}

/** `ApplyExtrinsicResult`. When it is a validity error the host undoes what was written. */
export function applyExtrinsic(encoded: Span): Span {
  const from = new Reader(encoded);
  const xt = readExtrinsic(from);
  if (!xt || from.left() !== 0) return refused(INVALID_CALL);
  system.noteExtrinsic(encoded);
  const weight = xt.call.weight();
  const dispatchClass = classOf(xt.call);
  const validity = xt.signed ? checkSigned(xt, true) : checkInherent(xt.call);
  if (validity !== VALID) return refused(validity);
  if (xt.signed) charge(xt, weight);
  system.noteSize(xt.length, weight, dispatchClass);
  const error = dispatch(xt.call, xt.account);
  system.depositResult(error, weight, dispatchClass);
  system.noteApplied();
  const out = new Writer(8).u8(0).u8(error === DONE ? 0 : 1);
  return writePacked(out, error).done();
}

function charge(xt: Extrinsic, weight: u64): void {
  const who = new system.Account(xt.account);
  who.nonce += 1;
  const fee = feeWithTip(xt.length, weight, xt.tip);
  if (fee) withdrawFee(who, fee);
}

function checkInherent(call: Call): u32 {
  if (!(call instanceof timestamp.Set)) return UNKNOWN_NO_UNSIGNED_VALIDATOR;
  return (<timestamp.Set>call).isAccepted() ? VALID : INVALID_BAD_MANDATORY;
}

/** The finished header. */
export function finalizeBlock(): Span {
  system.startFinalization();
  system.takeFlag(keys.Timestamp_DidUpdate);
  const number = system.blockNumber();
  const extrinsicsRoot = ext_trie_blake2_256_ordered_root_version_1(system.takeExtrinsics());
  system.finish(number);
  const parent = read(plain(keys.System_ParentHash));
  if (!parent) return NOTHING;
  const out = new Writer(256).bytes(parent.at, 32).compact(number).span(ext_storage_root_version_1());
  return out.bytes(extrinsicsRoot, 32).span(system.takeDigest()).done();
}

/** `TransactionValidity`, judged as if the transaction came into the block after `parentHash`. */
export function validateTransaction(from: Reader): Span {
  const source = from.u8();
  const xt = readExtrinsic(from);
  const parentHash = from.bytes(32);
  if (source > 2 || !xt || !from.ok) return refused(INVALID_CALL);
  if (!xt.signed) return refused(UNKNOWN_NO_UNSIGNED_VALIDATOR);
  const digest = new Writer(1).compact(0).done();
  const number = system.blockNumber() + 1;
  system.initialize(number, parentHash, digest);
  const validity = checkSigned(xt, false);
  if (validity !== VALID) return refused(validity);
  const account = new system.Account(xt.account);
  const out = new Writer().u8(0).u64(priorityOf(xt));
  if (xt.nonce > account.nonce) out.compact(1).blob(nonceTag(xt, xt.nonce - 1));
  else out.compact(0);
  out.compact(1).blob(nonceTag(xt, xt.nonce));
  return out.u64(xt.era.longevity(number)).u8(1).done();
}

function nonceTag(xt: Extrinsic, nonce: u32): Span {
  return new Writer(36).bytes(xt.account, 32).u32(nonce).done();
}

function refused(validity: u32): Span {
  return writePacked(new Writer(8).u8(1), validity).done();
}

/** `RuntimeDispatchInfo` of an extrinsic that has so many bytes. */
export function queryInfo(from: Reader): Span {
  const xt = readExtrinsic(from);
  const length = from.u32();
  // A fee of what is no extrinsic is a question without an answer; the API has no way to say so but a trap.
  if (!xt || !from.ok) return unreachable();
  const weight = xt.call.weight();
  const out = new Writer(32).u64(weight).u8(classOf(xt.call));
  return out.u128(xt.signed ? feeWithoutTip(length, weight) : U128.zero()).done();
}

/** `FeeDetails` of an extrinsic that has so many bytes: base, length, weight; nothing for an inherent. */
export function queryFeeDetails(from: Reader): Span {
  const xt = readExtrinsic(from);
  const length = from.u32();
  if (!xt || !from.ok) return unreachable();
  if (!xt.signed) return new Writer(1).u8(0).done();
  const out = new Writer(64)
    .u8(1)
    .u64(BASE_FEE)
    .u64(0)
    .u64(<u64>length * BYTE_FEE)
    .u64(0);
  return out
    .u64(xt.call.weight() / WEIGHT_PER_UNIT)
    .u64(0)
    .done();
}

/** Runs a block that somebody else made; a block that breaks a rule traps. */
export function executeBlock(from: Reader): void {
  const header = new Header(from);
  initializeBlock(header);
  const count = from.compactU32();
  for (let i: u32 = 0; i < count; i++) {
    const start = from.at;
    const length = from.compactU32();
    from.bytes(length);
    if (!from.ok) unreachable();
    const since = mark();
    const result = new Reader(applyExtrinsic(spanOf(start, <u32>(from.at - start))));
    if (result.u8() !== 0) unreachable();
    release(since);
  }
  if (!isSame(finalizeBlock(), header.encoded)) unreachable();
}

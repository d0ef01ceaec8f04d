/**
 * Pallet System: accounts, events, block numbers and hashes, how much of a block is used.
 *
 * @module
 */
import { ext_storage_append_version_1 } from './env';
import { BASE_BLOCK_WEIGHT, BASE_EXTRINSIC_WEIGHT, BLOCK_HASH_COUNT, SYSTEM } from './constants';
import * as keys from './gen/keys';
import { DONE, Dispatch, writePacked } from './outcome';
import { Reader } from './reader';
import { mark, release } from './scratch';
import { NOTHING, Span, spanOf } from './span';
import { byAccount, byNumber, plain, read, readU32, remove, take, write, writeU32 } from './storage';
import { U128 } from './u128';
import { Writer } from './writer';

const EVENT_SUCCESS: u8 = 0;
const EVENT_FAILED: u8 = 1;
const EVENT_NEW_ACCOUNT: u8 = 3;

const PHASE_APPLY: u8 = 0;
const PHASE_FINALIZATION: u8 = 1;
const PHASE_INITIALIZATION: u8 = 2;

export const CLASS_NORMAL: u8 = 0;
export const CLASS_MANDATORY: u8 = 2;

export class Account {
  nonce: u32 = 0;
  consumers: u32 = 0;
  providers: u32 = 0;
  sufficients: u32 = 0;
  free: U128 = U128.zero();
  reserved: U128 = U128.zero();
  miscFrozen: U128 = U128.zero();
  feeFrozen: U128 = U128.zero();

  constructor(readonly id: usize) {
    const value = read(byAccount(keys.System_Account, id));
    if (value) this.load(value);
  }

  private load(value: Reader): void {
    this.nonce = value.u32();
    this.consumers = value.u32();
    this.providers = value.u32();
    this.sufficients = value.u32();
    this.free = value.u128();
    this.reserved = value.u128();
    this.miscFrozen = value.u128();
    this.feeFrozen = value.u128();
  }

  exists(): bool {
    return this.providers > 0 || this.sufficients > 0;
  }

  save(): void {
    const out = new Writer(80).u32(this.nonce).u32(this.consumers).u32(this.providers).u32(this.sufficients);
    out.u128(this.free).u128(this.reserved).u128(this.miscFrozen).u128(this.feeFrozen);
    write(byAccount(keys.System_Account, this.id), out.done());
  }

  /** Makes sure that the account exists; an account without a provider is new. */
  provide(): bool {
    if (this.exists()) return false;
    this.providers = 1;
    deposit(new Writer(34).u8(SYSTEM).u8(EVENT_NEW_ACCOUNT).bytes(this.id, 32).done());
    return true;
  }
}

/** Adds an event, which is `pallet, variant, fields`, to the block's. */
export function deposit(event: Span): void {
  const phase = read(plain(keys.System_ExecutionPhase));
  const record = new Writer();
  if (phase) record.bytes(phase.at, phase.left());
  else record.u8(PHASE_INITIALIZATION);
  record.span(event).compact(0);
  ext_storage_append_version_1(plain(keys.System_Events), record.done());
  writeU32(plain(keys.System_EventCount), readU32(plain(keys.System_EventCount)) + 1);
}

export function depositResult(error: Dispatch, weight: u64, dispatchClass: u8): void {
  const out = new Writer().u8(SYSTEM).u8(error === DONE ? EVENT_SUCCESS : EVENT_FAILED);
  writePacked(out, error);
  deposit(out.u64(weight).u8(dispatchClass).u8(0).done());
}

export function blockNumber(): u32 {
  return readU32(plain(keys.System_Number));
}

/** Hash of a block that is still remembered. */
export function blockHash(number: u32): Reader | null {
  return read(byNumber(keys.System_BlockHash, number));
}

export function initialize(number: u32, parentHash: usize, digest: Span): void {
  setPhase(PHASE_INITIALIZATION, 0);
  writeU32(extrinsicIndexKey(), 0);
  writeU32(plain(keys.System_Number), number);
  write(plain(keys.System_Digest), digest);
  write(plain(keys.System_ParentHash), spanOf(parentHash, 32));
  write(byNumber(keys.System_BlockHash, number - 1), spanOf(parentHash, 32));
  remove(plain(keys.System_Events));
  remove(plain(keys.System_EventCount));
  writeWeights(0, BASE_BLOCK_WEIGHT);
}

/** Ends the block: forgets what only its making needed, and the hash that became too old. */
export function finish(number: u32): void {
  remove(plain(keys.System_ExecutionPhase));
  remove(plain(keys.System_AllExtrinsicsLen));
  if (number > BLOCK_HASH_COUNT + 1) remove(byNumber(keys.System_BlockHash, number - BLOCK_HASH_COUNT - 1));
}

export function startFinalization(): void {
  setPhase(PHASE_FINALIZATION, 0);
  writeU32(plain(keys.System_ExtrinsicCount), readU32(extrinsicIndexKey()));
  remove(extrinsicIndexKey());
}

/** The block's extrinsics as `Vec<Vec<u8>>`; they are forgotten. */
export function takeExtrinsics(): Span {
  const count = readU32(plain(keys.System_ExtrinsicCount));
  remove(plain(keys.System_ExtrinsicCount));
  const out = new Writer(1024).compact(count);
  for (let i: u32 = 0; i < count; i++) {
    const since = mark();
    const key = byNumber(keys.System_ExtrinsicData, i);
    const data = read(key);
    if (data) out.blob(data.blob());
    remove(key);
    release(since);
  }
  return out.done();
}

/** Takes down the extrinsic that is now applied. */
export function noteExtrinsic(encoded: Span): void {
  const index = readU32(extrinsicIndexKey());
  setPhase(PHASE_APPLY, index);
  write(byNumber(keys.System_ExtrinsicData, index), new Writer().blob(encoded).done());
}

/** Makes room in the block for what `fits` in it. */
export function noteSize(length: u32, weight: u64, dispatchClass: u8): void {
  writeU32(plain(keys.System_AllExtrinsicsLen), usedLength() + length);
  const weights = read(plain(keys.System_BlockWeight));
  let normal: u64 = weights ? weights.u64() : 0;
  if (weights) weights.u64();
  let mandatory: u64 = weights ? weights.u64() : 0;
  if (dispatchClass === CLASS_MANDATORY) mandatory += weight + BASE_EXTRINSIC_WEIGHT;
  else normal += weight + BASE_EXTRINSIC_WEIGHT;
  writeWeights(normal, mandatory);
}

export function noteApplied(): void {
  const index = readU32(extrinsicIndexKey()) + 1;
  writeU32(extrinsicIndexKey(), index);
  setPhase(PHASE_APPLY, index);
}

export function usedLength(): u32 {
  return readU32(plain(keys.System_AllExtrinsicsLen));
}

export function usedNormalWeight(): u64 {
  const weights = read(plain(keys.System_BlockWeight));
  return weights ? weights.u64() : 0;
}

/** Adds an encoded item to the digest of the block's header. */
export function noteDigest(item: Span): void {
  ext_storage_append_version_1(plain(keys.System_Digest), item);
}

export function takeDigest(): Span {
  const digest = read(plain(keys.System_Digest));
  return digest ? spanOf(digest.at, digest.left()) : NOTHING;
}

function writeWeights(normal: u64, mandatory: u64): void {
  write(plain(keys.System_BlockWeight), new Writer(24).u64(normal).u64(0).u64(mandatory).done());
}

function setPhase(phase: u8, index: u32): void {
  const out = new Writer(8).u8(phase);
  if (phase === PHASE_APPLY) out.u32(index);
  write(plain(keys.System_ExecutionPhase), out.done());
}

function extrinsicIndexKey(): Span {
  return spanOf(keys.EXTRINSIC_INDEX, 16);
}

/** Whether the inherent of this kind was in the block already; the note is removed. */
export function takeFlag(prefix: usize): bool {
  return take(plain(prefix)) !== NOTHING;
}

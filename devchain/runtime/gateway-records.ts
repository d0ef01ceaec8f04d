/**
 * Pallet XGatewayRecords: withdrawals from application to end, and deposits. It has no calls of its own here.
 *
 * @module
 */
import {
  NO_WITHDRAW,
  RESERVED_WITHDRAWAL,
  USABLE,
  destroyWithdrawn,
  issue,
  mayBe,
  moveAsset,
} from './assets';
import { GATEWAY_RECORDS } from './constants';
import * as keys from './gen/keys';
import { DONE, Dispatch, moduleError } from './outcome';
import { Reader } from './reader';
import { Span, equalBytes } from './span';
import { byNumber, plain, read, readU32, remove, write, writeU32 } from './storage';
import { blockNumber, deposit } from './system';
import { U128 } from './u128';
import { Writer } from './writer';

const EVENT_DEPOSITED: u8 = 0;
const EVENT_CREATED: u8 = 1;
const EVENT_PROCESSED: u8 = 2;
const EVENT_CANCELED: u8 = 4;
const EVENT_FINISHED: u8 = 5;
const NOT_EXISTED: u8 = 0;
const NOT_APPLYING: u8 = 1;
const NOT_PROCESSING: u8 = 2;
const INVALID_ACCOUNT: u8 = 3;

const APPLYING: u8 = 0;
const PROCESSING: u8 = 1;
const NORMAL_FINISH: u8 = 2;
const NORMAL_CANCEL: u8 = 4;

export class Withdrawal {
  readonly asset: u32;
  readonly applicant: usize;
  readonly value: U128;
  readonly address: Span;

  constructor(from: Reader) {
    this.asset = from.u32();
    this.applicant = from.bytes(32);
    this.value = from.u128();
    this.address = from.blob();
  }
}

export function withdrawalOf(id: u32): Withdrawal | null {
  const record = read(byNumber(keys.XGatewayRecords_PendingWithdrawals, id));
  return record ? new Withdrawal(record) : null;
}

function stateOf(id: u32): u8 {
  const state = read(byNumber(keys.XGatewayRecords_WithdrawalStateOf, id));
  return state ? state.u8() : 255;
}

function setState(id: u32, state: u8): void {
  write(byNumber(keys.XGatewayRecords_WithdrawalStateOf, id), new Writer(1).u8(state).done());
}

function end(id: u32, event: u8, state: u8): void {
  remove(byNumber(keys.XGatewayRecords_PendingWithdrawals, id));
  remove(byNumber(keys.XGatewayRecords_WithdrawalStateOf, id));
  deposit(new Writer(8).u8(GATEWAY_RECORDS).u8(event).u32(id).u8(state).done());
}

/** Gives an account what came in from another chain. */
export function depositAsset(who: usize, asset: u32, value: U128): Dispatch {
  const error = issue(asset, who, value);
  if (error !== DONE) return error;
  const out = new Writer(54).u8(GATEWAY_RECORDS).u8(EVENT_DEPOSITED).bytes(who, 32).u32(asset).u128(value);
  deposit(out.done());
  return DONE;
}

/** Puts the value aside until it was paid out on the other chain. */
export function apply(who: usize, asset: u32, value: U128, address: Span, memo: Span): Dispatch {
  const refused = mayBe(asset, NO_WITHDRAW);
  if (refused !== DONE) return refused;
  const error = moveAsset(asset, who, USABLE, who, RESERVED_WITHDRAWAL, value);
  if (error !== DONE) return error;
  const id = readU32(plain(keys.XGatewayRecords_NextWithdrawalRecordId));
  const record = new Writer(192).u32(asset).bytes(who, 32).u128(value).blob(address).blob(memo);
  record.u32(blockNumber());
  write(byNumber(keys.XGatewayRecords_PendingWithdrawals, id), record.done());
  setState(id, APPLYING);
  writeU32(plain(keys.XGatewayRecords_NextWithdrawalRecordId), id + 1);
  deposit(new Writer(200).u8(GATEWAY_RECORDS).u8(EVENT_CREATED).u32(id).span(record.done()).done());
  return DONE;
}

/** As long as nobody works on it. */
export function cancel(who: usize, id: u32): Dispatch {
  const record = withdrawalOf(id);
  if (!record) return moduleError(GATEWAY_RECORDS, NOT_EXISTED);
  if (stateOf(id) !== APPLYING) return moduleError(GATEWAY_RECORDS, NOT_APPLYING);
  if (!equalBytes(record.applicant, who, 32)) return moduleError(GATEWAY_RECORDS, INVALID_ACCOUNT);
  const error = moveAsset(record.asset, who, RESERVED_WITHDRAWAL, who, USABLE, record.value);
  if (error === DONE) end(id, EVENT_CANCELED, NORMAL_CANCEL);
  return error;
}

/** Now trustees work on it. */
export function process(id: u32): Dispatch {
  if (!withdrawalOf(id)) return moduleError(GATEWAY_RECORDS, NOT_EXISTED);
  if (stateOf(id) !== APPLYING) return moduleError(GATEWAY_RECORDS, NOT_APPLYING);
  setState(id, PROCESSING);
  deposit(new Writer(6).u8(GATEWAY_RECORDS).u8(EVENT_PROCESSED).u32(id).done());
  return DONE;
}

/** It was paid out on the other chain. */
export function finish(id: u32): Dispatch {
  const record = withdrawalOf(id);
  if (!record) return moduleError(GATEWAY_RECORDS, NOT_EXISTED);
  if (stateOf(id) !== PROCESSING) return moduleError(GATEWAY_RECORDS, NOT_PROCESSING);
  const error = destroyWithdrawn(record.asset, record.applicant, record.value);
  if (error === DONE) end(id, EVENT_FINISHED, NORMAL_FINISH);
  return error;
}

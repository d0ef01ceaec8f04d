/**
 * Pallet XGatewayBitcoin: what happened on Bitcoin, as relayers report it and headers prove it.
 *
 * @module
 */
import { scriptOf } from './bitcoin/address';
import { isInBlock } from './bitcoin/merkle';
import { Output, Transaction, readTransaction, spentBy } from './bitcoin/transaction';
import { Call, isSigned } from './call';
import { GATEWAY_BITCOIN } from './constants';
import { withdrawalFee } from './gateway-common';
import { depositFrom, paidTo } from './gateway-deposits';
import { DESERIALIZE_ERROR, confirmedRoot, pushHeader } from './gateway-headers';
import * as records from './gateway-records';
import * as keys from './gen/keys';
import { BAD_ORIGIN, DONE, Dispatch, moduleError } from './outcome';
import { Reader } from './reader';
import { NOTHING, Span, isSame, spanOf } from './span';
import { byHash, has, plain, read, readU64, remove, write } from './storage';
import { deposit } from './system';
import { Trustees, trustees } from './trustees';
import { U128 } from './u128';
import { Writer } from './writer';

const PUSH_HEADER: u8 = 0;
const PUSH_TRANSACTION: u8 = 1;
const CREATE_WITHDRAW_TX: u8 = 2;
const EVENT_PROCESSED: u8 = 1;
const EVENT_WITHDRAWN: u8 = 3;
const EVENT_PROPOSED: u8 = 6;
const EVENT_WITHDRAWAL_FATAL: u8 = 8;
const INVALID_PREVIOUS: u8 = 4;
const BAD_MERKLE_PROOF: u8 = 10;
const UNCONFIRMED: u8 = 11;
const REPLAYED: u8 = 12;
const NOT_TRUSTEE: u8 = 16;
const WRONG_WITHDRAWAL_COUNT: u8 = 20;
const OUTPUTS_NOT_MATCH: u8 = 22;
const NOT_FINISHED: u8 = 23;
const NO_RECORD: u8 = 24;

const WITHDRAWAL: u8 = 0;
const DEPOSIT: u8 = 1;
const HOT_AND_COLD: u8 = 2;
const IRRELEVANCE: u8 = 4;
const SUCCESS: u8 = 0;
const FAILURE: u8 = 1;
const SIGNATURES_FINISHED: u8 = 1;
const MOST_WITHDRAWALS: u32 = 100;

class PushHeader extends Call {
  constructor(private readonly header: Span) {
    super();
  }

  dispatch(origin: usize): Dispatch {
    return isSigned(origin) ? pushHeader(this.header) : BAD_ORIGIN;
  }

  weight(): u64 {
    return 300_000_000;
  }
}

class PushTransaction extends Call {
  constructor(
    private readonly raw: Span,
    private readonly relayed: Span,
    private readonly previous: Span,
  ) {
    super();
  }

  dispatch(origin: usize): Dispatch {
    if (!isSigned(origin)) return BAD_ORIGIN;
    const tx = readTransaction(this.raw);
    const relayed = new Reader(this.relayed);
    const block = relayed.bytes(32);
    const proof = relayed.blob();
    if (!tx || !relayed.ok || relayed.left() !== 0) return moduleError(GATEWAY_BITCOIN, DESERIALIZE_ERROR);
    const root = confirmedRoot(block);
    if (root === 0) return moduleError(GATEWAY_BITCOIN, UNCONFIRMED);
    if (!isInBlock(proof, tx.id, root)) return moduleError(GATEWAY_BITCOIN, BAD_MERKLE_PROOF);
    const before = read(byHash(keys.XGatewayBitcoin_TxState, tx.id));
    if (before) {
      before.u8();
      if (before.u8() === SUCCESS) return moduleError(GATEWAY_BITCOIN, REPLAYED);
    }
    let spent: Output | null = null;
    if (this.previous !== NOTHING) spent = spentBy(tx, this.previous);
    if (this.previous !== NOTHING && !spent) return moduleError(GATEWAY_BITCOIN, INVALID_PREVIOUS);
    const state = handle(tx, spent);
    write(byHash(keys.XGatewayBitcoin_TxState, tx.id), state);
    const out = new Writer(80).u8(GATEWAY_BITCOIN).u8(EVENT_PROCESSED).bytes(tx.id, 32).bytes(block, 32);
    deposit(out.span(state).done());
    return DONE;
  }

  weight(): u64 {
    return 600_000_000;
  }
}

class CreateWithdrawTx extends Call {
  constructor(
    private readonly ids: Span,
    private readonly raw: Span,
  ) {
    super();
  }

  dispatch(origin: usize): Dispatch {
    const holders = trustees();
    if (!isSigned(origin)) return BAD_ORIGIN;
    if (!holders || !holders.has(origin)) return moduleError(GATEWAY_BITCOIN, NOT_TRUSTEE);
    if (has(plain(keys.XGatewayBitcoin_WithdrawalProposal)))
      return moduleError(GATEWAY_BITCOIN, NOT_FINISHED);
    const tx = readTransaction(this.raw);
    if (!tx) return moduleError(GATEWAY_BITCOIN, DESERIALIZE_ERROR);
    const ids = new Reader(this.ids);
    const count = ids.compactU32();
    if (count === 0 || count > MOST_WITHDRAWALS) return moduleError(GATEWAY_BITCOIN, WRONG_WITHDRAWAL_COUNT);
    const refused = checkOutputs(tx, new Reader(this.ids), holders);
    if (refused !== DONE) return refused;
    for (let i: u32 = 0; i < count; i++) {
      const error = records.process(ids.u32());
      if (error !== DONE) return error;
    }
    const proposal = new Writer(512).u8(SIGNATURES_FINISHED).span(this.ids).span(tx.encoded).compact(0);
    write(plain(keys.XGatewayBitcoin_WithdrawalProposal), proposal.done());
    const out = new Writer(64).u8(GATEWAY_BITCOIN).u8(EVENT_PROPOSED).bytes(origin, 32).span(this.ids);
    deposit(out.done());
    return DONE;
  }

  weight(): u64 {
    return 800_000_000;
  }
}

/** One output for each withdrawal, in their order, with the fee taken off; what is left over goes back to the trustees. */
function checkOutputs(tx: Transaction, ids: Reader, holders: Trustees): Dispatch {
  const count = ids.compactU32();
  const fee = new U128(withdrawalFee(), 0);
  const outputs = tx.outputs;
  if (<u32>outputs.length < count || <u32>outputs.length > count + 1) {
    return moduleError(GATEWAY_BITCOIN, OUTPUTS_NOT_MATCH);
  }
  for (let i: u32 = 0; i < count; i++) {
    const record = records.withdrawalOf(ids.u32());
    if (!record) return moduleError(GATEWAY_BITCOIN, NO_RECORD);
    const value = record.value.minus(fee);
    if (!value || value.high !== 0 || value.low !== outputs[i].value) {
      return moduleError(GATEWAY_BITCOIN, OUTPUTS_NOT_MATCH);
    }
    if (!isSame(outputs[i].script, scriptOf(record.address))) {
      return moduleError(GATEWAY_BITCOIN, OUTPUTS_NOT_MATCH);
    }
  }
  const isOwn = <u32>outputs.length === count || holders.owns(outputs[count].script);
  return isOwn ? DONE : moduleError(GATEWAY_BITCOIN, OUTPUTS_NOT_MATCH);
}

/** Does what a transaction is there for, and gives its `BtcTxState`. */
function handle(tx: Transaction, spent: Output | null): Span {
  const holders = trustees();
  if (!holders) return stateOf(IRRELEVANCE, true);
  if (spent && holders.owns(spent.script)) {
    if (staysWith(tx, holders)) return stateOf(HOT_AND_COLD, true);
    return stateOf(WITHDRAWAL, finishWithdrawals(tx));
  }
  const value = paidTo(tx, holders.hot);
  if (value.lessThan(new U128(readU64(plain(keys.XGatewayBitcoin_BtcMinDeposit)), 0)) || value.isZero()) {
    return stateOf(IRRELEVANCE, true);
  }
  return stateOf(DEPOSIT, depositFrom(tx, value, spent));
}

function stateOf(kind: u8, done: bool): Span {
  return new Writer(2)
    .u8(kind)
    .u8(done ? SUCCESS : FAILURE)
    .done();
}

function staysWith(tx: Transaction, holders: Trustees): bool {
  for (let i = 0; i < tx.outputs.length; i++) if (!holders.owns(tx.outputs[i].script)) return false;
  return true;
}

/** Trustees paid out what they proposed to; whatever else they paid is a fatal error. */
function finishWithdrawals(tx: Transaction): bool {
  const key = plain(keys.XGatewayBitcoin_WithdrawalProposal);
  const proposal = read(key);
  if (proposal) {
    proposal.u8();
    const idsAt = proposal.at;
    const count = proposal.compactU32();
    const first = proposal.bytes(count * 4);
    const ids = spanOf(idsAt, <u32>(proposal.at - idsAt));
    const proposed = spanOf(proposal.at, proposal.left() - 1);
    // Signatures stand in witnesses, which are not part of it.
    if (isSame(proposed, tx.encoded)) {
      remove(key);
      return finishAll(tx, ids, new Reader(spanOf(first, count * 4)));
    }
  }
  const out = new Writer(80).u8(GATEWAY_BITCOIN).u8(EVENT_WITHDRAWAL_FATAL).bytes(tx.id, 32);
  deposit(out.bytes(tx.id, 32).done());
  return false;
}

function finishAll(tx: Transaction, ids: Span, list: Reader): bool {
  let total = U128.zero();
  while (list.left() > 0) {
    const id = list.u32();
    const record = records.withdrawalOf(id);
    if (!record || records.finish(id) !== DONE) continue;
    const more = total.plus(record.value);
    if (more) total = more;
  }
  const out = new Writer(128).u8(GATEWAY_BITCOIN).u8(EVENT_WITHDRAWN).bytes(tx.id, 32).span(ids).u128(total);
  deposit(out.done());
  return true;
}

export function readGatewayBitcoin(variant: u8, from: Reader): Call | null {
  if (variant === PUSH_HEADER) return new PushHeader(from.blob());
  if (variant === PUSH_TRANSACTION) {
    const raw = from.blob();
    const relayed = from.blob();
    return new PushTransaction(raw, relayed, from.bool() ? from.blob() : NOTHING);
  }
  if (variant !== CREATE_WITHDRAW_TX) return null;
  const start = from.at;
  const count = from.compactU32();
  if (count > from.left() / 4) from.fail();
  from.bytes(count * 4);
  const ids = spanOf(start, <u32>(from.at - start));
  return new CreateWithdrawTx(ids, from.blob());
}

/**
 * The entry points that a Substrate host calls, each with a run of encoded arguments and a run of encoded result.
 *
 * @module
 */
import { TIMESTAMP } from './constants';
import * as executive from './executive';
import * as gateway from './gateway-common';
import { METADATA, METADATA_LENGTH } from './gen/keys';
import { Header } from './header';
import { Reader } from './reader';
import { Span, spanOf } from './span';
import { Account } from './system';
import { version } from './version';
import { Writer } from './writer';

/** `timstap0`, the name of the clock in inherent data. */
const TIMESTAMP_ID: u64 = ((<u64>0x3070_6174) << 32) | 0x736d_6974;

export function Core_version(_at: usize, _length: u32): Span {
  return version();
}

export function Metadata_metadata(_at: usize, _length: u32): Span {
  return spanOf(METADATA, METADATA_LENGTH);
}

export function Core_initialize_block(at: usize, length: u32): Span {
  executive.initializeBlock(new Header(new Reader(spanOf(at, length))));
  return 0;
}

export function Core_execute_block(at: usize, length: u32): Span {
  executive.executeBlock(new Reader(spanOf(at, length)));
  return 0;
}

export function BlockBuilder_apply_extrinsic(at: usize, length: u32): Span {
  return executive.applyExtrinsic(spanOf(at, length));
}

export function BlockBuilder_finalize_block(_at: usize, _length: u32): Span {
  return executive.finalizeBlock();
}

/** `Vec<Extrinsic>` made of `InherentData`: the clock, if it is in there. */
export function BlockBuilder_inherent_extrinsics(at: usize, length: u32): Span {
  const data = new Reader(spanOf(at, length));
  const count = data.compactU32();
  for (let i: u32 = 0; i < count && data.ok; i++) {
    const id = data.u64();
    const value = data.blob();
    if (id !== TIMESTAMP_ID) continue;
    const call = new Writer(32).u8(0x04).u8(TIMESTAMP).u8(0).compact(new Reader(value).u64());
    return new Writer(40).compact(1).blob(call.done()).done();
  }
  return new Writer(1).compact(0).done();
}

/** `CheckInherentsResult`: fine. The clock's rule is checked when the inherent is applied. */
export function BlockBuilder_check_inherents(_at: usize, _length: u32): Span {
  return new Writer(4).u8(1).u8(0).u8(0).done();
}

export function TaggedTransactionQueue_validate_transaction(at: usize, length: u32): Span {
  return executive.validateTransaction(new Reader(spanOf(at, length)));
}

export function AccountNonceApi_account_nonce(at: usize, length: u32): Span {
  if (length !== 32) unreachable();
  return new Writer(4).u32(new Account(at).nonce).done();
}

export function TransactionPaymentApi_query_info(at: usize, length: u32): Span {
  return executive.queryInfo(new Reader(spanOf(at, length)));
}

export function XGatewayCommonApi_withdrawal_limit(at: usize, length: u32): Span {
  return gateway.withdrawalLimit(new Reader(spanOf(at, length)));
}

export function XGatewayCommonApi_verify_withdrawal(at: usize, length: u32): Span {
  return gateway.verified(new Reader(spanOf(at, length)));
}

export function TransactionPaymentApi_query_fee_details(at: usize, length: u32): Span {
  return executive.queryFeeDetails(new Reader(spanOf(at, length)));
}

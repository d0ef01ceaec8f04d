/**
 * Pallet XGatewayCommon: the way out of ChainX, to Bitcoin.
 *
 * @module
 */
import { scriptOf } from './bitcoin/address';
import { Call, isSigned } from './call';
import { GATEWAY_BITCOIN, GATEWAY_COMMON, XBTC } from './constants';
import * as records from './gateway-records';
import * as keys from './gen/keys';
import { BAD_ORIGIN, DONE, Dispatch, OTHER, moduleError, writePacked } from './outcome';
import { Reader } from './reader';
import { NOTHING, Span, lengthOf, startOf } from './span';
import { plain, readU64 } from './storage';
import { trustees } from './trustees';
import { U128 } from './u128';
import { Writer } from './writer';

const WITHDRAW: u8 = 0;
const CANCEL_WITHDRAWAL: u8 = 1;
const INVALID_WITHDRAWAL: u8 = 0;
const NOT_SUPPORTED_CHAIN: u8 = 5;
/** Of XGatewayBitcoin. */
const INVALID_ADDRESS: u8 = 14;
const LONGEST_MEMO: u32 = 128;

class Withdraw extends Call {
  constructor(
    private readonly asset: u32,
    private readonly value: U128,
    private readonly address: Span,
    private readonly memo: Span,
  ) {
    super();
  }

  dispatch(origin: usize): Dispatch {
    if (!isSigned(origin)) return BAD_ORIGIN;
    const refused = verifyWithdrawal(this.asset, this.value, this.address, this.memo);
    if (refused !== DONE) return refused;
    return records.apply(origin, this.asset, this.value, this.address, this.memo);
  }

  weight(): u64 {
    return 450_000_000;
  }
}

class CancelWithdrawal extends Call {
  constructor(private readonly id: u32) {
    super();
  }

  dispatch(origin: usize): Dispatch {
    return isSigned(origin) ? records.cancel(origin, this.id) : BAD_ORIGIN;
  }

  weight(): u64 {
    return 400_000_000;
  }
}

export function readGatewayCommon(variant: u8, from: Reader): Call | null {
  if (variant === WITHDRAW) return new Withdraw(from.compactU32(), from.compact(), from.blob(), from.blob());
  return variant === CANCEL_WITHDRAWAL ? new CancelWithdrawal(from.u32()) : null;
}

/** What the trustees keep for the transaction on Bitcoin. */
export function withdrawalFee(): u64 {
  return readU64(plain(keys.XGatewayBitcoin_BtcWithdrawalFee));
}

/** One and a half times the fee. */
function leastWithdrawal(): u64 {
  return (withdrawalFee() * 3) / 2;
}

function verifyWithdrawal(asset: u32, value: U128, address: Span, memo: Span): Dispatch {
  if (asset !== XBTC) return moduleError(GATEWAY_COMMON, NOT_SUPPORTED_CHAIN);
  if (!isMemo(memo)) return OTHER;
  const script = scriptOf(address);
  if (script === NOTHING) return moduleError(GATEWAY_BITCOIN, INVALID_ADDRESS);
  const holders = trustees();
  if (holders && holders.owns(script)) return moduleError(GATEWAY_BITCOIN, INVALID_ADDRESS);
  if (value.lessThan(new U128(leastWithdrawal(), 0))) return moduleError(GATEWAY_COMMON, INVALID_WITHDRAWAL);
  return DONE;
}

/** Nothing that could be mark-up. */
function isMemo(memo: Span): bool {
  if (lengthOf(memo) > LONGEST_MEMO) return false;
  for (let i: u32 = 0; i < lengthOf(memo); i++) {
    const byte = load<u8>(startOf(memo) + i);
    if (byte === 60 || byte === 62) return false;
  }
  return true;
}

/** `Result<(), DispatchError>` of asset, value, address and memo. */
export function verified(from: Reader): Span {
  const asset = from.u32();
  const value = from.u128();
  const address = from.blob();
  const memo = from.blob();
  if (!from.ok) return unreachable();
  return result(verifyWithdrawal(asset, value, address, memo)).done();
}

/** `Result<WithdrawalLimit, DispatchError>` of an asset. */
export function withdrawalLimit(from: Reader): Span {
  const asset = from.u32();
  if (!from.ok) return unreachable();
  if (asset !== XBTC) return result(moduleError(GATEWAY_COMMON, NOT_SUPPORTED_CHAIN)).done();
  return result(DONE).u64(leastWithdrawal()).u64(0).u64(withdrawalFee()).u64(0).done();
}

function result(error: Dispatch): Writer {
  return writePacked(new Writer(40).u8(error === DONE ? 0 : 1), error);
}

/**
 * Whether a transaction may enter a block: the signed extensions, asked in ChainX's order.
 *
 * @module
 */
import { canPay } from './balances';
import { MAX_NORMAL_LENGTH, MAX_NORMAL_WEIGHT, BASE_EXTRINSIC_WEIGHT } from './constants';
import { Extrinsic } from './extrinsic';
import { feeWithTip } from './fee';
import { filter } from './filter';
import {
  INVALID_BAD_SIGNER,
  INVALID_EXHAUSTS_RESOURCES,
  INVALID_FUTURE,
  INVALID_PAYMENT,
  INVALID_STALE,
  UNKNOWN_CANNOT_LOOKUP,
  VALID,
  Validity,
} from './outcome';
import { lookup } from './indices';
import { checkSignature, isZeroAccount } from './signature';
import { Account, usedLength, usedNormalWeight } from './system';

/** Spec and transaction version, genesis and mortality are part of what is signed: there they are checked. */
export function checkSigned(xt: Extrinsic, inBlock: bool): Validity {
  xt.account = lookup(xt.signer);
  if (xt.account === 0) return UNKNOWN_CANNOT_LOOKUP;
  const signature = checkSignature(xt);
  if (signature !== VALID) return signature;
  if (isZeroAccount(xt.account)) return INVALID_BAD_SIGNER;
  const who = new Account(xt.account);
  if (xt.nonce < who.nonce) return INVALID_STALE;
  if (inBlock && xt.nonce > who.nonce) return INVALID_FUTURE;
  const weight = xt.call.weight();
  if (!fits(xt.length, weight)) return INVALID_EXHAUSTS_RESOURCES;
  const fee = feeWithTip(xt.length, weight, xt.tip);
  if (!fee || !canPay(who, fee)) return INVALID_PAYMENT;
  return filter(who.id, xt.call);
}

function fits(length: u32, weight: u64): bool {
  return (
    usedLength() + length <= MAX_NORMAL_LENGTH &&
    usedNormalWeight() + weight + BASE_EXTRINSIC_WEIGHT <= MAX_NORMAL_WEIGHT
  );
}

/** How much a transaction is preferred: the tip, for the share of a block that it takes. */
export function priorityOf(xt: Extrinsic): u64 {
  if (xt.tip.high !== 0) return u64.MAX_VALUE;
  const perBlock: u64 = min<u64>(
    MAX_NORMAL_LENGTH / max<u32>(xt.length, 1),
    MAX_NORMAL_WEIGHT / max<u64>(xt.call.weight(), 1),
  );
  const each = xt.tip.low === u64.MAX_VALUE ? xt.tip.low : xt.tip.low + 1;
  return each > u64.MAX_VALUE / max<u64>(perBlock, 1) ? u64.MAX_VALUE : each * perBlock;
}

/**
 * What a transaction costs, in PCX: a base, its bytes, its weight, and the tip.
 *
 * @module
 */
import { CALL_TRANSFER_ALL } from './balances';
import { Call } from './call';
import { BALANCES, BASE_FEE, BYTE_FEE, SYSTEM, TIMESTAMP, WEIGHT_PER_UNIT } from './constants';
import { CLASS_MANDATORY, CLASS_NORMAL } from './system';
import { U128 } from './u128';

/** Weights are fixed: they stand for ChainX's benchmarks, of which `xAssets.transfer` has none. */
export function weightOf(call: Call): u64 {
  if (call.pallet === BALANCES) return call.variant === CALL_TRANSFER_ALL ? 225_000_000 : 195_000_000;
  if (call.pallet === TIMESTAMP) return 160_000_000;
  if (call.pallet === SYSTEM) return 1_000_000;
  return 0;
}

export function classOf(call: Call): u8 {
  return call.pallet === TIMESTAMP ? CLASS_MANDATORY : CLASS_NORMAL;
}

export function feeWithoutTip(length: u32, weight: u64): U128 {
  return new U128(BASE_FEE + <u64>length * BYTE_FEE + weight / WEIGHT_PER_UNIT, 0);
}

/** `null` when no balance could ever pay it. */
export function feeWithTip(length: u32, weight: u64, tip: U128): U128 | null {
  return feeWithoutTip(length, weight).plus(tip);
}

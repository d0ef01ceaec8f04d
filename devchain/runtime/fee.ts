/**
 * What a transaction costs, in PCX: a base, its bytes, its weight, and the tip.
 *
 * @module
 */
import { Call } from './call';
import { BASE_FEE, BYTE_FEE, TIMESTAMP, WEIGHT_PER_UNIT } from './constants';
import { CLASS_MANDATORY, CLASS_NORMAL } from './system';
import { U128 } from './u128';

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

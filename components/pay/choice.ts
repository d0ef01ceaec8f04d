/**
 * What is to be paid, as far as it was fixed by whoever opened the sheet, and what the visitor may still choose.
 *
 * @module
 */
import type { Asset, Balance, Payments } from '../../core/client.js';
import { codeOf, type ErrorCode } from '../../core/errors.js';
import { parseAmount } from '../../core/ledger/amount.js';
import type { Lack } from './hindrance.js';

/** The asset of this CAIP-19 name or symbol; the first one when nothing is named. */
export function assetOf({ assets }: Payments, named: string): Asset | undefined {
  if (!named) return assets[0];
  return assets.find(({ caip19, symbol }) => caip19 === named || symbol === named);
}

/** The amount that was fixed, if one was. */
export function fixedAmount(
  text: string,
  asset: Asset,
): { readonly amount?: bigint; readonly problem?: ErrorCode } {
  if (!text) return {};
  try {
    return { amount: parseAmount(text, asset.decimals) };
  } catch (error) {
    return { problem: codeOf(error) };
  }
}

/** What is known of the means to pay; whatever is undefined is not known yet. */
export interface Means {
  readonly asset: Asset;
  readonly feeAsset: Asset;
  readonly balance: Balance | undefined;
  readonly feeBalance: Balance | undefined;
  readonly fee: bigint | undefined;
}

const isOwnFee = ({ asset, feeAsset }: Means): boolean => asset.caip19 === feeAsset.caip19;

/** The most that can be paid: of the asset that pays the fee, what the fee leaves. */
export function spendable(means: Means): bigint | undefined {
  const { balance, fee } = means;
  if (!balance || !isOwnFee(means)) return balance?.usable;
  if (fee === undefined) return undefined;
  return balance.usable > fee ? balance.usable - fee : 0n;
}

/** What there is too little of; undefined when nothing is known to be missing. */
export function lackOf(means: Means, amount: bigint | undefined): Lack | undefined {
  const { asset, feeAsset, balance, feeBalance, fee } = means;
  if (feeBalance && fee !== undefined && feeBalance.usable < fee) {
    return { asset: feeAsset, needed: fee, has: feeBalance.usable, isFee: true };
  }
  if (amount === undefined || !balance) return undefined;
  const needed = isOwnFee(means) ? amount + (fee ?? 0n) : amount;
  return balance.usable < needed ? { asset, needed, has: balance.usable, isFee: false } : undefined;
}

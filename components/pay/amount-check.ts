/**
 * Reads a typed amount, and says in words what is wrong with it.
 *
 * @module
 */
import type { Asset } from '../../core/client.js';
import { codeOf } from '../../core/errors.js';
import { parseAmount } from '../../core/ledger/amount.js';
import type { PayWords } from '../locales/en-pay.js';
import { money } from './lines.js';

export type CheckedAmount =
  | { readonly amount: bigint; readonly problem?: never }
  | { readonly amount?: never; readonly problem: string };

/** Something that can still become an amount with more digits: nobody is corrected in the middle of it. */
const UNFINISHED = /^$|^0$|^\d{1,39}\.$|^0\.0*$/;

export function isUnfinished(text: string): boolean {
  return UNFINISHED.test(text);
}

/** @param spendable - what can be paid at most; undefined while it is not known, and then not checked */
export function checkAmount(
  text: string,
  asset: Asset,
  spendable: bigint | undefined,
  words: PayWords,
): CheckedAmount {
  let amount: bigint;
  try {
    amount = parseAmount(text.trim(), asset.decimals);
  } catch (error) {
    const code = codeOf(error);
    const isPrecise = code === 'amount-too-precise';
    return { problem: isPrecise ? words.payTooPrecise(asset.symbol, asset.decimals) : words.errors[code] };
  }
  if (spendable !== undefined && amount > spendable) {
    return { problem: words.payTooMuch(money(spendable, asset)) };
  }
  return { amount };
}

/**
 * A payment in words: what is shown of it, and nothing that the chain has not borne out.
 *
 * @module
 */
import type { TemplateResult } from 'lit';
import type { Asset, Payment } from '../../core/client.js';
import { formatAmount } from '../../core/ledger/amount.js';
import type { PayWords } from '../locales/en-pay.js';
import { again, block, clock, crossed, sealed, unknown } from './icons.js';

/** `0.001 XBTC` */
export function money(amount: bigint, asset: Pick<Asset, 'symbol' | 'decimals'>): string {
  return `${formatAmount(amount, asset.decimals)} ${asset.symbol}`;
}

/** The amount of a payment. Of an unknown asset nobody knows the decimals, so no number is shown. */
export function amountOf({ amount, symbol, decimals }: Payment, words: PayWords): string {
  return symbol === undefined ? words.paymentUnknownAsset : money(amount, { symbol, decimals });
}

/** One line, for lists and for reading out. */
export function paymentLine(payment: Payment, words: PayWords): string {
  const isOnlyTheirWord = !payment.mine && payment.state !== 'received';
  return (isOnlyTheirWord ? words.paymentUnproven : words.payment)(amountOf(payment, words));
}

/** It was carried out, beyond recall. */
export function isDone({ state }: Payment): boolean {
  return state === 'final' || state === 'received';
}

/** That it was carried out is one node's word, and nothing proves it. */
export function isAsserted({ trust }: Payment): boolean {
  return trust === 'asserted';
}

/** It ended without paying. */
export function hasFailed({ state }: Payment): boolean {
  return state === 'failed' || state === 'expired';
}

/** Who paid whom. Of somebody else's payment it is their word until this device has checked it. */
export function partiesLine(payment: Payment, name: string, words: PayWords): string {
  if (payment.mine) return isDone(payment) ? words.paymentPaid(name) : words.paymentByMe(name);
  return payment.state === 'received' ? words.paymentToMe(name) : words.paymentClaimed(name);
}

/** How a payment stands: an icon, a sentence, and a mood that gives it its colour. */
export interface Standing {
  readonly icon: TemplateResult;
  readonly text: string;
  readonly mood: 'neutral' | 'good' | 'bad' | 'doubtful';
}

/** @param name - of the other person */
export function standing(payment: Payment, name: string, words: PayWords): Standing {
  const { state } = payment;
  switch (state) {
    case 'signed':
      return { icon: clock, text: words.paymentSigned, mood: 'neutral' };
    case 'broadcast':
      return { icon: clock, text: words.paymentBroadcast, mood: 'neutral' };
    case 'in-block':
      return { icon: block, text: words.paymentInBlock, mood: 'neutral' };
    case 'retracted':
      return { icon: again, text: words.paymentRetracted, mood: 'neutral' };
    case 'final':
      return {
        icon: sealed,
        text: isAsserted(payment) ? words.paymentFinalAsserted : words.paymentFinal,
        mood: 'good',
      };
    case 'received':
      return {
        icon: sealed,
        text: payment.mine
          ? words.paymentChecked(name)
          : isAsserted(payment)
            ? words.paymentReceivedAsserted
            : words.paymentReceived,
        mood: 'good',
      };
    case 'failed':
    case 'expired':
      return { icon: crossed, text: words.paymentFailed(reasonOf(payment, words)), mood: 'bad' };
    case 'arriving':
      return { icon: clock, text: words.paymentArriving, mood: 'neutral' };
    case 'refuted': {
      const why = payment.refutal ? words.refutals[payment.refutal] : '';
      // A node that forgot says nothing against anybody.
      const what = payment.refutal === 'block-too-old' ? '' : words.paymentRefuted(name);
      return { icon: unknown, text: `${what} ${why}`.trim(), mood: 'doubtful' };
    }
  }
}

/** Why a payment of one's own ended without paying. */
export function reasonOf({ state, problem }: Payment, words: PayWords): string {
  return words.errors[problem ?? (state === 'expired' ? 'transfer-expired' : 'transfer-failed')];
}

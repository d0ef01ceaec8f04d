/**
 * Shows what is about to be paid, all of it, and nothing that is not in the order.
 *
 * @module
 */
import { html, nothing, type TemplateResult } from 'lit';
import type { Asset, PaymentOrder } from '../../core/client.js';
import { identicon } from '../internal/identicon.js';
import type { PayWords } from '../locales/en-pay.js';
import { money } from './lines.js';

export interface ConfirmContext {
  readonly words: PayWords;
  readonly order: PaymentOrder;
  readonly asset: Asset;
  readonly feeAsset: Asset;
  readonly fee: bigint | undefined;
  readonly feeBefore: bigint | undefined;
  /** What the recipient is called; empty when there is only the Coming ID. */
  readonly name: string;
  readonly chain: string;
  /** What is wrong, in words, and the way on where it is not simply to try again. */
  readonly problem: string | undefined;
  readonly retry: (() => void) | undefined;
  /** The amount can be changed. */
  readonly canGoBack: boolean;
  readonly back: () => void;
  readonly pay: (event: MouseEvent) => void;
}

/** A Coming ID in groups of four, whole: what was promised to be compared must be there to compare. */
export function groupedId(comingId: string): TemplateResult {
  const groups = comingId.match(/.{1,4}/g) ?? [];
  return html`<bdi class="mono groups">${groups.map((group) => html`<span>${group}</span>`)}</bdi>`;
}

export function confirmStep(context: ConfirmContext): TemplateResult {
  const { words, order, asset, fee, feeAsset, feeBefore, problem, retry } = context;
  const amount = money(order.amount, asset);
  return html`<div class="agreement" tabindex="-1" data-first>
      <p class="sum"><bdi>${amount}</bdi></p>
      <div class="party">
        ${identicon(order.to)}
        <div>
          <p class="small muted">${words.payRecipient}</p>
          ${context.name ? html`<p class="name"><bdi>${context.name}</bdi></p>` : nothing}
          ${groupedId(order.to)}
        </div>
      </div>
      <dl>
        <dt>${words.payAmount}</dt>
        <dd><bdi>${amount}</bdi></dd>
        <dt>${words.payFee}</dt>
        <dd>
          ${
            fee === undefined
              ? problem
                ? '–'
                : html`<span class="vh">${words.payFeeLoading}</span><span class="bone fee"></span>`
              : html`<bdi>${money(fee, feeAsset)}</bdi>`
          }
        </dd>
        <dt class="total">${words.payTotal}</dt>
        <dd class="total">${totals(context).map((total) => html`<bdi>${total}</bdi>`)}</dd>
        <dt>${words.payNetwork}</dt>
        <dd class="chain">${words.payNetworkName(context.chain)}</dd>
      </dl>
    </div>
    <div role="alert">
      ${problem ? html`<p class="error">${problem}</p>` : nothing}
      ${
        feeBefore !== undefined && fee !== undefined
          ? html`<p class="notice">${words.payFeeRose(money(feeBefore, feeAsset), money(fee, feeAsset))}</p>`
          : nothing
      }
    </div>
    <div class="actions">
      <button class="secondary" type="button" @click=${context.back}>
        ${context.canGoBack ? words.payBack : words.cancel}
      </button>
      ${
        retry
          ? html`<button class="primary" type="button" @click=${retry}>${words.tryAgain}</button>`
          : html`<button
              class="primary"
              type="button"
              aria-disabled=${fee === undefined ? 'true' : 'false'}
              @click=${context.pay}
            >
              ${words.payConfirm(amount)}
            </button>`
      }
    </div>`;
}

/** What leaves the account, asset by asset. */
function totals({ order, asset, fee, feeAsset }: ConfirmContext): string[] {
  if (fee === undefined) return [money(order.amount, asset)];
  if (asset.caip19 === feeAsset.caip19) return [money(order.amount + fee, asset)];
  return [money(order.amount, asset), money(fee, feeAsset)];
}

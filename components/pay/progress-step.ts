/**
 * Shows how far a payment is, and how it ended.
 *
 * @module
 */
import { html, nothing, type TemplateResult } from 'lit';
import type { Asset, Me, Payment, PaymentOrder } from '../../core/client.js';
import { check } from '../internal/icons.js';
import type { StringOverrides } from '../locales/en.js';
import type { PayWords } from '../locales/en-pay.js';
import { crossed, sealed } from './icons.js';
import { hasFailed, isAsserted, isDone, money, reasonOf, standing } from './lines.js';

export interface ProgressContext {
  readonly words: PayWords;
  readonly strings: StringOverrides | undefined;
  readonly me: Me | undefined;
  readonly order: PaymentOrder;
  readonly asset: Asset;
  readonly name: string;
  /** Undefined until it is signed and stored. */
  readonly payment: Payment | undefined;
  readonly again: () => void;
  readonly close: () => void;
}

export function progressStep(context: ProgressContext): TemplateResult {
  const { words, payment, order, asset, name } = context;
  const amount = money(order.amount, asset);
  const failed = payment !== undefined && hasFailed(payment);
  const done = payment !== undefined && isDone(payment);
  return html`<div class="progress" tabindex="-1" data-first>
      <div class=${failed ? 'outcome bad' : done ? 'outcome good' : 'outcome'}>
        ${done ? sealed : failed ? crossed : html`<span class="spinner"></span>`}
        <p class="sum"><bdi>${amount}</bdi></p>
        <p class="muted" role="status">${said(context, amount)}</p>
      </div>
      ${failed ? nothing : steps(payment, words)}
      ${
        payment?.hash
          ? html`<div class="hash">
              <span class="small muted">${words.paymentHash}</span>
              <bdi class="mono small">${payment.hash}</bdi>
              <coming-copy-button
                .text=${payment.hash}
                .strings=${context.strings}
                label=${words.paymentCopyHash}
              ></coming-copy-button>
            </div>`
          : nothing
      }
      ${payment && !done && !failed ? html`<p class="small muted">${words.payMayClose}</p>` : nothing}
      ${done && isAsserted(payment) ? html`<p class="small muted">${words.payDoneAsserted}</p>` : nothing}
    </div>
    <div class="actions">
      ${
        failed
          ? html`<button class="secondary" type="button" @click=${context.again}>${words.payAgain}</button>`
          : nothing
      }
      <button class=${done ? 'primary' : 'secondary'} type="button" @click=${context.close}>
        ${words.payClose}
      </button>
    </div>`;

  function said({ me }: ProgressContext, paid: string): string {
    if (!payment) return me?.kind === 'wallet' ? words.paySigningInWallet : words.paySigning;
    if (isDone(payment)) return words.payDone(paid, name);
    return failed ? reasonOf(payment, words) : standing(payment, name, words).text;
  }
}

/** How many of the four steps are done. */
function stepsDone(payment: Payment | undefined): number {
  switch (payment?.state) {
    case undefined:
      return 0;
    case 'signed':
    case 'retracted':
      return 1;
    case 'broadcast':
      return 2;
    case 'in-block':
      return 3;
    default:
      return 4;
  }
}

function steps(payment: Payment | undefined, words: PayWords): TemplateResult {
  const done = stepsDone(payment);
  const names = [words.payStepSigned, words.payStepSent, words.payStepInBlock, words.payStepFinal];
  return html`<ol class="steps" aria-label=${words.payProgress}>
    ${names.map((name, at) => {
      const kind = at < done ? 'done' : at === done ? 'current' : 'open';
      const spoken = { done: words.payStepDone, current: words.payStepCurrent, open: words.payStepOpen };
      return html`<li class=${kind} aria-current=${kind === 'current' ? 'step' : nothing}>
        <span class="mark">${kind === 'done' ? check : nothing}</span>
        <span>${name}<span class="vh">, ${spoken[kind]}</span></span>
      </li>`;
    })}
  </ol>`;
}

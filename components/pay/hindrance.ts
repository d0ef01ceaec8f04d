/**
 * What stands in the way of a payment, each with the way out of it.
 *
 * @module
 */
import { html, nothing, type TemplateResult } from 'lit';
import type { Asset, ChainState, ComingId } from '../../core/client.js';
import { banner } from '../internal/notices.js';
import { offline } from '../internal/icons.js';
import type { StringOverrides } from '../locales/en.js';
import type { PayWords } from '../locales/en-pay.js';
import { groupedId } from './confirm-step.js';
import { money } from './lines.js';

/** How the chain is, where that is worth a sentence. */
export function chainBanner(
  state: ChainState | undefined,
  reconnect: () => void,
  words: PayWords,
): TemplateResult | typeof nothing {
  const again = html`<button class="quiet" type="button" @click=${reconnect}>${words.payReconnect}</button>`;
  switch (state) {
    case 'connecting':
      return html`<p class="small muted connecting">${words.payConnecting}</p>`;
    case 'offline':
      return banner(words.payOffline, offline, again);
    case 'wrong-chain':
      return banner(words.errors['wrong-chain'], undefined, again);
    case 'closed':
      return banner(words.errors.closed);
    default:
      return nothing;
  }
}

export interface Lack {
  readonly asset: Asset;
  readonly needed: bigint;
  readonly has: bigint;
  /** It is the network fee that cannot be paid. */
  readonly isFee: boolean;
}

/** Not enough of something: how much is missing, and the account to send it to. */
export function lackPanel(
  { asset, needed, has, isFee }: Lack,
  me: ComingId,
  words: PayWords,
  strings: StringOverrides | undefined,
): TemplateResult {
  const texts = [money(needed, asset), money(has, asset)] as const;
  return html`<div class="lack" role="status" tabindex="-1" data-first>
    <p>${isFee ? words.payNoFeeText(...texts) : words.payTooLittle(...texts)}</p>
    <p class="small muted">${words.payTopUp(asset.symbol)}</p>
    <div class="account">
      ${groupedId(me)}
      <coming-copy-button .text=${me} .strings=${strings} label=${words.copyComingId}></coming-copy-button>
    </div>
  </div>`;
}

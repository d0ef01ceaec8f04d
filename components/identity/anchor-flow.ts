import { html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { state } from 'lit/decorators.js';
import type { AnchorCost } from '../../core/client.js';
import { formatAmount } from '../../core/ledger/amount.js';
import { IdentityFlow, isMeant } from './flow.js';
import { flowStyles } from './flow.styles.js';

/**
 * The list of devices on the chain: how it stands, what writing it costs, and writing it. A part inside of
 * `<coming-identity>`.
 *
 * @tagname coming-anchor-flow
 */
export class ComingAnchorFlow extends IdentityFlow {
  static override styles: CSSResultGroup = flowStyles;

  @state() private cost: AnchorCost | undefined;
  @state() private isDone = false;

  protected override view(): TemplateResult {
    const { words, snapshot, cost, isDone } = this;
    const state = snapshot?.anchor ?? 'unknown';
    return html`<h2 tabindex="-1" data-first>${words.anchorTitle}</h2>
      <p class="muted">${words.anchorText}</p>
      <p role="status" class=${state === 'other' ? 'notice bad' : 'notice'}>
        ${isDone ? words.anchorDone : words.anchorState[state]}
      </p>
      ${cost && !isDone ? this.#costs(cost) : nothing} ${this.failure()}
      <p class="small muted" role="status">${cost && this.busy ? words.anchorWriting : ''}</p>
      <div class="actions">
        <button class="secondary" type="button" @click=${this.finish}>${words.close}</button>
        ${state === 'current' || isDone ? nothing : this.#next(state)}
      </div>`;
  }

  #costs({ fee, deposit, symbol, decimals }: AnchorCost): TemplateResult {
    const { words } = this;
    const money = (amount: bigint): string => `${formatAmount(amount, decimals)} ${symbol}`;
    return html`<dl>
        <dt>${words.anchorFee}</dt>
        <dd>${money(fee)}</dd>
        ${
          deposit > 0n
            ? html`<dt>${words.anchorDeposit}</dt>
                <dd>${money(deposit)}</dd>`
            : nothing
        }
      </dl>
      ${deposit > 0n ? html`<p class="small muted">${words.anchorDepositHint}</p>` : nothing}
      ${this.isWallet ? html`<p class="small muted">${words.walletWillAsk}</p>` : nothing}`;
  }

  #next(state: string): TemplateResult {
    const { words, cost, busy } = this;
    if (state === 'unknown') {
      return html`<button class="primary" type="button" aria-disabled=${busy} @click=${this.#look}>
        ${words.anchorLook}
      </button>`;
    }
    return cost
      ? html`<button class="primary" type="button" aria-disabled=${busy} @click=${this.#write}>
          ${words.anchorWrite}
        </button>`
      : html`<button class="primary" type="button" aria-disabled=${busy} @click=${this.#estimate}>
          ${words.anchorCosts}
        </button>`;
  }

  readonly #look = (): Promise<boolean> =>
    this.do(async (identity) => {
      await identity.refresh();
      // It could not be asked; this fails for the same reason, and says which.
      if (identity.snapshot.value.anchor === 'unknown') await identity.anchorCost();
    });

  readonly #estimate = (): Promise<boolean> =>
    this.do(async (identity) => {
      this.cost = await identity.anchorCost();
    });

  readonly #write = async (event: MouseEvent): Promise<void> => {
    if (!isMeant(event)) return;
    this.isDone = await this.sign((identity, { payer }) => identity.anchor(payer));
  };
}

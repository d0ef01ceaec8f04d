import { css, html, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { Asset, Balance, ClientStatus, ComingClient, Payments } from '../../core/client.js';
import { ComingElement } from '../internal/element.js';
import { OnScreen } from '../internal/on-screen.js';
import { Watch } from '../internal/watch.js';
import { payWords, type PayWords } from '../locales/en-pay.js';
import { base } from '../styles/base.styles.js';
import { controls } from '../styles/controls.styles.js';
import { notices } from '../styles/notice.styles.js';
import { chainBanner } from './hindrance.js';
import { money } from './lines.js';
import { OpenPayments } from './open-payments.js';

/**
 * What an account holds, for as long as somebody looks. A part inside of other elements, loaded when it is first seen.
 *
 * @tagname coming-balances
 */
export class ComingBalances extends ComingElement {
  static override styles: CSSResultGroup = [
    base,
    controls,
    notices,
    css`
      :host {
        display: block;
      }
      dl {
        display: grid;
        gap: var(--_space-2) var(--_space-4);
        grid-template-columns: auto 1fr;
        padding: var(--_space-3) var(--_space-4);
      }
      dt {
        font-weight: 600;
      }
      dd {
        text-align: end;
      }
      .amount {
        font-variant-numeric: tabular-nums;
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      .bone {
        block-size: 0.75rem;
        inline-size: 5rem;
        margin-block: 0.3rem;
        margin-inline-start: auto;
      }
      .banner {
        border: 0;
      }
      .small {
        padding-inline: var(--_space-4);
      }
      .held > .small {
        padding-block-end: var(--_space-3);
      }
      dd .small {
        padding: 0;
      }
    `,
  ];

  @property({ attribute: false }) client: ComingClient | undefined;
  @property({ attribute: false }) status: ClientStatus | undefined;

  readonly #payments = new OpenPayments(this);
  readonly #screen = new OnScreen(this);
  readonly #balances = new Map<string, Watch<Balance | undefined>>();
  #watching: Payments | undefined;

  protected override get words(): PayWords {
    return payWords(this.strings);
  }

  protected override willUpdate(_changed: PropertyValues<this>): void {
    this.#payments.use(this.client, this.status);
    const { payments } = this.#payments;
    const watched = this.#screen.visible ? payments : undefined;
    if (watched === this.#watching) return;
    this.#watching = watched;
    // Nobody looks, so nobody asks.
    for (const { caip19 } of payments?.assets ?? [])
      this.#watch(caip19).follow(watched?.watchBalance(caip19));
  }

  protected override render(): TemplateResult | typeof nothing {
    const { words } = this;
    const { payments, problem, chain } = this.#payments;
    if (problem) return html`<p class="small muted" role="status">${words.errors[problem]}</p>`;
    return html`<div role="status">${chainBanner(chain, () => payments?.reconnect(), words)}</div>
      <div class="held">
        <dl aria-label=${words.balances}>${payments?.assets.map(this.#row)}</dl>
        ${this.#worth()}
      </div>`;
  }

  readonly #row = (asset: Asset): TemplateResult => {
    const { words } = this;
    const balance = this.#watch(asset.caip19).value;
    return html`<dt>${asset.symbol}</dt>
      <dd>
        ${
          balance
            ? html`<bdi class="amount">${money(balance.usable, asset)}</bdi> ${this.#rest(balance, asset)}`
            : html`<span class="vh">${words.balancesLoading}</span><span class="bone"></span>`
        }
      </dd>`;
  };

  /** What the amounts rest on; they share a line, which stays when that changes. */
  #worth(): TemplateResult | typeof nothing {
    const { words } = this;
    const known = [...this.#balances.values()].flatMap(({ value }) => value ?? []);
    if (known.length === 0) return nothing;
    const areProven = known.every(({ trust }) => trust === 'proven');
    return html`<p class="small muted">${areProven ? words.balancesProven : words.balancesAsserted}</p>`;
  }

  #rest({ locked, reserved, withdrawing }: Balance, asset: Asset): TemplateResult {
    const { words } = this;
    const line = (amount: bigint, say: (text: string) => string) =>
      amount > 0n ? html`<p class="small muted">${say(money(amount, asset))}</p>` : nothing;
    return html`${line(locked, words.balanceLocked)} ${line(reserved, words.balanceReserved)}
    ${line(withdrawing, words.balanceWithdrawing)}`;
  }

  #watch(asset: string): Watch<Balance | undefined> {
    let watch = this.#balances.get(asset);
    if (!watch) {
      watch = new Watch(this);
      this.#balances.set(asset, watch);
    }
    return watch;
  }
}

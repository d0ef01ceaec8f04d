import { html, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import type { Asset, Balance } from '../../core/client.js';
import { formatAmount } from '../../core/ledger/amount.js';
import { ComingElement } from '../internal/element.js';
import { payWords, type PayWords } from '../locales/en-pay.js';
import { checkAmount, isUnfinished } from './amount-check.js';
import { amountStepStyles } from './amount-step.styles.js';
import { money } from './lines.js';

/** The visitor entered an amount that can be paid. Stays inside of the sheet. */
export class AmountChosenEvent extends Event {
  constructor(readonly amount: bigint) {
    super('chosen');
  }
}

/** The visitor wants to pay with another asset. Stays inside of the sheet. */
export class AssetChosenEvent extends Event {
  constructor(readonly asset: Asset) {
    super('asset-chosen');
  }
}

/**
 * Where an amount is entered. A part inside of the pay sheet.
 *
 * @tagname coming-pay-amount
 * @fires {AmountChosenEvent} chosen - An amount was entered.
 * @fires {AssetChosenEvent} asset-chosen - Another asset was chosen.
 * @fires cancel - The visitor does not want to pay.
 */
export class ComingPayAmount extends ComingElement {
  static override shadowRootOptions: ShadowRootInit = { mode: 'open', delegatesFocus: true };
  static override styles: CSSResultGroup = amountStepStyles;

  @property({ attribute: false }) asset!: Asset;

  /** What can be chosen from; a single one is no choice. */
  @property({ attribute: false }) assets: readonly Asset[] = [];

  /** What stands in the field; set to what was typed before when the visitor comes back to this step. */
  @property({ attribute: false }) text = '';

  /** The most that can be paid; undefined while it is not known. */
  @property({ attribute: false }) spendable: bigint | undefined;

  /** What the balance rests on; undefined while it is not known. */
  @property({ attribute: false }) trust: Balance['trust'] | undefined;

  /** Corrections begin when the visitor has left the field, or typed what can no longer become right. */
  @state() private strict = false;

  @query('input') private field!: HTMLInputElement;

  protected override get words(): PayWords {
    return payWords(this.strings);
  }

  protected override updated(_changed: PropertyValues<this>): void {
    if (this.field.value !== this.text) this.field.value = this.text;
  }

  protected override render(): TemplateResult {
    const { words, asset, spendable, trust, problem } = this;
    return html`<form @submit=${this.#submitted} novalidate>
      <label class="label" for="amount">${words.payAmountField}</label>
      <div class="box">
        <input
          id="amount"
          dir="ltr"
          inputmode="decimal"
          autocomplete="off"
          enterkeyhint="next"
          placeholder="0"
          maxlength="60"
          aria-invalid=${problem ? 'true' : nothing}
          aria-describedby="problem balance"
          @beforeinput=${this.#comma}
          @input=${this.#typed}
          @blur=${this.#left}
        />
        ${this.#symbol()}
      </div>
      <div class="under">
        <p class="small muted" id="balance" role="status">
          ${spendable === undefined ? words.payBalanceLoading : words.payUsable(money(spendable, asset))}
          ${trust ? html`<br />${trust === 'proven' ? words.balancesProven : words.balancesAsserted}` : nothing}
        </p>
        <button
          class="quiet small"
          type="button"
          title=${words.payMaxHint}
          aria-describedby="balance"
          ?disabled=${!spendable}
          @click=${this.#max}
        >
          ${words.payMax}
        </button>
      </div>
      <p class="error" id="problem" aria-live="polite">${problem ?? ''}</p>
      <div class="actions">
        <button class="secondary" type="button" @click=${this.#cancel}>${words.cancel}</button>
        <button class="primary" type="submit">${words.payContinue}</button>
      </div>
    </form>`;
  }

  #symbol(): TemplateResult {
    const { words, asset, assets } = this;
    if (assets.length < 2) return html`<span class="symbol">${asset.symbol}</span>`;
    return html`<select class="symbol" aria-label=${words.payAssetField} @change=${this.#chooseAsset}>
      ${assets.map(
        ({ caip19, symbol }) =>
          html`<option value=${caip19} ?selected=${caip19 === asset.caip19}>${symbol}</option>`,
      )}
    </select>`;
  }

  private get problem(): string | undefined {
    const { text } = this;
    if (!this.strict && isUnfinished(text)) return undefined;
    return checkAmount(text, this.asset, this.spendable, this.words).problem;
  }

  // On a telephone whose language writes a comma, the keyboard has no point. A pasted text is not touched: its
  // comma could as well divide thousands.
  readonly #comma = (event: InputEvent): void => {
    if (event.inputType !== 'insertText' || event.data !== ',') return;
    event.preventDefault();
    const { field } = this;
    field.setRangeText('.', field.selectionStart ?? 0, field.selectionEnd ?? 0, 'end');
    this.#typed();
  };

  readonly #typed = (): void => {
    this.strict = false;
    this.text = this.field.value;
  };

  readonly #left = (): void => {
    this.strict = this.text !== '';
  };

  readonly #max = (): void => {
    if (!this.spendable) return;
    this.text = formatAmount(this.spendable, this.asset.decimals);
    this.field.focus();
  };

  readonly #chooseAsset = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement;
    const asset = this.assets.find(({ caip19 }) => caip19 === value);
    if (asset) this.dispatchEvent(new AssetChosenEvent(asset));
  };

  readonly #cancel = (): void => {
    this.dispatchEvent(new Event('cancel'));
  };

  readonly #submitted = (event: SubmitEvent): void => {
    event.preventDefault();
    const { amount } = checkAmount(this.text, this.asset, this.spendable, this.words);
    if (amount === undefined) {
      this.strict = true;
      this.field.focus();
    } else {
      this.dispatchEvent(new AmountChosenEvent(amount));
    }
  };
}

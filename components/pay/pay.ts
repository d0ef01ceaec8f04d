import { html, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import type { Payment } from '../../core/client.js';
import { ClientElement } from '../internal/client-element.js';
import { COMING_ID, shortId } from '../internal/coming-ids.js';
import { coins } from '../internal/icons.js';
import { LazyDialog } from '../internal/lazy-dialog.js';
import { payButtonWords, type PayButtonStrings } from '../locales/en-pay-button.js';
import {
  ComingPayFailedEvent,
  ComingPayFinalEvent,
  ComingPayInBlockEvent,
  ComingPayRequestEvent,
  ComingPaySignedEvent,
} from './events.js';
import { payStyles } from './pay.styles.js';
import type { ComingPaySheet, PaymentChangedEvent } from './sheet.js';

/** As much as can be seen of an amount before the code that knows assets is loaded. */
const AMOUNT = /^(?=.*[1-9])(0|[1-9]\d*)(\.\d+)?$/;

/** What the asset is called on the button as long as it is not named. */
const USUAL = 'XBTC';

/**
 * A button that lets the visitor pay somebody: a fixed amount, or one that they choose.
 *
 * What pays is loaded when the button is first activated. Only a visitor can activate it, a script cannot.
 *
 * @summary Pays one recipient.
 * @tagname coming-pay
 * @slot - Label of the button; the amount when empty.
 * @csspart button - The native `<button>`.
 * @cssproperty [--coming-pay-background] - Fill of the button; falls back to `--coming-color-accent`.
 * @cssproperty [--coming-color-accent] - Buttons, links and focus.
 * @cssproperty [--coming-color-on-accent] - Text on the accent colour.
 * @cssproperty [--coming-color-surface] - Background of the dialog.
 * @cssproperty [--coming-color-text] - Text.
 * @cssproperty [--coming-radius=1rem] - Roundness of the dialog; controls are a little less round.
 * @cssproperty [--coming-font] - Font family.
 * @cssstate invalid - `recipient` or `amount` cannot be read.
 * @fires {ComingPayRequestEvent} coming-pay-request - The visitor activated the button. Cancelable.
 * @fires {ComingPaySignedEvent} coming-pay-signed - The payment is signed and stored.
 * @fires {ComingPayInBlockEvent} coming-pay-in-block - The payment is in a block, which can still be undone.
 * @fires {ComingPayFinalEvent} coming-pay-final - The payment is final.
 * @fires {ComingPayFailedEvent} coming-pay-failed - The payment came to nothing.
 */
export class ComingPay extends ClientElement {
  static override shadowRootOptions: ShadowRootInit = { mode: 'open', delegatesFocus: true };
  static override styles: CSSResultGroup = payStyles;

  /** Coming ID of whoever is paid. */
  @property() recipient = '';

  /** Amount as plain decimal text, e.g. `0.001`; empty when the visitor chooses. */
  @property() amount = '';

  /** What is paid with: a symbol, e.g. `XBTC`, or a CAIP-19 name; the client's first asset when empty. */
  @property() asset = '';

  /** What the recipient is called. */
  @property() label = '';

  /** How the last payment stands, in words. */
  @state() private standing = '';

  @query('coming-pay-sheet') private sheet!: ComingPaySheet;

  readonly #dialog = new LazyDialog(this);
  readonly #internals: ElementInternals | undefined = this.attachInternals?.();
  /** What was told of the last payment. */
  #told: { readonly id: string; readonly states: Set<string> } | undefined;

  get #buttonWords(): PayButtonStrings {
    return payButtonWords(this.strings);
  }

  get #invalid(): boolean {
    const { amount, recipient } = this;
    return !COMING_ID.test(recipient.trim()) || (amount.trim() !== '' && !AMOUNT.test(amount.trim()));
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    if (this.#invalid) this.#internals?.states.add('invalid');
    else this.#internals?.states.delete('invalid');
  }

  protected override render(): TemplateResult {
    const words = this.#buttonWords;
    const amount = this.amount.trim();
    const symbol = this.asset.includes('/') ? '' : this.asset || USUAL;
    const failed = this.#dialog.failed ? words.payLoadFailed : '';
    const problem = this.#invalid ? words.payMisconfigured : failed;
    return html`<button
        class="primary pay"
        part="button"
        type="button"
        ?disabled=${this.#invalid}
        aria-busy=${this.#dialog.loading ? 'true' : nothing}
        aria-haspopup="dialog"
        @click=${this.#activated}
      >
        <slot>${coins} ${words.payButton(amount && `${amount} ${symbol}`.trim())}</slot>
      </button>
      <p role="status">${this.standing}</p>
      <p class="error" role="alert">${problem}</p>
      <coming-pay-sheet
        .client=${this.source.client}
        .recipient=${this.recipient.trim()}
        .name=${this.label}
        .amount=${amount}
        .asset=${this.asset}
        .strings=${this.strings}
        @payment=${this.#changed}
      ></coming-pay-sheet>`;
  }

  readonly #activated = async (event: MouseEvent): Promise<void> => {
    if (!event.isTrusted || this.#dialog.loading) return;
    const request = new ComingPayRequestEvent(this.recipient.trim(), this.amount.trim(), this.asset);
    if (!this.dispatchEvent(request)) return;
    const isLoaded = await this.#dialog.load(async () => {
      const { defineSheet } = await import('./define-sheet.js');
      defineSheet();
    });
    if (isLoaded) await this.sheet.show(event);
  };

  readonly #changed = async ({ payment }: PaymentChangedEvent): Promise<void> => {
    this.#tell(payment);
    const { describeStanding } = await import('./describe.js');
    this.standing = describeStanding(payment, this.label || shortId(payment.to), this.strings);
  };

  /** Tells the page each stage once; whatever the first one is, something was signed for it. */
  #tell(payment: Payment): void {
    if (this.#told?.id !== payment.id) this.#told = { id: payment.id, states: new Set() };
    const once = (state: string, event: new (payment: Payment) => Event): void => {
      if (this.#told?.states.has(state)) return;
      this.#told?.states.add(state);
      this.dispatchEvent(new event(payment));
    };
    once('signed', ComingPaySignedEvent);
    switch (payment.state) {
      case 'in-block':
        once('in-block', ComingPayInBlockEvent);
        break;
      case 'final':
      case 'received':
        once('final', ComingPayFinalEvent);
        break;
      case 'failed':
      case 'expired':
        once('failed', ComingPayFailedEvent);
        break;
      default:
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'coming-pay': ComingPay;
  }
}

import { html, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { ClientStatus, ComingClient, Payment } from '../../core/client.js';
import { shortId } from '../internal/coming-ids.js';
import { ComingElement } from '../internal/element.js';
import { payWords, type PayWords } from '../locales/en-pay.js';
import { unknown } from './icons.js';
import { amountOf, hasFailed, isDone, money, partiesLine, standing } from './lines.js';
import { OpenPayments } from './open-payments.js';
import { paymentStyles } from './payment.styles.js';

/**
 * A payment in a conversation: how much, who paid whom, how it stands, and where it is in the chain. A part inside
 * of `<coming-chat>`, loaded with the first payment.
 *
 * @tagname coming-payment
 */
export class ComingPayment extends ComingElement {
  static override styles: CSSResultGroup = paymentStyles;

  @property({ attribute: false }) payment!: Payment;

  /** What the other person is called. */
  @property({ attribute: false }) name = '';

  @property({ attribute: false }) client: ComingClient | undefined;
  @property({ attribute: false }) status: ClientStatus | undefined;

  @state() private detailed = false;

  readonly #payments = new OpenPayments(this);

  protected override get words(): PayWords {
    return payWords(this.strings);
  }

  protected override willUpdate(_changed: PropertyValues<this>): void {
    // Only the details speak of the fee, and only the chain says what coin it is in.
    this.#payments.use(
      this.detailed && this.payment.fee !== undefined ? this.client : undefined,
      this.status,
    );
  }

  protected override render(): TemplateResult {
    const { words, payment, name } = this;
    const [amount, symbol] = amountOf(payment, words).split(/ (?=[^ ]+$)/);
    return html`<p class="parties small muted">${partiesLine(payment, name, words)}</p>
      ${
        payment.symbol === undefined
          ? html`<p class="sum unknown">${words.paymentUnknownAsset}</p>`
          : html`<p class=${hasFailed(payment) || payment.state === 'refuted' ? 'sum void' : 'sum'}>
              <bdi>${amount} <span class="symbol">${symbol}</span></bdi>
            </p>`
      }
      ${this.#standing()}
      <details @toggle=${this.#toggled}>
        <summary class="small">${words.paymentDetails}</summary>
        ${this.detailed ? this.#details() : nothing}
      </details>`;
  }

  #standing(): TemplateResult {
    const { words, payment, name } = this;
    const ended = isDone(payment) || hasFailed(payment) || payment.state === 'refuted';
    const { icon, text, mood } =
      this.status?.chain || ended
        ? standing(payment, name, words)
        : { icon: unknown, text: words.paymentUnchecked, mood: 'neutral' };
    return html`<p class="standing small ${mood}">${icon}<span role="status">${text}</span></p>`;
  }

  #details(): TemplateResult {
    const { words, payment } = this;
    const { fee, hash, block, symbol, asset } = payment;
    const { payments } = this.#payments;
    return html`<dl class="small">
      ${row(words.paymentFrom, shortId(payment.from), payment.from)}
      ${row(words.paymentTo, shortId(payment.to), payment.to)}
      ${symbol === undefined ? row(words.paymentAsset, asset) : nothing}
      ${fee !== undefined && payments ? row(words.payFee, money(fee, payments.feeAsset)) : nothing}
      ${
        block
          ? html`${row(words.paymentBlock, shortHash(block.hash), block.hash)}
            ${row(words.paymentIndex, String(block.index))}`
          : nothing
      }
      ${
        hash
          ? html`<dt>${words.paymentHash}</dt>
              <dd>
                <bdi class="mono" title=${hash}>${shortHash(hash)}</bdi>
                <coming-copy-button
                  .text=${hash}
                  .strings=${this.strings}
                  label=${words.paymentCopyHash}
                ></coming-copy-button>
              </dd>`
          : nothing
      }
    </dl>`;
  }

  readonly #toggled = (event: Event): void => {
    this.detailed = (event.target as HTMLDetailsElement).open;
  };
}

const shortHash = (hash: string): string => `${hash.slice(0, 6)}…${hash.slice(-4)}`;

function row(name: string, text: string, whole: string = text): TemplateResult {
  return html`<dt>${name}</dt>
    <dd>
      <bdi class=${text === whole ? nothing : 'mono'} title=${text === whole ? nothing : whole}>${text}</bdi>
    </dd>`;
}

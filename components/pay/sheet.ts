import { html, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import type { Asset, Payment, Payments } from '../../core/client.js';
import type { ErrorCode } from '../../core/errors.js';
import { formatAmount } from '../../core/ledger/amount.js';
import { ClientElement } from '../internal/client-element.js';
import { shortId } from '../internal/coming-ids.js';
import type { ComingDialog } from '../internal/dialog.js';
import { phasePanel } from '../internal/notices.js';
import { payWords, type PayWords } from '../locales/en-pay.js';
import type { AmountChosenEvent, AssetChosenEvent } from './amount-step.js';
import { fixedAmount, lackOf, spendable } from './choice.js';
import { confirmStep } from './confirm-step.js';
import { chainBanner, lackPanel } from './hindrance.js';
import { hasFailed, isDone } from './lines.js';
import { PayFlow, type Agreed } from './pay-flow.js';
import { progressStep } from './progress-step.js';
import { Purse } from './purse.js';
import { sheetStyles } from './sheet.styles.js';

/** The payment that a sheet is about changed. Stays inside of the element that has the sheet. */
export class PaymentChangedEvent extends Event {
  constructor(readonly payment: Payment) {
    super('payment');
  }
}

/** What the dialog shows: its heading and its body. */
type View = readonly [heading: string, body: TemplateResult];

/**
 * The dialog in which a visitor pays: amount, agreement, progress. A part inside of other elements, loaded
 * when it is first opened.
 *
 * @tagname coming-pay-sheet
 * @fires {PaymentChangedEvent} payment - The payment changed, also while the sheet is closed.
 */
export class ComingPaySheet extends ClientElement {
  static override styles: CSSResultGroup = sheetStyles;

  /** Coming ID of whoever is paid. */
  @property({ attribute: false }) recipient = '';

  /** What they are called; empty when nobody knows. */
  @property({ attribute: false }) name = '';

  /** Decimal text; empty when the visitor chooses. */
  @property({ attribute: false }) amount = '';

  /** CAIP-19 name or symbol; empty when the visitor chooses. */
  @property({ attribute: false }) asset = '';

  /** Show the payment in the conversation with the recipient. */
  @property({ attribute: false }) inConversation = false;

  @state() private open = false;
  @state() private chosenAsset = '';
  @state() private typed = '';

  @query('coming-dialog') private dialog!: ComingDialog;

  readonly #purse = new Purse(this);
  readonly #flow = new PayFlow(this);
  #told: Payment | undefined;
  #wasOnline = false;

  protected override get words(): PayWords {
    return payWords(this.strings);
  }

  /** Opens the sheet for a visitor who asked for it: a page cannot by itself. A payment under way is shown again. */
  async show(asked: Pick<Event, 'isTrusted'>): Promise<void> {
    if (!asked.isTrusted || this.open) return;
    if (!this.#isStillPaying()) {
      this.#flow.reset();
      this.chosenAsset = this.typed = '';
    }
    this.open = true;
    await this.updateComplete;
    await this.dialog.show();
    this.#focusFirst();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    const { client, status } = this.source;
    // What was agreed to stays, whatever the page makes of its attributes meanwhile.
    const { asset, to } = this.#flow.agreed?.order ?? {
      asset: this.asset || this.chosenAsset,
      to: this.recipient,
    };
    this.#purse.use(this.open ? client : undefined, status, asset, to);
    this.#goOn();
  }

  protected override updated(): void {
    const { payment } = this.#flow;
    if (payment && payment !== this.#told) this.dispatchEvent(new PaymentChangedEvent(payment));
    this.#told = payment;
    // What had the focus went away with the step it belonged to.
    if (this.open && !this.shadowRoot?.activeElement) this.#focusFirst();
  }

  protected override render(): TemplateResult {
    const [heading, body] = this.open ? this.#view() : ['', nothing];
    return html`<coming-dialog .heading=${heading} @close=${this.#closed}>${body}</coming-dialog>`;
  }

  get #title(): string {
    return this.words.payTitle(this.#called);
  }

  get #called(): string {
    return this.name || shortId(this.recipient);
  }

  #view(): View {
    const { words, phase, strings } = this;
    const { client, status } = this.source;
    const { payments, asset, problem } = this.#purse;
    if (phase === 'signed-out') {
      const signIn = html`<p class="muted">${words.paySignInText}</p>
        <coming-welcome .client=${client} .strings=${strings}></coming-welcome>`;
      return [this.#title, this.#closable(signIn)];
    }
    const instead = phasePanel(phase, this.problem, words);
    if (instead) return [this.#title, this.#closable(instead)];
    if (phase === 'ready' && !status?.chain) return this.#impossible('no-chain');
    if (problem) return this.#impossible(problem, this.#openAgain);
    if (!payments) return [this.#title, this.#closable(this.#skeleton())];
    if (!asset) return this.#impossible('unknown-asset');
    const [heading, body] = this.#paying(payments, asset);
    const banner = chainBanner(this.#purse.chain, () => payments.reconnect(), words);
    return [
      heading,
      html`<div role="status" class="network">${banner}</div>
        ${body}`,
    ];
  }

  #paying(payments: Payments, asset: Asset): View {
    const { words } = this;
    const { stage, agreed } = this.#flow;
    if (agreed && (stage === 'signing' || stage === 'under-way')) return this.#underWay(agreed);
    const fixed = agreed ? { amount: agreed.order.amount } : fixedAmount(this.amount, asset);
    const wrong = fixed.problem ?? this.#purse.recipientProblem;
    if (wrong) return this.#impossible(wrong);
    const me = this.source.status?.me;
    const means = this.#purse.means(payments, asset);
    const lack = lackOf(means, fixed.amount);
    if (lack && me) {
      const body = lackPanel(lack, me.comingId, words, this.strings);
      return [words.payLackTitle(lack.asset.symbol), this.#closable(body)];
    }
    if (agreed) return this.#agreeing(payments, agreed);
    if (this.amount) return [this.#title, this.#closable(this.#skeleton())];
    const body = html`<coming-pay-amount
      data-first
      .asset=${asset}
      .assets=${this.asset ? [] : payments.assets}
      .spendable=${spendable(means)}
      .trust=${means.balance?.trust}
      .text=${this.typed}
      .strings=${this.strings}
      @chosen=${this.#amountChosen}
      @asset-chosen=${this.#assetChosen}
      @cancel=${this.#close}
    ></coming-pay-amount>`;
    return [this.#title, body];
  }

  #agreeing({ feeAsset }: Payments, agreed: Agreed): View {
    const { words } = this;
    const { fee, feeBefore, problem } = this.#flow;
    const body = confirmStep({
      ...agreed,
      ...{ words, fee, feeBefore, feeAsset },
      chain: this.source.status?.chain ?? '',
      problem: problem && words.errors[problem],
      retry: problem && fee === undefined ? this.#estimate : undefined,
      canGoBack: !this.amount,
      back: this.amount ? this.#close : this.#back,
      pay: this.#confirm,
    });
    return [words.payConfirmTitle, body];
  }

  #underWay(agreed: Agreed): View {
    const { words, strings } = this;
    const { payment } = this.#flow;
    const heading =
      payment && hasFailed(payment)
        ? words.payFailedTitle
        : payment && isDone(payment)
          ? words.payDoneTitle
          : words.payProgressTitle;
    const body = progressStep({
      ...agreed,
      ...{ words, strings, payment },
      me: this.source.status?.me,
      name: agreed.name || shortId(agreed.order.to),
      again: this.#again,
      close: this.#close,
    });
    return [heading, body];
  }

  /** Nothing can be paid, and why. */
  #impossible(problem: ErrorCode, again?: () => void): View {
    const { words } = this;
    return [
      problem === 'no-chain' ? words.payNoChainTitle : words.payRefusedTitle,
      this.#closable(
        html`<p role="alert">${words.errors[problem]}</p>`,
        again && html`<button class="secondary" type="button" @click=${again}>${words.tryAgain}</button>`,
      ),
    ];
  }

  #closable(body: TemplateResult, action: TemplateResult | undefined = undefined): TemplateResult {
    return html`${body}
      <div class="actions">
        <button class="secondary" type="button" data-first @click=${this.#close}>
          ${this.words.payClose}
        </button>
        ${action}
      </div>`;
  }

  #skeleton(): TemplateResult {
    return html`<div class="bones" role="status">
      <span class="vh">${this.words.payStarting}</span>
      <span class="bone"></span><span class="bone"></span><span class="bone"></span>
    </div>`;
  }

  /** The sheet shows again what was begun in it; in a conversation only until it has a bubble of its own there. */
  #isStillPaying(): boolean {
    const { agreed, stage, isBusy } = this.#flow;
    if (!isBusy || agreed?.order.to !== this.recipient) return false;
    return stage === 'signing' || !this.inConversation;
  }

  /** Takes the steps that nobody has to ask for. */
  #goOn(): void {
    const { payments, asset, chain, recipientProblem } = this.#purse;
    const flow = this.#flow;
    const isBack = chain === 'online' && !this.#wasOnline;
    this.#wasOnline = chain === 'online';
    if (isBack && flow.stage === 'agreeing' && flow.problem && flow.fee === undefined) void flow.estimate();
    if (!payments || !asset || chain !== 'online' || flow.stage !== 'choosing' || recipientProblem) return;
    const { amount } = fixedAmount(this.amount, asset);
    if (amount !== undefined) void flow.agree(payments, asset, this.recipient, amount, this.name);
  }

  readonly #amountChosen = ({ amount }: AmountChosenEvent): void => {
    const { payments, asset } = this.#purse;
    if (payments && asset) void this.#flow.agree(payments, asset, this.recipient, amount, this.name);
  };

  readonly #assetChosen = ({ asset }: AssetChosenEvent): void => {
    this.chosenAsset = asset.caip19;
  };

  readonly #back = (): void => {
    const { agreed } = this.#flow;
    if (agreed) this.typed = formatAmount(agreed.order.amount, agreed.asset.decimals);
    this.#flow.reset();
  };

  readonly #estimate = (): void => {
    this.#purse.payments?.reconnect();
    void this.#flow.estimate();
  };

  readonly #again = (): void => void this.#flow.askAgain();

  readonly #openAgain = (): void => this.#purse.again();

  readonly #confirm = (event: MouseEvent): void => {
    // The second half of a double click, whose first half was on what stood here before, agrees to nothing.
    if (!event.isTrusted || event.detail > 1) return;
    const { me } = this.source.status ?? {};
    if (me) void this.#flow.confirm({ me, inConversation: this.inConversation });
  };

  readonly #close = (): void => this.dialog.close();

  readonly #closed = (): void => {
    this.open = false;
  };

  #focusFirst(): void {
    this.renderRoot.querySelector<HTMLElement>('[data-first]')?.focus();
  }
}

import { html, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { AccountSigner, WalletPayer } from '../../core/client.js';
import { codeOf, ComingError } from '../../core/errors.js';
import { shortId } from '../internal/coming-ids.js';
import { ComingElement } from '../internal/element.js';
import { identicon } from '../internal/identicon.js';
import { check, warning } from '../internal/icons.js';
import { walletWords, type WalletWords } from '../locales/en-wallet.js';
import { walletIcon } from './icon.js';
import { choiceStyles } from './choice.styles.js';
import { Trouble, troubleOf } from './trouble.js';
import { comingIdOf, connectWallet, hasWallet, payerFor, signerFor, watchAccounts } from './wallet.js';
import type { WalletAccount } from './wallet.js';

type Step = 'connecting' | 'accounts' | 'signing' | 'trouble';

/** How long a wallet may say nothing before a word about that, and how often to look for one that is missing, ms. */
const PATIENCE = 6000;
const LOOK = 1000;

/**
 * Gets an account from a wallet extension and has it sign: asks the wallet, lets the visitor choose among
 * several accounts, and says what is in the way and what to do about it. A part inside of other elements,
 * loaded when somebody asks for a wallet.
 *
 * @tagname coming-wallet-choice
 * @fires cancel - The visitor wants something else.
 */
export class ComingWalletChoice extends ComingElement {
  static override shadowRootOptions: ShadowRootInit = { mode: 'open', delegatesFocus: true };
  static override styles: CSSResultGroup = choiceStyles;

  /** What to do with the account; it may throw a {@link Trouble}. */
  @property({ attribute: false }) use:
    ((signer: AccountSigner, payer: WalletPayer) => Promise<void>) | undefined;

  /** What is said while the wallet asks for a signature. */
  @property({ attribute: false }) asks = '';

  /** What the button is called that begins anew. */
  @property({ attribute: false }) retryLabel = '';

  /** Coming ID of the only account that will do; empty for any. */
  @property({ attribute: false }) wanted = '';

  @state() private step: Step = 'connecting';
  @state() private accounts: readonly WalletAccount[] = [];
  @state() private chosen: WalletAccount | undefined;
  @state() private trouble: Trouble | undefined;
  /** No wallet is in this page; one may still come. */
  @state() private missing = false;
  @state() private silent = false;

  /** Grows with every attempt, so that the outcome of an abandoned one is ignored. */
  #attempt = 0;
  #stopWatching: (() => void) | undefined;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #looking: ReturnType<typeof setInterval> | undefined;
  #focusNext = true;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#connect();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#abandon();
  }

  protected override get words(): WalletWords {
    return walletWords(this.strings);
  }

  protected override render(): TemplateResult {
    switch (this.step) {
      case 'accounts':
        return this.#choosing();
      case 'trouble':
        return this.#inTheWay();
      default:
        return this.#waiting();
    }
  }

  protected override updated(_changed: PropertyValues<this>): void {
    if (!this.#focusNext) return;
    this.#focusNext = false;
    this.renderRoot.querySelector<HTMLElement>('button')?.focus();
  }

  #waiting(): TemplateResult {
    const { words, chosen } = this;
    return html`<div class="choice">
      ${
        this.step === 'signing' && chosen
          ? html`<div class="account">${this.#account(chosen)}</div>`
          : html`<span class="badge">${walletIcon}</span>`
      }
      <p role="status">
        ${this.step === 'signing' ? this.asks : words.connectingWallet}
        ${this.silent ? html`<span class="small muted">${words.walletSilent}</span>` : nothing}
      </p>
      <span class="track" aria-hidden="true"></span>
      <button class="quiet" type="button" @click=${this.#cancel}>${words.cancel}</button>
    </div>`;
  }

  #choosing(): TemplateResult {
    const { words } = this;
    return html`<div class="choice">
      <h2 id="choose">${words.chooseAccount}</h2>
      <ul class="accounts" aria-labelledby="choose">
        ${this.accounts.map(
          (account) =>
            html`<li>
              <button class="account" type="button" @click=${() => this.#sign(account)}>
                ${this.#account(account)}
              </button>
            </li>`,
        )}
      </ul>
      <button class="quiet" type="button" @click=${this.#cancel}>${words.cancel}</button>
    </div>`;
  }

  #account(account: WalletAccount): TemplateResult {
    const { words } = this;
    const comingId = comingIdOf(account);
    return html`${identicon(comingId)}
      <span class="who">
        <b><bdi>${account.name || words.unnamedAccount}</bdi></b>
        <span class="small muted">
          <bdi class="mono" title=${comingId}>${shortId(comingId)}</bdi> ${words.inWallet(account.source)}
        </span>
      </span>`;
  }

  #inTheWay(): TemplateResult {
    const { words, trouble } = this;
    const isOver = trouble?.isOver;
    return html`<div class="choice">
      <span class=${isOver ? 'badge good' : 'badge bad'}>${isOver ? check : warning}</span>
      <h2>${trouble?.title}</h2>
      <p class="muted" role="alert">${trouble?.text}</p>
      ${this.missing ? html`<p class="small muted">${words.walletMissingWatching}</p>` : nothing}
      <div class="ways">
        <button class="primary" type="button" @click=${this.#connect}>
          ${this.retryLabel || words.tryAgain}
        </button>
        <button class="secondary" type="button" @click=${this.#cancel}>${words.cancel}</button>
      </div>
    </div>`;
  }

  readonly #connect = (): Promise<void> =>
    this.#try('connecting', async (isCurrent) => {
      const accounts = await connectWallet(document.title || location.hostname);
      if (!isCurrent()) return;
      await this.#watch(isCurrent);
      if (isCurrent()) this.#offer(accounts);
    });

  /** The only account that will do is taken without asking. */
  #offer(shared: readonly WalletAccount[]): void {
    const { wanted, words } = this;
    const accounts = this.#fitting(shared);
    const [only, ...others] = accounts;
    if (!only) {
      this.#fail(new Trouble(words.walletOtherAccountTitle, words.walletOtherAccountText(shortId(wanted))));
    } else if (others.length === 0) {
      void this.#sign(only);
    } else {
      this.accounts = accounts;
      this.#go('accounts');
    }
  }

  #fitting(shared: readonly WalletAccount[]): readonly WalletAccount[] {
    const { wanted } = this;
    return wanted ? shared.filter((account) => comingIdOf(account) === wanted) : shared;
  }

  #sign(account: WalletAccount): Promise<void> {
    this.chosen = account;
    return this.#try('signing', async (isCurrent) => {
      // What was confirmed in the wallet after it was abandoned here counts for nothing.
      const wanted = async <T>(signed: Promise<T>): Promise<T> => {
        const signature = await signed;
        if (!isCurrent()) throw new ComingError('wallet-refused', 'The signature is not wanted any more.');
        return signature;
      };
      const [signer, payer] = [signerFor(account), payerFor(account)];
      await this.use?.(
        { ...signer, signText: (text) => wanted(signer.signText(text)) },
        { ...payer, signPayload: (payload) => wanted(payer.signPayload(payload)) },
      );
    });
  }

  /** Follows what the wallet shares: an account that is chosen or offered may be taken away meanwhile. */
  async #watch(isCurrent: () => boolean): Promise<void> {
    this.#stopWatching?.();
    const stop = await watchAccounts((shared) => this.#shared(shared));
    if (isCurrent()) this.#stopWatching = stop;
    else stop();
  }

  #shared(shared: readonly WalletAccount[]): void {
    const { words, step, chosen } = this;
    const isShared = (account: WalletAccount): boolean =>
      shared.some(({ address, source }) => address === account.address && source === account.source);
    if (step === 'signing' && chosen && !isShared(chosen)) {
      const name = chosen.name || shortId(comingIdOf(chosen));
      this.#fail(new Trouble(words.walletGoneTitle, words.walletGoneText(name)));
    } else if (step === 'accounts') {
      this.accounts = this.#fitting(shared);
      if (this.accounts.length === 0) this.#fail(troubleOf('wallet-no-accounts', words));
    }
  }

  /** Takes a step; when it fails, says why and what to do. */
  async #try(
    step: 'connecting' | 'signing',
    work: (isCurrent: () => boolean) => Promise<unknown>,
  ): Promise<void> {
    if (step === 'connecting') this.#abandon();
    const attempt = ++this.#attempt;
    const isCurrent = (): boolean => attempt === this.#attempt;
    this.#go(step);
    this.#patience = setTimeout(() => (this.silent = true), PATIENCE);
    try {
      await work(isCurrent);
    } catch (error) {
      if (!isCurrent()) return;
      this.#fail(error instanceof Trouble ? error : troubleOf(codeOf(error), this.words, error));
    }
  }

  #fail(trouble: Trouble): void {
    this.#abandon();
    this.trouble = trouble;
    this.#go('trouble');
  }

  /** A wallet may be installed, or come into the page late, while this one says that there is none. */
  readonly #look = (): void => {
    if (!hasWallet()) return;
    const { words } = this;
    this.#fail(new Trouble(words.walletArrivedTitle, words.walletArrivedText, true));
  };

  readonly #cancel = (): void => {
    this.#abandon();
    this.dispatchEvent(new Event('cancel'));
  };

  #go(step: Step): void {
    clearTimeout(this.#patience);
    clearInterval(this.#looking);
    this.silent = false;
    this.missing = step === 'trouble' && !hasWallet();
    if (this.missing) this.#looking = setInterval(this.#look, LOOK);
    // A button that vanished lost the focus; it goes on to what can be done next.
    this.#focusNext = true;
    this.step = step;
  }

  #abandon(): void {
    this.#attempt += 1;
    clearTimeout(this.#patience);
    clearInterval(this.#looking);
    this.#stopWatching?.();
    this.#stopWatching = undefined;
  }
}

import { html, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { AccountSigner, ComingClient } from '../../core/client.js';
import { codeOf, type ErrorCode } from '../../core/errors.js';
import type { WalletAccount } from '../wallet/wallet.js';
import { errorText } from '../locales/en.js';
import { shortId } from './coming-ids.js';
import { ComingElement } from './element.js';
import { identicon } from './identicon.js';
import { padlock, person, walletIcon } from './icons.js';
import { signInStyles } from './sign-in.styles.js';

type Step = 'choices' | 'making-guest' | 'connecting' | 'accounts' | 'signing';

/**
 * Makes an identity: as a guest, or with an account of a wallet. A part inside of other elements.
 *
 * @tagname coming-sign-in
 */
export class ComingSignIn extends ComingElement {
  static override shadowRootOptions: ShadowRootInit = { mode: 'open', delegatesFocus: true };
  static override styles: CSSResultGroup = signInStyles;

  /** The client to make an identity for. */
  @property({ attribute: false }) client: ComingClient | undefined;

  @state() private step: Step = 'choices';
  @state() private accounts: readonly WalletAccount[] = [];
  @state() private problem: ErrorCode | undefined;

  /** Grows with every attempt, so that the outcome of an abandoned one is ignored. */
  #attempt = 0;
  #focusNext = false;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#leave();
  }

  protected override render(): TemplateResult {
    return html`<div class="sign-in">${this.step === 'accounts' ? this.#accounts() : this.#choices()}</div>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!this.#focusNext || !(changed as Map<string, unknown>).has('step')) return;
    this.#focusNext = false;
    this.renderRoot.querySelector<HTMLElement>('button')?.focus();
  }

  #choices(): TemplateResult {
    const { words, step } = this;
    const busy = step !== 'choices';
    return html`
      <span class="badge">${padlock}</span>
      <h2>${words.signInTitle}</h2>
      <p class="muted">${words.signInText}</p>
      <div class="choices">
        <button class="choice primary" type="button" aria-disabled=${busy} @click=${this.#becomeGuest}>
          ${person}
          <span><b>${words.chatAsGuest}</b><span class="small">${words.chatAsGuestHint}</span></span>
        </button>
        <button class="choice secondary" type="button" aria-disabled=${busy} @click=${this.#connect}>
          ${walletIcon}
          <span
            ><b>${words.connectWallet}</b><span class="small muted">${words.connectWalletHint}</span></span
          >
        </button>
      </div>
      <p class="small" role="status">${this.#progress()}</p>
      ${
        step === 'connecting' || step === 'signing'
          ? html`<button class="quiet" type="button" @click=${this.#cancel}>${words.cancel}</button>`
          : nothing
      }
      ${this.#problem()}
    `;
  }

  #accounts(): TemplateResult {
    const { words } = this;
    return html`
      <h2 id="choose">${words.chooseAccount}</h2>
      <ul class="accounts" aria-labelledby="choose">
        ${this.accounts.map(
          (account) =>
            html`<li>
              <button class="account" type="button" @click=${() => this.#use(account)}>
                ${identicon(account.address)}
                <span class="who">
                  <b>${account.name || words.unnamedAccount}</b>
                  <span class="small muted">
                    <bdi class="mono">${shortId(account.address)}</bdi>, ${account.source}
                  </span>
                </span>
              </button>
            </li>`,
        )}
      </ul>
      <button class="quiet" type="button" @click=${this.#cancel}>${words.cancel}</button>
      ${this.#problem()}
    `;
  }

  #progress(): string {
    const { words } = this;
    if (this.step === 'making-guest') return words.makingGuest;
    if (this.step === 'connecting') return words.connectingWallet;
    return this.step === 'signing' ? words.signingInWallet : '';
  }

  #problem(): TemplateResult {
    const { problem } = this;
    return html`<p class="error" role="alert">${problem ? errorText(this.words, problem) : ''}</p>`;
  }

  readonly #becomeGuest = (): Promise<void> =>
    this.#try('making-guest', async () => {
      await this.client?.becomeGuest();
    });

  readonly #connect = (): Promise<void> =>
    this.#try('connecting', async (isCurrent) => {
      const { connectWallet, signerFor } = await import('../wallet/wallet.js');
      const accounts = await connectWallet(document.title || location.hostname);
      if (!isCurrent()) return;
      const [only, ...others] = accounts;
      if (only && others.length === 0) {
        this.step = 'signing';
        await this.#enrol(signerFor(only));
      } else {
        this.accounts = accounts;
        this.#go('accounts');
      }
    });

  #use(account: WalletAccount): Promise<void> {
    return this.#try('signing', async () => {
      const { signerFor } = await import('../wallet/wallet.js');
      await this.#enrol(signerFor(account));
    });
  }

  async #enrol(signer: AccountSigner): Promise<void> {
    await this.client?.useWallet(signer);
  }

  /** Takes a step; when it fails, says why and offers the choices again. */
  async #try(step: Step, work: (isCurrent: () => boolean) => Promise<void>): Promise<void> {
    // Buttons stay focusable while something is under way, so that the focus is not lost.
    if (this.step !== 'choices' && this.step !== 'accounts') return;
    const attempt = ++this.#attempt;
    const isCurrent = (): boolean => attempt === this.#attempt;
    this.problem = undefined;
    this.step = step;
    try {
      await work(isCurrent);
    } catch (error) {
      if (!isCurrent()) return;
      this.problem = codeOf(error);
      this.#go('choices');
    }
  }

  readonly #cancel = (): void => {
    this.#leave();
    this.#focusNext = true;
  };

  #go(step: Step): void {
    // A button that vanished lost the focus; it goes on to what can be done next.
    this.#focusNext = true;
    this.step = step;
  }

  #leave(): void {
    this.#attempt += 1;
    this.problem = undefined;
    this.step = 'choices';
  }
}

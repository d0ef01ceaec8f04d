import { html, type CSSResultGroup, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { AccountSigner, ClientStatus, ComingClient } from '../../core/client.js';
import { codeOf, type ErrorCode } from '../../core/errors.js';
import { errorText } from '../locales/en.js';
import { walletIcon } from '../wallet/icon.js';
import { ComingElement } from './element.js';
import { padlock, person } from './icons.js';
import { welcomeStyles } from './welcome.styles.js';

type Step = 'choices' | 'making-guest' | 'loading' | 'wallet' | 'restore';

/**
 * Makes an identity: as a guest, or with an account of a wallet; unlocks the one that is here. A part inside of other elements.
 *
 * @tagname coming-welcome
 */
export class ComingWelcome extends ComingElement {
  static override shadowRootOptions: ShadowRootInit = { mode: 'open', delegatesFocus: true };
  static override styles: CSSResultGroup = welcomeStyles;

  /** The client to make an identity for. */
  @property({ attribute: false }) client: ComingClient | undefined;

  /** The client's status. */
  @property({ attribute: false }) status: ClientStatus | undefined;

  @state() private step: Step = 'choices';
  @state() private problem: ErrorCode | undefined;

  #focusNext = false;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.problem = undefined;
    this.step = 'choices';
  }

  protected override render(): TemplateResult {
    if (this.status?.phase === 'locked') {
      return html`<coming-unlock
          .client=${this.client}
          .status=${this.status}
          .strings=${this.strings}
        ></coming-unlock>
        <p class="error" role="alert">${this.problem ? errorText(this.words, this.problem) : ''}</p>`;
    }
    if (this.step === 'restore') {
      return html`<coming-restore
        .client=${this.client}
        .strings=${this.strings}
        @cancel=${this.#leave}
      ></coming-restore>`;
    }
    return html`<div class="welcome">${this.step === 'wallet' ? this.#wallet() : this.#choices()}</div>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('status') && this.status?.phase === 'locked') void this.#loadUnlock();
    if (!this.#focusNext) return;
    this.#focusNext = false;
    this.renderRoot.querySelector<HTMLElement>('button')?.focus();
  }

  #choices(): TemplateResult {
    const { words, step, problem } = this;
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
        <button class="quiet" type="button" aria-disabled=${busy} @click=${this.#restore}>
          ${words.haveIdentity}
        </button>
      </div>
      <p class="small" role="status">${step === 'making-guest' ? words.makingGuest : ''}</p>
      <p class="error" role="alert">${problem ? errorText(words, problem) : ''}</p>
    `;
  }

  #wallet(): TemplateResult {
    const { words } = this;
    return html`<coming-wallet-choice
      .use=${this.#enrol}
      .asks=${words.signingInWallet}
      .retryLabel=${words.connectWallet}
      .strings=${this.strings}
      @cancel=${this.#leave}
    ></coming-wallet-choice>`;
  }

  readonly #becomeGuest = (): Promise<void> =>
    this.#try('making-guest', async () => {
      await this.client?.becomeGuest();
    });

  readonly #connect = (): Promise<void> =>
    this.#try('loading', async () => {
      const { defineWalletChoice } = await import('../wallet/define-choice.js');
      defineWalletChoice();
      if (this.isConnected) this.step = 'wallet';
    });

  readonly #restore = (): Promise<void> =>
    this.#try('loading', async () => {
      const { defineRestore } = await import('../identity/define-restore.js');
      defineRestore();
      if (this.isConnected) this.step = 'restore';
    });

  async #loadUnlock(): Promise<void> {
    try {
      const { defineUnlock } = await import('../identity/define-unlock.js');
      defineUnlock();
    } catch {
      this.problem = 'not-loaded';
    }
  }

  readonly #enrol = async (signer: AccountSigner): Promise<void> => {
    await this.client?.useWallet(signer);
  };

  /** Takes a step; when it fails, says why and offers the choices again. */
  async #try(step: Step, work: () => Promise<void>): Promise<void> {
    // Buttons stay focusable while something is under way, so that the focus is not lost.
    if (this.step !== 'choices') return;
    this.problem = undefined;
    this.step = step;
    try {
      await work();
    } catch (error) {
      this.problem = codeOf(error);
      this.step = 'choices';
    }
  }

  readonly #leave = (): void => {
    this.#focusNext = true;
    this.step = 'choices';
  };
}

/**
 * What all dialogs about one's own account share: one thing at a time, why it failed, and the wallet where it must sign.
 *
 * @module
 */
import { html, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import type {
  AccountSigner,
  ComingClient,
  Identity,
  IdentitySnapshot,
  Me,
  WalletPayer,
} from '../../core/client.js';
import { codeOf } from '../../core/errors.js';
import { StepElement } from '../internal/step-element.js';
import { errorText } from '../locales/en.js';
import { identityWords, type IdentityWords } from '../locales/en-identity.js';

/** Who signs and who pays: undefined where the key is here and nobody has to be asked. */
export interface Signers {
  readonly signer?: AccountSigner;
  readonly payer?: WalletPayer;
}

type Work = (signers: Signers) => Promise<void>;

/** Whether a person pressed it, once: a page cannot, nor the second half of a double click. */
export const isMeant = (event: MouseEvent | SubmitEvent): boolean =>
  event.isTrusted && ((event as Partial<UIEvent>).detail ?? 0) <= 1;

/** A dialog's content. Fires `done` when it is over, however. */
export abstract class IdentityFlow extends StepElement {
  @property({ attribute: false }) client: ComingClient | undefined;
  @property({ attribute: false }) identity: Identity | undefined;
  @property({ attribute: false }) snapshot: IdentitySnapshot | undefined;
  @property({ attribute: false }) me: Me | undefined;

  /** What the wallet is asked for now. */
  @state() private asking: { readonly work: Work; readonly end: (isDone: boolean) => void } | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.asking?.end(false);
    this.asking = undefined;
  }

  protected override get words(): IdentityWords {
    return identityWords(this.strings);
  }

  /** What is shown while the wallet is not. */
  protected abstract view(): TemplateResult;

  protected override render(): TemplateResult {
    if (!this.asking) return this.view();
    return html`<coming-wallet-choice
      .use=${this.#use}
      .asks=${this.asks}
      .wanted=${this.wanted}
      .strings=${this.strings}
      @cancel=${this.#cancelled}
    ></coming-wallet-choice>`;
  }

  /** What is said while the wallet asks. */
  protected get asks(): string {
    return this.words.identitySigning;
  }

  /** The account that has to sign: one's own. */
  protected get wanted(): string {
    return this.me?.comingId ?? '';
  }

  /** Whether the wallet has to be asked. */
  protected get isWallet(): boolean {
    return this.snapshot?.kind === 'wallet';
  }

  /** Does something that the account signs; false when it failed or was given up. */
  protected async sign(work: (identity: Identity, signers: Signers) => Promise<void>): Promise<boolean> {
    return this.isWallet ? this.askWallet(work) : this.do((identity) => work(identity, {}));
  }

  /** The same, and the wallet signs in any case. */
  protected async askWallet(work: (identity: Identity, signers: Signers) => Promise<void>): Promise<boolean> {
    const { identity } = this;
    if (!identity || this.busy) return false;
    this.problem = undefined;
    const { defineWalletChoice } = await import('../wallet/define-choice.js');
    defineWalletChoice();
    const isDone = await new Promise<boolean>((end) => {
      this.asking = { work: (signers) => work(identity, signers), end };
    });
    this.asking = undefined;
    this.focusFirst();
    return isDone;
  }

  /** Does something; false when it failed. */
  protected async do(work: (identity: Identity) => Promise<void>): Promise<boolean> {
    const { identity } = this;
    return identity ? this.attempt(() => work(identity)) : false;
  }

  protected readonly finish = (): void => {
    this.dispatchEvent(new Event('done'));
  };

  readonly #use = async (signer: AccountSigner, payer: WalletPayer): Promise<void> => {
    const { Trouble } = await import('../wallet/trouble.js');
    const { words } = this;
    try {
      await this.asking?.work({ signer, payer });
    } catch (error) {
      const code = codeOf(error);
      // What the wallet is to blame for is explained where it is asked.
      if (code.startsWith('wallet-') || code === 'rate-limited') throw error;
      throw new Trouble(words.failedTitle, errorText(words, code));
    }
    this.asking?.end(true);
  };

  readonly #cancelled = (): void => this.asking?.end(false);
}

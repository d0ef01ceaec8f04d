import { html, LitElement, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import type { ComingId } from '../../core/client.js';
import { walletIcon } from '../wallet/icon.js';
import { COMING_ID } from '../internal/coming-ids.js';
import { LazyDialog } from '../internal/lazy-dialog.js';
import { VERSION } from '../internal/version.js';
import type { StringOverrides } from '../locales/en.js';
import { signInButtonWords, type SignInButtonStrings } from '../locales/en-sign-in-button.js';
import type { ComingSignInSheet, SignedInEvent } from './sheet.js';
import { signInStyles } from './sign-in.styles.js';

/** What a site gives out for one sign-in. */
export interface SignInChallenge {
  /** 16 to 64 letters and digits, random, for one use. */
  readonly nonce: string;
  /** ms since 1970, by the server's clock; the visitor's when it is not named. */
  readonly issuedAt?: number;
  /** ms since 1970, at most ten minutes later, which it is when it is not named. */
  readonly expiresAt?: number;
}

/** Asks the site's server for a challenge. */
export type GetChallenge = () => string | SignInChallenge | Promise<string | SignInChallenge>;

const NONCE = /^[A-Za-z0-9]{16,64}$/;
const CHAIN = /^polkadot:[0-9a-f]{32}$/;

/**
 * A button that lets the visitor log in to a site with an account of their wallet, and nothing else: it needs no relay
 * and no client, and what is signed can neither pay nor read messages.
 *
 * The text that is signed names the page's own domain, whatever the page says. What a wallet needs is loaded when the
 * button is first used.
 *
 * @summary Logs in to a site with a wallet account.
 * @tagname coming-sign-in
 * @slot - Label of the button.
 * @csspart button - The native `<button>`.
 * @cssproperty [--coming-color-accent] - Buttons, links and focus.
 * @cssproperty [--coming-color-on-accent] - Text on the accent colour.
 * @cssproperty [--coming-color-surface] - Background of the dialog.
 * @cssproperty [--coming-color-text] - Text.
 * @cssproperty [--coming-radius=1rem] - Roundness of the dialog; controls are a little less round.
 * @cssproperty [--coming-font] - Font family.
 * @cssstate invalid - There is no challenge, or `challenge`, `chain` or `account` cannot be read.
 * @cssstate signed-in - The visitor signed, and the site did not object.
 * @fires {ComingSignInEvent} coming-sign-in - The visitor signed: the site's server must check it.
 */
export class ComingSignIn extends LitElement {
  /** Lets two copies of the kit on one page recognise each other. */
  static readonly version: string = VERSION;
  static override shadowRootOptions: ShadowRootInit = { mode: 'open', delegatesFocus: true };
  static override styles: CSSResultGroup = signInStyles;

  /**
   * The nonce that the site's server gave this visitor: 16 to 64 letters and digits, for one use. (Not called `nonce`:
   * browsers hide an attribute of that name.)
   */
  @property() challenge = '';

  /** Asks the site's server for a challenge each time; goes before `challenge`. */
  @property({ attribute: false }) getChallenge: GetChallenge | undefined;

  /** Coming ID of the only account that may sign in; empty for any. */
  @property() account: ComingId = '';

  /** CAIP-2 name of the chain that the account is on; ChainX when empty. */
  @property() chain = '';

  /** Light or dark regardless of the visitor's preference. */
  @property({ reflect: true }) theme: 'light' | 'dark' | undefined;

  /** Texts that replace the built-in ones, one by one. */
  @property({ attribute: false }) strings: StringOverrides | undefined;

  @state() private signedIn = '';

  @query('coming-sign-in-sheet') private sheet!: ComingSignInSheet;

  readonly #dialog = new LazyDialog(this);
  readonly #internals: ElementInternals | undefined = this.attachInternals?.();

  get #words(): SignInButtonStrings {
    return signInButtonWords(this.strings);
  }

  get #invalid(): boolean {
    const { challenge, chain, account } = this;
    return (
      !(this.getChallenge || NONCE.test(challenge)) ||
      !(chain === '' || CHAIN.test(chain)) ||
      !(account === '' || COMING_ID.test(account))
    );
  }

  protected override willUpdate(): void {
    this.#setState('invalid', this.#invalid);
    this.#setState('signed-in', this.signedIn !== '');
  }

  protected override render(): TemplateResult {
    const words = this.#words;
    const failed = this.#dialog.failed ? words.signInLoadFailed : '';
    return html`<button
        class="primary"
        part="button"
        type="button"
        ?disabled=${this.#invalid}
        aria-busy=${this.#dialog.loading ? 'true' : nothing}
        aria-haspopup="dialog"
        @click=${this.#activated}
      >
        <slot>${walletIcon} ${words.signInButton}</slot>
      </button>
      <p role="status">${this.signedIn && words.signInDone(this.signedIn)}</p>
      <p class="error" role="alert">${this.#invalid ? words.signInMisconfigured : failed}</p>
      <coming-sign-in-sheet
        .challenge=${this.challenge}
        .getChallenge=${this.getChallenge}
        .account=${this.account}
        .chain=${this.chain}
        .strings=${this.strings}
        @signed-in=${this.#done}
      ></coming-sign-in-sheet>`;
  }

  readonly #activated = async (): Promise<void> => {
    if (this.#dialog.loading) return;
    const isLoaded = await this.#dialog.load(async () => {
      const { defineSignInSheet } = await import('./define-sign-in-sheet.js');
      defineSignInSheet();
    });
    if (!isLoaded) return;
    this.signedIn = '';
    await this.sheet.show();
  };

  readonly #done = ({ name }: SignedInEvent): void => {
    this.signedIn = name;
  };

  #setState(name: string, is: boolean): void {
    if (is) this.#internals?.states.add(name);
    else this.#internals?.states.delete(name);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'coming-sign-in': ComingSignIn;
  }
}

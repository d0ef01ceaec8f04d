import { css, html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import type { AccountSigner, ComingId } from '../../core/client.js';
import { shortId } from '../internal/coming-ids.js';
import type { ComingDialog } from '../internal/dialog.js';
import { ComingElement } from '../internal/element.js';
import { walletWords, type WalletWords } from '../locales/en-wallet.js';
import { base } from '../styles/base.styles.js';
import { Trouble } from '../wallet/trouble.js';
import { comingIdOf, publicKeyOf } from '../wallet/wallet.js';
import { ComingSignInEvent } from './events.js';
import type { GetChallenge, SignInChallenge } from './sign-in.js';

/** Somebody signed in, as far as this page can tell. Stays inside of the element that has the sheet. */
export class SignedInEvent extends Event {
  constructor(
    /** The account, as it is shown. */
    readonly name: string,
  ) {
    super('signed-in');
  }
}

/** ChainX, by its CAIP-2 name. */
const CHAINX = 'polkadot:6ac13efb5b368b97b4934cef6edfdd99';
/** As long as a site may accept a sign-in, ms. */
const VALID_FOR = 10 * 60 * 1000;

/**
 * The dialog in which a visitor signs in to the page's site. A part inside of `<coming-sign-in>`, loaded when
 * it is first opened.
 *
 * @tagname coming-sign-in-sheet
 * @fires {SignedInEvent} signed-in - The visitor signed, and the site did not object.
 */
export class ComingSignInSheet extends ComingElement {
  static override styles: CSSResultGroup = [
    base,
    css`
      .muted {
        margin-block-end: var(--_space-6);
      }
    `,
  ];

  @property({ attribute: false }) challenge = '';
  @property({ attribute: false }) getChallenge: GetChallenge | undefined;
  @property({ attribute: false }) account: ComingId = '';
  @property({ attribute: false }) chain = '';

  @state() private open = false;
  @state() private checking = false;

  @query('coming-dialog') private dialog!: ComingDialog;

  async show(): Promise<void> {
    if (this.open) return;
    this.open = true;
    this.checking = false;
    await this.updateComplete;
    await this.dialog.show();
  }

  protected override get words(): WalletWords {
    return walletWords(this.strings);
  }

  protected override render(): TemplateResult {
    const { words, open } = this;
    const site = location.host;
    return html`<coming-dialog .heading=${words.signInTitleOf(site)} @close=${this.#closed}>
      ${
        open
          ? html`<p class="muted">${words.signInExplained}</p>
              <coming-wallet-choice
                data-first
                .use=${this.#sign}
                .asks=${this.checking ? words.signInChecking(site) : words.signInAsks(site)}
                .wanted=${this.account}
                .strings=${this.strings}
                @cancel=${this.#close}
              ></coming-wallet-choice>`
          : nothing
      }
    </coming-dialog>`;
  }

  readonly #sign = async (signer: AccountSigner): Promise<void> => {
    const message = await this.#text(signer);
    const signature = await signer.signText(message);
    const account = comingIdOf(signer);
    const event = new ComingSignInEvent({ message, signature, scheme: signer.scheme, account });
    this.dispatchEvent(event);
    await this.#checked(event);
    this.dispatchEvent(new SignedInEvent(shortId(account)));
    this.dialog.close();
  };

  /** What is to be signed. Site and address are the page's own, whatever its attributes say. */
  async #text({ address }: AccountSigner): Promise<string> {
    const { words } = this;
    const { host, origin, pathname } = location;
    if (!isSecureContext || !host) throw new Trouble(words.signInInsecureTitle, words.signInInsecureText);
    const { writeSignIn } = await import('../../core/identity/sign-in.js');
    const { nonce, issuedAt = Date.now(), expiresAt = issuedAt + VALID_FOR } = await this.#challenged();
    const account = publicKeyOf(address);
    const chain = this.chain || CHAINX;
    try {
      return writeSignIn({
        domain: host,
        account,
        uri: origin + pathname,
        chain,
        nonce,
        issuedAt,
        expiresAt,
      });
    } catch {
      throw new Trouble(words.signInWrongTitle, words.signInWrongText);
    }
  }

  async #challenged(): Promise<SignInChallenge> {
    const { words, getChallenge } = this;
    try {
      const given = getChallenge ? await getChallenge() : this.challenge;
      return typeof given === 'string' ? { nonce: given } : given;
    } catch {
      throw new Trouble(words.signInSiteFailedTitle(location.host), words.signInSiteFailedText);
    }
  }

  async #checked({ checks }: ComingSignInEvent): Promise<void> {
    const { words } = this;
    this.checking = true;
    try {
      await Promise.all(checks);
    } catch {
      throw new Trouble(words.signInRefusedTitle(location.host), words.signInRefusedText);
    } finally {
      this.checking = false;
    }
  }

  readonly #close = (): void => this.dialog.close();

  readonly #closed = (): void => {
    this.open = false;
  };
}

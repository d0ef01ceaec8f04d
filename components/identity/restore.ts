import { html, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import type { ComingClient, GuestSecret, LinkOffer } from '../../core/client.js';
import { formatTime } from '../internal/dates.js';
import { hostOf } from '../internal/origins.js';
import type { ScannedEvent } from '../internal/scanner.js';
import { StepElement } from '../internal/step-element.js';
import { identityWords, type IdentityWords } from '../locales/en-identity.js';
import { flowStyles } from './flow.styles.js';
import { codeText, textOfCode } from './link-parts.js';

type View = 'choose' | 'words' | 'file' | 'offer' | 'join';

/**
 * Brings an identity here that somebody has already: by its words, its file, or from another device. A part inside of
 * other elements, loaded when somebody says that they have one. Secrets leave the document with their view.
 *
 * @tagname coming-restore
 * @fires cancel - The visitor wants something else.
 */
export class ComingRestore extends StepElement {
  static override styles: CSSResultGroup = flowStyles;

  @property({ attribute: false }) client: ComingClient | undefined;

  @state() private step: View = 'choose';
  @state() private offer: LinkOffer | undefined;
  @state() private isExpired = false;

  @query('textarea') private wordsField!: HTMLTextAreaElement | null;
  @query('input[type="file"]') private fileField!: HTMLInputElement | null;
  @query('input[type="password"]') private passphraseField!: HTMLInputElement | null;

  #expiry: ReturnType<typeof setTimeout> | undefined;
  /** Which word is unknown, from 1. */
  #wrongWord: number | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#expiry);
    this.offer = undefined;
    this.step = 'choose';
  }

  protected override get words(): IdentityWords {
    return identityWords(this.strings);
  }

  protected override render(): TemplateResult {
    switch (this.step) {
      case 'choose':
        return this.#choose();
      case 'words':
        return this.#byWords();
      case 'file':
        return this.#byFile();
      case 'offer':
        return this.#offering();
      case 'join':
        return this.#joining();
    }
  }

  #choose(): TemplateResult {
    const { words } = this;
    const way = (step: View, title: string, hint: string): TemplateResult =>
      html`<button
        class="way"
        type="button"
        @click=${step === 'offer' ? this.#makeOffer : () => this.#go(step)}
      >
        <b>${title}</b><span class="small muted">${hint}</span>
      </button>`;
    return html`<h2 tabindex="-1" data-first>${words.restoreTitle}</h2>
      <p class="muted">${words.restoreText}</p>
      <div class="ways">
        ${way('words', words.restoreWords, words.restoreWordsHint)}
        ${way('file', words.restoreFile, words.restoreFileHint)}
        ${way('offer', words.restoreLink, words.restoreLinkHint)}
      </div>
      ${this.failure()}
      <div class="actions">
        <button class="secondary" type="button" @click=${this.#cancel}>${words.flowBack}</button>
      </div>`;
  }

  #byWords(): TemplateResult {
    const { words } = this;
    return html`<h2>${words.restoreWords}</h2>
      <form @submit=${this.#restoreWords}>
        <div>
          <label class="label" for="words">${words.restoreWordsField}</label>
          <textarea
            class="field"
            id="words"
            dir="ltr"
            lang="en"
            required
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            data-first
          ></textarea>
        </div>
        ${this.#formEnd()}
      </form>`;
  }

  #byFile(): TemplateResult {
    const { words } = this;
    return html`<h2>${words.restoreFile}</h2>
      <form @submit=${this.#restoreFile}>
        <div>
          <label class="label" for="file">${words.restoreFileField}</label>
          <input class="field" id="file" type="file" accept=".json,application/json" required data-first />
        </div>
        <div>
          <label class="label" for="passphrase">${words.passphrase}</label>
          <input class="field" id="passphrase" type="password" required autocomplete="current-password" />
        </div>
        ${this.#formEnd()}
      </form>`;
  }

  #formEnd(): TemplateResult {
    const { words, busy } = this;
    return html`${this.failure()}
      <p class="small muted" role="status">${busy ? words.restoring : ''}</p>
      <div class="actions">
        <button class="secondary" type="button" @click=${this.#back}>${words.flowBack}</button>
        <button class="primary" type="submit" aria-disabled=${busy}>${words.restoreStart}</button>
      </div>`;
  }

  #offering(): TemplateResult {
    const { words, offer, isExpired } = this;
    if (!offer) return html``;
    return html`<h2 tabindex="-1" data-first>${words.offerTitle}</h2>
      <p class="muted">${words.offerText}</p>
      ${
        isExpired
          ? html`<p class="notice" role="status">${words.offerExpired}</p>
              <button class="primary" type="button" @click=${this.#makeOffer}>${words.offerAgain}</button>`
          : html`${textOfCode(offer.text, words.offerQr, words.copyLinkText, this.strings)}
              <dl>
                <dt>${words.linkName}</dt>
                <dd><bdi>${offer.name}</bdi></dd>
                <dt>${words.linkOrigin}</dt>
                <dd><bdi>${hostOf(offer.origin)}</bdi></dd>
                <dt>${words.linkCode}</dt>
                <dd class="pin" dir="ltr">${codeText(offer.code)}</dd>
              </dl>
              <p class="small muted">
                ${words.offerSecret} ${words.offerUntil(formatTime(this.locale, 'time', offer.expires))}
              </p>`
      }
      <div class="actions">
        <button class="secondary" type="button" @click=${this.#back}>${words.flowBack}</button>
        ${
          isExpired
            ? ''
            : html`<button class="primary" type="button" @click=${() => this.#go('join')}>
                ${words.offerNext}
              </button>`
        }
      </div>`;
  }

  #joining(): TemplateResult {
    const { words } = this;
    return html`<h2 tabindex="-1" data-first>${words.joinTitle}</h2>
      <p class="muted">${words.joinText}</p>
      <coming-scanner
        .label=${words.joinField}
        .strings=${this.strings}
        @scanned=${this.#join}
      ></coming-scanner>
      ${this.failure()}
      <p class="small muted" role="status">${this.busy ? words.restoring : ''}</p>
      <div class="actions">
        <button class="secondary" type="button" @click=${() => this.#go('offer')}>${words.flowBack}</button>
      </div>`;
  }

  protected override get trouble(): string {
    return this.problem && this.#wrongWord ? this.words.unknownWord(this.#wrongWord) : super.trouble;
  }

  protected override failed(error: unknown): void {
    super.failed(error);
    const { position } = error as { position?: unknown };
    this.#wrongWord = typeof position === 'number' ? position : undefined;
  }

  readonly #restoreWords = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    await this.#restore(async () => ({ kind: 'words', words: this.wordsField?.value ?? '' }));
  };

  readonly #restoreFile = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const passphrase = this.passphraseField?.value ?? '';
    await this.#restore(async () => ({
      kind: 'keystore',
      json: (await this.fileField?.files?.[0]?.text()) ?? '',
      passphrase,
    }));
  };

  #restore(secret: () => Promise<GuestSecret>): Promise<void> {
    return this.#do(async (client) => {
      await client.becomeGuest({ secret: await secret() });
    });
  }

  readonly #makeOffer = (): Promise<void> =>
    this.#do(async (client) => {
      const offer = await client.offerLink();
      this.offer = offer;
      this.isExpired = false;
      clearTimeout(this.#expiry);
      this.#expiry = setTimeout(() => (this.isExpired = true), Math.max(0, offer.expires - Date.now()));
      this.#go('offer');
    });

  readonly #join = ({ text }: ScannedEvent): Promise<void> =>
    this.#do(async (client) => {
      await client.joinLink(text);
    });

  /** Does something. When an identity came of it, this goes away. */
  async #do(work: (client: ComingClient) => Promise<void>): Promise<void> {
    const { client } = this;
    if (client) await this.attempt(() => work(client));
  }

  readonly #back = (): void => this.#go('choose');

  readonly #cancel = (): void => {
    this.dispatchEvent(new Event('cancel'));
  };

  #go(step: View): void {
    this.problem = undefined;
    this.step = step;
    this.focusFirst();
  }
}

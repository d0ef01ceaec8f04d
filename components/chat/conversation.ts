import { html, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import type { ClientStatus, ComingClient } from '../../core/client.js';
import { codeOf, type ErrorCode } from '../../core/errors.js';
import { shortId } from '../internal/coming-ids.js';
import { connectionWords } from '../internal/connection.js';
import type { ComingDialog } from '../internal/dialog.js';
import { ComingElement } from '../internal/element.js';
import { identicon } from '../internal/identicon.js';
import { arrowBack, coins, pencil } from '../internal/icons.js';
import { banner, connectionBanner, panel } from '../internal/notices.js';
import { errorText } from '../locales/en.js';
import type { ComingPaySheet } from '../pay/sheet.js';
import { conversationStyles } from './conversation.styles.js';
import { OpenConversation } from './open-conversation.js';
import type { ComingChatComposer } from './composer.js';

/**
 * One conversation: who it is with, what is wrong, the messages, the composer. A part inside of
 * `<coming-chat>`.
 *
 * @tagname coming-chat-conversation
 * @slot actions - Joins the composer, before its text field.
 * @fires back - The visitor wants to go back to the list.
 */
export class ComingChatConversation extends ComingElement {
  static override styles: CSSResultGroup = conversationStyles;

  @property({ attribute: false }) client: ComingClient | undefined;
  @property({ attribute: false }) status: ClientStatus | undefined;
  @property({ attribute: false }) peer = '';

  /** What the page calls the other person, as long as the visitor gave no name. */
  @property({ attribute: false }) label = '';
  @property({ attribute: false }) drafts: Map<string, string> = new Map();

  /** Offer a way back to the list. */
  @property({ attribute: false }) returnable = false;

  @state() private payFailed = false;
  @state() private renameProblem: ErrorCode | undefined;

  @query('coming-dialog') private dialog!: ComingDialog;
  @query('#petname') private nameField!: HTMLInputElement;
  @query('coming-chat-composer') private composer!: ComingChatComposer | null;
  @query('coming-pay-sheet') private sheet!: ComingPaySheet;
  @query('.back') private backButton!: HTMLElement | null;

  readonly #open = new OpenConversation(this);
  #focusWanted = false;

  /** Puts the focus where writing begins, as soon as it can begin. */
  focusComposer(): void {
    this.#focusWanted = true;
    this.requestUpdate();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('client') || changed.has('peer')) this.#open.show(this.client, this.peer);
  }

  protected override updated(): void {
    if (!this.#focusWanted) return;
    if (this.#open.conversation) {
      this.#focusWanted = false;
      void this.composer?.updateComplete.then(() => this.composer?.focus());
    } else {
      // Until then somewhere near, so that the focus is not lost with the list.
      this.backButton?.focus();
    }
  }

  protected override render(): TemplateResult {
    const { words } = this;
    const { conversation, snapshot, problem } = this.#open;
    const id = shortId(this.peer);
    const name = snapshot?.petname || this.label || id;
    const connection = this.status?.connection;
    const passing = connection === 'connecting' || connection === 'catching-up';
    const busy = passing ? connectionWords(connection, words) : '';
    return html`
      <header>
        ${
          this.returnable
            ? html`<button
                class="round back"
                type="button"
                aria-label=${words.back}
                title=${words.back}
                @click=${this.#back}
              >
                ${arrowBack}
              </button>`
            : nothing
        }
        ${identicon(this.peer)}
        <div class="who">
          <h2><bdi>${name}</bdi></h2>
          <p class="small muted">
            <span role="status">${busy}</span>
            ${busy || name === id ? nothing : html`<bdi class="mono" title=${this.peer}>${id}</bdi>`}
          </p>
        </div>
        ${
          conversation
            ? html`<button
                class="round"
                type="button"
                aria-label=${words.rename}
                title=${words.rename}
                @click=${this.#askName}
              >
                ${pencil}
              </button>`
            : nothing
        }
      </header>
      <div role="status">${this.#banners()}</div>
      ${
        problem
          ? html`<div class="trouble">
              ${panel(
                words.failedTitle,
                errorText(words, problem),
                undefined,
                html`<button class="secondary" type="button" @click=${this.#again}>
                  ${words.tryAgain}
                </button>`,
              )}
            </div>`
          : html`<coming-chat-thread
                .conversation=${conversation}
                .snapshot=${snapshot}
                .client=${this.client}
                .status=${this.status}
                .name=${name}
                .strings=${this.strings}
              ></coming-chat-thread>
              <coming-chat-composer
                .conversation=${conversation}
                .drafts=${this.drafts}
                .peer=${this.peer}
                .name=${name}
                .strings=${this.strings}
                >${conversation && this.status?.chain ? this.#payButton(name) : nothing}<slot
                  name="actions"
                  slot="actions"
                ></slot
              ></coming-chat-composer>`
      }
      <coming-pay-sheet
        .client=${this.client}
        .recipient=${this.peer}
        .name=${name === id ? '' : name}
        .inConversation=${true}
        .strings=${this.strings}
      ></coming-pay-sheet>
      <coming-dialog .heading=${words.renameTitle(name)}>
        <form @submit=${this.#rename}>
          <label class="label" for="petname">${words.renameField}</label>
          <input
            class="field"
            id="petname"
            dir="auto"
            maxlength="64"
            autocomplete="off"
            aria-describedby="petname-hint"
            data-first
          />
          <p class="small muted hint" id="petname-hint">${words.renameHint}</p>
          <p class="error" role="alert">${this.renameProblem ? errorText(words, this.renameProblem) : ''}</p>
          <div class="actions">
            <button class="secondary" type="button" @click=${this.#closeDialog}>${words.cancel}</button>
            <button class="primary" type="submit">${words.save}</button>
          </div>
        </form>
      </coming-dialog>
    `;
  }

  #payButton(name: string): TemplateResult {
    const label = this.words.payTo(name);
    return html`<button
      class="round"
      type="button"
      slot="actions"
      aria-label=${label}
      title=${label}
      aria-haspopup="dialog"
      @click=${this.#pay}
    >
      ${coins}
    </button>`;
  }

  #banners(): TemplateResult {
    const { words, status } = this;
    const { snapshot } = this.#open;
    const lost = snapshot?.undecryptable ?? 0;
    return html`
      ${connectionBanner(this.client, status?.connection, words)}
      ${status?.problem ? banner(errorText(words, status.problem)) : nothing}
      ${!this.returnable && status?.storage === 'memory' ? banner(words.memoryOnly) : nothing}
      ${snapshot?.problem ? banner(errorText(words, snapshot.problem)) : nothing}
      ${this.payFailed ? banner(words.errors.internal) : nothing}
      ${lost > 0 ? banner(words.undecryptable(lost)) : nothing}
    `;
  }

  readonly #back = (): void => {
    this.dispatchEvent(new Event('back'));
  };

  readonly #again = (): void => this.#open.again();

  readonly #pay = async (event: MouseEvent): Promise<void> => {
    if (!event.isTrusted) return;
    this.payFailed = false;
    try {
      const { defineSheet } = await import('../pay/define-sheet.js');
      defineSheet();
      await this.sheet.show(event);
    } catch {
      this.payFailed = true;
    }
  };

  readonly #askName = (): void => {
    this.renameProblem = undefined;
    this.nameField.value = this.#open.snapshot?.petname ?? '';
    void this.dialog.show();
  };

  readonly #closeDialog = (): void => this.dialog.close();

  readonly #rename = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    try {
      await this.#open.conversation?.setPetname(this.nameField.value.trim());
      this.dialog.close();
    } catch (error) {
      this.renameProblem = codeOf(error);
    }
  };
}

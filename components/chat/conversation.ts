import { html, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import type {
  ClientStatus,
  ComingClient,
  Conversation,
  ConversationSnapshot,
  Draft,
  MessageRef,
} from '../../core/client.js';
import type { ErrorCode } from '../../core/errors.js';
import { shortId } from '../internal/coming-ids.js';
import { connectionWords } from '../internal/connection.js';
import type { ComingDialog } from '../internal/dialog.js';
import { ComingElement } from '../internal/element.js';
import { arrowBack, coins, more, person, warning } from '../internal/icons.js';
import { nameOf, shownName } from '../internal/names.js';
import { banner, connectionBanner, panel } from '../internal/notices.js';
import { Opened } from '../internal/opened.js';
import { portrait } from '../internal/portrait.js';
import { errorText } from '../locales/en.js';
import type { ComingPaySheet } from '../pay/sheet.js';
import { conversationStyles } from './conversation.styles.js';
import type { ComingChatComposer } from './composer.js';
import type { ConversationChosenEvent } from './chosen.js';
import type { ComingChatThread, ComposeEvent } from './thread.js';

/** Nothing is sent until the person decides about somebody. */
const DECISIONS: readonly ErrorCode[] = ['device-log-forked', 'device-log-stepped-back', 'blocked'];

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
  @property({ attribute: false }) drafts: Map<string, Draft> = new Map();

  /** Offer a way back to the list. */
  @property({ attribute: false }) returnable = false;

  /** Code that pays or shows a person could not be loaded. */
  @state() private loadFailed = false;
  /** What the dialog is about: the person, or the settings of the conversation. */
  @state() private looking: 'person' | 'settings' | undefined;
  /** What asks about a stranger is there. */
  @state() private canAsk = false;

  @query('coming-dialog') private dialog!: ComingDialog;
  @query('coming-chat-composer') private composer!: ComingChatComposer | null;
  @query('coming-chat-thread') private thread!: ComingChatThread | null;
  @query('coming-pay-sheet') private sheet!: ComingPaySheet;
  @query('.back') private backButton!: HTMLElement | null;

  readonly #open = new Opened<Conversation, ConversationSnapshot>(this);
  #focusWanted = false;

  /** Puts the focus where writing begins, as soon as it can begin. */
  focusComposer(): void {
    this.#focusWanted = true;
    this.requestUpdate();
  }

  /** Goes to a message, as soon as there is one to go to. */
  jump(message: MessageRef): void {
    void this.updateComplete.then(() => {
      // Until then somewhere near, so that the focus is not lost with the list.
      this.backButton?.focus();
      return this.thread?.jump(message);
    });
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { client, peer } = this;
    if (changed.has('client') || changed.has('peer')) {
      this.#open.show([client, peer], client && peer ? () => client.openConversation(peer) : undefined);
    }
  }

  protected override updated(): void {
    if (this.#open.snapshot?.request && !this.canAsk && !this.loadFailed)
      void this.#load().then((is) => (this.canAsk = is));
    if (!this.#focusWanted) return;
    if (this.#open.thing) {
      this.#focusWanted = false;
      void this.composer?.updateComplete.then(() => this.composer?.focus());
    } else {
      // Until then somewhere near, so that the focus is not lost with the list.
      this.backButton?.focus();
    }
  }

  protected override render(): TemplateResult {
    const { words } = this;
    const { thing: conversation, snapshot, problem } = this.#open;
    const id = shortId(this.peer);
    const known = nameOf(this.peer, snapshot, this.label, words);
    const name = known.text;
    const canLook = conversation && !snapshot?.isSelf;
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
        ${portrait(this.client, this.peer, snapshot?.request ? undefined : snapshot?.profile?.picture)}
        <div class="who">
          <h2>
            <button
              class="about"
              type="button"
              title=${words.about(name)}
              aria-haspopup="dialog"
              ?disabled=${!canLook}
              @click=${this.#look}
            >
              ${shownName(known, words)}
            </button>
          </h2>
          <p class="small muted">
            <span role="status">${busy}</span>
            ${
              busy
                ? nothing
                : snapshot?.typing
                  ? html`<span class="typing">${words.typing}</span>`
                  : known.from === 'id'
                    ? nothing
                    : html`<bdi class="mono" title=${this.peer}>${id}</bdi>`
            }
          </p>
        </div>
        ${
          conversation
            ? html`<button
                class="round settings"
                type="button"
                aria-label=${words.conversationMenu}
                title=${words.conversationMenu}
                aria-haspopup="dialog"
                @click=${this.#settings}
              >
                ${more}
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
                @reply=${this.#compose}
                @edit=${this.#compose}
              ></coming-chat-thread>
              ${
                snapshot?.request && this.canAsk && !snapshot.problem
                  ? html`<coming-chat-request
                      .client=${this.client}
                      .conversation=${conversation}
                      .name=${name}
                      .strings=${this.strings}
                      @gone=${this.#back}
                    ></coming-chat-request>`
                  : nothing
              }
              <coming-chat-composer
                .conversation=${conversation}
                .snapshot=${snapshot}
                .drafts=${this.drafts}
                .peer=${this.peer}
                .name=${name}
                .strings=${this.strings}
                @coming-message-sent=${this.#sent}
                >${canLook && this.status?.chain ? this.#payButton(name) : nothing}<slot
                  name="actions"
                  slot="actions"
                ></slot
              ></coming-chat-composer>`
      }
      <coming-pay-sheet
        .client=${this.client}
        .recipient=${this.peer}
        .name=${known.from === 'visitor' || known.from === 'page' ? name : ''}
        .inConversation=${true}
        .strings=${this.strings}
      ></coming-pay-sheet>
      <coming-dialog
        label=${this.looking === 'settings' ? words.conversationMenu : words.about(name)}
        @close=${this.#looked}
      >
        ${
          this.looking === 'settings'
            ? html`<coming-conversation-menu
                .client=${this.client}
                .conversation=${conversation}
                .snapshot=${snapshot}
                .name=${name}
                .strings=${this.strings}
                @chosen=${this.#chosen}
                @done=${this.#closeDialog}
                @gone=${this.#back}
              ></coming-conversation-menu>`
            : nothing
        }
        ${
          this.looking === 'person'
            ? html`<coming-contact-card
                  .client=${this.client}
                  .peer=${this.peer}
                  .label=${this.label}
                  .strings=${this.strings}
                ></coming-contact-card>
                <div class="actions">
                  <button class="secondary" type="button" @click=${this.#closeDialog}>${words.close}</button>
                </div>`
            : nothing
        }
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
    // Most of them have a place in the thread that says so.
    const placed = snapshot?.messages.filter(({ state }) => state === 'undecryptable').length ?? 0;
    const lost = (snapshot?.undecryptable ?? 0) - placed;
    return html`
      ${connectionBanner(this.client, status?.connection, words)}
      ${status?.problem ? banner(errorText(words, status.problem)) : nothing}
      ${!this.returnable && status?.storage === 'memory' ? banner(words.memoryOnly) : nothing}
      ${this.#stop(snapshot?.problem)} ${this.#quietly(snapshot)}
      ${this.loadFailed ? banner(words.errors['not-loaded']) : nothing}
      ${lost > 0 ? banner(words.undecryptable(lost)) : nothing}
    `;
  }

  /** Why nothing is sent; where the person has to decide, the way to that. */
  #stop(problem: ErrorCode | undefined): TemplateResult | typeof nothing {
    if (!problem) return nothing;
    const { words } = this;
    const isTheirs = DECISIONS.includes(problem);
    return banner(errorText(words, problem), warning, isTheirs ? this.#lookButton() : nothing, isTheirs);
  }

  /** What is no alarm: a device was added in the proper way, or the person went on writing from another site. */
  #quietly(snapshot: ConversationSnapshot | undefined): TemplateResult {
    const { words } = this;
    const { newDevices = 0, elsewhere } = snapshot ?? {};
    return html`
      ${newDevices > 0 ? banner(words.newDevices(newDevices), person, this.#lookButton()) : nothing}
      ${
        elsewhere
          ? banner(
              words.elsewhere(elsewhere),
              person,
              html`<button class="quiet" type="button" @click=${this.#answerElsewhere}>
                ${words.answerElsewhere}
              </button>`,
            )
          : nothing
      }
    `;
  }

  #lookButton(): TemplateResult {
    return html`<button class="quiet" type="button" @click=${this.#look}>${this.words.look}</button>`;
  }

  readonly #answerElsewhere = (): void => void this.#open.thing?.answerElsewhere().catch(() => undefined);

  readonly #compose = ({ action, message }: ComposeEvent): void => this.composer?.[action](message);

  /** What was just said is to be seen, wherever one was. */
  readonly #sent = (): void => this.thread?.toNewest();

  readonly #chosen = (event: ConversationChosenEvent): void => {
    event.stopPropagation();
    this.dialog.close();
    if (event.message) this.jump(event.message);
  };

  readonly #settings = async (): Promise<void> => {
    if (!(await this.#load())) return;
    this.looking = 'settings';
    await this.updateComplete;
    await this.dialog.show();
  };

  /** Brings in what is seldom needed; false when it could not be loaded, which then is said. */
  async #load(): Promise<boolean> {
    this.loadFailed = false;
    try {
      const { defineMore } = await import('./define-more.js');
      defineMore();
      return true;
    } catch {
      this.loadFailed = true;
      return false;
    }
  }

  readonly #back = (): void => {
    this.dispatchEvent(new Event('back'));
  };

  readonly #again = (): void => this.#open.again();

  readonly #pay = async (event: MouseEvent): Promise<void> => {
    if (!event.isTrusted) return;
    this.loadFailed = false;
    try {
      const { defineSheet } = await import('../pay/define-sheet.js');
      defineSheet();
      await this.sheet.show(event);
    } catch {
      this.loadFailed = true;
    }
  };

  readonly #look = async (): Promise<void> => {
    this.loadFailed = false;
    try {
      const { defineContactCard } = await import('../contact/define-card.js');
      defineContactCard();
      this.looking = 'person';
      await this.updateComplete;
      await this.dialog.show();
    } catch {
      this.loadFailed = true;
    }
  };

  readonly #closeDialog = (): void => this.dialog.close();

  readonly #looked = (): void => {
    this.looking = undefined;
  };
}

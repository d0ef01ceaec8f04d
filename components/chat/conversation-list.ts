import { html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { ClientStatus, ComingClient, ConversationSummary } from '../../core/client.js';
import { codeOf, type ErrorCode } from '../../core/errors.js';
import { shortId } from '../internal/coming-ids.js';
import { connectionWords } from '../internal/connection.js';
import { shortTime } from '../internal/dates.js';
import { ComingElement } from '../internal/element.js';
import { paymentLine } from '../internal/lazy-payments.js';
import { nameOf, shownName } from '../internal/names.js';
import { banner, connectionBanner } from '../internal/notices.js';
import { portrait } from '../internal/portrait.js';
import { Watch } from '../internal/watch.js';
import { errorText } from '../locales/en.js';
import { conversationListStyles } from './conversation-list.styles.js';
import { placeholder } from './message.js';

/** The visitor chose a conversation in the list. Stays inside of `<coming-chat>`. */
export class ConversationChosenEvent extends Event {
  constructor(readonly peer: string) {
    super('chosen');
  }
}

/**
 * The visitor's conversations, and a field to begin another. A part inside of `<coming-chat>`.
 *
 * @tagname coming-chat-list
 * @fires {ConversationChosenEvent} chosen - A conversation is to be shown.
 */
export class ComingChatList extends ComingElement {
  static override styles: CSSResultGroup = conversationListStyles;

  @property({ attribute: false }) client: ComingClient | undefined;
  @property({ attribute: false }) status: ClientStatus | undefined;

  @state() private problem: ErrorCode | undefined;
  @state() private opening = false;

  @query('#new') private field!: HTMLInputElement;

  readonly #conversations = new Watch<readonly ConversationSummary[]>(this);

  /** Puts the focus on a conversation, or on the field when it is not listed. */
  focusOn(peer: string): void {
    const buttons = [...this.renderRoot.querySelectorAll<HTMLElement>('.conversation')];
    (buttons.find((button) => button.dataset['peer'] === peer) ?? this.field).focus();
  }

  protected override willUpdate(): void {
    this.#conversations.follow(this.client?.conversations);
  }

  protected override render(): TemplateResult {
    const { words, status } = this;
    const conversations = this.#conversations.value ?? [];
    const connection = status?.connection;
    const passing = connection === 'connecting' || connection === 'catching-up';
    return html`
      <header>
        <h2>${words.conversations}</h2>
        <p class="small muted" role="status">${passing ? connectionWords(connection, words) : ''}</p>
        ${
          status?.me
            ? html`<span class="me">
                <bdi class="mono small muted" title=${status.me.comingId}>${shortId(status.me.comingId)}</bdi>
                <coming-copy-button
                  .text=${status.me.comingId}
                  .strings=${this.strings}
                  label=${words.copyComingId}
                ></coming-copy-button>
              </span>`
            : nothing
        }
      </header>
      <div role="status">
        ${connectionBanner(this.client, connection, words)}
        ${status?.problem ? banner(errorText(words, status.problem)) : nothing}
        ${status?.storage === 'memory' ? banner(words.memoryOnly) : nothing}
      </div>
      <form @submit=${this.#begin} aria-label=${words.newConversation}>
        <label class="label" for="new">${words.newConversation}</label>
        <div class="row">
          <input
            class="field mono"
            id="new"
            dir="ltr"
            spellcheck="false"
            autocapitalize="none"
            autocomplete="off"
            placeholder=${words.newConversationField}
            aria-invalid=${this.problem ? 'true' : nothing}
            aria-describedby="hint problem"
            @input=${this.#edited}
          />
          <button class="primary" type="submit" ?disabled=${this.opening}>${words.startConversation}</button>
        </div>
        <p class="vh" id="hint">${words.newConversationHint}</p>
        <p class="error" id="problem" role="alert">${this.problem ? errorText(words, this.problem) : ''}</p>
      </form>
      ${
        conversations.length > 0
          ? html`<ul aria-label=${words.conversations}>
              ${repeat(conversations, ({ peer }) => peer, this.#item)}
            </ul>`
          : html`<div class="empty">
              <h2>${words.noConversationsTitle}</h2>
              <p class="muted">${words.noConversationsText}</p>
            </div>`
      }
    `;
  }

  readonly #item = (conversation: ConversationSummary): TemplateResult => {
    const { words, locale } = this;
    const { peer, unread, lastActivity, profile, request } = conversation;
    const preview = this.#preview(conversation);
    return html`<li>
      <button
        class=${unread > 0 ? 'conversation unread' : 'conversation'}
        type="button"
        data-peer=${peer}
        @click=${() => this.#choose(peer)}
      >
        ${portrait(this.client, peer, request ? undefined : profile?.picture)}
        <span class="who">
          <b class="name">${shownName(nameOf(peer, conversation, '', words), words)}</b>
          <time class="small muted" datetime=${new Date(lastActivity).toISOString()}
            >${shortTime(locale, lastActivity, Date.now())}</time
          >
          <span class="preview small muted"
            >${request ? html`<span class="request">${words.request}</span> ` : nothing}<bdi
              >${preview}</bdi
            ></span
          >
          ${
            unread > 0
              ? html`<span class="count"
                  ><span aria-hidden="true">${unread > 99 ? '99+' : unread}</span
                  ><span class="vh">${words.unread(unread)}</span></span
                >`
              : nothing
          }
        </span>
      </button>
    </li>`;
  };

  /** What is happening, begun, or was said last. */
  #preview({ typing, draft, lastMessage }: ConversationSummary): string {
    const { words } = this;
    if (typing) return words.typing;
    if (draft?.text) return words.draft(draft.text);
    if (!lastMessage) return words.noMessagesYet;
    const { payment, deleted, timer, mine, text, state } = lastMessage;
    if (payment) return paymentLine(payment, this.strings, this);
    if (state === 'undecryptable') return placeholder(lastMessage, words);
    if (deleted) return words.deleted;
    if (timer !== undefined) return words.timerChanged;
    return mine ? words.youSaid(text) : text;
  }

  #choose(peer: string): void {
    this.dispatchEvent(new ConversationChosenEvent(peer));
  }

  readonly #edited = (): void => {
    this.problem = undefined;
  };

  readonly #begin = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const peer = this.field.value.trim();
    if (!this.client || this.opening) return;
    this.opening = true;
    this.problem = undefined;
    try {
      // Opening is the check; the view that is shown next opens it for itself.
      const conversation = await this.client.openConversation(peer);
      conversation.close();
      this.field.value = '';
      this.#choose(conversation.peer);
    } catch (error) {
      this.problem = codeOf(error);
      this.field.focus();
    } finally {
      this.opening = false;
    }
  };
}

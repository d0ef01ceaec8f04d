import { html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { ClientStatus, ComingClient, ConversationSummary } from '../../core/client.js';
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
import { ConversationChosenEvent, type Kept } from './chosen.js';
import { conversationListStyles } from './conversation-list.styles.js';
import type { ComingChatInbox } from './inbox.js';
import { placeholder } from './message.js';

/**
 * The visitor's conversations; what is around them comes a moment later. A part inside of `<coming-chat>`.
 *
 * @tagname coming-chat-list
 * @fires {ConversationChosenEvent} chosen - A conversation is to be shown, perhaps at a message.
 */
export class ComingChatList extends ComingElement {
  static override styles: CSSResultGroup = conversationListStyles;

  @property({ attribute: false }) client: ComingClient | undefined;
  @property({ attribute: false }) status: ClientStatus | undefined;

  /** What the visitor looked for last. */
  @property({ attribute: false }) kept!: Kept;

  /** What finds and begins conversations could not be loaded. */
  @state() private loadFailed = false;

  @query('coming-chat-inbox') private inbox!: ComingChatInbox;

  readonly #conversations = new Watch<readonly ConversationSummary[]>(this);
  #loading: Promise<void> | undefined;

  /** Puts the focus on a conversation, or on the field above when it was found there, or is not listed. */
  async focusOn(peer: string): Promise<void> {
    await this.#loading;
    // Before, what is in it is not shown.
    await this.inbox.updateComplete;
    const buttons = [...this.renderRoot.querySelectorAll<HTMLElement>('.conversation')];
    const button = buttons.find(({ dataset }) => dataset['peer'] === peer);
    (this.kept.query ? this.inbox : (button ?? this.inbox)).focus();
  }

  protected override firstUpdated(): void {
    this.#loading = import('./define-inbox.js').then(
      ({ defineInbox }) => defineInbox(),
      () => void (this.loadFailed = true),
    );
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
        ${this.loadFailed ? banner(words.errors['not-loaded']) : nothing}
      </div>
      <coming-chat-inbox
        .client=${this.client}
        .conversations=${conversations}
        .kept=${this.kept}
        .strings=${this.strings}
        >${
          conversations.length > 0
            ? html`<ul aria-label=${words.conversations}>
                ${repeat(conversations, ({ peer }) => peer, this.#item)}
              </ul>`
            : nothing
        }</coming-chat-inbox
      >
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
}

import { html, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import type { ComingId, Draft } from '../../core/client.js';
import { ClientElement } from '../internal/client-element.js';
import { banner, phasePanel } from '../internal/notices.js';
import { errorText } from '../locales/en.js';
import { chatStyles } from './chat.styles.js';
import type { ComingChatConversation } from './conversation.js';
import type { ConversationChosenEvent, Kept } from './chosen.js';
import type { ComingChatList } from './conversation-list.js';

/**
 * A chat: one conversation when `peer` is set, else all conversations of the visitor.
 * A visitor without an identity is offered one first, so this one tag is enough for a page.
 *
 * @summary End-to-end encrypted conversations.
 * @tagname coming-chat
 * @slot composer-actions - Further ways to send something; joins the composer, before its text field.
 * @csspart panel - The panel around everything.
 * @cssproperty [--coming-color-accent] - Buttons, links, focus, and the tint of own messages.
 * @cssproperty [--coming-color-on-accent] - Text on the accent colour.
 * @cssproperty [--coming-color-surface] - Background of header, composer and controls.
 * @cssproperty [--coming-color-sunken] - Background behind the messages.
 * @cssproperty [--coming-color-text] - Text.
 * @cssproperty [--coming-color-muted] - Secondary text.
 * @cssproperty [--coming-color-line] - Borders.
 * @cssproperty [--coming-color-bubble-mine] - Background of own messages.
 * @cssproperty [--coming-color-bubble-theirs] - Background of received messages.
 * @cssproperty [--coming-radius=1rem] - Roundness of panels and messages; controls are a little less round.
 * @cssproperty [--coming-space=0.25rem] - The unit of all spacing.
 * @cssproperty [--coming-font] - Font family.
 * @cssproperty [--coming-font-size=0.9375rem] - Size of messages; all other sizes follow.
 * @fires {ComingMessageSentEvent} coming-message-sent - A message was stored for sending.
 */
export class ComingChat extends ClientElement {
  static override styles: CSSResultGroup = chatStyles;

  /** Coming ID of the one person to talk to; empty for all conversations. */
  @property() peer = '';

  /** What that person is called, as long as the visitor gave them no other name. */
  @property() label = '';

  /** The conversation opened from the list. */
  @state() private chosen = '';

  @query('coming-chat-conversation') private conversation!: ComingChatConversation | null;
  @query('coming-chat-list') private list!: ComingChatList | null;

  /** What is begun and not sent, by Coming ID: faster to have than what is stored. */
  readonly #drafts = new Map<string, Draft>();
  /** What was looked for, to come back to. */
  #kept: Kept | undefined;
  #account: string | undefined;
  /** The focus was in the part that made the identity; when that is done, writing comes next. */
  #signingIn = false;

  /** Shows one of the visitor's conversations; a new one if there was none. Without effect when `peer` is set. */
  openConversation(peer: ComingId): void {
    this.chosen = peer;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    this.#signingIn = this.shadowRoot?.activeElement?.localName === 'coming-welcome';
    const account = this.source.status?.me?.comingId;
    if (account === this.#account) return;
    // What somebody else wrote and looked for is nobody's business.
    if (this.#account) this.#drafts.clear();
    this.#kept = { query: '', at: '' };
    this.#account = account;
    this.chosen = '';
  }

  protected override updated(): void {
    if (!this.#signingIn || this.phase !== 'ready') return;
    this.conversation?.focusComposer();
    void this.list?.updateComplete.then(() => this.list?.focusOn(''));
  }

  protected override render(): TemplateResult {
    return html`<div class="panel" part="panel">${this.#content()}</div>`;
  }

  #content(): TemplateResult {
    const { phase, words, source } = this;
    if (phase === 'signed-out' || phase === 'locked') {
      return html`<div class="scroll">
        ${this.problem ? banner(errorText(words, this.problem)) : nothing}
        ${source.status?.storage === 'memory' ? banner(words.memoryOnly) : nothing}
        <coming-welcome
          .client=${source.client}
          .status=${source.status}
          .strings=${this.strings}
        ></coming-welcome>
      </div>`;
    }
    if (phase !== 'ready') return phasePanel(phase, this.problem, words) ?? this.#skeleton();
    const peer = this.peer || this.chosen;
    if (peer) return this.#conversation(peer);
    return html`<coming-chat-list
      .client=${source.client}
      .status=${source.status}
      .kept=${this.#kept}
      .strings=${this.strings}
      @chosen=${this.#choose}
    ></coming-chat-list>`;
  }

  #conversation(peer: string): TemplateResult {
    return html`<coming-chat-conversation
      .client=${this.source.client}
      .status=${this.source.status}
      .peer=${peer}
      .label=${this.peer ? this.label : ''}
      .returnable=${!this.peer}
      .drafts=${this.#drafts}
      .strings=${this.strings}
      @back=${this.#back}
      ><slot name="composer-actions" slot="actions"></slot
    ></coming-chat-conversation>`;
  }

  #skeleton(): TemplateResult {
    return html`<div class="starting" role="status">
      <span class="vh">${this.words.starting}</span>
      <span class="bone picture"></span><span class="bone line"></span>
    </div>`;
  }

  readonly #choose = async (event: ConversationChosenEvent): Promise<void> => {
    event.stopPropagation();
    const { peer, message } = event;
    this.chosen = peer;
    await this.updateComplete;
    if (message) this.conversation?.jump(message);
    else this.conversation?.focusComposer();
  };

  readonly #back = async (): Promise<void> => {
    const peer = this.chosen;
    this.chosen = '';
    await this.updateComplete;
    await this.list?.updateComplete;
    await this.list?.focusOn(peer);
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'coming-chat': ComingChat;
  }
}

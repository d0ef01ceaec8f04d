import { html, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import type { Conversation, ConversationSnapshot, Draft, Message, MessageRef } from '../../core/client.js';
import { codeOf, type ErrorCode } from '../../core/errors.js';
import { ComingElement } from '../internal/element.js';
import { sendArrow } from '../internal/icons.js';
import { errorText } from '../locales/en.js';
import { composerStyles } from './composer.styles.js';
import { ComingMessageSentEvent } from './events.js';

/** The keyCode of every key that an input method swallows; older Safari says nothing else. */
const COMPOSING = 229;

/** So long after the last keystroke a draft is stored, ms. */
const SAVED_AFTER = 400;

/** As much of a text as can make the field grow; the rest scrolls. */
const MIRRORED = 2000;

/**
 * Where a message is written. A part inside of `<coming-chat>`.
 *
 * @tagname coming-chat-composer
 * @slot actions - Further ways to send something, before the text field.
 * @fires {ComingMessageSentEvent} coming-message-sent - A message was stored for sending.
 */
export class ComingChatComposer extends ComingElement {
  static override shadowRootOptions: ShadowRootInit = { mode: 'open', delegatesFocus: true };
  static override styles: CSSResultGroup = composerStyles;

  @property({ attribute: false }) conversation: Conversation | undefined;
  @property({ attribute: false }) snapshot: ConversationSnapshot | undefined;

  /** What the other person is called. */
  @property({ attribute: false }) name = '';

  /** What is begun in each conversation, kept by the owner of this part. */
  @property({ attribute: false }) drafts: Map<string, Draft> = new Map();

  /** Whose draft this is; known before the conversation is open. */
  @property({ attribute: false }) peer = '';

  @state() private problem: ErrorCode | undefined;
  @state() private draft = '';
  /** The message that is answered. */
  @state() private replyTo: MessageRef | undefined;
  /** The message that gets another wording. */
  @state() private edited: Message | undefined;

  @query('textarea') private field!: HTMLTextAreaElement;

  /** Texts on their way into storage, one after the other. */
  #storing: Promise<void> = Promise.resolve();
  /** Stores the draft when the visitor pauses. */
  #saving: { readonly timer: ReturnType<typeof setTimeout>; readonly save: () => void } | undefined;

  /** What is written next answers a message. */
  reply({ id, mine }: Message): void {
    this.#stopEditing();
    this.#keep({ text: this.draft, replyTo: { id, mine } });
    this.focus();
  }

  /** What is written next replaces what a message says. */
  edit(message: Message): void {
    this.edited = message;
    this.draft = message.text;
    this.problem = undefined;
    this.focus();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#saveNow();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('peer') || changed.has('drafts') || changed.has('conversation')) {
      this.#saveNow();
      this.#show();
      this.problem = undefined;
    }
    // What was stored at an earlier visit, once it is known.
    const { peer, snapshot } = this;
    if (!snapshot || snapshot.loading || snapshot.peer !== peer || this.drafts.has(peer)) return;
    this.drafts.set(peer, snapshot.draft ?? { text: '' });
    this.#show();
  }

  protected override updated(): void {
    // The browser owns the field's text while it is edited; it is replaced only when it differs.
    if (this.field.value !== this.draft) this.field.value = this.draft;
  }

  protected override render(): TemplateResult {
    const { words, problem } = this;
    const ready = this.conversation !== undefined;
    const label = ready ? words.messageTo(this.name) : words.composerNotReady;
    return html`${this.#about()}
      <form @submit=${this.#submitted}>
        <slot name="actions"></slot>
        <div class="grow" data-text=${this.draft.slice(0, MIRRORED)}>
          <textarea
            class="field"
            rows="1"
            dir="auto"
            enterkeyhint="send"
            autocomplete="off"
            placeholder=${label}
            aria-label=${label}
            aria-invalid=${problem ? 'true' : nothing}
            aria-describedby="problem"
            ?disabled=${!ready}
            @input=${this.#typed}
            @keydown=${this.#pressed}
            @blur=${this.#paused}
          ></textarea>
        </div>
        <button
          class="primary send"
          type="submit"
          aria-label=${words.send}
          title=${words.send}
          ?disabled=${!ready || this.draft.trim() === ''}
        >
          ${sendArrow}
        </button>
      </form>
      <p class="error" id="problem" role="alert">${problem ? errorText(words, problem) : ''}</p>`;
  }

  /** What is answered, or worded anew, and the way out of that. */
  #about(): TemplateResult | typeof nothing {
    const { words, edited, replyTo, snapshot } = this;
    if (!edited && !replyTo) return nothing;
    const answered = snapshot?.messages.find(({ id, mine }) => id === replyTo?.id && mine === replyTo.mine);
    const title = edited ? words.editing : words.replyingTo(replyTo!.mine ? words.you : this.name);
    return html`<div class="about">
      <p class="small">
        <b><bdi>${title}</bdi></b>
        <span class="muted" dir="auto">${edited ? edited.text : answered?.text}</span>
      </p>
      <button class="quiet" type="button" @click=${this.#cancel}>${words.cancel}</button>
    </div>`;
  }

  readonly #typed = (): void => {
    const text = this.field.value;
    this.problem = undefined;
    if (this.edited) {
      this.draft = text;
      return;
    }
    this.#keep({ text, replyTo: this.replyTo });
    this.conversation?.setTyping(text !== '').catch(() => undefined);
  };

  readonly #paused = (): void => {
    this.conversation?.setTyping(false).catch(() => undefined);
  };

  readonly #cancel = (): void => {
    if (this.edited) this.#stopEditing();
    else this.#keep({ text: this.draft });
    this.focus();
  };

  readonly #pressed = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && (this.edited || this.replyTo)) {
      event.stopPropagation();
      this.#cancel();
      return;
    }
    const composing = event.isComposing || event.keyCode === COMPOSING;
    if (event.key !== 'Enter' || event.shiftKey || composing) return;
    event.preventDefault();
    void this.#send();
  };

  readonly #submitted = (event: SubmitEvent): void => {
    event.preventDefault();
    this.field.focus();
    void this.#send();
  };

  /** Takes the text out of the field at once, so that the next one can be written, and hands it over in its turn. */
  async #send(): Promise<void> {
    const { conversation, peer, replyTo, edited } = this;
    const text = this.draft;
    if (!conversation || text.trim() === '') return;
    this.problem = undefined;
    if (edited) {
      await this.#replace(conversation, edited, text);
      return;
    }
    this.#keep({ text: '' }, false);
    const turn = this.#storing.then(() => this.#store(conversation, peer, { text, replyTo }));
    this.#storing = turn;
    await turn;
  }

  async #replace(conversation: Conversation, { id, text: before }: Message, text: string): Promise<void> {
    try {
      if (text !== before) await conversation.edit(id, text);
      this.#stopEditing();
    } catch (error) {
      this.problem = codeOf(error);
    }
  }

  async #store(conversation: Conversation, peer: string, draft: Draft): Promise<void> {
    try {
      const id = await conversation.send(draft.replyTo ? draft : draft.text);
      this.dispatchEvent(new ComingMessageSentEvent(id));
    } catch (error) {
      // Not stored, so not lost: it stands in the field again, before what was typed meanwhile.
      const since = this.drafts.get(peer)?.text ?? '';
      this.drafts.set(peer, { ...draft, text: since === '' ? draft.text : `${draft.text}\n${since}` });
      if (this.peer !== peer) return;
      this.#show();
      this.problem = codeOf(error);
    }
  }

  #stopEditing(): void {
    this.edited = undefined;
    this.#show();
  }

  /** Puts what is begun here into the field. */
  #show(): void {
    const { text = '', replyTo } = this.drafts.get(this.peer) ?? {};
    this.edited = undefined;
    this.draft = text;
    this.replyTo = replyTo;
  }

  #keep(draft: Draft, isStored = true): void {
    this.draft = draft.text;
    this.replyTo = draft.replyTo;
    this.drafts.set(this.peer, draft);
    clearTimeout(this.#saving?.timer);
    this.#saving = undefined;
    const { conversation } = this;
    if (!isStored || !conversation) return; // a message that is stored takes its draft away
    const save = () => void conversation.saveDraft(draft).catch(() => undefined);
    this.#saving = { timer: setTimeout(() => this.#saveNow(), SAVED_AFTER), save };
  }

  #saveNow(): void {
    const saving = this.#saving;
    this.#saving = undefined;
    clearTimeout(saving?.timer);
    saving?.save();
  }
}

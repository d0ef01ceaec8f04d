import { html, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import type { Conversation } from '../../core/client.js';
import { codeOf, type ErrorCode } from '../../core/errors.js';
import { ComingElement } from '../internal/element.js';
import { sendArrow } from '../internal/icons.js';
import { errorText } from '../locales/en.js';
import { composerStyles } from './composer.styles.js';
import { ComingMessageSentEvent } from './events.js';

/** The keyCode of every key that an input method swallows; older Safari says nothing else. */
const COMPOSING = 229;

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

  /** What the other person is called. */
  @property({ attribute: false }) name = '';

  /** Texts begun in each conversation, kept by the owner of this part. */
  @property({ attribute: false }) drafts: Map<string, string> = new Map();

  /** Whose draft this is; known before the conversation is open. */
  @property({ attribute: false }) peer = '';

  @state() private problem: ErrorCode | undefined;
  @state() private draft = '';

  @query('textarea') private field!: HTMLTextAreaElement;

  /** Texts on their way into storage, one after the other. */
  #storing: Promise<void> = Promise.resolve();

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('peer') && !changed.has('drafts')) return;
    this.draft = this.drafts.get(this.peer) ?? '';
    this.problem = undefined;
  }

  protected override updated(): void {
    // The browser owns the field's text while it is edited; it is replaced only when it differs.
    if (this.field.value !== this.draft) this.field.value = this.draft;
  }

  protected override render(): TemplateResult {
    const { words, problem } = this;
    const ready = this.conversation !== undefined;
    const label = ready ? words.messageTo(this.name) : words.composerNotReady;
    return html`<form @submit=${this.#submitted}>
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

  readonly #typed = (): void => {
    this.#keep(this.field.value);
    this.problem = undefined;
  };

  readonly #pressed = (event: KeyboardEvent): void => {
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
    const { conversation, peer } = this;
    const text = this.draft;
    if (!conversation || text.trim() === '') return;
    this.problem = undefined;
    this.#keep('');
    const turn = this.#storing.then(() => this.#store(conversation, peer, text));
    this.#storing = turn;
    await turn;
  }

  async #store(conversation: Conversation, peer: string, text: string): Promise<void> {
    try {
      this.dispatchEvent(new ComingMessageSentEvent(await conversation.send(text)));
    } catch (error) {
      // Not stored, so not lost: it stands in the field again, before what was typed meanwhile.
      const since = this.drafts.get(peer) ?? '';
      const restored = since === '' ? text : `${text}\n${since}`;
      this.drafts.set(peer, restored);
      if (this.peer !== peer) return;
      this.draft = restored;
      this.problem = codeOf(error);
    }
  }

  #keep(text: string): void {
    this.draft = text;
    this.drafts.set(this.peer, text);
  }
}

import { css, html, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import type {
  ComingClient,
  Conversation,
  ConversationSettings,
  ConversationSnapshot,
} from '../../core/client.js';
import { codeOf, type ErrorCode } from '../../core/errors.js';
import { ComingElement } from '../internal/element.js';
import { errorText } from '../locales/en.js';
import { chatWords, type ChatWords } from '../locales/en-chat.js';
import { base } from '../styles/base.styles.js';
import { controls } from '../styles/controls.styles.js';
import { durationText } from './durations.js';

const HOUR = 3600;
const TIMERS = [HOUR, 24 * HOUR, 7 * 24 * HOUR, 28 * 24 * HOUR];

/**
 * What a person can choose for one conversation. A part inside of `<coming-chat>`.
 *
 * @tagname coming-conversation-menu
 * @fires done - It is over.
 * @fires gone - The conversation was deleted.
 */
export class ComingConversationMenu extends ComingElement {
  static override styles: CSSResultGroup = [
    base,
    controls,
    css`
      :host,
      section {
        display: grid;
        gap: var(--_space-4);
      }
      .check {
        align-items: start;
        display: grid;
        gap: 0 var(--_space-3);
        grid-template-columns: auto 1fr;
      }
      .check input {
        accent-color: var(--_accent);
        block-size: 1.25rem;
        inline-size: 1.25rem;
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: var(--_space-2);
        justify-content: end;
      }
    `,
  ];

  @property({ attribute: false }) client: ComingClient | undefined;
  @property({ attribute: false }) conversation: Conversation | undefined;
  @property({ attribute: false }) snapshot: ConversationSnapshot | undefined;
  /** What the other person is called. */
  @property({ attribute: false }) name = '';

  @state() private problem: ErrorCode | undefined;
  @state() private view: 'settings' | 'search' | 'delete' = 'settings';

  protected override get words(): ChatWords {
    return chatWords(this.strings);
  }

  protected override render(): TemplateResult {
    const { words, problem } = this;
    return html`${this.#view()}
      <p class="error" role="alert">${problem ? errorText(words, problem) : ''}</p>`;
  }

  #view(): TemplateResult {
    switch (this.view) {
      case 'settings':
        return this.#settings();
      case 'search':
        return this.#search();
      case 'delete':
        return this.#delete();
    }
  }

  #settings(): TemplateResult {
    const { words, snapshot, locale } = this;
    const { timer = 0, settings, request, isSelf } = snapshot ?? {};
    const timers = timer && !TIMERS.includes(timer) ? [timer, ...TIMERS] : TIMERS;
    return html`<section>
      <button class="secondary" type="button" @click=${this.#toSearch}>${words.searchHere}</button>
      <div>
        <label class="label" for="timer">${words.timer}</label>
        <select
          class="field"
          id="timer"
          aria-describedby="timer-hint"
          ?disabled=${request}
          @change=${this.#timed}
        >
          <option value="0" ?selected=${timer === 0}>${words.timerNever}</option>
          ${timers.map(
            (seconds) =>
              html`<option value=${seconds} ?selected=${timer === seconds}>
                ${durationText(locale, seconds)}
              </option>`,
          )}
        </select>
        <p class="small muted" id="timer-hint">${words.timerHint}</p>
      </div>
      ${this.#check('muted', settings?.muted ?? false, words.muted, words.mutedHint)}
      ${
        isSelf
          ? ''
          : html`${this.#check('readReceipts', settings?.readReceipts ?? true, words.readReceipts, words.readReceiptsHint)}
            ${this.#check('typing', settings?.typing ?? true, words.typingNotices, words.typingNoticesHint)}`
      }
      <div class="actions">
        <button class="quiet warn" type="button" @click=${() => (this.view = 'delete')}>
          ${words.deleteConversation}
        </button>
        <button class="secondary" type="button" @click=${this.#done}>${words.close}</button>
      </div>
    </section>`;
  }

  #check(name: keyof ConversationSettings, isOn: boolean, text: string, hint: string): TemplateResult {
    return html`<div class="check">
      <input
        type="checkbox"
        id=${name}
        aria-describedby="${name}-hint"
        .checked=${isOn}
        @change=${(event: Event) => this.#set(name, (event.target as HTMLInputElement).checked)}
      />
      <div>
        <label for=${name}>${text}</label>
        <p class="small muted" id="${name}-hint">${hint}</p>
      </div>
    </div>`;
  }

  #search(): TemplateResult {
    return html`<section>
      <coming-chat-search
        .client=${this.client}
        peer=${this.conversation?.peer ?? ''}
        .name=${this.name}
        .strings=${this.strings}
      ></coming-chat-search>
      <div class="actions">
        <button class="secondary" type="button" @click=${this.#done}>${this.words.close}</button>
      </div>
    </section>`;
  }

  #delete(): TemplateResult {
    const { words } = this;
    return html`<section>
      <h2>${words.deleteConversationTitle}</h2>
      <p>${words.deleteConversationText}</p>
      <div class="actions">
        <button class="secondary" type="button" @click=${() => (this.view = 'settings')}>
          ${words.cancel}
        </button>
        <button class="danger" type="button" @click=${this.#deleted}>
          ${words.deleteConversationConfirm}
        </button>
      </div>
    </section>`;
  }

  readonly #done = (): void => {
    this.dispatchEvent(new Event('done'));
  };

  readonly #toSearch = async (): Promise<void> => {
    this.problem = undefined;
    try {
      const { defineInbox } = await import('./define-inbox.js');
      defineInbox();
    } catch {
      this.problem = 'not-loaded';
      return;
    }
    this.view = 'search';
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('coming-chat-search')?.focus();
  };

  readonly #timed = (event: Event): Promise<boolean> => {
    const seconds = Number((event.target as HTMLSelectElement).value);
    return this.#do((conversation) => conversation.setTimer(seconds));
  };

  #set(name: keyof ConversationSettings, value: boolean): void {
    void this.#do((conversation) => conversation.setSettings({ [name]: value }));
  }

  readonly #deleted = async (event: MouseEvent): Promise<void> => {
    if (!event.isTrusted || event.detail > 1) return;
    if (!(await this.#do((conversation) => conversation.deleteConversation()))) return;
    this.#done();
    this.dispatchEvent(new Event('gone'));
  };

  async #do(work: (conversation: Conversation) => Promise<void>): Promise<boolean> {
    if (!this.conversation) return false;
    this.problem = undefined;
    try {
      await work(this.conversation);
      return true;
    } catch (error) {
      this.problem = codeOf(error);
      return false;
    }
  }
}

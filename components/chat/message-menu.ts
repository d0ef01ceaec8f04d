import { css, html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import type { Message } from '../../core/client.js';
import { ComingElement } from '../internal/element.js';
import { chatWords, type ChatWords } from '../locales/en-chat.js';
import { base } from '../styles/base.styles.js';
import { controls } from '../styles/controls.styles.js';

const DAY = 24 * 60 * 60 * 1000;
const FIRST = ['👍', '❤️', '😂', '😮', '😢', '🙏'];
const MORE = [
  ...['👎', '🔥', '🎉', '👏', '💯', '✅', '🤔', '😍', '😊', '😎', '😭', '😡'],
  ...['🥳', '🤣', '🙈', '💪', '🤝', '👀', '☕', '🚀', '🌈', '💔', '🫶', '👋'],
];

export type MessageAction = 'reply' | 'copy' | 'edit' | 'delete-everyone' | 'delete-here';

/** What the visitor wants done with a message. Stays inside of `<coming-chat>`. */
export class MessageActionEvent extends Event {
  constructor(
    readonly message: Message,
    readonly action: MessageAction | 'react',
    readonly emoji = '',
  ) {
    super('action');
  }
}

/**
 * What can be done with one message. A part inside of `<coming-chat>`; a native popover, so that it closes as such.
 *
 * @tagname coming-message-menu
 * @fires {MessageActionEvent} action - Something was chosen.
 */
export class ComingMessageMenu extends ComingElement {
  static override styles: CSSResultGroup = [
    base,
    controls,
    css`
      [popover] {
        background: var(--_surface);
        border: 1px solid var(--_line);
        border-radius: var(--_radius);
        box-shadow: var(--_shadow-raised);
        color: var(--_text);
        inline-size: max-content;
        inset: var(--_y, 0) auto auto var(--_x, 0);
        margin: 0;
        max-block-size: 60dvb;
        max-inline-size: calc(100vi - 1rem);
        overflow-y: auto;
        padding: var(--_space-2);
        position: fixed;
      }
      [popover]:not(:popover-open) {
        display: none;
      }
      .emoji {
        display: grid;
        gap: 2px;
        grid-template-columns: repeat(6, 1fr);
      }
      .emoji button {
        block-size: 2.5rem;
        font-size: 1.35rem;
        inline-size: 2.5rem;
        padding: 0;
      }
      button:hover,
      button:focus-visible {
        background: var(--_hover);
      }
      [aria-checked='true'] {
        background: var(--_pressed);
      }
      .item {
        inline-size: 100%;
        justify-content: start;
        padding-inline: var(--_space-3);
        text-align: start;
      }
      .warn {
        color: var(--_danger);
      }
      p {
        padding: var(--_space-1) var(--_space-3);
      }
    `,
  ];

  /** What the other person is called. */
  @property({ attribute: false }) canTell = true;

  @state() private message: Message | undefined;
  @state() private view: 'all' | 'emoji' | 'delete' = 'all';

  @query('[popover]') private popup!: HTMLElement;

  protected override get words(): ChatWords {
    return chatWords(this.strings);
  }

  /** Opens it for a message, at a place on the screen. */
  async show(message: Message, x: number, y: number): Promise<void> {
    this.message = message;
    this.view = 'all';
    await this.updateComplete;
    const { popup } = this;
    popup.showPopover();
    const { offsetWidth: width, offsetHeight: height } = popup;
    const room = (at: number, size: number, all: number) => Math.max(8, Math.min(at, all - size - 8));
    this.style.setProperty('--_x', `${room(x, width, innerWidth)}px`);
    this.style.setProperty('--_y', `${room(y, height, innerHeight)}px`);
    this.#focusFirst();
  }

  protected override render(): TemplateResult {
    const { message, words } = this;
    return html`<div popover role="menu" aria-label=${words.messageMenu} @keydown=${this.#pressed}>
      ${message ? (this.view === 'delete' ? this.#deleting(message) : this.#all(message)) : nothing}
    </div>`;
  }

  #all(message: Message): TemplateResult {
    const { words, canTell } = this;
    const { mine, payment, deleted, sentAt } = message;
    const isText = !payment && !deleted;
    const isEditable = mine && isText && canTell && Date.now() - sentAt < DAY;
    return html`${canTell && !deleted ? this.#emoji(message) : nothing}
    ${canTell && !deleted ? this.#item('reply', words.reply) : nothing}
    ${isText ? this.#item('copy', words.copyText) : nothing}
    ${isEditable ? this.#item('edit', words.editText) : nothing}
    ${
      payment
        ? nothing
        : html`<button class="item warn" type="button" role="menuitem" @click=${this.#toDelete}>
            ${words.deleteText}
          </button>`
    }`;
  }

  #emoji(message: Message): TemplateResult {
    const { words } = this;
    const own = message.reactions?.find(({ mine }) => mine)?.emoji;
    const shown = this.view === 'emoji' ? [...FIRST, ...MORE] : FIRST;
    return html`<div class="emoji" role="group" aria-label=${words.reactions}>
        ${shown.map(
          (emoji) =>
            html`<button
              type="button"
              role="menuitemradio"
              aria-checked=${emoji === own}
              aria-label=${words.reactWith(emoji)}
              @click=${() => this.#done('react', emoji)}
            >
              ${emoji}
            </button>`,
        )}
      </div>
      ${
        this.view === 'emoji'
          ? nothing
          : html`<button class="item" type="button" role="menuitem" @click=${this.#toEmoji}>
              ${words.moreEmoji}
            </button>`
      }`;
  }

  #deleting({ mine, deleted }: Message): TemplateResult {
    const { words, canTell } = this;
    return html`${
        mine && !deleted && canTell
          ? html`${this.#item('delete-everyone', words.deleteEveryone, 'warn')}
              <p class="small muted" role="none">${words.deleteEveryoneHint}</p>`
          : nothing
      }
      ${this.#item('delete-here', words.deleteHere, 'warn')}
      <button class="item" type="button" role="menuitem" @click=${this.#close}>${words.cancel}</button>`;
  }

  #item(action: MessageAction, text: string, mood = ''): TemplateResult {
    return html`<button class="item ${mood}" type="button" role="menuitem" @click=${() => this.#done(action)}>
      ${text}
    </button>`;
  }

  #done(action: MessageAction | 'react', emoji?: string): void {
    this.#close();
    this.dispatchEvent(new MessageActionEvent(this.message!, action, emoji));
  }

  readonly #close = (): void => this.popup.hidePopover();

  readonly #toEmoji = (): Promise<void> => this.#go('emoji');

  readonly #toDelete = (): Promise<void> => this.#go('delete');

  async #go(view: 'emoji' | 'delete'): Promise<void> {
    this.view = view;
    await this.updateComplete;
    this.#focusFirst();
  }

  #items(): HTMLElement[] {
    return [...this.popup.querySelectorAll('button')];
  }

  #focusFirst(): void {
    this.#items()[0]?.focus();
  }

  /** The arrows go from one to the next, as in every menu. */
  readonly #pressed = (event: KeyboardEvent): void => {
    const items = this.#items();
    const at = items.indexOf(this.shadowRoot?.activeElement as HTMLElement);
    const isBack = event.key === 'ArrowUp' || event.key === 'ArrowLeft';
    const isOn = event.key === 'ArrowDown' || event.key === 'ArrowRight';
    if (event.key === 'Tab') this.#close();
    if (!isBack && !isOn) return;
    event.preventDefault();
    items[(at + (isOn ? 1 : items.length - 1)) % items.length]?.focus();
  };
}

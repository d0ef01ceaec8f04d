import { html, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type {
  ClientStatus,
  ComingClient,
  Conversation,
  ConversationSnapshot,
  Message,
  MessageRef,
  Payment,
} from '../../core/client.js';
import { codeOf, ComingError } from '../../core/errors.js';
import { dayName } from '../internal/dates.js';
import { ComingElement } from '../internal/element.js';
import { arrowDown } from '../internal/icons.js';
import { paymentLine } from '../internal/lazy-payments.js';
import { OnScreen } from '../internal/on-screen.js';
import { errorText } from '../locales/en.js';
import type { Around } from './around.js';
import { extrasFor } from './lazy-extras.js';
import { messageItem } from './message.js';
import type { ComingMessageMenu, MessageActionEvent } from './message-menu.js';
import { rows, type Row } from './rows.js';
import { threadStyles } from './thread.styles.js';

/** This near to the end counts as at the end; this near to the start loads earlier messages, px. */
const NEAR_END = 40;
const NEAR_START = 160;
const NOWHERE = { top: 0, height: 0 };
/** More than this at once is announced as a number only. */
const READ_OUT = 3;

/** The visitor wants to answer a message, or to word it anew. Stays inside of `<coming-chat>`. */
export class ComposeEvent extends Event {
  constructor(
    readonly action: 'reply' | 'edit',
    readonly message: Message,
  ) {
    super(action);
  }
}

/**
 * The messages of one conversation. A part inside of `<coming-chat>`.
 *
 * The visible list is silent for screen readers; a log beside it speaks what arrives while it is shown.
 *
 * @tagname coming-chat-thread
 * @fires {ComposeEvent} reply - A message is to be answered.
 * @fires {ComposeEvent} edit - A message is to be worded anew.
 */
export class ComingChatThread extends ComingElement {
  static override styles: CSSResultGroup = threadStyles;

  @property({ attribute: false }) conversation: Conversation | undefined;
  @property({ attribute: false }) snapshot: ConversationSnapshot | undefined;

  /** Whose payments these are, and what they are paid on. */
  @property({ attribute: false }) client: ComingClient | undefined;
  @property({ attribute: false }) status: ClientStatus | undefined;

  /** What the other person is called. */
  @property({ attribute: false }) name = '';

  @state() private away = false;
  @state() private missed = 0;
  @state() private loadingEarlier = false;
  @state() private spoken: readonly Spoken[] = [];
  /** Why something could not be done, in words. */
  @state() problem = '';

  @query('.scroller') private scroller!: HTMLElement | null;
  @query('coming-message-menu') private popup!: ComingMessageMenu;

  readonly #screen = new OnScreen(this);
  #resized: ResizeObserver | undefined;
  /** Distance from the end of the list to hold while earlier messages come in above. */
  #hold: number | undefined;
  #marking = false;
  /** Shows what is far from the end; undefined until somebody goes there. */
  #around: Around | undefined;
  /** Where the list was put last, and how long it was; nowhere as long as the visitor is not to be asked. */
  #placed = NOWHERE;

  override connectedCallback(): void {
    super.connectedCallback();
    // A composer that grows or a window that shrinks must not hide the end.
    this.#resized = new ResizeObserver(() => this.#place());
    this.#resized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized?.disconnect();
    this.spoken = [];
  }

  /** Shows the newest message. */
  toNewest(): void {
    this.#follow();
    this.#place();
    if (this.snapshot?.hasLater) void this.#do(() => this.conversation?.loadLatest());
  }

  /** Shows a message, wherever in the conversation it is. */
  readonly jump = (to: MessageRef): Promise<void> =>
    this.#do(async () => {
      const { Around } = await brought(import('./around.js'));
      this.#around ??= new Around(this);
      this.#around.jump(to);
    });

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('conversation')) {
      this.#follow();
      this.spoken = [];
      this.problem = '';
      this.#hold = undefined;
    } else if (changed.has('snapshot')) {
      this.#compare(changed.get('snapshot'), this.snapshot);
    }
    // The end of what is shown is not the end.
    if (this.snapshot?.hasLater) this.away = true;
  }

  protected override updated(): void {
    const list = this.renderRoot.querySelector('ol');
    // Larger text or another font makes the list grow while the element stays as it is.
    if (list) this.#resized?.observe(list);
    this.#place();
    this.#markRead();
  }

  protected override render(): TemplateResult {
    const { words, snapshot } = this;
    const label = words.messagesWith(this.name);
    if (!snapshot || snapshot.loading) {
      return html`<div class="scroller">
        <p class="vh" role="status">${words.loadingMessages}</p>
        ${skeleton}
      </div>`;
    }
    return html`
      <div class="scroller" role="region" aria-label=${label} tabindex="0" @scroll=${this.#scrolled}>
        ${
          snapshot.hasEarlier
            ? html`<button
                class="secondary earlier"
                type="button"
                aria-disabled=${this.loadingEarlier}
                @click=${this.#earlierByButton}
              >
                ${this.loadingEarlier ? words.loadingEarlier : words.loadEarlier}
              </button>`
            : nothing
        }
        ${
          snapshot.messages.length > 0
            ? html`<ol>
                ${repeat(rows(snapshot.messages), (row) => row.key, this.#row)}
              </ol>`
            : html`<div class="empty">
                <h2>${words.emptyThreadTitle(this.name)}</h2>
                <p class="muted">${words.emptyThreadText}</p>
              </div>`
        }
        ${this.#around?.rest()}
      </div>
      <p class="error problem" role="alert">${this.problem}</p>
      ${
        this.away
          ? html`<button
              class=${this.missed > 0 ? 'pill counted' : 'pill'}
              type="button"
              aria-label=${this.missed > 0 ? nothing : words.toNewest}
              @click=${this.#pill}
            >
              ${arrowDown}${this.missed > 0 ? words.newMessages(this.missed) : nothing}
            </button>`
          : nothing
      }
      <div class="vh" role="log" aria-label=${label}>
        ${repeat(
          this.spoken,
          ({ id }) => id,
          ({ text, payment }) =>
            html`<p>${payment ? this.#said(paymentLine(payment, this.strings, this)) : text}</p>`,
        )}
      </div>
      <coming-message-menu
        .canTell=${!snapshot.request && !snapshot.problem}
        .strings=${this.strings}
        @action=${this.#act}
      ></coming-message-menu>
    `;
  }

  readonly #row = (row: Row): TemplateResult => {
    const { words, locale } = this;
    if ('day' in row) {
      return html`<li class="day"><span>${dayName(locale, row.day, Date.now(), words)}</span></li>`;
    }
    const { message, first, last } = row;
    const { strings, name } = this;
    const sender = message.mine ? words.you : name;
    const extras = extrasFor(message, this);
    const around = { strings, locale, name, jump: this.jump, react: this.#react };
    if (message.timer !== undefined) return extras?.notice(message, around) ?? html`<li class="day"></li>`;
    return messageItem(message, {
      ...around,
      words,
      extras,
      inert: this.snapshot?.request === true,
      menu: (chosen, event) => void this.#menu(chosen, event),
      sender,
      first,
      last,
      retry: this.#retry,
      cancel: this.#cancel,
      payment: this.#payment,
    });
  };

  readonly #payment = (payment: Payment): TemplateResult => {
    // Asking for its line loads what shows it.
    paymentLine(payment, this.strings, this);
    return html`<coming-payment
      .payment=${payment}
      .name=${this.name}
      .client=${this.client}
      .status=${this.status}
      .strings=${this.strings}
    ></coming-payment>`;
  };

  #said(text: string): string {
    return text && `${this.name}: ${text}`;
  }

  /** Finds out what is new, and where: at the end it is announced, at the start it must not move the view. */
  #compare(before: ConversationSnapshot | undefined, now: ConversationSnapshot | undefined): void {
    if (!before || !now || before.loading || before.messages === now.messages) return;
    const known = new Set(before.messages.map(({ id }) => id));
    const firstKnown = before.messages[0]?.id;
    const start = now.messages.findIndex(({ id }) => id === firstKnown);
    if (start > 0 && this.scroller) {
      this.#hold = this.scroller.scrollHeight - this.scroller.scrollTop;
    }
    if (before.hasLater || now.hasLater) {
      // Other parts of the conversation, not what was said just now.
      const more = Math.max(0, now.unread - before.unread);
      this.missed += more;
      if (more > 0) this.spoken = [{ id: `${now.unread}`, text: this.words.newMessages(more) }];
      if (!now.hasLater && start < 0) this.#follow();
      return;
    }
    const arrived = now.messages.slice(Math.max(0, start)).filter(({ id }) => !known.has(id));
    const received = arrived.filter(
      ({ mine, timer, deleted, state }) =>
        !mine && timer === undefined && !deleted && state !== 'undecryptable',
    );
    if (arrived.some(({ mine }) => mine)) {
      this.#follow();
    } else if (this.away) {
      this.missed += received.length;
    }
    this.#speak(received);
  }

  #speak(received: readonly Message[]): void {
    const newest = received.at(-1);
    if (!newest) return;
    this.spoken =
      received.length > READ_OUT
        ? [{ id: newest.id, text: this.words.newMessages(received.length) }]
        : [
            ...this.spoken,
            ...received.map(({ id, text, payment }) => ({ id, text: this.#said(text), payment })),
          ].slice(-READ_OUT);
  }

  /** From now on the newest message is shown, wherever the list is. */
  #follow(): void {
    this.away = false;
    this.missed = 0;
    this.#placed = NOWHERE;
  }

  #place(): void {
    const { scroller } = this;
    if (!scroller) return;
    if (this.#hold !== undefined) {
      scroller.scrollTop = scroller.scrollHeight - this.#hold;
      this.#hold = undefined;
    } else if (!this.away) {
      // Moved by the visitor, which the browser tells only with the next frame.
      const { top, height } = this.#placed;
      if (scroller.scrollTop < top - NEAR_END && scroller.scrollHeight >= height) return;
      scroller.scrollTop = scroller.scrollHeight;
      this.#placed = { top: scroller.scrollTop, height: scroller.scrollHeight };
    }
  }

  /** Only what is in front of a person's eyes counts as read. */
  #markRead(): void {
    if (this.#marking || this.away || !this.#screen.visible || !this.snapshot?.unread || !this.conversation)
      return;
    const { conversation, snapshot } = this;
    this.#marking = true;
    // A failure changes nothing here: the next message or the next look tries again.
    void conversation
      .markRead()
      .catch(() => undefined)
      .finally(() => {
        this.#marking = false;
        if (snapshot !== this.snapshot) this.requestUpdate();
      });
  }

  readonly #scrolled = (): void => {
    const { scroller } = this;
    if (!scroller) return;
    const fromEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
    const away = this.snapshot?.hasLater || fromEnd > NEAR_END;
    if (away !== this.away) this.away = away;
    if (!away) this.missed = 0;
    if (fromEnd < NEAR_START) void this.#around?.later();
    if (away && scroller.scrollTop < NEAR_START) void this.#loadEarlier();
  };

  readonly #loadEarlier = async (): Promise<void> => {
    if (this.loadingEarlier || !this.snapshot?.hasEarlier) return;
    this.loadingEarlier = true;
    await this.#do(() => this.conversation?.loadEarlier());
    this.loadingEarlier = false;
  };

  readonly #earlierByButton = async (): Promise<void> => {
    await this.#loadEarlier();
    await this.updateComplete;
    // With nothing more to load the button goes away; the focus goes on in the list.
    if (!this.snapshot?.hasEarlier) this.scroller?.focus({ preventScroll: true });
  };

  readonly #retry = (id: string): Promise<void> => this.#do(() => this.conversation?.retry(id));

  readonly #cancel = (id: string): Promise<void> => this.#do(() => this.conversation?.cancel(id));

  readonly #menu = async (message: Message, event: MouseEvent): Promise<void> => {
    // A link's own menu, or that of a marked text, is what is wanted there.
    const isElsewhere = (event.target as Element).closest('a') ?? getSelection()?.toString();
    if (event.type === 'contextmenu' && isElsewhere) return;
    event.preventDefault();
    const { left, bottom } = (event.currentTarget as Element).getBoundingClientRect();
    const isByKey = event.clientX === 0 && event.clientY === 0;
    await this.#do(async () => {
      const { defineMore } = await brought(import('./define-more.js'));
      defineMore();
      await this.popup.show(message, isByKey ? left : event.clientX, isByKey ? bottom : event.clientY);
    });
  };

  readonly #act = ({ message, action, emoji }: MessageActionEvent): void => {
    const { conversation } = this;
    const { id, mine } = message;
    const ref = { id, mine };
    switch (action) {
      case 'reply':
      case 'edit':
        this.dispatchEvent(new ComposeEvent(action, message));
        break;
      case 'copy':
        void this.#do(() => navigator.clipboard.writeText(message.text));
        break;
      case 'react':
        this.#react(message, emoji);
        break;
      case 'delete-everyone':
        void this.#do(() => conversation?.deleteForEveryone(id));
        break;
      case 'delete-here':
        void this.#do(() => conversation?.deleteHere(ref));
        break;
    }
  };

  readonly #react = ({ id, mine }: Message, emoji: string): void => {
    void this.#do(() => this.conversation?.react({ id, mine }, emoji));
  };

  /** Does something; when it fails, says why. */
  async #do(work: () => Promise<void> | undefined): Promise<void> {
    this.problem = '';
    try {
      await work();
    } catch (error) {
      this.problem = errorText(this.words, codeOf(error));
    }
  }

  readonly #pill = (): void => {
    this.toNewest();
    // The button goes away; whoever reads with the keyboard goes on in the list.
    this.scroller?.focus({ preventScroll: true });
  };
}

/** What the log speaks: a text, or a payment, whose words are loaded later. */
interface Spoken {
  readonly id: string;
  readonly text: string;
  readonly payment?: Payment | undefined;
}

/** What is loaded when it is needed; a failure is said like any other. */
async function brought<Module>(importing: Promise<Module>): Promise<Module> {
  try {
    return await importing;
  } catch (error) {
    throw new ComingError('not-loaded', 'a part could not be loaded', { cause: error });
  }
}

const skeleton = html`<div class="bones">
  ${['theirs long', 'theirs', 'mine long', 'theirs', 'mine'].map(
    (kind) => html`<span class="bone ${kind}"></span>`,
  )}
</div>`;

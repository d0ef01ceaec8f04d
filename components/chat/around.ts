/**
 * Shows a message of a thread wherever it is in the conversation, marks it for a moment, and has the later ones come
 * in below it. Loaded when somebody goes to a message.
 *
 * @module
 */
import { html, nothing, type ReactiveController, type TemplateResult } from 'lit';
import type { Conversation, MessageRef } from '../../core/client.js';
import { codeOf } from '../../core/errors.js';
import { errorText } from '../locales/en.js';
import { findWords } from '../locales/en-find.js';
import type { ComingChatThread } from './thread.js';

/** How long a message is marked, ms. */
const MARKED = 2400;
/** Kept free above one that is as high as the thread, px. */
const MARGIN = 16;

export class Around implements ReactiveController {
  readonly #thread: ComingChatThread;
  #wanted: { readonly to: MessageRef; readonly within: Conversation | undefined } | undefined;
  /** The conversation was asked for it. */
  #asked = false;
  #loadingLater = false;

  constructor(thread: ComingChatThread) {
    this.#thread = thread;
    thread.addController(this);
  }

  /** Goes to a message, as soon as there is a conversation to find it in. */
  jump(to: MessageRef): void {
    this.#wanted = { to, within: this.#thread.conversation };
    this.#asked = false;
    this.#thread.requestUpdate();
  }

  /** After the last of the messages that are shown: the way to those after them. */
  rest(): TemplateResult | typeof nothing {
    const { snapshot, strings } = this.#thread;
    if (!snapshot?.hasLater) return nothing;
    const words = findWords(strings);
    return html`<button
      class="secondary earlier later"
      type="button"
      aria-disabled=${this.#loadingLater}
      @click=${this.#laterByButton}
    >
      ${this.#loadingLater ? words.loadingLater : words.loadLater}
    </button>`;
  }

  /** Has the next later messages shown. */
  async later(): Promise<void> {
    const { conversation, snapshot } = this.#thread;
    // Not while the way leads elsewhere: what is near the end then is about to go.
    if (this.#loadingLater || !snapshot?.hasLater || this.#wanted) return;
    this.#loadingLater = true;
    this.#thread.requestUpdate();
    try {
      await conversation?.loadLater();
    } catch (error) {
      this.#thread.problem = errorText(findWords(this.#thread.strings), codeOf(error));
    } finally {
      this.#loadingLater = false;
      this.#thread.requestUpdate();
    }
  }

  hostUpdated(): void {
    const { conversation, snapshot } = this.#thread;
    if (!this.#wanted || !conversation || !snapshot || snapshot.loading) return;
    const { to, within } = this.#wanted;
    if (within && within !== conversation) {
      this.#wanted = undefined;
    } else if (this.#item(to)) {
      this.#wanted = undefined;
      // The thread puts itself where it was, or to the end, when this update is done.
      queueMicrotask(() => this.#reveal(to));
    } else if (!this.#asked) {
      this.#asked = true;
      void this.#ask(conversation, to);
    } else if (snapshot.messages.some(({ id }) => id === to.id)) {
      // The other one's of the same name.
      this.#fail(findWords(this.#thread.strings).noLongerHere);
    }
  }

  async #ask(conversation: Conversation, to: MessageRef): Promise<void> {
    const words = findWords(this.#thread.strings);
    let problem = '';
    try {
      if (!(await conversation.loadAround(to.id))) problem = words.noLongerHere;
    } catch (error) {
      problem = errorText(words, codeOf(error));
    }
    if (problem && this.#wanted?.to === to) this.#fail(problem);
  }

  #fail(problem: string): void {
    this.#wanted = undefined;
    this.#thread.problem = problem;
    // Whoever comes from elsewhere begins here; an answer that was pressed has the focus already.
    if (!this.#thread.matches(':focus-within')) this.#scroller?.focus({ preventScroll: true });
  }

  #reveal(to: MessageRef): void {
    const item = this.#item(to);
    const scroller = this.#scroller;
    if (!item || !scroller) return;
    center(item, scroller);
    item.querySelector<HTMLElement>('.more')?.focus({ preventScroll: true });
    // The thread looks where it is now.
    scroller.dispatchEvent(new Event('scroll'));
    void mark(item, scroller);
  }

  readonly #laterByButton = async (): Promise<void> => {
    await this.later();
    await this.#thread.updateComplete;
    // With nothing more to load the button goes away; the focus goes on in the list.
    if (!this.#thread.snapshot?.hasLater) this.#scroller?.focus({ preventScroll: true });
  };

  get #scroller(): HTMLElement | null {
    return this.#thread.renderRoot.querySelector<HTMLElement>('.scroller');
  }

  #item({ id, mine }: MessageRef): HTMLElement | undefined {
    const items = [...this.#thread.renderRoot.querySelectorAll<HTMLElement>('.message')];
    return items.find(({ dataset }) => dataset['id'] === id && dataset['own'] === String(mine));
  }
}

function center(item: HTMLElement, scroller: HTMLElement): void {
  const place = item.getBoundingClientRect();
  const room = scroller.clientHeight - place.height;
  scroller.scrollTop += place.top - scroller.getBoundingClientRect().top - Math.max(MARGIN, room / 2);
}

/** Marks a message for a moment. What comes late above it (quotes, payments) does not push it away meanwhile. */
async function mark(item: HTMLElement, scroller: HTMLElement): Promise<void> {
  let placed = scroller.scrollTop;
  const holding = new ResizeObserver(() => {
    // Whoever scrolled on is left where they are.
    if (Math.abs(scroller.scrollTop - placed) > 1) return holding.disconnect();
    center(item, scroller);
    placed = scroller.scrollTop;
  });
  if (item.parentElement) holding.observe(item.parentElement);
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const ring = { outline: '3px solid var(--_accent)', outlineOffset: '2px' };
  const gone = { outline: '3px solid transparent', outlineOffset: '2px' };
  const marking = item.animate(isCalm ? [ring, ring] : [ring, { ...ring, offset: 0.6 }, gone], MARKED);
  // Cancelled when the message goes away.
  await marking.finished.catch(() => undefined);
  holding.disconnect();
}

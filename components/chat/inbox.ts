import { css, html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import type { ComingClient, ConversationSummary } from '../../core/client.js';
import { codeOf, type ErrorCode } from '../../core/errors.js';
import { ComingElement } from '../internal/element.js';
import { errorText } from '../locales/en.js';
import { findWords, type FindWords } from '../locales/en-find.js';
import { base } from '../styles/base.styles.js';
import { controls } from '../styles/controls.styles.js';
import { notices, personBones } from '../styles/notice.styles.js';
import type { ComingChatBegin } from './begin.js';
import type { Kept } from './chosen.js';
import { plus } from './icons.js';
import type { ComingChatSearch } from './search.js';

/** As many conversations are shown at first: with fewer there are no more. */
const FIRST = 100;
/** This near to the end more are loaded, px. */
const NEAR_END = 200;

/**
 * What is around the list of conversations: finding in it, beginning another, and more of it. A part inside of
 * `<coming-chat>`.
 *
 * @tagname coming-chat-inbox
 * @slot - The list.
 * @fires {ConversationChosenEvent} chosen - A conversation is to be shown, perhaps at a message.
 */
export class ComingChatInbox extends ComingElement {
  static override styles: CSSResultGroup = [
    base,
    controls,
    notices,
    personBones,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-block-size: 0;
      }
      .scroller {
        display: flex;
        flex: 1;
        flex-direction: column;
        min-block-size: 0;
        overflow-y: auto;
        overscroll-behavior: contain;
        scrollbar-color: var(--_field-line) transparent;
        scrollbar-width: thin;
      }
      .empty {
        display: grid;
        gap: var(--_space-1);
        margin: auto;
        padding: var(--_space-6);
        text-align: center;
      }
      .more {
        align-items: center;
        display: grid;
        gap: var(--_space-2);
        justify-items: center;
        padding: 0 var(--_space-4) var(--_space-4);
      }
      .bones {
        align-items: center;
        display: flex;
        gap: var(--_space-3);
        inline-size: 100%;
      }
      [aria-expanded='true'] .icon {
        transform: rotate(45deg);
      }
    `,
  ];

  @property({ attribute: false }) client: ComingClient | undefined;
  @property({ attribute: false }) conversations: readonly ConversationSummary[] = [];
  @property({ attribute: false }) kept: Kept = { query: '', at: '' };

  @state() private beginning = false;
  @state() private loading = false;
  @state() private problem: ErrorCode | undefined;

  @query('coming-chat-search') private search!: ComingChatSearch | null;
  @query('coming-chat-begin') private begin!: ComingChatBegin | null;

  /** Whose conversations are all shown. */
  #ended: ComingClient | undefined;

  protected override get words(): FindWords {
    return findWords(this.strings);
  }

  override focus(): void {
    void this.updateComplete.then(() => {
      const first = this.conversations.length > 0 ? this.search : this.begin;
      first?.focus();
    });
  }

  /** The list in it is shown by a part of a part. */
  protected override async getUpdateComplete(): Promise<boolean> {
    const isDone = await super.getUpdateComplete();
    await this.search?.updateComplete;
    return isDone;
  }

  protected override willUpdate(): void {
    // With nobody to write to that comes first; it stays while somebody is being entered.
    if (this.conversations.length === 0) this.beginning = true;
  }

  protected override render(): TemplateResult {
    const { words, client, strings, conversations, kept, beginning } = this;
    return html`<coming-chat-search
      .client=${client}
      .conversations=${conversations}
      .kept=${kept}
      .bare=${conversations.length === 0}
      .loadMore=${this.#hasMore && !this.problem ? this.#load : undefined}
      .strings=${strings}
    >
      <button
        class="round"
        slot="beside"
        type="button"
        aria-label=${words.newConversation}
        title=${words.newConversation}
        aria-expanded=${beginning}
        @click=${this.#toggle}
      >
        ${plus}
      </button>
      ${
        beginning
          ? html`<coming-chat-begin slot="below" .client=${client} .strings=${strings}></coming-chat-begin>`
          : nothing
      }
      <div class="scroller" @scroll=${this.#scrolled}>
        ${
          conversations.length > 0
            ? html`<slot></slot>`
            : html`<div class="empty">
                <h2>${words.noConversationsTitle}</h2>
                <p class="muted">${words.noConversationsText}</p>
              </div>`
        }
        ${this.#hasMore ? this.#more() : nothing}
      </div>
    </coming-chat-search>`;
  }

  get #hasMore(): boolean {
    return this.conversations.length >= FIRST && this.#ended !== this.client;
  }

  #more(): TemplateResult {
    const { words, loading, problem } = this;
    return html`<div class="more">
      ${loading ? bones : nothing}
      <p class="error" role="alert">${problem ? errorText(words, problem) : ''}</p>
      <button class="secondary" type="button" aria-disabled=${loading} @click=${this.#loadByButton}>
        ${loading ? words.loadingConversations : words.moreConversations}
      </button>
    </div>`;
  }

  readonly #toggle = (): void => {
    this.beginning = !this.beginning;
    if (this.beginning) void this.updateComplete.then(() => this.begin?.focus());
  };

  readonly #scrolled = (event: Event): void => {
    const { scrollHeight, scrollTop, clientHeight } = event.currentTarget as HTMLElement;
    if (scrollHeight - scrollTop - clientHeight < NEAR_END && !this.problem) void this.#load();
  };

  readonly #load = async (): Promise<void> => {
    const { client } = this;
    if (!client || this.loading || !this.#hasMore) return;
    this.loading = true;
    this.problem = undefined;
    try {
      if (!(await client.loadMoreConversations())) this.#ended = client;
    } catch (error) {
      this.problem = codeOf(error);
    } finally {
      this.loading = false;
    }
  };

  readonly #loadByButton = async (): Promise<void> => {
    const before = this.conversations.length;
    await this.#load();
    if (this.problem) return;
    // Whoever reads with the keyboard goes on with the first of those that came.
    await this.updateComplete;
    const [list] =
      this.renderRoot.querySelector<HTMLSlotElement>('slot:not([name])')?.assignedElements() ?? [];
    list?.querySelectorAll<HTMLElement>('.conversation')[before]?.focus();
  };
}

const bones = html`<span class="bones" aria-hidden="true"
  ><span class="bone picture"></span
  ><span class="lines"><span class="bone"></span><span class="bone"></span></span
></span>`;

import { html, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from 'lit';
import { property, query } from 'lit/decorators.js';
import type { ComingClient, ConversationSummary } from '../../core/client.js';
import { wordsOf } from '../../core/folding.js';
import { COMING_ID } from '../internal/coming-ids.js';
import { ComingElement } from '../internal/element.js';
import { nameOf } from '../internal/names.js';
import { panel } from '../internal/notices.js';
import { errorText } from '../locales/en.js';
import { findWords, type FindWords } from '../locales/en-find.js';
import { ConversationChosenEvent, type Kept } from './chosen.js';
import { foundRow, type Found, type FoundContext } from './found.js';
import { cross, magnifier } from './icons.js';
import { peopleFound, Searching } from './searching.js';
import { searchStyles } from './search.styles.js';

/** With so many people found, nobody scrolls to one more; and as many of the latest are looked at as a page can list. */
const ENOUGH_PEOPLE = 20;
const MOST_PEOPLE = 1000;
/** This near to the end the next messages are looked for, px. */
const NEAR_END = 200;

/**
 * A field that finds people and messages, and what it found. A part inside of `<coming-chat>`.
 *
 * @tagname coming-chat-search
 * @slot - What is shown as long as nothing is looked for.
 * @slot beside - Joins the field.
 * @slot below - Comes between the field and what is shown.
 * @fires {ConversationChosenEvent} chosen - A person or a message is to be shown.
 */
export class ComingChatSearch extends ComingElement {
  static override styles: CSSResultGroup = searchStyles;

  @property({ attribute: false }) client: ComingClient | undefined;

  /** Those that are known by now. */
  @property({ attribute: false }) conversations: readonly ConversationSummary[] = [];

  /** Searches the messages with this person only; empty: everything. */
  @property({ reflect: true }) peer = '';

  /** What that person is called. */
  @property({ attribute: false }) name = '';

  /** There is nothing to be found yet. */
  @property({ attribute: false }) bare = false;

  @property({ attribute: false }) kept: Kept = { query: '', at: '' };

  /** Brings in more conversations; undefined: there are no more. */
  @property({ attribute: false }) loadMore: (() => Promise<void>) | undefined;

  @query('#query') private field!: HTMLInputElement | null;

  readonly #searching = new Searching(this);
  #found: readonly Found[] = [];
  #shownActive = '';

  protected override get words(): FindWords {
    return findWords(this.strings);
  }

  override focus(): void {
    void this.updateComplete.then(() => this.field?.focus());
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { client, kept, peer } = this;
    this.#searching.look(client, kept.query, peer || undefined, changed.has('kept') ? 0 : undefined);
    this.#found = this.#searching.query ? this.#all() : [];
  }

  protected override updated(): void {
    const isEnough = this.#people >= ENOUGH_PEOPLE || this.conversations.length >= MOST_PEOPLE;
    if (this.#searching.query && !this.peer && !isEnough) void this.loadMore?.();
    const { at } = this.kept;
    const isNew = at !== this.#shownActive;
    const active = isNew ? this.renderRoot.querySelector('[aria-selected="true"]') : null;
    if (active || !at) this.#shownActive = at;
    active?.scrollIntoView({ block: 'nearest' });
  }

  protected override render(): TemplateResult {
    const { words, kept } = this;
    const label = this.peer ? words.searchIn(this.name) : words.search;
    const at = this.#at();
    return html`
      <div class="top" ?hidden=${this.bare}>
        <div class="box">
          ${magnifier}
          <input
            class="field"
            id="query"
            type="search"
            role="combobox"
            dir=${kept.query ? 'auto' : nothing}
            enterkeyhint="search"
            spellcheck="false"
            autocomplete="off"
            autocapitalize="none"
            placeholder=${label}
            aria-label=${label}
            aria-autocomplete="list"
            aria-expanded=${this.#found.length > 0}
            aria-controls="results"
            aria-activedescendant=${at < 0 ? nothing : `found-${at}`}
            aria-describedby="hint"
            .value=${kept.query}
            @input=${this.#typed}
            @keydown=${this.#pressed}
          />
          ${
            kept.query
              ? html`<button
                  class="round clear"
                  type="button"
                  aria-label=${words.clearSearch}
                  title=${words.clearSearch}
                  @click=${this.#clear}
                >
                  ${cross}
                </button>`
              : nothing
          }
        </div>
        <slot name="beside"></slot>
      </div>
      <slot name="below"></slot>
      <p class="vh" id="hint">${words.searchHint}</p>
      <p class="vh" role="status">${this.#said()}</p>
      ${this.#searching.query ? this.#results(at) : html`<slot></slot>`}
    `;
  }

  #results(at: number): TemplateResult {
    const { words } = this;
    const { busy, problem } = this.#searching;
    if (this.#found.length > 0) {
      return html`<div
        class="results"
        id="results"
        role="listbox"
        aria-label=${words.searchResults}
        aria-busy=${busy}
        @scroll=${this.#scrolled}
      >
        ${this.#group(words.people, 0, this.#people, at)}
        ${this.#group(words.messages, this.#people, this.#found.length, at)} ${busy ? bones : nothing}
        ${problem ? html`<div class="error" role="presentation">${errorText(words, problem)}</div>` : nothing}
      </div>`;
    }
    if (problem) {
      const again = html`<button class="secondary" type="button" @click=${this.#again}>
        ${words.tryAgain}
      </button>`;
      return html`<div class="results">
        ${panel(words.failedTitle, errorText(words, problem), undefined, again)}
      </div>`;
    }
    return html`<div class="results">
      ${
        busy
          ? bones
          : html`<div class="empty">
              ${magnifier}
              <h2>${words.nothingFound(this.#searching.query)}</h2>
              <p class="muted">${words.nothingFoundText}</p>
            </div>`
      }
    </div>`;
  }

  #group(title: string, from: number, to: number, at: number): TemplateResult | typeof nothing {
    if (from === to) return nothing;
    const context: FoundContext = {
      client: this.client,
      words: this.words,
      locale: this.locale,
      looked: wordsOf(this.#searching.query),
      within: this.peer ? this.name : undefined,
    };
    return html`<div role="group" aria-label=${title}>
      ${this.peer ? nothing : html`<div class="heading" role="presentation">${title}</div>`}
      ${this.#found.slice(from, to).map((found, n) => {
        const place = from + n;
        // eslint-disable-next-line lit-a11y/click-events-have-key-events -- the field has the keys of its list
        return html`<div
          class=${found.kind === 'message' ? 'option message' : 'option'}
          role="option"
          id="found-${place}"
          aria-selected=${place === at}
          @click=${() => this.#choose(found)}
        >
          ${foundRow(found, context)}
        </div>`;
      })}
    </div>`;
  }

  /** What was found, for those who do not see it; nothing as long as it changes. */
  #said(): string {
    const { words } = this;
    const { query: looked, busy, problem, hits, hasMore } = this.#searching;
    if (!looked || busy || problem) return busy ? words.searching : '';
    if (this.#found.length === 0) return words.nothingFound(looked);
    return words.found(this.#people, hits.length, hasMore);
  }

  /** How many of what was found are people, who come first. */
  get #people(): number {
    const first = this.#found.findIndex(({ kind }) => kind === 'message');
    return first < 0 ? this.#found.length : first;
  }

  #all(): Found[] {
    const { words, conversations } = this;
    const { query: looked, hits } = this.#searching;
    const known = new Map(conversations.map((conversation) => [conversation.peer, conversation]));
    const people = this.peer
      ? []
      : peopleFound(conversations, looked, (conversation) => {
          const { text } = nameOf(conversation.peer, conversation, '', words);
          return `${text} ${conversation.profile?.name ?? ''}`;
        });
    const isStranger = !this.peer && COMING_ID.test(looked) && !known.has(looked);
    return [
      ...(isStranger ? [{ kind: 'stranger', key: looked, peer: looked } as const] : []),
      ...people.map(
        (person) => ({ kind: 'person', key: person.peer, peer: person.peer, known: person }) as const,
      ),
      ...hits.map((hit) => {
        const { peer, mine, messageId } = hit;
        return {
          kind: 'message',
          key: `${peer} ${mine} ${messageId}`,
          peer,
          hit,
          known: known.get(peer),
        } as const;
      }),
    ];
  }

  /** Where among what was found the visitor is; -1: nowhere. */
  #at(): number {
    return this.kept.at ? this.#found.findIndex(({ key }) => key === this.kept.at) : -1;
  }

  #goTo(place: number): void {
    this.kept.at = this.#found[place]?.key ?? '';
    this.requestUpdate();
  }

  #choose(found: Found): void {
    this.kept.at = found.key;
    const { peer } = found;
    const message = found.kind === 'message' ? { id: found.hit.messageId, mine: found.hit.mine } : undefined;
    this.dispatchEvent(new ConversationChosenEvent(peer, message));
  }

  readonly #typed = (): void => {
    this.kept.query = this.field?.value ?? '';
    this.kept.at = '';
    this.requestUpdate();
  };

  readonly #pressed = (event: KeyboardEvent): void => {
    const count = this.#found.length;
    if (event.isComposing) return;
    if (event.key === 'Escape' && this.kept.query) {
      this.#clear();
    } else if (count > 0 && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      this.#step(event.key === 'ArrowDown' ? 1 : -1);
    } else if (count > 0 && event.key === 'Enter') {
      const found = this.#found[this.#at()];
      if (found) this.#choose(found);
      else this.#goTo(0);
    } else {
      return;
    }
    event.preventDefault();
    // What is around it closes with Escape as well.
    event.stopPropagation();
  };

  #step(by: 1 | -1): void {
    const count = this.#found.length;
    const at = this.#at();
    const isLast = by === 1 && at === count - 1;
    if (isLast || (by === 1 && at === count - 2)) this.#searching.more();
    // With more to come the end is not the end.
    if (isLast && this.#searching.hasMore) return;
    this.#goTo(at < 0 && by < 0 ? count - 1 : (at + by + count) % count);
  }

  readonly #clear = (): void => {
    this.kept.query = this.kept.at = '';
    this.requestUpdate();
    this.focus();
  };

  readonly #again = (): void => {
    this.#searching.again();
    this.focus();
  };

  readonly #scrolled = (event: Event): void => {
    const { scrollHeight, scrollTop, clientHeight } = event.currentTarget as HTMLElement;
    if (scrollHeight - scrollTop - clientHeight < NEAR_END) this.#searching.more();
  };
}

const bones = html`${[0, 1, 2].map(
  () =>
    html`<div class="bones" role="presentation" aria-hidden="true">
      <span class="bone picture"></span>
      <span class="lines"><span class="bone"></span><span class="bone"></span></span>
    </div>`,
)}`;

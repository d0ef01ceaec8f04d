/**
 * A search while it is typed: people at once, messages as soon as typing pauses, and more of them when they are wanted.
 *
 * @module
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { ComingClient, ConversationSummary, SearchHit, SearchPage } from '../../core/client.js';
import { codeOf, type ErrorCode } from '../../core/errors.js';
import { folded, holdsAll, wordsOf } from '../../core/folding.js';

/** A pause in typing after which messages are searched, ms. */
const PAUSE = 200;
/** As much of a Coming ID is somebody's, and not all of them. */
const PART_OF_ID = 4;

export class Searching implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #client: ComingClient | undefined;
  #peer: string | undefined;
  #query = '';
  #hits: readonly SearchHit[] = [];
  #next: SearchPage['next'];
  #busy = false;
  #problem: ErrorCode | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Grows with every search, so that one that was overtaken changes nothing. */
  #turn = 0;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  /** What is looked for, without white space around it; empty: nothing. */
  get query(): string {
    return this.#query;
  }

  /** The messages that were found so far, newest first. */
  get hits(): readonly SearchHit[] {
    return this.#hits;
  }

  get hasMore(): boolean {
    return this.#next !== undefined;
  }

  get busy(): boolean {
    return this.#busy;
  }

  get problem(): ErrorCode | undefined {
    return this.#problem;
  }

  /** Looks for something else; the same again changes nothing. */
  look(client: ComingClient | undefined, query: string, peer: string | undefined, pause = PAUSE): void {
    const wanted = query.trim();
    if (client === this.#client && wanted === this.#query && peer === this.#peer) return;
    this.#client = client;
    this.#query = wanted;
    this.#peer = peer;
    this.#start(pause);
  }

  /** Looks once more, after a failure. */
  again(): void {
    this.#start(0);
  }

  /** The next messages that were found. */
  more(): void {
    if (this.hasMore && !this.#busy) void this.#search();
  }

  hostConnected(): void {
    if (this.#query && this.#busy) this.#start(0);
  }

  hostDisconnected(): void {
    // Whatever it finds, nobody sees it; it is looked for again when somebody does.
    this.#turn += 1;
    clearTimeout(this.#timer);
  }

  #start(pause: number): void {
    this.#turn += 1;
    clearTimeout(this.#timer);
    this.#hits = [];
    this.#next = undefined;
    this.#problem = undefined;
    this.#busy = this.#query !== '';
    if (this.#busy) this.#timer = setTimeout(() => void this.#search(), pause);
    this.#host.requestUpdate();
  }

  async #search(): Promise<void> {
    const turn = ++this.#turn;
    this.#busy = true;
    this.#host.requestUpdate();
    let page: SearchPage | undefined;
    let problem: ErrorCode | undefined;
    try {
      page = await this.#client?.search(this.#query, {
        ...(this.#peer && { peer: this.#peer }),
        ...(this.#next && { before: this.#next }),
      });
    } catch (error) {
      problem = codeOf(error);
    }
    if (turn !== this.#turn) return;
    this.#busy = false;
    this.#problem = problem;
    if (page) {
      this.#hits = [...this.#hits, ...page.hits];
      this.#next = page.next;
    }
    this.#host.requestUpdate();
  }
}

/** Those whose names or Coming ID hold what is looked for. @param namesOf - whatever they are called */
export function peopleFound(
  conversations: readonly ConversationSummary[],
  query: string,
  namesOf: (conversation: ConversationSummary) => string,
): readonly ConversationSummary[] {
  const words = wordsOf(query);
  if (words.length === 0) return [];
  const part = folded(query.trim());
  return conversations.filter(
    (conversation) =>
      holdsAll(namesOf(conversation), words) ||
      (part.length >= PART_OF_ID && folded(conversation.peer).includes(part)),
  );
}

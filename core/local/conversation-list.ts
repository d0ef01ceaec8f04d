/**
 * The list of conversations: the latest so many of them, in order, as they change.
 *
 * A page is read by index. From then on only what changed is read: a conversation moves up, and pushes the last one
 * out when it comes from below. What was not shown yet is counted over all conversations, while somebody wants to know.
 *
 * @module
 */
import { signal, type Signal } from '@preact/signals-core';
import type { ConversationSummary } from '../client.js';
import type { Asset } from '../ledger/assets.js';
import type { Messaging } from '../messaging/index.js';
import { Refresher } from '../refresher.js';
import type { AccountHex, ConversationRow, Database } from '../store/index.js';
import { toSummary } from './conversation-view.js';

const PAGE = 100;

/** Who is here, and who writes to them. */
type Writing = Pick<Messaging, 'account' | 'isTyping'>;

export class ConversationList {
  readonly snapshot: Signal<readonly ConversationSummary[]> = signal([]);
  /** Of all conversations that give notice of what arrives. */
  readonly unread: Signal<number | undefined> = signal(undefined, {
    watched: () => this.#count(new Map()),
    unwatched: () => this.#count(undefined),
  });
  readonly #refresher = new Refresher(() => this.#read());
  #db: Database | undefined;
  #messaging: Writing | undefined;
  #wanted = PAGE;
  #shown = new Map<AccountHex, ConversationSummary>();
  #hasMore = false;
  /** What was not shown yet, by peer; undefined while nobody wants to know. */
  #unread: Map<AccountHex, number> | undefined;
  /** Whose rows have to be read; undefined: the whole page. */
  #changed: Set<AccountHex> | undefined;

  constructor(private readonly assets: readonly Asset[]) {}

  /** Reads the first page of a database; nothing is shown before. */
  async open(db: Database, messaging: Writing): Promise<void> {
    this.#db = db;
    this.#messaging = messaging;
    this.#wanted = PAGE;
    await this.readAnew();
  }

  /** Shows nothing any more. */
  clear(): void {
    this.#db = undefined;
    this.#show(new Map());
    this.unread.value = undefined;
  }

  /** Something of a peer was stored. */
  async changed(peer: AccountHex): Promise<void> {
    this.#changed?.add(peer);
    await this.#refresher.refresh();
  }

  /** Shows the next page too; false when nothing more is left to show. */
  async loadMore(): Promise<boolean> {
    this.#wanted += PAGE;
    await this.readAnew();
    return this.#hasMore;
  }

  /** Reads everything that is shown anew. */
  async readAnew(): Promise<void> {
    this.#changed = undefined;
    await this.#refresher.refresh();
  }

  #count(unread: Map<AccountHex, number> | undefined): void {
    this.#unread = unread;
    // What cannot be read is shown elsewhere.
    if (unread) this.readAnew().catch(() => undefined);
  }

  async #read(): Promise<void> {
    const db = this.#db;
    const messaging = this.#messaging;
    if (!db || !messaging) return;
    const changed = this.#changed;
    const unread = this.#unread;
    this.#changed = new Set();
    const shown = new Map(changed ? this.#shown : []);
    let peers: Iterable<AccountHex> = changed ?? [];
    if (!changed) {
      const page = await db.list('recent', { reverse: true, limit: this.#wanted + 1 });
      this.#hasMore = page.length > this.#wanted;
      peers = page.map(({ value }) => value.peer);
    }
    const defaults = (await db.get('profiles', 'own'))?.settings;
    const count = async ({ peer, request, settings, unread: ofIt }: ConversationRow) => {
      const isQuiet = request || (settings?.muted ?? defaults?.muted);
      unread?.set(peer, isQuiet || !ofIt || (await db.get('people', peer))?.blocked ? 0 : ofIt);
    };
    if (!changed && unread) for (const { value } of await db.list('conversations')) await count(value);
    await Promise.all(
      [...peers].map(async (peer) => {
        const row = await db.get('conversations', peer);
        if (row) {
          shown.set(peer, await toSummary(db, messaging, row, this.assets, defaults));
          await count(row);
        } else {
          shown.delete(peer);
          unread?.delete(peer);
        }
      }),
    );
    if (this.#db !== db) return;
    if (unread) this.unread.value = [...unread.values()].reduce((sum, of) => sum + of, 0);
    if (shown.size > this.#wanted) this.#hasMore = true;
    this.#show(shown);
    // One that went leaves a place to one from below.
    if (this.#hasMore && this.#shown.size < this.#wanted) void this.readAnew();
  }

  #show(all: Map<AccountHex, ConversationSummary>): void {
    const sorted = [...all].sort(([a, one], [b, other]) => {
      const order = other.lastActivity - one.lastActivity;
      return order === 0 ? (a < b ? 1 : -1) : order; // as the index has them
    });
    this.#shown = new Map(sorted.slice(0, this.#wanted));
    this.snapshot.value = [...this.#shown.values()];
  }
}

/**
 * Finds messages on this device: every word of the query has to occur in the text, in any place and order.
 *
 * There is no index: one of plain words would lie on the disk, and tell what is sealed. Messages are read and opened in
 * batches, newest first, until enough was found. Words are parted by white space, so what is written without any (Chinese,
 * Japanese, Thai) is looked for as it was typed. Capitals, accents and the width of letters do not count. Loaded when
 * needed.
 *
 * @module
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import type { SearchCursor, SearchHit, SearchOptions, SearchPage } from '../client.js';
import { folded, holdsAll, wordsOf } from '../folding.js';
import { encodeAddress } from '../identity/index.js';
import type { AccountHex, Database, MessageRow } from '../store/index.js';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;
/** Messages that are opened before others get a turn. */
const BATCH = 100;
/** Of a snippet, and of it before the first word that was found; in characters. */
const SNIPPET = 120;
const BEFORE = 40;

/** Where a conversation is searched next. */
interface Position {
  readonly peer: AccountHex;
  /** Only messages before this one; -Infinity: no more. */
  readonly order: number;
  /** The time of the message at `order`: what is before it counts as no later. */
  readonly time: number;
}

/** A conversation that is being searched, and what was read of it. */
interface Head {
  readonly peer: AccountHex;
  order: number;
  time: number;
  read: MessageRow[];
}

/** @param peer - searches one conversation */
export async function search(
  db: Database,
  query: string,
  {
    peer,
    before,
    limit = DEFAULT_LIMIT,
  }: Omit<SearchOptions, 'peer'> & { readonly peer?: AccountHex | undefined },
): Promise<SearchPage> {
  const words = wordsOf(query);
  if (words.length === 0) return { hits: [], next: undefined };
  const wanted = Math.max(1, Math.min(limit, MAX_LIMIT));
  const hits: SearchHit[] = [];
  const heads = await openHeads(db, peer, before);
  for await (const message of newestFirst(db, heads)) {
    if (!holdsAll(message.text, words)) continue;
    const { id, mine, sentAt, text } = message;
    const peerId = encodeAddress(hexToBytes(message.peer));
    hits.push({ peer: peerId, messageId: id, mine, sentAt, snippet: snippetOf(text, words) });
    if (hits.length === wanted) return { hits, next: heads.cursor() };
  }
  return { hits, next: undefined };
}

/**
 * The messages of all conversations, newest first. Within a conversation they are in the order in which they are shown;
 * a message counts as no later than the one after it, whatever its sender's clock said.
 */
async function* newestFirst(db: Database, heads: Heads): AsyncGenerator<MessageRow> {
  for (;;) {
    let latest: { head: Head; time: number } | undefined;
    for (const head of heads.open) {
      const time = await timeOf(db, head);
      if (time === undefined) continue;
      const isLater = !latest || time > latest.time || (time === latest.time && head.peer < latest.head.peer);
      if (isLater) latest = { head, time };
    }
    // Nothing of a conversation that is not open yet is later than when something last happened in it.
    if (heads.hasMore(latest?.time)) {
      await heads.openNext();
      continue;
    }
    if (!latest) return;
    const { head, time } = latest;
    const message = head.read.shift()!;
    head.order = message.order;
    head.time = time;
    yield message;
  }
}

/** When the next message of a conversation counts as sent; undefined when there is none. */
async function timeOf(db: Database, head: Head): Promise<number | undefined> {
  if (head.read.length === 0 && head.order > -Infinity) {
    const { peer, order } = head;
    const rows = await db.list('messages', {
      prefix: [peer],
      before: [peer, order],
      reverse: true,
      limit: BATCH,
    });
    head.read = rows.map(({ value }) => value);
    if (rows.length === 0) head.order = -Infinity;
    // Opening rows keeps the page busy.
    await new Promise((resolve) => setTimeout(resolve));
  }
  const next = head.read[0];
  return next && Math.min(head.time, next.sentAt);
}

/** The conversations that are searched; the latest are opened first. */
class Heads {
  readonly open: Head[];
  #ended = false;
  /** The next conversation to open. */
  #next: { readonly peer: AccountHex; readonly lastActivity: number } | undefined;
  #before: readonly [number, string] | undefined;

  constructor(
    private readonly db: Database,
    positions: readonly Position[],
    private readonly from: number,
  ) {
    this.open = positions.map((position) => ({ ...position, read: [] }));
  }

  /** Only what is open already. */
  end(): this {
    this.#ended = true;
    return this;
  }

  /** Whether one that is not open may have something later than this; {@link look} comes first. */
  hasMore(time = -Infinity): boolean {
    return this.#next !== undefined && this.#next.lastActivity >= time;
  }

  /** Looks which conversation is next. */
  async look(): Promise<this> {
    this.#next = undefined;
    while (!this.#ended && !this.#next) {
      const range = this.#before ? { before: this.#before } : {};
      const [row] = await this.db.list('recent', { ...range, reverse: true, limit: 1 });
      if (!row) {
        this.#ended = true;
        break;
      }
      this.#before = row.key as [number, string];
      const [lastActivity, peer] = this.#before;
      if (!this.open.some((head) => head.peer === peer)) this.#next = { peer, lastActivity };
    }
    return this;
  }

  async openNext(): Promise<void> {
    const { peer, lastActivity } = this.#next!;
    const order = (await this.db.get('conversations', peer))?.nextOrder ?? -Infinity;
    this.open.push({ peer, order, time: Math.min(this.from, lastActivity), read: [] });
    await this.look();
  }

  cursor(): SearchCursor {
    const positions = this.open.map(({ peer, order, time }): Position => ({ peer, order, time }));
    return {
      positions,
      time: Math.min(...positions.filter(({ order }) => order > -Infinity).map(({ time }) => time)),
    };
  }
}

async function openHeads(
  db: Database,
  peer: AccountHex | undefined,
  before: SearchCursor | undefined,
): Promise<Heads> {
  const heads = new Heads(db, before?.positions ?? [], before?.time ?? Infinity);
  if (peer === undefined) return heads.look();
  const conversation = before ? undefined : await db.get('conversations', peer);
  if (conversation) {
    heads.open.push({ peer, order: conversation.nextOrder, time: conversation.lastActivity, read: [] });
  }
  return heads.end();
}

/** The text around the first word that was found. */
function snippetOf(text: string, [word = '']: readonly string[]): string {
  const characters = [...text];
  let found = '';
  let at = 0;
  // Character by character, to know where in the text as it was written the word stands; only what may be of it is looked at
  // again, or a long text would stop the page.
  for (const [index, character] of characters.entries()) {
    found = found.slice(-word.length) + folded(character);
    if (found.includes(word)) {
      at = Math.max(0, index + 1 - [...word].length);
      break;
    }
  }
  const start = at <= BEFORE ? 0 : at - BEFORE;
  const end = Math.min(characters.length, start + SNIPPET);
  const cut = characters.slice(start, end).join('').trim();
  return `${start > 0 ? '…' : ''}${cut}${end < characters.length ? '…' : ''}`;
}

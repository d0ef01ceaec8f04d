import { bytesToHex } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { SearchCursor, SearchHit } from '../../../core/client.js';
import { parseComingId } from '../../../core/identity/index.js';
import { createLocalClient } from '../../../core/local/index.js';
import { folded } from '../../../core/folding.js';
import { search } from '../../../core/local/search.js';
import { MemoryDatabase, put, Recency, type Change, type MessageRow } from '../../../core/store/index.js';
import { createLoopback } from '../../../core/transport/index.js';
import { peers } from '../../support/peers.js';
import { until } from '../../support/until.js';

interface Said {
  readonly who: number;
  readonly text: string;
  readonly sentAt: number;
}

const PEERS = peers(5);
const hex = PEERS.map((peer) => bytesToHex(parseComingId(peer)));
const idOf = (n: number) => n.toString(16).padStart(32, '0');

let db: Recency;

beforeEach(async () => {
  db = new Recency(new MemoryDatabase());
  await db.takeOwnership();
});

/** Stores what was said, in this order; message number n has the id n. */
async function store(said: readonly Said[]): Promise<void> {
  await db.erase();
  const changes: Change[] = [];
  const next = new Map<number, number>();
  for (const [n, { who, text, sentAt }] of said.entries()) {
    const peer = hex[who]!;
    const order = next.get(who) ?? 0;
    next.set(who, order + 1);
    const message: MessageRow = {
      ...{ peer, order, id: idOf(n), mine: false, text, sentAt },
      ...{ state: 'received', problem: undefined, seen: false, isPayment: false },
    };
    changes.push(
      put('messages', [peer, order], message),
      put('conversations', peer, {
        ...{ peer, petname: '', unread: 0, undecryptable: 0, lastActivity: 1000 + n, lastMessage: message },
        ...{ nextOrder: order + 1, origin: undefined, elsewhere: undefined },
      }),
    );
  }
  await db.commit(changes);
}

/** Its description, word by word. */
function naive(said: readonly Said[], query: string, who?: number): string[] {
  const words = folded(query).split(/\s+/u).filter(Boolean);
  const all = said.map((message, n) => {
    const later = said
      .map((each, m) => ({ ...each, m }))
      .filter((each) => each.who === message.who && each.m >= n);
    const lastActivity = 1000 + later.at(-1)!.m;
    return { ...message, n, time: Math.min(lastActivity, ...later.map(({ sentAt }) => sentAt)) };
  });
  return all
    .filter((message) => who === undefined || message.who === who)
    .filter(({ text }) => words.length > 0 && words.every((word) => folded(text).includes(word)))
    .sort((a, b) => b.time - a.time || (a.who === b.who ? b.n - a.n : hex[a.who]! < hex[b.who]! ? -1 : 1))
    .map(({ n }) => idOf(n));
}

async function all(query: string, limit: number, who?: number): Promise<SearchHit[]> {
  const hits: SearchHit[] = [];
  let before: SearchCursor | undefined;
  do {
    const page = await search(db, query, {
      limit,
      ...(before && { before: structuredClone(before) }),
      peer: who === undefined ? undefined : hex[who],
    });
    expect(page.hits.length).toBeLessThanOrEqual(limit);
    if (page.next) expect(page.hits).toHaveLength(limit);
    hits.push(...page.hits);
    before = page.next;
  } while (before);
  return hits;
}

const ids = (hits: readonly SearchHit[]) => hits.map(({ messageId }) => messageId);

describe('a search', () => {
  const word = fc.constantFrom('a', 'B', 'ä', 'straße', 'STRASSE', '你好', 'ﬁ', 'x');
  const text = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' '));
  const message = fc.record({ who: fc.nat(4), text, sentAt: fc.integer({ min: 990, max: 1050 }) });

  it('finds what a naive reading of its description finds, in the same order, page by page', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(message, { maxLength: 40 }),
        fc.array(word, { maxLength: 2 }).map((words) => words.join(' ')),
        fc.integer({ min: 1, max: 7 }),
        fc.option(fc.nat(4), { nil: undefined }),
        async (said, query, limit, who) => {
          await store(said);
          expect(ids(await all(query, limit, who))).toEqual(naive(said, query, who));
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each([
    ['capitals', 'HELLO', 'hello there'],
    ['accents', 'cafe', 'Le Café'],
    ['accents that were typed', 'café', 'le cafe'],
    ['the two forms of an accent', 'e\u0301', 'é'],
    ['sharp s', 'strasse', 'Straße'],
    ['the end of a Greek word', 'ΟΔΟΣ', 'οδος'],
    ['a Greek word in lower case', 'οδός', 'ΟΔΟΣ'],
    ['the width of letters', 'abc', 'ＡＢＣ'],
    ['ligatures', 'office', 'oﬃce'],
    ['where a word is in Chinese', '世界', '你好世界，很高兴'],
    ['where a word is in Japanese', 'ありがとう', '本当にありがとうございます'],
    ['the order of the words', 'noon meet', 'Meet me at noon'],
    ['parts of words', 'ello', 'hello'],
  ])('does not mind %s', async (_, query, said) => {
    await store([{ who: 0, text: said, sentAt: 1 }]);
    expect(await all(query, 5)).toHaveLength(1);
  });

  it('needs every word, and finds nothing for none', async () => {
    await store([{ who: 0, text: 'meet me at noon', sentAt: 1 }]);
    expect(await all('meet evening', 5)).toEqual([]);
    expect(await all('  \n ', 5)).toEqual([]);
    expect(await all('', 5)).toEqual([]);
  });

  it('shows the text around the first word, cut between characters', async () => {
    await store([{ who: 0, text: `${'🎉'.repeat(200)} needle ${'🎈'.repeat(200)}`, sentAt: 1 }]);
    const [hit] = await all('NEEDLE', 5);
    expect(hit!.snippet).toContain('needle');
    expect([...hit!.snippet].length).toBeLessThanOrEqual(122);
    expect(hit!.snippet).toMatch(/^…🎉+ needle 🎈+…$/u);
    await store([{ who: 0, text: 'a needle', sentAt: 1 }]);
    expect((await all('needle', 5))[0]!.snippet).toBe('a needle');
  });

  it('takes no longer over texts that a peer made as long as can be', async () => {
    const text = `${'\ufdfa'.repeat(21_844)}b`; // each of these is eighteen letters when it is compared
    await store(Array.from({ length: 20 }, (_, n) => ({ who: 0, text, sentAt: n })));
    const { hits } = await search(db, 'b', {});
    expect(hits).toHaveLength(20);
    expect(hits[0]!.snippet.endsWith('b')).toBe(true);
  });

  it('lets others have a turn while it reads', async () => {
    await store(Array.from({ length: 1000 }, (_, n) => ({ who: 0, text: `message ${n}`, sentAt: n })));
    let turns = 0;
    const timer = setInterval(() => (turns += 1));
    await all('nothing like it', 5);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5);
  });
});

/** Somebody without a connection who wrote so many messages to somebody else. */
async function alone(count: number) {
  const relay = createLoopback();
  relay.online = false;
  const client = createLocalClient({ relay, storage: 'memory' });
  await client.becomeGuest();
  const conversation = await client.openConversation(PEERS[0]!);
  const texts = Array.from({ length: count }, (_, n) => `<${n}>`);
  for (const text of texts) await conversation.send(text);
  return { client, conversation, texts };
}

describe('a message that was found', () => {
  it('is shown with those around it, and the later ones when asked', async () => {
    const { client, conversation, texts } = await alone(200);
    const { hits } = await client.search('<90>', { peer: PEERS[0]! });
    expect(hits).toMatchObject([{ peer: PEERS[0], mine: true, snippet: '<90>' }]);
    const shown = () => conversation.snapshot.value.messages.map(({ text }) => text);

    expect(await conversation.loadAround(hits[0]!.messageId)).toBe(true);
    expect(shown()).toEqual(texts.slice(60, 120));
    expect(conversation.snapshot.value).toMatchObject({ hasEarlier: true, hasLater: true });
    await conversation.send('new');
    expect(shown()).toEqual(texts.slice(60, 120));
    await conversation.loadEarlier();
    expect(shown()).toEqual(texts.slice(0, 120));
    await conversation.loadLater();
    expect(shown()).toEqual(texts.slice(0, 180));
    await conversation.loadLater();
    await until(() => !conversation.snapshot.value.hasLater);
    expect(shown()).toEqual([...texts, 'new']);
    await conversation.send('newer');
    expect(shown().at(-1)).toBe('newer');
    expect(await conversation.loadAround('00'.repeat(16))).toBe(false);
    await client.close();
  });

  it('has the earlier ones stay as they are when the last of the later ones are added', async () => {
    const { client, conversation, texts } = await alone(100);
    const { hits } = await client.search('<30>', { peer: PEERS[0]! });
    await conversation.loadAround(hits[0]!.messageId);
    const shown = () => conversation.snapshot.value.messages.map(({ text }) => text);
    expect(shown()).toEqual(texts.slice(0, 60));
    const other = await client.search('<60>', { peer: PEERS[0]! });
    await conversation.loadAround(other.hits[0]!.messageId);
    expect(shown()).toEqual(texts.slice(30, 90));
    await conversation.loadLater();
    expect(shown()).toEqual(texts.slice(30));
    expect(conversation.snapshot.value).toMatchObject({ hasEarlier: true, hasLater: false });
    await client.close();
  });

  it('is left for the latest messages when asked, however far they are', async () => {
    const { client, conversation, texts } = await alone(200);
    const { hits } = await client.search('<10>', { peer: PEERS[0]! });
    await conversation.loadAround(hits[0]!.messageId);
    await conversation.loadEarlier();
    await conversation.loadLatest();
    const { messages, hasEarlier, hasLater } = conversation.snapshot.value;
    expect(messages.map(({ text }) => text)).toEqual(texts.slice(140));
    expect({ hasEarlier, hasLater }).toEqual({ hasEarlier: true, hasLater: false });
    await client.close();
  });
});

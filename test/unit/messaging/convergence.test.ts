import { bytesToHex } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Content } from '../../../core/messaging/content.js';
import { changesOf } from '../../../core/messaging/taking.js';
import { MemoryDatabase, put, type MessageRow } from '../../../core/store/index.js';

const ORIGIN = 'app:headless';
const ADA = '01'.repeat(32);
const BO = '02'.repeat(32);
const NOW = 1_700_000_000_000;
const HOUR = 60 * 60 * 1000;

/** What somebody said, by whom. */
interface Said {
  readonly by: 'ada' | 'bo';
  readonly content: Content;
}

const idOf = (n: number) => bytesToHex(Uint8Array.from({ length: 16 }, (_, at) => (at === 0 ? n : 7)));

/** Texts of both, and then what both say about them: also what they may not say, and to what never existed. */
const anything: fc.Arbitrary<Said[]> = fc
  .array(
    fc.record({
      by: fc.constantFrom('ada' as const, 'bo' as const),
      kind: fc.constantFrom('text', 'reaction', 'edit', 'deletion', 'timer'),
      target: fc.nat({ max: 9 }),
      own: fc.boolean(),
      emoji: fc.constantFrom('👍', '❤️', ''),
      // Few moments, so that several things happen at the same one.
      hour: fc.nat({ max: 40 }),
      seconds: fc.constantFrom(0, 60, 3600),
    }),
    { maxLength: 24 },
  )
  .map((drawn) =>
    drawn.map(({ by, kind, target, own, emoji, hour, seconds }, n): Said => {
      const at = { id: idOf(n), sentAt: NOW - 48 * HOUR + hour * HOUR };
      const bodies: Record<string, Content['body']> = {
        text: { kind: 'text', text: `text ${n}`, replyTo: { id: idOf(target), own } },
        reaction: { kind: 'reaction', target: { id: idOf(target), own }, emoji },
        edit: { kind: 'edit', id: idOf(target), text: `edit ${n}` },
        deletion: { kind: 'deletion', id: idOf(target) },
        timer: { kind: 'timer', seconds },
      };
      return { by, content: { ...at, body: bodies[kind]! } };
    }),
  );

/** One side of the conversation, which takes what was said in some order. */
async function thread(me: 'ada' | 'bo', said: readonly Said[]) {
  const peer = me === 'ada' ? BO : ADA;
  const db = new MemoryDatabase();
  await db.takeOwnership();
  const opened = { peer, petname: '', unread: 0, undecryptable: 0, lastActivity: 0, nextOrder: 0 };
  await db.commit([
    put('conversations', peer, { ...opened, lastMessage: undefined, origin: ORIGIN, elsewhere: undefined }),
  ]);
  const context = { db, now: () => NOW, device: { row: { account: me === 'ada' ? ADA : BO } } };
  for (const { by, content } of said) {
    const mine = by === me;
    const arrivedAt = mine ? undefined : NOW - 47 * HOUR;
    const received = { ...content, origin: ORIGIN };
    await db.commit(await changesOf(context as never, { peer, mine, arrivedAt }, received));
  }
  const rows = (await db.list('messages')).map(({ value }) => value);
  const conversation = (await db.get('conversations', peer))!;
  const early = await db.list('early');
  return { rows, conversation, early, shown: rows.map((row) => shownOf(row, me)).sort() };
}

/** A message as either side would describe it. */
function shownOf(row: MessageRow, me: 'ada' | 'bo'): string {
  const who = (mine: boolean) => (mine === (me === 'ada') ? 'ada' : 'bo');
  const reactions = (row.reactions ?? []).map(({ mine, emoji }) => `${who(mine)}:${emoji}`).sort();
  const reply = row.reply && `${who(row.reply.mine)}/${row.reply.id}`;
  const { id, text, edited, deleted, timer } = row;
  return JSON.stringify({ by: who(row.mine), id, text, edited, deleted, timer, reply, reactions });
}

describe('a conversation', () => {
  it('looks the same to both, in whatever order everything arrives', async () => {
    const bothOrders = anything.chain((said) =>
      fc.tuple(
        fc.shuffledSubarray(said, { minLength: said.length }),
        fc.shuffledSubarray(said, { minLength: said.length }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(bothOrders, async ([first, second]) => {
        const [adas, bos] = [await thread('ada', first), await thread('bo', second)];
        expect(adas.shown).toEqual(bos.shown);
        expect(adas.conversation.timer).toEqual(bos.conversation.timer);
      }),
      { numRuns: 150 },
    );
  });

  it('is not changed by what is said twice', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (said) => {
        const [once, twice] = [await thread('ada', said), await thread('ada', [...said, ...said])];
        expect(twice.shown).toEqual(once.shown);
      }),
      { numRuns: 50 },
    );
  });

  it('counts as unread and as latest what stands there so', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (said) => {
        const { rows, conversation } = await thread('ada', said);
        expect(conversation.unread).toBe(rows.filter(({ seen }) => !seen).length);
        expect(conversation.lastMessage).toEqual(rows.at(-1));
      }),
      { numRuns: 100 },
    );
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import {
  MemoryDatabase,
  put,
  type ConversationRow,
  type DeviceRow,
  type PreKeyRow,
  type UndecryptableRow,
} from '../../../core/store/index.js';
import { isPruningDue, prune } from '../../../core/store/pruning.js';

const DAY = 24 * 60 * 60 * 1000;
const NOW = 1000 * DAY;

let db: MemoryDatabase;

beforeEach(async () => {
  db = new MemoryDatabase();
  await db.takeOwnership();
});

describe('pruning', () => {
  it('forgets which envelopes were taken more than a month ago, and no others, however many there are', async () => {
    const ages = Array.from({ length: 1000 }, (_, n) => n % 62);
    await db.commit(ages.map((age, n) => put('seen', ['a', 1, `${n}`], { at: NOW - age * DAY })));
    await prune(db, NOW);
    const kept = (await db.list('seen')).map(({ value }) => (NOW - value.at) / DAY);
    expect(Math.max(...kept)).toBe(30);
    expect(kept).toHaveLength(ages.filter((age) => age < 31).length);
  });

  it('forgets what was noted while the clock was far ahead, and keeps what was while it was a little', async () => {
    await db.commit([
      put('seen', ['a', 1, 'year'], { at: NOW + 365 * DAY }),
      put('seen', ['a', 1, 'day'], { at: NOW + DAY }),
    ]);
    await prune(db, NOW);
    expect((await db.list('seen')).map(({ key }) => key)).toEqual([['a', 1, 'day']]);
  });

  it('forgets the uses of a last-resort key that is gone', async () => {
    await db.commit([
      put('preKeys', ['last-resort', 5], { kind: 'last-resort', id: 5, createdAt: 0 } as PreKeyRow),
      put('lastResortUses', [1, 'aa'], { at: NOW }),
      put('lastResortUses', [5, 'bb'], { at: 0 }),
    ]);
    await prune(db, NOW);
    expect((await db.list('lastResortUses')).map(({ key }) => key)).toEqual([[5, 'bb']]);
  });

  it('forgets what could not be decrypted a quarter of a year ago', async () => {
    const at = (n: number, days: number) =>
      put('undecryptable', ['a', n], { n, receivedAt: (NOW - days * DAY) / 1000 } as UndecryptableRow);
    await db.commit([at(0, 91), at(1, 89)]);
    await prune(db, NOW);
    expect((await db.list('undecryptable')).map(({ key }) => key)).toEqual([['a', 1]]);
  });

  it('keeps of strangers who said nothing what the latest fifty left, and of nobody else less', async () => {
    const name = (n: number) => n.toString(16).padStart(64, '0');
    const session = (account: string, heardAt: number) =>
      put('sessions', [account, 1], { record: new Uint8Array(9), heardAt });
    const noise = (sender: string, keptAt: number) =>
      put('undecryptable', [sender, 0], { n: 0, sender, keptAt, receivedAt: NOW / 1000 } as UndecryptableRow);
    await db.commit([
      put('meta', 'device', { account: name(1) } as DeviceRow),
      put('conversations', name(2), { peer: name(2) } as ConversationRow),
      put('people', name(3), { log: [], noticed: 0, blocked: true }),
      ...[1, 2, 3].flatMap((n) => [session(name(n), 1), noise(name(n), 1)]),
      ...Array.from({ length: 60 }, (_, n) => (n % 2 ? session : noise)(name(100 + n), NOW - n)),
      session(name(100), 1),
    ]);
    await prune(db, NOW);
    const left = new Set(
      [...(await db.list('sessions')), ...(await db.list('undecryptable'))].map(
        ({ key }) => (key as [string, number])[0],
      ),
    );
    expect([...left].sort()).toEqual(
      [1, 2, 3, ...Array.from({ length: 50 }, (_, n) => 100 + n)].map(name).sort(),
    );
    expect(await db.get('sessions', [name(100), 1])).toBeDefined();
  });

  it('is due once a day, and when the clock went back', async () => {
    expect(await isPruningDue(db, NOW)).toBe(true);
    await prune(db, NOW);
    expect(await isPruningDue(db, NOW + DAY - 1)).toBe(false);
    expect(await isPruningDue(db, NOW + DAY)).toBe(true);
    expect(await isPruningDue(db, NOW - 2 * DAY)).toBe(true);
  });
});

/**
 * What every Database must do, as one suite that each implementation runs.
 *
 * @module
 */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  put,
  remove,
  TABLE_NAMES,
  type Database,
  type Key,
  type KeyPart,
  type Range,
} from '../../core/store/index.js';
import { refusal } from './codes.js';

export interface DatabaseUnderTest {
  /** Another connection to the same rows. */
  open(): Promise<Database>;
  /** Closes what was opened and removes the rows. */
  destroy(): Promise<void>;
}

/** `create` makes an empty one. */
export function describeDatabase(name: string, create: () => Promise<DatabaseUnderTest>): void {
  describe(name, () => {
    let place: DatabaseUnderTest;
    let db: Database;

    beforeEach(async () => {
      place = await create();
      db = await place.open();
      await db.takeOwnership();
    });

    afterEach(() => place.destroy());

    // The table does not matter to a database: one with small rows is taken for all.
    const row = (key: Key, at = 0) => put('seen', key as string, { at });
    const keysOf = async (range?: Range) => (await db.list('seen', range)).map(({ key }) => key);
    const isEmpty = async () => {
      const counts = await Promise.all(TABLE_NAMES.map(async (table) => (await db.list(table)).length));
      return counts.every((count) => count === 0);
    };

    describe('a commit', () => {
      it('writes every change of several tables at once', async () => {
        await db.commit([row('old')]);
        await db.commit([
          row('a', 1),
          row('b', 2),
          remove('seen', 'old'),
          put('sessions', ['x', 1], record(3)),
        ]);
        expect(await db.get('seen', 'a')).toEqual({ at: 1 });
        expect(await db.get('seen', 'b')).toEqual({ at: 2 });
        expect(await db.get('seen', 'old')).toBeUndefined();
        expect(await db.get('sessions', ['x', 1])).toEqual(record(3));
      });

      it('takes its changes in order, the last one of a key counts', async () => {
        await db.commit([row('a', 1), row('a', 2), row('b', 1), remove('seen', 'b')]);
        expect(await db.list('seen')).toEqual([{ key: 'a', value: { at: 2 } }]);
      });

      it('changes nothing when it is empty or removes what is not there', async () => {
        await db.commit([]);
        await db.commit([remove('seen', 'nobody'), remove('sessions', ['nobody', 1])]);
        expect(await isEmpty()).toBe(true);
      });

      it.each([0, 1, 2])('changes nothing when value number %i cannot be stored', async (at) => {
        await db.commit([row('kept', 1)]);
        const changes = [row('kept', 2), remove('seen', 'kept'), put('sessions', ['x', 1], record(1))];
        const unclonable = put('seen', 'bad', { at: (() => 0) as unknown as number });
        await expect(db.commit(changes.toSpliced(at, 0, unclonable))).rejects.toThrow();
        expect(await db.list('seen')).toEqual([{ key: 'kept', value: { at: 1 } }]);
        expect(await db.list('sessions')).toEqual([]);
        await db.commit([row('later')]);
        expect(await keysOf()).toEqual(['kept', 'later']);
      });

      it('is there for every later reading, also of another connection', async () => {
        const other = await place.open();
        const written = db.commit([row('a', 1)]);
        await written;
        expect(await other.get('seen', 'a')).toEqual({ at: 1 });
      });

      it('comes after the commits that were asked for before it', async () => {
        await Promise.all(Array.from({ length: 20 }, (_, n) => db.commit([row('a', n), row(n)])));
        expect(await db.get('seen', 'a')).toEqual({ at: 19 });
        expect(await keysOf()).toHaveLength(21);
      });

      it('keeps bytes, undefined fields and nested rows as they are', async () => {
        const value = {
          peer: 'p',
          seq: 1,
          messageId: undefined,
          content: Uint8Array.of(0, 128, 255),
          origin: undefined,
          encrypted: { logHead: new Uint8Array(32), envelopes: [] },
        };
        await db.commit([put('outbox', ['p', 1], value)]);
        expect(await db.get('outbox', ['p', 1])).toStrictEqual(value);
      });

      it('keeps a copy: what the caller does to its own values later is not stored', async () => {
        const value = record(1);
        const written = db.commit([put('sessions', ['x', 1], value)]);
        await written;
        value.record.fill(9);
        const read = await db.get('sessions', ['x', 1]);
        expect(read).toEqual(record(1));
        read!.record.fill(9);
        expect(await db.get('sessions', ['x', 1])).toEqual(record(1));
        const [listed] = await db.list('sessions');
        listed!.value.record.fill(9);
        expect(await db.get('sessions', ['x', 1])).toEqual(record(1));
      });
    });

    describe('a key', () => {
      it('finds its own row only', async () => {
        const keys: Key[] = [1, '1', [1], ['1'], [1, 1], ['1', 1], [], ''];
        await db.commit(keys.map((key, n) => row(key, n)));
        for (const [n, key] of keys.entries()) expect(await db.get('seen', key)).toEqual({ at: n });
        expect(await db.get('seen', 2)).toBeUndefined();
        expect(await db.get('seen', [1, 1, 1])).toBeUndefined();
      });

      it('sorts numbers before strings before arrays, arrays part by part', async () => {
        const sorted: Key[] = [
          -1,
          0,
          2,
          10,
          '',
          '10',
          '2',
          'a',
          'é',
          [],
          [1],
          [1, 0],
          [2],
          [10],
          ['1'],
          ['a', 2],
          ['a', 10],
        ];
        await db.commit(sorted.toReversed().map((key) => row(key)));
        expect(await keysOf()).toEqual(sorted);
      });
    });

    describe('a range', () => {
      const part: fc.Arbitrary<KeyPart> = fc.oneof(
        fc.integer({ min: -1, max: 3 }),
        fc.constantFrom('', 'a', 'ab', 'b', '\uffff'),
      );
      const parts = fc.array(part, { maxLength: 3 });
      const key: fc.Arbitrary<Key> = fc.oneof({ weight: 4, arbitrary: parts }, part);
      const range: fc.Arbitrary<Range> = fc.record(
        {
          prefix: fc.array(part, { maxLength: 2 }),
          before: key,
          after: key,
          limit: fc.nat(5),
          reverse: fc.boolean(),
        },
        { requiredKeys: [] },
      );

      it('holds the rows that a naive reading of its description says', async () => {
        await fc.assert(
          fc.asyncProperty(
            fc.array(key, { maxLength: 12 }),
            fc.array(range, { maxLength: 6 }),
            async (keys, ranges) => {
              await db.erase();
              await db.commit(keys.map((each) => row(each)));
              for (const each of ranges) expect(await keysOf(each)).toEqual(naive(keys, each));
            },
          ),
          { numRuns: 150 },
        );
      });

      it('of a prefix never reaches into the neighbours, whatever comes before it', async () => {
        await db.commit([row(['a', 1]), row(['a', 2]), row(['b', 1]), row(['b', 2]), row(['c', 1])]);
        expect(await keysOf({ prefix: ['b'] })).toEqual([
          ['b', 1],
          ['b', 2],
        ]);
        expect(await keysOf({ prefix: ['b'], before: ['c', 5] })).toHaveLength(2);
        expect(await keysOf({ prefix: ['b'], before: ['a', 2] })).toEqual([]);
        expect(await keysOf({ prefix: ['b'], before: ['b'] })).toEqual([]);
        expect(await keysOf({ prefix: ['b'], before: ['b', 2] })).toEqual([['b', 1]]);
        expect(await keysOf({ prefix: ['b'], after: ['a', 1] })).toHaveLength(2);
        expect(await keysOf({ prefix: ['b'], after: ['b', 1] })).toEqual([['b', 2]]);
        expect(await keysOf({ prefix: ['b'], after: ['b', 2] })).toEqual([]);
      });

      it('read backwards gives the greatest keys first, cut by the limit', async () => {
        await db.commit(Array.from({ length: 10 }, (_, n) => row(['a', n])));
        expect(await keysOf({ prefix: ['a'], reverse: true, limit: 2 })).toEqual([
          ['a', 9],
          ['a', 8],
        ]);
        expect(await keysOf({ prefix: ['a'], before: ['a', 8], reverse: true, limit: 2 })).toEqual([
          ['a', 7],
          ['a', 6],
        ]);
        expect(await keysOf({ limit: 0 })).toEqual([]);
      });
    });

    describe('ownership', () => {
      it('is needed to commit', async () => {
        const stranger = await place.open();
        expect(await refusal(() => stranger.commit([row('a')]))).toBe('not-owner');
        expect(await refusal(() => stranger.commit([]))).toBe('not-owner');
        expect(await isEmpty()).toBe(true);
      });

      it('passes to whoever took it last; the former owner can read but not write', async () => {
        const successor = await place.open();
        await db.commit([row('a', 1)]);
        await successor.takeOwnership();
        expect(await refusal(() => db.commit([row('a', 2)]))).toBe('not-owner');
        expect(await refusal(() => db.commit([remove('seen', 'a')]))).toBe('not-owner');
        expect(await db.get('seen', 'a')).toEqual({ at: 1 });
        await successor.commit([row('a', 3)]);
        expect(await db.get('seen', 'a')).toEqual({ at: 3 });
      });

      it('can be taken back', async () => {
        const other = await place.open();
        await other.takeOwnership();
        await db.takeOwnership();
        expect(await refusal(() => other.commit([row('a')]))).toBe('not-owner');
        await db.commit([row('a', 1)]);
        expect(await db.get('seen', 'a')).toEqual({ at: 1 });
      });

      it('goes to one of two who take it at the same moment', async () => {
        const others = await Promise.all([place.open(), place.open(), place.open()]);
        await Promise.all(others.map((other) => other.takeOwnership()));
        const outcomes = await Promise.allSettled(others.map((other, n) => other.commit([row(n)])));
        expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        expect(await keysOf()).toHaveLength(1);
      });

      it('cannot be had by a commit that was under way when it was lost', async () => {
        const successor = await place.open();
        const taking = successor.takeOwnership();
        const late = db.commit([row('late')]).then(
          () => 'written',
          () => 'refused',
        );
        await taking;
        const outcome = await late;
        expect(await keysOf()).toEqual(outcome === 'written' ? ['late'] : []);
        expect(await refusal(() => db.commit([row('later')]))).toBe('not-owner');
      });
    });

    describe('erasing', () => {
      it('leaves no row in any table', async () => {
        await db.commit(TABLE_NAMES.map((table) => ({ table, key: ['k', 1, 'x'], put: { at: 1 } }) as never));
        expect(await isEmpty()).toBe(false);
        await db.erase();
        expect(await isEmpty()).toBe(true);
      });

      it('keeps who the owner is', async () => {
        const former = await place.open();
        await former.takeOwnership();
        await db.takeOwnership();
        await db.erase();
        expect(await refusal(() => former.commit([row('a')]))).toBe('not-owner');
        await db.commit([row('a', 1)]);
        expect(await keysOf()).toEqual(['a']);
      });

      it('is for the owner alone', async () => {
        const successor = await place.open();
        await successor.takeOwnership();
        await successor.commit([row('a', 1)]);
        expect(await refusal(() => db.erase())).toBe('not-owner');
        expect(await keysOf()).toEqual(['a']);
      });
    });

    describe('once closed', () => {
      it('refuses everything with the same code and harms no other connection', async () => {
        const other = await place.open();
        db.close();
        db.close();
        expect(await refusal(() => db.get('seen', 'a'))).toBe('closed');
        expect(await refusal(() => db.list('seen'))).toBe('closed');
        expect(await refusal(() => db.commit([row('a')]))).toBe('closed');
        expect(await refusal(() => db.takeOwnership())).toBe('closed');
        expect(await refusal(() => db.erase())).toBe('closed');
        await other.takeOwnership();
        await other.commit([row('a', 1)]);
        expect(await other.get('seen', 'a')).toEqual({ at: 1 });
      });
    });
  });
}

function record(n: number) {
  return { record: Uint8Array.of(n, n), heardAt: n };
}

/** The range's description, word by word. */
function naive(keys: readonly Key[], { prefix, before, after, limit, reverse }: Range): Key[] {
  const unique = [...new Map(keys.map((key) => [JSON.stringify(key), key])).values()].sort(compare);
  const found = unique.filter(
    (key) =>
      (before === undefined || compare(key, before) < 0) &&
      (after === undefined || compare(key, after) > 0) &&
      (!prefix ||
        (Array.isArray(key) && JSON.stringify(key.slice(0, prefix.length)) === JSON.stringify(prefix))),
  );
  return (reverse ? found.reverse() : found).slice(0, limit);
}

/** IndexedDB's order, as its standard defines it. */
function compare(a: Key, b: Key): number {
  const rank = (key: Key) => (typeof key === 'number' ? 0 : typeof key === 'string' ? 1 : 2);
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (typeof a !== 'object' || typeof b !== 'object') return a === b ? 0 : a < b ? -1 : 1;
  for (let i = 0; i < a.length && i < b.length; i += 1) {
    const order = compare(a[i]!, b[i]!);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

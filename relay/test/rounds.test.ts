/**
 * Rounds: order, grouping and failure.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Rounds } from '../src/rounds.js';

test('what is asked for in one turn of the event loop is one round, what comes meanwhile the next', async () => {
  const seen: (readonly number[])[] = [];
  let release: (() => void) | undefined;
  const rounds = new Rounds<number, number>(async (orders) => {
    seen.push(orders);
    await new Promise<void>((resolve) => (release = resolve));
    return orders.map((order) => order * 2);
  }, 10);
  const first = Promise.all([rounds.ask(1), rounds.ask(2)]);
  await expect.poll(() => seen.length).toBe(1);
  const second = Promise.all([rounds.ask(3), rounds.ask(4)]);
  expect(seen).toEqual([[1, 2]]);
  release!();
  expect(await first).toEqual([2, 4]);
  await expect.poll(() => seen.length).toBe(2);
  release!();
  expect(await second).toEqual([6, 8]);
  expect(seen).toEqual([
    [1, 2],
    [3, 4],
  ]);
  await rounds.settled;
  expect(rounds.settled).toBeUndefined();
});

test('who waits for what was asked so far does not wait for what is asked later', async () => {
  const releases: (() => void)[] = [];
  const rounds = new Rounds<string, string>(async (orders) => {
    await new Promise<void>((resolve) => releases.push(resolve));
    return orders;
  }, 10);
  await rounds.doneSoFar();
  const asked = [rounds.ask('a')];
  await expect.poll(() => releases.length).toBe(1);
  asked.push(rounds.ask('b'));
  let isDone = false;
  const done = rounds.doneSoFar().then(() => (isDone = true));
  releases[0]!();
  await expect.poll(() => releases.length).toBe(2);
  asked.push(rounds.ask('c'));
  expect(isDone).toBe(false);
  releases[1]!();
  await done;
  await expect.poll(() => releases.length).toBe(3);
  releases[2]!();
  expect(await Promise.all(asked)).toEqual(['a', 'b', 'c']);
});

test('a round that failed only after long is not tried again for each, and nobody waits for the next', async () => {
  const seen: (readonly number[])[] = [];
  const fails: (() => void)[] = [];
  const patience = 20;
  const rounds = new Rounds<number, number>(
    async (orders) => {
      seen.push(orders);
      await new Promise((_, reject) => fails.push(() => reject(new Error('no answer'))));
      return orders;
    },
    10,
    patience,
  );
  const asked = Promise.allSettled([rounds.ask(1), rounds.ask(2)]);
  await expect.poll(() => seen.length).toBe(1);
  const later = Promise.allSettled([rounds.ask(3)]);
  const began = performance.now();
  await expect.poll(() => performance.now() - began).toBeGreaterThan(patience);
  fails[0]!();
  const results = [...(await asked), ...(await later)];
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(seen).toEqual([[1, 2]]);
});

test('each is answered once and in its order, whatever fails, and nothing runs side by side', async () => {
  const orders = fc.array(fc.record({ fails: fc.boolean(), turns: fc.integer({ min: 0, max: 3 }) }), {
    maxLength: 30,
  });
  await fc.assert(
    fc.asyncProperty(orders, fc.integer({ min: 1, max: 5 }), async (all, most) => {
      let running = 0;
      const done: number[] = [];
      const rounds = new Rounds<number, number>(async (batch) => {
        expect((running += 1)).toBe(1);
        expect(batch.length).toBeLessThanOrEqual(most);
        await Promise.resolve();
        running -= 1;
        if (batch.some((order) => all[order]!.fails)) throw new Error('cannot be done');
        done.push(...batch);
        return batch.map((order) => -order);
      }, most);
      const asked: Promise<PromiseSettledResult<number>[]>[] = [];
      for (const [order, { turns }] of all.entries()) {
        for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
        asked.push(Promise.allSettled([rounds.ask(order)]));
      }
      const results = (await Promise.all(asked)).map(([result]) => result!.status);
      expect(results).toEqual(all.map(({ fails }) => (fails ? 'rejected' : 'fulfilled')));
      expect(done).toEqual(all.flatMap(({ fails }, order) => (fails ? [] : [order])));
    }),
  );
});

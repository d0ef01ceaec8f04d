import { describe, expect, it } from 'vitest';
import { KeyedLock } from '../../../core/keyed-lock.js';
import { settled } from '../../support/until.js';

function gate(): { readonly passed: Promise<void>; open(): void } {
  let open!: () => void;
  return { passed: new Promise((resolve) => (open = resolve)), open: () => open() };
}

describe('a keyed lock', () => {
  it('lets one work at a time per key, in the order of asking', async () => {
    const lock = new KeyedLock();
    const gates = [gate(), gate(), gate()];
    const events: string[] = [];
    const works = gates.map(({ passed }, n) =>
      lock.run('a', async () => {
        events.push(`begin ${n}`);
        await passed;
        events.push(`end ${n}`);
      }),
    );
    for (const { open } of gates.toReversed()) {
      open();
      await settled(2);
    }
    await Promise.all(works);
    expect(events).toEqual(['begin 0', 'end 0', 'begin 1', 'end 1', 'begin 2', 'end 2']);
  });

  it('does not make one key wait for another', async () => {
    const lock = new KeyedLock();
    const { passed, open } = gate();
    const blocked = lock.run('a', () => passed);
    expect(await lock.run('b', () => Promise.resolve('done'))).toBe('done');
    open();
    await blocked;
  });

  it('hands a failure to whoever asked, and to nobody after', async () => {
    const lock = new KeyedLock();
    const failing = lock.run('a', () => Promise.reject(new Error('mine')));
    const next = lock.run('a', () => Promise.resolve('done'));
    await expect(failing).rejects.toThrow('mine');
    expect(await next).toBe('done');
    const throwing = lock.run('a', () => {
      throw new Error('at once');
    });
    await expect(throwing).rejects.toThrow('at once');
    expect(await lock.run('a', () => Promise.resolve('again'))).toBe('again');
  });

  it('is free again when everybody is done', async () => {
    const lock = new KeyedLock();
    for (let n = 0; n < 3; n += 1) {
      expect(
        await Promise.all([1, 2, 3].map((value) => lock.run('a', () => Promise.resolve(value)))),
      ).toEqual([1, 2, 3]);
    }
  });
});

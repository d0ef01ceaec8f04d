import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Backoff } from '../../../core/transport/index.js';

describe('a back-off', () => {
  it('doubles up to its limit, the jitter taking away at most half', () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.array(random, { minLength: 1, maxLength: 40 }), (values) => {
        const left = [...values];
        const backoff = new Backoff(500, 30_000, () => left.shift()!);
        values.forEach((_, attempt) => {
          const step = Math.min(30_000, 500 * 2 ** attempt);
          const pause = backoff.next();
          expect(pause).toBeGreaterThanOrEqual(step / 2);
          expect(pause).toBeLessThanOrEqual(step);
        });
      }),
    );
  });

  it('spreads clients that fell at the same moment', () => {
    const pauses = Array.from({ length: 50 }, () => new Backoff(500, 30_000).next());
    expect(new Set(pauses).size).toBeGreaterThan(40);
  });

  it('begins anew after a success', () => {
    const backoff = new Backoff(500, 30_000, () => 0);
    expect([backoff.next(), backoff.next(), backoff.next()]).toEqual([250, 500, 1000]);
    backoff.reset();
    expect(backoff.next()).toBe(250);
  });

  it('stays finite after any number of failures', () => {
    const backoff = new Backoff(500, 30_000, () => 0);
    for (let attempt = 0; attempt < 5000; attempt += 1) backoff.next();
    expect(backoff.next()).toBe(15_000);
  });
});

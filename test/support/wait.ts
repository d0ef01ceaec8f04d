import type { Watchable } from '../../core/client.js';

/** Resolves with the first value that fulfils the condition; rejects when none comes in time. */
export function waitFor<T, U extends T = T>(
  watchable: Watchable<T>,
  condition: ((value: T) => value is U) | ((value: T) => boolean),
  timeoutMs = 10_000,
): Promise<U> {
  return new Promise((resolve, reject) => {
    let done = false;
    // The condition may hold at once, before there is a subscription to end.
    let unsubscribe = (): void => undefined;
    const end = (settle: () => void) => {
      done = true;
      clearTimeout(timer);
      unsubscribe();
      settle();
    };
    const timer = setTimeout(
      () => end(() => reject(new Error(`waited in vain; last value: ${describe(watchable.value)}`))),
      timeoutMs,
    );
    unsubscribe = watchable.subscribe((value) => {
      if (!done && condition(value)) end(() => resolve(value as U));
    });
    if (done) unsubscribe();
  });
}

function describe(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part));
}

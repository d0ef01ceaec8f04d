/**
 * Resolves when a condition holds that nothing can be subscribed to; looks again after every turn
 * of the real event loop, so that it works under fake timers too.
 */
export async function until(condition: () => unknown, what = condition.toString()): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await nextTurn();
  }
}

/** Lets everything run that is ready to run. */
export async function settled(turns = 20): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await nextTurn();
}

// Kept from before a test fakes it.
const { setImmediate: soon } = globalThis;

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    soon(resolve);
  });
}

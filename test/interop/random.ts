/**
 * Numbers for schedules and mutations that can be had again.
 *
 * @module
 */

/** Numbers below 1 that repeat themselves from the same seed. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

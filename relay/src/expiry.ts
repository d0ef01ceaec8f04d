/**
 * Expiry: what nobody fetched in time is deleted, at start and then hourly, a slice at a time so that
 * nobody waits for it.
 *
 * @module
 */
import { faultOf, type Logger } from './logger.js';
import type { Relay } from './answers.js';

const HOUR = 60 * 60 * 1000;
const SLICE = 500;

/**
 * Deletes envelopes that are older than `keepSeconds`, and blobs that have expired, again and again.
 *
 * @returns a function that stops it
 */
export function keepExpiring(
  { store, blobs, limits: { keepSeconds } }: Pick<Relay, 'store' | 'blobs' | 'limits'>,
  log: Logger,
): () => void {
  let stopped = false;
  const expire = async () => {
    const before = Math.floor(Date.now() / 1000) - keepSeconds;
    let expired = 0;
    for (let slice = SLICE; slice === SLICE && !stopped; expired += slice) {
      slice = await store.expire(before, SLICE);
    }
    for (let slice = SLICE; slice === SLICE && !stopped;) slice = (await blobs?.expire(SLICE)) ?? 0;
    if (!stopped) await blobs?.sweep();
    if (expired > 0) log.info('expired', { envelopes: expired });
  };
  const run = () => {
    expire().catch((error: unknown) => {
      if (!stopped) log.error('expiry failed', { fault: faultOf(error) });
    });
  };
  run();
  const timer = setInterval(run, HOUR);
  return () => {
    stopped = true;
    clearInterval(timer);
  };
}

/**
 * A chain of seeds, one for each message of a sender, from which those of messages that are late can still be taken
 * (sections 5 and 8).
 *
 * Values are never changed in place.
 *
 * @module
 */
import { clean, concatBytes } from '@noble/hashes/utils.js';
import { ComingError } from '../errors.js';
import { messageSeed, nextChainKey } from './derivations.js';
import { MAX_FORWARD_JUMPS, MAX_SKIPPED_KEYS } from './limits.js';

/** A skipped seed as it is kept: its counter, big-endian, before the seed. */
const KEPT = 4 + 32;

export interface MessageChain {
  readonly chainKey: Uint8Array;
  /** Counter of the next message that was not seen yet. */
  readonly index: number;
  /** Seeds of messages that were skipped, newest first, each behind its counter. */
  readonly skipped: Uint8Array;
}

/**
 * Takes the seed of one message and keeps those of the messages skipped for it.
 *
 * @throws ComingError `duplicate-message`, `too-far-ahead`
 */
export function takeSeed<C extends MessageChain>(chain: C, counter: number): { chain: C; seed: Uint8Array } {
  if (counter < chain.index) return takeSkipped(chain, counter);
  if (counter - chain.index > MAX_FORWARD_JUMPS) {
    throw new ComingError('too-far-ahead', 'too many messages were skipped');
  }
  const count = Math.min(counter - chain.index, MAX_SKIPPED_KEYS);
  const kept = chain.skipped.subarray(0, (MAX_SKIPPED_KEYS - count) * KEPT);
  const skipped = new Uint8Array(count * KEPT + kept.length);
  const view = new DataView(skipped.buffer);
  skipped.set(kept, count * KEPT);
  let chainKey: Uint8Array = Uint8Array.from(chain.chainKey);
  for (let index = chain.index; index < counter; index++) {
    if (counter - index <= count) {
      const place = (counter - 1 - index) * KEPT;
      const seed = messageSeed(chainKey);
      view.setUint32(place, index);
      skipped.set(seed, place + 4);
      clean(seed);
    }
    chainKey = advance(chainKey);
  }
  const seed = messageSeed(chainKey);
  return { chain: { ...chain, chainKey: advance(chainKey), index: counter + 1, skipped }, seed };
}

function takeSkipped<C extends MessageChain>(chain: C, counter: number): { chain: C; seed: Uint8Array } {
  const { skipped } = chain;
  const view = new DataView(skipped.buffer, skipped.byteOffset);
  let place = 0;
  while (place < skipped.length && view.getUint32(place) !== counter) place += KEPT;
  if (place === skipped.length) {
    throw new ComingError('duplicate-message', 'the key of this message is used up');
  }
  const rest = concatBytes(skipped.subarray(0, place), skipped.subarray(place + KEPT));
  const seed = Uint8Array.from(skipped.subarray(place + 4, place + KEPT));
  return { chain: { ...chain, skipped: rest }, seed };
}

/** The next chain key; erases this one. */
function advance(chainKey: Uint8Array): Uint8Array {
  const next = nextChainKey(chainKey);
  clean(chainKey);
  return next;
}

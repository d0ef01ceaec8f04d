/**
 * Gives every message a key of its own, out of chains that start anew with every epoch's secret (section 7.3).
 *
 * Values are never changed in place.
 *
 * @module
 */
import { clean, concatBytes } from '@noble/hashes/utils.js';
import { ComingError } from '../../errors.js';
import { MAX_FORWARD_JUMPS, MAX_SKIPPED_KEYS } from '../limits.js';
import { nextRoots, startRoots, stepChain, type EpochRoots } from './derivations.js';

/** A skipped key as it is kept: its index, big-endian, before the key. */
const KEPT = 4 + 32;
const EMPTY = new Uint8Array();

export interface EpochKeys {
  /** Index of the last key sent with. */
  readonly sent: number;
  /** Empty when it was erased, because a later epoch is sent with. */
  readonly sending: Uint8Array;
  /** Index of the newest key received with. */
  readonly received: number;
  readonly receiving: Uint8Array;
  /** Keys that were skipped, oldest first, each with its index. */
  readonly skipped: Uint8Array;
}

export interface KeyChain {
  readonly isInitiator: boolean;
  readonly nextRoot: Uint8Array;
  /** The epoch of the last of {@link epochs}. */
  readonly newest: number;
  /** The epoch sent with last. */
  readonly sendEpoch: number;
  /** Oldest first, without a gap. */
  readonly epochs: readonly EpochKeys[];
}

export function startKeyChain(authKey: Uint8Array, isInitiator: boolean): KeyChain {
  const roots = startRoots(authKey);
  return {
    isInitiator,
    nextRoot: roots.nextRoot,
    newest: 0,
    sendEpoch: 0,
    epochs: [freshEpoch(roots, isInitiator)],
  };
}

/** Adds the epoch after the newest from its secret, which it erases. */
export function addEpoch(chain: KeyChain, secret: Uint8Array): KeyChain {
  const roots = nextRoots(chain.nextRoot, secret);
  clean(secret);
  return {
    ...chain,
    nextRoot: roots.nextRoot,
    newest: chain.newest + 1,
    epochs: [...chain.epochs, freshEpoch(roots, chain.isInitiator)],
  };
}

function freshEpoch({ fromInitiator, toInitiator }: EpochRoots, isInitiator: boolean): EpochKeys {
  const [sending, receiving] = isInitiator ? [fromInitiator, toInitiator] : [toInitiator, fromInitiator];
  return { sent: 0, sending, received: 0, receiving, skipped: EMPTY };
}

/** The place of an epoch among those kept; one that is gone or to come has none. */
function placeOf({ epochs, newest }: KeyChain, epoch: number): number {
  return epochs.length - 1 - (newest - epoch);
}

/** Takes the next key of an epoch to send with; one epoch before it stays for what is still on its way here. */
export function takeSendKey(
  before: KeyChain,
  epoch: number,
): { chain: KeyChain; index: number; key: Uint8Array } {
  const oldest = Math.max(0, placeOf(before, epoch - 1));
  const kept = epoch > before.sendEpoch ? before.epochs.slice(oldest) : before.epochs;
  const chain = { ...before, sendEpoch: epoch, epochs: kept };
  const place = placeOf(chain, epoch);
  const { sending, sent } = chain.epochs[place]!;
  const step = stepChain(sending, sent + 1);
  const epochs = chain.epochs.map((keys, i) => {
    if (i > place) return keys;
    return i < place ? { ...keys, sending: EMPTY } : { ...keys, sending: step.chain, sent: sent + 1 };
  });
  return { chain: { ...chain, epochs }, index: sent + 1, key: step.key };
}

/**
 * Takes the key of a received message.
 *
 * @throws ComingError `too-far-ahead`; `decryption-failed` for a key that was taken or is no longer kept
 */
export function takeReceiveKey(
  chain: KeyChain,
  epoch: number,
  index: number,
): { chain: KeyChain; key: Uint8Array } {
  const place = placeOf(chain, epoch);
  const before = chain.epochs[place];
  if (before === undefined) throw new ComingError('decryption-failed', 'a key of an epoch that is not kept');
  const { keys, key } = index > before.received ? stepForward(before, index) : takeSkipped(before, index);
  return { chain: { ...chain, epochs: chain.epochs.with(place, keys) }, key };
}

function stepForward(before: EpochKeys, index: number): { keys: EpochKeys; key: Uint8Array } {
  if (index - before.received > MAX_FORWARD_JUMPS) {
    throw new ComingError('too-far-ahead', 'too many messages were skipped');
  }
  const skipped: Uint8Array[] = [];
  let step = { chain: Uint8Array.from(before.receiving) as Uint8Array, key: EMPTY as Uint8Array };
  for (let at = before.received + 1; at <= index; at++) {
    const { chain } = step;
    step = stepChain(chain, at);
    clean(chain);
    if (at < index && at + MAX_SKIPPED_KEYS >= index) skipped.push(keptKey(at, step.key));
  }
  const oldest = firstAtLeast(before.skipped, index - MAX_SKIPPED_KEYS);
  return {
    keys: {
      ...before,
      received: index,
      receiving: step.chain,
      skipped: concatBytes(before.skipped.subarray(oldest), ...skipped),
    },
    key: step.key,
  };
}

function takeSkipped(before: EpochKeys, index: number): { keys: EpochKeys; key: Uint8Array } {
  const { skipped } = before;
  const at = firstAtLeast(skipped, index);
  if (indexAt(skipped, at) !== index) throw new ComingError('decryption-failed', 'the key is used up');
  const rest = concatBytes(skipped.subarray(0, at), skipped.subarray(at + KEPT));
  return { keys: { ...before, skipped: rest }, key: Uint8Array.from(skipped.subarray(at + 4, at + KEPT)) };
}

function keptKey(index: number, key: Uint8Array): Uint8Array {
  const kept = new Uint8Array(KEPT);
  new DataView(kept.buffer).setUint32(0, index);
  kept.set(key, 4);
  clean(key);
  return kept;
}

function indexAt(skipped: Uint8Array, at: number): number | undefined {
  if (at >= skipped.length) return undefined;
  return new DataView(skipped.buffer, skipped.byteOffset + at).getUint32(0);
}

/** Where the first key of this index or a later one is kept; the end when there is none. */
function firstAtLeast(skipped: Uint8Array, index: number): number {
  let at = 0;
  while (at < skipped.length && indexAt(skipped, at)! < index) at += KEPT;
  return at;
}

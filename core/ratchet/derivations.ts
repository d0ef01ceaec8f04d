/**
 * Every key that is derived from another, with the labels of the wire format (sections 4 and 5).
 *
 * @module
 */
import { clean, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { hkdf, hmac } from './sha256.js';

const PQXDH = utf8ToBytes('WhisperText_X25519_SHA-256_CRYSTALS-KYBER-1024');
const RATCHET = utf8ToBytes('WhisperRatchet');
const MESSAGE_KEYS = utf8ToBytes('WhisperMessageKeys');
const SEED_OF_MESSAGE = Uint8Array.of(1);
const NEXT_CHAIN_KEY = Uint8Array.of(2);
/** Stands before the agreements, so that they never look like the input of another use of the curve. */
const DISCONTINUITY = new Uint8Array(32).fill(0xff);

/** What a new session starts from. */
export interface InitialKeys {
  readonly rootKey: Uint8Array;
  readonly chainKey: Uint8Array;
  /** Seeds the post-quantum ratchet. */
  readonly pqRatchetKey: Uint8Array;
}

/** PQXDH: the keys that both sides derive from their agreements, in order, the KEM's secret last. Erases its input. */
export function deriveInitialKeys(secrets: readonly Uint8Array[]): InitialKeys {
  const input = concatBytes(DISCONTINUITY, ...secrets);
  const okm = hkdf(input, undefined, PQXDH, 96);
  clean(input, ...secrets);
  return { rootKey: okm.subarray(0, 32), chainKey: okm.subarray(32, 64), pqRatchetKey: okm.subarray(64) };
}

/** One step of the root chain with a Diffie-Hellman result, which it erases. */
export function stepRoot(
  rootKey: Uint8Array,
  agreement: Uint8Array,
): { rootKey: Uint8Array; chainKey: Uint8Array } {
  const okm = hkdf(agreement, rootKey, RATCHET, 64);
  clean(agreement);
  return { rootKey: okm.subarray(0, 32), chainKey: okm.subarray(32) };
}

/** The seed of the message at the place of this chain key. */
export function messageSeed(chainKey: Uint8Array): Uint8Array {
  return hmac(chainKey, SEED_OF_MESSAGE);
}

/** The chain key of the next place. */
export function nextChainKey(chainKey: Uint8Array): Uint8Array {
  return hmac(chainKey, NEXT_CHAIN_KEY);
}

/** What encrypts and authenticates one message. */
export interface MessageKeys {
  readonly cipherKey: Uint8Array;
  readonly macKey: Uint8Array;
  readonly iv: Uint8Array;
}

/** @param pqKey the post-quantum ratchet's key of this message; undefined when it gives none */
export function deriveMessageKeys(seed: Uint8Array, pqKey: Uint8Array | undefined): MessageKeys {
  const okm = hkdf(seed, pqKey, MESSAGE_KEYS, 80);
  return { cipherKey: okm.subarray(0, 32), macKey: okm.subarray(32, 64), iv: okm.subarray(64) };
}

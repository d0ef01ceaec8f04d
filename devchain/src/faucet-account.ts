/**
 * The account that gives away test coins: a key pair that everybody may know, worth nothing outside this chain.
 *
 * @module
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { blake2b256 } from './hashes.js';

const SEED = blake2b256(utf8ToBytes('coming-devchain faucet'));

export const FAUCET = ed25519.getPublicKey(SEED);

export function signAsFaucet(message: Uint8Array): Uint8Array {
  return ed25519.sign(message, SEED);
}

/**
 * The account that gives away test coins: a key pair that everybody may know, worth nothing outside this chain.
 *
 * @module
 */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { getPublicKey, sign } from './ed25519.js';
import { blake2b256 } from './hashes.js';

const SEED = blake2b256(utf8ToBytes('coming-devchain faucet'));

export const FAUCET = getPublicKey(SEED);

export function signAsFaucet(message: Uint8Array): Uint8Array {
  return sign(message, SEED);
}

/**
 * From the entropy that BIP-39 words stand for to a guest's account, as Substrate does it.
 *
 * Apart from the words, so that an account can be made without their list.
 *
 * @module
 */
import { pbkdf2Async } from '@noble/hashes/pbkdf2.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { guestAccount, type GuestAccount } from './account.js';

const ROUNDS = 2048;

/**
 * @param entropy - 16 to 32 bytes; secret
 * @param password - polkadot{.js} writes it behind `///`; empty as a rule
 */
export async function guestOfEntropy(entropy: Uint8Array, password = ''): Promise<GuestAccount> {
  // As it is: BIP-39 would normalise it, Substrate does not.
  const salt = utf8ToBytes(`mnemonic${password}`);
  const seed = await pbkdf2Async(sha512, entropy, salt, { c: ROUNDS, dkLen: 64 });
  return guestAccount(seed.slice(0, 32));
}

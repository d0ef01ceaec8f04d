/**
 * From the entropy that BIP-39 words stand for to a guest's account, as Substrate does it.
 *
 * Apart from the words, so that an account can be made without their list.
 *
 * @module
 */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { loaded } from '../lazy.js';
import { guestAccount, type GuestAccount } from './account.js';

const ROUNDS = 2048;
const LENGTH = 64;

/**
 * @param entropy - 16 to 32 bytes; secret
 * @param password - polkadot{.js} writes it behind `///`; empty as a rule
 * @throws ComingError `not-loaded`, only where the platform has no WebCrypto
 */
export async function guestOfEntropy(entropy: Uint8Array, password = ''): Promise<GuestAccount> {
  // As it is: BIP-39 would normalise it, Substrate does not.
  const salt = utf8ToBytes(`mnemonic${password}`);
  const seed = await pbkdf2(entropy, salt);
  return guestAccount(seed.slice(0, 32));
}

/** PBKDF2 with HMAC-SHA512 (RFC 8018). */
async function pbkdf2(secret: Uint8Array, salt: Uint8Array): Promise<Uint8Array> {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (!subtle) {
    // For contexts that are not secure, loaded only there.
    const [{ pbkdf2Async }, { sha512 }] = await loaded(
      Promise.all([import('@noble/hashes/pbkdf2.js'), import('@noble/hashes/sha2.js')]),
    );
    return pbkdf2Async(sha512, secret, salt, { c: ROUNDS, dkLen: LENGTH });
  }
  // Copies, as what is on the heap may be shared memory.
  const key = await subtle.importKey('raw', Uint8Array.from(secret), 'PBKDF2', false, ['deriveBits']);
  const algorithm = { name: 'PBKDF2', hash: 'SHA-512', salt: Uint8Array.from(salt), iterations: ROUNDS };
  return new Uint8Array(await subtle.deriveBits(algorithm, key, 8 * LENGTH));
}

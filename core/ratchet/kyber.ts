/**
 * Kyber-1024 of round 3, which the wire format names 0x08, over the ML-KEM-1024 that became of it.
 *
 * Keys and ciphertexts are the same; round 3 hashes the sender's coins first and hashes the secret once more with
 * the ciphertext (section 1).
 *
 * @module
 */
import { clean } from '@noble/hashes/utils.js';
import { ComingError } from '../errors.js';
import {
  cleanRest,
  decapsulate,
  encapsulateFirst,
  encapsulateRest,
  generateKey,
  isReduced,
  ML_KEM_1024,
  partsOf,
} from './kem/ml-kem.js';
import { sha3_256, shake256 } from './kem/sha3.js';
import { KEM_CIPHERTEXT_LENGTH, KEM_PRIVATE_LENGTH, KEM_PUBLIC_LENGTH, rawKem, withKemType } from './keys.js';
import type { Encapsulation, KeyPair } from './primitives.js';

/** Makes a key pair from 64 random bytes, which it erases. */
export function kyberKeyPair(random: Uint8Array): KeyPair {
  const privateKey = generateKey(ML_KEM_1024, random);
  clean(random);
  const { t, rho } = partsOf(ML_KEM_1024, privateKey);
  return { publicKey: withKemType(t, rho), privateKey: withKemType(privateKey) };
}

/**
 * Makes a secret for the holder of a key from 32 random bytes, which it erases.
 *
 * @throws ComingError `invalid-key`
 */
export function kyberEncapsulate(publicKey: Uint8Array, random: Uint8Array): Encapsulation {
  const key = rawKem(publicKey, KEM_PUBLIC_LENGTH);
  const [t, rho] = [key.subarray(0, -32), key.subarray(-32)];
  if (!isReduced(t)) throw invalidKey();
  const coins = sha3_256(random);
  const { secret, ct1, rest } = encapsulateFirst(ML_KEM_1024, rho, sha3_256(key), coins);
  const ciphertext = withKemType(ct1, encapsulateRest(ML_KEM_1024, rest, t));
  cleanRest(rest);
  clean(coins, random);
  return { ciphertext, sharedSecret: finish(secret, ciphertext.subarray(1)) };
}

/** @throws ComingError `invalid-key`, `malformed-message` */
export function kyberDecapsulate(privateKey: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  const key = rawKem(privateKey, KEM_PRIVATE_LENGTH);
  const raw = rawKem(ciphertext, KEM_CIPHERTEXT_LENGTH, 'malformed-message');
  const secret = decapsulate(ML_KEM_1024, key, raw);
  if (!secret) throw invalidKey();
  return finish(secret, raw);
}

function finish(secret: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  const shared = shake256(32, secret, sha3_256(ciphertext));
  clean(secret);
  return shared;
}

function invalidKey(): ComingError {
  return new ComingError('invalid-key', 'not a valid Kyber-1024 key');
}

/**
 * Kyber-1024 of round 3, which the wire format names 0x08, over the ML-KEM-1024 that became of it.
 *
 * Keys and ciphertexts are the same; round 3 hashes the sender's coins first and hashes the secret once more with
 * the ciphertext (section 1).
 *
 * @module
 */
import { sha3_256, shake256 } from '@noble/hashes/sha3.js';
import { clean, concatBytes } from '@noble/hashes/utils.js';
import { ml_kem1024 } from '@noble/post-quantum/ml-kem.js';
import { ComingError } from '../errors.js';
import { KEM_CIPHERTEXT_LENGTH, KEM_PRIVATE_LENGTH, KEM_PUBLIC_LENGTH, rawKem, withKemType } from './keys.js';
import type { Encapsulation, KeyPair } from './primitives.js';

/** Makes a key pair from 64 random bytes. */
export function kyberKeyPair(random: Uint8Array): KeyPair {
  const { publicKey, secretKey } = ml_kem1024.keygen(random);
  return { publicKey: withKemType(publicKey), privateKey: withKemType(secretKey) };
}

/**
 * Makes a secret for the holder of a key from 32 random bytes.
 *
 * @throws ComingError `invalid-key`
 */
export function kyberEncapsulate(publicKey: Uint8Array, random: Uint8Array): Encapsulation {
  const key = rawKem(publicKey, KEM_PUBLIC_LENGTH);
  const { cipherText, sharedSecret } = refuseBadKey(() => ml_kem1024.encapsulate(key, sha3_256(random)));
  return { ciphertext: withKemType(cipherText), sharedSecret: finish(sharedSecret, cipherText) };
}

/** @throws ComingError `invalid-key`, `malformed-message` */
export function kyberDecapsulate(privateKey: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  const key = rawKem(privateKey, KEM_PRIVATE_LENGTH);
  const raw = rawKem(ciphertext, KEM_CIPHERTEXT_LENGTH, 'malformed-message');
  return finish(
    refuseBadKey(() => ml_kem1024.decapsulate(raw, key)),
    raw,
  );
}

function finish(secret: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  const input = concatBytes(secret, sha3_256(ciphertext));
  const shared = shake256(input, { dkLen: 32 });
  clean(secret, input);
  return shared;
}

function refuseBadKey<T>(run: () => T): T {
  try {
    return run();
  } catch {
    throw new ComingError('invalid-key', 'not a valid Kyber-1024 key');
  }
}

/**
 * How keys are written: a type byte before the raw key.
 *
 * Section 1 of the wire format.
 *
 * @module
 */
import { concatBytes } from '@noble/hashes/utils.js';
import { ComingError, type ErrorCode } from '../errors.js';

const EC_TYPE = 0x05;
const KEM_TYPE = 0x08;

const EC_PUBLIC_LENGTH = 33;
/** Lengths of serialized Kyber-1024 keys and ciphertexts. */
export const KEM_PUBLIC_LENGTH = 1569;
export const KEM_PRIVATE_LENGTH = 3169;
export const KEM_CIPHERTEXT_LENGTH = 1569;

/** A raw X25519 public key with its type byte. */
export function withEcType(raw: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(EC_TYPE), raw);
}

/** A raw KEM key or ciphertext with its type byte. */
export function withKemType(...raw: Uint8Array[]): Uint8Array {
  return concatBytes(Uint8Array.of(KEM_TYPE), ...raw);
}

/** Whether these are the bytes of an X25519 public key, no more and no fewer. */
export function isPublicKey(bytes: Uint8Array): boolean {
  return bytes.length === EC_PUBLIC_LENGTH && bytes[0] === EC_TYPE;
}

/**
 * An X25519 public key as it came from outside, as a copy of exactly 33 bytes. Bytes behind the key are dropped,
 * as other implementations do.
 *
 * @throws ComingError `invalid-key`
 */
export function parsePublicKey(bytes: Uint8Array): Uint8Array {
  const key = Uint8Array.from(bytes.subarray(0, EC_PUBLIC_LENGTH)); // slice() of a Buffer would be no copy
  if (!isPublicKey(key)) throw new ComingError('invalid-key', 'not an X25519 public key');
  return key;
}

/** The 32 bytes behind the type byte. @throws ComingError `invalid-key` */
export function rawPublicKey(publicKey: Uint8Array): Uint8Array {
  return parsePublicKey(publicKey).subarray(1);
}

/** The raw bytes of a KEM key or ciphertext of this serialized length. @throws ComingError with the given code */
export function rawKem(bytes: Uint8Array, length: number, code: ErrorCode = 'invalid-key'): Uint8Array {
  if (bytes.length !== length || bytes[0] !== KEM_TYPE) throw new ComingError(code, 'not a Kyber-1024 value');
  return bytes.subarray(1);
}

/** A clamped copy of an X25519 private key, as every implementation stores it. @throws ComingError `invalid-key` */
export function clamped(privateKey: Uint8Array): Uint8Array {
  if (privateKey.length !== 32) throw new ComingError('invalid-key', 'not an X25519 private key');
  const key = Uint8Array.from(privateKey);
  key[0]! &= 248;
  key[31]! = (key[31]! & 127) | 64;
  return key;
}

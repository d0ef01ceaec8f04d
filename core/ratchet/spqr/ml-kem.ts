/**
 * ML-KEM-768 as the post-quantum ratchet uses it: the first part of a ciphertext is made before the whole encapsulation
 * key is known, and what the second needs is kept as bytes in between (section 7.5).
 *
 * @module
 */
import { equalBytes } from '@noble/ciphers/utils.js';
import { clean, concatBytes } from '@noble/hashes/utils.js';
import * as mlKem from '../kem/ml-kem.js';
import { decode, encode } from '../kem/polynomials.js';
import { sha3_256 } from '../kem/sha3.js';

const { ML_KEM_768: SET } = mlKem;

export const HEADER_LENGTH = 64;
export const EK_VECTOR_LENGTH = 1152;
export const CT1_LENGTH = 960;
export const CT2_LENGTH = 128;

const COINS_LENGTH = 32;
const POLYNOMIAL_LENGTH = EK_VECTOR_LENGTH / SET.rank;

/** A new decapsulation key from 64 random bytes, which it erases. */
export function generateKey(random: Uint8Array): Uint8Array {
  const dk = mlKem.generateKey(SET, random);
  clean(random);
  return dk;
}

/** What the other side needs to begin: the seed of the matrix and the hash of the encapsulation key. */
export function headerOf(dk: Uint8Array): Uint8Array {
  const { rho, hash } = mlKem.partsOf(SET, dk);
  return concatBytes(rho, hash);
}

/** The long part of the encapsulation key. */
export function ekVectorOf(dk: Uint8Array): Uint8Array {
  return mlKem.partsOf(SET, dk).t;
}

/** @param dk of {@link generateKey} */
export function decapsulate(dk: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  return mlKem.decapsulate(SET, dk, ciphertext)!;
}

/** Whether this is the vector that the header promised, with all of its coefficients reduced. */
export function isPromised(header: Uint8Array, ekVector: Uint8Array): boolean {
  const hash = sha3_256(ekVector, header.subarray(0, 32));
  return equalBytes(hash, header.subarray(32)) && mlKem.isReduced(ekVector);
}

/**
 * The first part of a ciphertext, and the secret that the whole will carry.
 *
 * @param coins 32 random bytes, which it erases
 * @returns `rest`: what {@link encapsulateRest} needs; as secret as the secret itself
 */
export function encapsulateFirst(
  header: Uint8Array,
  coins: Uint8Array,
): { secret: Uint8Array; ct1: Uint8Array; rest: Uint8Array } {
  const [rho, hash] = [header.subarray(0, 32), header.subarray(32)];
  const { secret, ct1, rest } = mlKem.encapsulateFirst(SET, rho, hash, coins);
  const bytes = concatBytes(coins, ...[...rest.y, rest.e2].map(encode));
  mlKem.cleanRest(rest);
  clean(coins);
  return { secret, ct1, rest: bytes };
}

/** The second part of a ciphertext. */
export function encapsulateRest(rest: Uint8Array, ekVector: Uint8Array): Uint8Array {
  const coins = rest.subarray(0, COINS_LENGTH);
  const polynomial = (i: number) => {
    const start = COINS_LENGTH + i * POLYNOMIAL_LENGTH;
    return decode(rest.subarray(start, start + POLYNOMIAL_LENGTH));
  };
  const y = Array.from({ length: SET.rank }, (_, i) => polynomial(i));
  const secrets = { coins, y, e2: polynomial(SET.rank) };
  const ct2 = mlKem.encapsulateRest(SET, secrets, ekVector);
  mlKem.cleanRest(secrets);
  return ct2;
}

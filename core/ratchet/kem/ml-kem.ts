/**
 * ML-KEM (FIPS 203), with an encapsulation that can be made in two parts: the first before the whole key is known.
 *
 * A decapsulation key is s ‖ t ‖ rho ‖ H(t ‖ rho) ‖ z, in which t ‖ rho is the encapsulation key.
 *
 * @module
 */
import { equalBytes } from '@noble/ciphers/utils.js';
import { clean, concatBytes } from '@noble/hashes/utils.js';
import {
  add,
  binomial,
  compress,
  decode,
  decompress,
  encode,
  innerProduct,
  Q,
  sizeOf,
  subtract,
  timesR,
  transform,
  transformBack,
  uniform,
  type Polynomial,
} from './polynomials.js';
import { sha3_256, sha3_512, shake128, shake256 } from './sha3.js';

export interface ParameterSet {
  /** Polynomials in a vector. */
  readonly rank: number;
  /** Bits to which the ciphertext's coefficients are rounded. */
  readonly du: number;
  readonly dv: number;
}

export const ML_KEM_768: ParameterSet = { rank: 3, du: 10, dv: 4 };
export const ML_KEM_1024: ParameterSet = { rank: 4, du: 11, dv: 5 };

const POLYNOMIAL_BYTES = 384;

/** The parts of a decapsulation key, as views. */
export function partsOf({ rank }: ParameterSet, dk: Uint8Array) {
  const t = rank * POLYNOMIAL_BYTES;
  const rho = 2 * t;
  return {
    s: dk.subarray(0, t),
    t: dk.subarray(t, rho),
    rho: dk.subarray(rho, rho + 32),
    hash: dk.subarray(rho + 32, rho + 64),
    z: dk.subarray(rho + 64, rho + 96),
  };
}

/** A decapsulation key from 64 random bytes (algorithms 13 and 16). */
export function generateKey({ rank }: ParameterSet, random: Uint8Array): Uint8Array {
  const expanded = sha3_512(random.subarray(0, 32), Uint8Array.of(rank));
  const [rho, sigma] = [expanded.subarray(0, 32), expanded.subarray(32)];
  const s = noise(sigma, 0, rank).map(transform);
  const e = noise(sigma, rank, rank).map(transform);
  const t = e.map((error, i) =>
    encode(
      add(
        timesR(
          innerProduct(
            polynomials(rank, (j) => matrix(rho, i, j)),
            s,
          ),
        ),
        error,
      ),
    ),
  );
  const dk = concatBytes(...s.map(encode), ...t, rho, sha3_256(...t, rho), random.subarray(32, 64));
  clean(expanded, ...s, ...e);
  return dk;
}

/** What the second part of a ciphertext is made with; as secret as the secret that the whole carries. */
export interface Rest {
  readonly coins: Uint8Array;
  /** Transformed. */
  readonly y: readonly Polynomial[];
  readonly e2: Polynomial;
}

/**
 * The secret, and the first part of its ciphertext (algorithms 14 and 17).
 *
 * @param hash of the encapsulation key
 * @param coins 32 random bytes
 */
export function encapsulateFirst(
  { rank, du }: ParameterSet,
  rho: Uint8Array,
  hash: Uint8Array,
  coins: Uint8Array,
): { secret: Uint8Array; ct1: Uint8Array; rest: Rest } {
  const expanded = sha3_512(coins, hash);
  const seed = expanded.subarray(32);
  const y = noise(seed, 0, rank).map(transform);
  const e1 = noise(seed, rank, rank);
  const ct1 = concatBytes(
    ...e1.map((error, i) => {
      const u = transformBack(
        innerProduct(
          polynomials(rank, (j) => matrix(rho, j, i)),
          y,
        ),
      );
      return compress(add(u, error), du);
    }),
  );
  const secret = expanded.slice(0, 32);
  const [e2] = noise(seed, 2 * rank, 1);
  clean(expanded, ...e1);
  return { secret, ct1, rest: { coins, y, e2: e2! } };
}

/** @param t the encapsulation key's vector */
export function encapsulateRest({ dv }: ParameterSet, { coins, y, e2 }: Rest, t: Uint8Array): Uint8Array {
  const v = transformBack(innerProduct(vector(t), y));
  const message = decompress(coins, 1);
  const ct2 = compress(add(add(v, e2), message), dv);
  clean(v, message);
  return ct2;
}

/** Overwrites what the second part was made with, but for the coins. */
export function cleanRest({ y, e2 }: Rest): void {
  clean(...y, e2);
}

/**
 * The secret that a ciphertext carries; another one when it was not made honestly (algorithms 15 and 18).
 *
 * @returns undefined for a key whose hash is not that of its encapsulation key (section 7.3)
 */
export function decapsulate(
  set: ParameterSet,
  dk: Uint8Array,
  ciphertext: Uint8Array,
): Uint8Array | undefined {
  const { rank, du, dv } = set;
  const { s, t, rho, hash, z } = partsOf(set, dk);
  if (!equalBytes(sha3_256(t, rho), hash)) return undefined;
  const ct1Length = rank * sizeOf(du);
  const u = polynomials(rank, (i) =>
    decompress(ciphertext.subarray(i * sizeOf(du), (i + 1) * sizeOf(du)), du),
  );
  const v = decompress(ciphertext.subarray(ct1Length), dv);
  const secrets = vector(s);
  const noisy = subtract(v, transformBack(innerProduct(secrets, u.map(transform))));
  const coins = compress(noisy, 1);
  const { secret, ct1, rest } = encapsulateFirst(set, rho, hash, coins);
  const ct2 = encapsulateRest(set, rest, t);
  const rejected = shake256(32, z, ciphertext);
  // Which of the two it is must not be seen in how long it takes.
  const isHonest = equalMask(concatBytes(ct1, ct2), ciphertext);
  for (let i = 0; i < 32; i++) secret[i] = (secret[i]! & isHonest) | (rejected[i]! & ~isHonest);
  cleanRest(rest);
  clean(coins, noisy, rejected, ...secrets);
  return secret;
}

/** Whether all coefficients of an encapsulation key's vector are below Q (section 7.2). */
export function isReduced(t: Uint8Array): boolean {
  return vector(t).every((f) => f.every((x) => x < Q));
}

/** All ones when two arrays of one length are equal, else zero. */
function equalMask(a: Uint8Array, b: Uint8Array): number {
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!;
  return (difference - 1) >> 31;
}

function vector(bytes: Uint8Array): Polynomial[] {
  return polynomials(bytes.length / POLYNOMIAL_BYTES, (i) =>
    decode(bytes.subarray(i * POLYNOMIAL_BYTES, (i + 1) * POLYNOMIAL_BYTES)),
  );
}

function polynomials(length: number, entry: (index: number) => Polynomial): Polynomial[] {
  return Array.from({ length }, (_, index) => entry(index));
}

/** An entry of the public matrix Â. */
function matrix(rho: Uint8Array, row: number, column: number): Polynomial {
  return uniform(shake128(rho, Uint8Array.of(column, row)));
}

/** Polynomials with small coefficients, of which the first is the one of this number. */
function noise(seed: Uint8Array, from: number, count: number): Polynomial[] {
  return polynomials(count, (i) => {
    const random = shake256(128, seed, Uint8Array.of(from + i));
    const f = binomial(random);
    clean(random);
    return f;
  });
}

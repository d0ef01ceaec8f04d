/**
 * ML-KEM-768 split in time: the first part of a ciphertext is made before the whole encapsulation key is known
 * (section 7.5).
 *
 * Key generation and decapsulation are those of the library; both parts of a ciphertext together are, byte for byte,
 * what it would encapsulate.
 *
 * @module
 */
import { equalBytes } from '@noble/ciphers/utils.js';
import { sha3_256, sha3_512, shake256 } from '@noble/hashes/sha3.js';
import { clean, concatBytes } from '@noble/hashes/utils.js';
import { genCrystals, XOF128 } from '@noble/post-quantum/_crystals.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';

const N = 256;
const Q = 3329;
/** Polynomials in a vector. */
const RANK = 3;

export const HEADER_LENGTH = 64;
export const EK_VECTOR_LENGTH = 1152;
export const CT1_LENGTH = 960;
export const CT2_LENGTH = 128;

/** Where in a decapsulation key the encapsulation key starts, and where what the header is made of. */
const EK_START = 1152;
const RHO_START = EK_START + EK_VECTOR_LENGTH;

type Poly = Uint16Array;

const { mod, nttZetas, NTT, bitsCoder } = /* @__PURE__ */ genCrystals<Poly>({
  N,
  Q,
  F: 3303,
  ROOT_OF_UNITY: 17,
  newPoly: (length) => new Uint16Array(length),
  brvBits: 7,
  isKyber: true,
});

/** Packs coefficients that were compressed to so many bits; what it unpacks is not decompressed. */
const compressed = (bits: number) =>
  bitsCoder(bits, { encode: (x) => ((x << bits) + Q / 2) / Q, decode: (x) => x });
const packU = /* @__PURE__ */ compressed(10);
const packV = /* @__PURE__ */ compressed(4);
const whole = /* @__PURE__ */ bitsCoder(12, { encode: (x) => x, decode: (x) => x });
/** A bit as a coefficient as far from the other as can be. */
const packMessage = /* @__PURE__ */ bitsCoder(1, { encode: (x) => x, decode: (bit) => bit * ((Q + 1) / 2) });

/** A new decapsulation key from 64 random bytes. */
export function generateKey(random: Uint8Array): Uint8Array {
  const { secretKey } = ml_kem768.keygen(random);
  clean(random);
  return secretKey;
}

/** What the other side needs to begin: the seed of the matrix and the hash of the encapsulation key. */
export function headerOf(dk: Uint8Array): Uint8Array {
  return dk.subarray(RHO_START, RHO_START + HEADER_LENGTH);
}

/** The long part of the encapsulation key. */
export function ekVectorOf(dk: Uint8Array): Uint8Array {
  return dk.subarray(EK_START, RHO_START);
}

export function decapsulate(dk: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  return ml_kem768.decapsulate(ciphertext, dk);
}

/** Whether this is the vector that the header promised, with all of its coefficients reduced. */
export function isPromised(header: Uint8Array, ekVector: Uint8Array): boolean {
  const hash = sha3_256(concatBytes(ekVector, header.subarray(0, 32)));
  return equalBytes(hash, header.subarray(32)) && polys(ekVector).every((poly) => poly.every((x) => x < Q));
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
  const expanded = sha3_512(concatBytes(coins, hash));
  const noise = Array.from({ length: 2 * RANK + 1 }, (_, nonce) => binomial(expanded.subarray(32), nonce));
  const y = noise.slice(0, RANK).map((poly) => NTT.encode(poly));
  const e2 = noise[2 * RANK]!;
  const matrix = XOF128(rho);
  const ct1 = concatBytes(
    ...noise.slice(RANK, 2 * RANK).map((e1, i) => {
      const row = y.map((_, j) => uniform(matrix.get(i, j)));
      return packU.encode(add(product(row, y), e1));
    }),
  );
  matrix.clean();
  const secret = expanded.slice(0, 32);
  const rest = concatBytes(coins, ...[...y, e2].map((poly) => whole.encode(poly)));
  clean(coins, expanded, ...noise, ...y);
  return { secret, ct1, rest };
}

/** The second part of a ciphertext. */
export function encapsulateRest(rest: Uint8Array, ekVector: Uint8Array): Uint8Array {
  const secrets = polys(rest.subarray(32));
  const e2 = secrets[RANK]!;
  const v = add(add(product(polys(ekVector), secrets), e2), packMessage.decode(rest.subarray(0, 32)));
  const ct2 = packV.encode(v);
  clean(v, ...secrets);
  return ct2;
}

function polys(bytes: Uint8Array): Poly[] {
  const { bytesLen } = whole;
  return Array.from({ length: bytes.length / bytesLen }, (_, i) =>
    whole.decode(bytes.subarray(i * bytesLen, (i + 1) * bytesLen)),
  );
}

/** The inner product of two vectors in the transform domain, brought back out of it. */
function product(a: readonly Poly[], b: readonly Poly[]): Poly {
  const sum = new Uint16Array(N);
  a.forEach((f, k) => {
    const g = b[k]!;
    for (let i = 0; i < N; i += 2) {
      const zeta = nttZetas[64 + (i >> 2)]! * (i & 2 ? -1 : 1);
      const [f0, f1, g0, g1] = [f[i]!, f[i + 1]!, g[i]!, g[i + 1]!];
      sum[i] = mod(sum[i]! + mod(f1 * g1) * zeta + f0 * g0);
      sum[i + 1] = mod(sum[i + 1]! + f0 * g1 + f1 * g0);
    }
  });
  return NTT.decode(sum);
}

function add(sum: Poly, other: Poly): Poly {
  for (let i = 0; i < N; i++) sum[i] = mod(sum[i]! + other[i]!);
  return sum;
}

/** A polynomial with small coefficients: each the difference of two sums of two random bits. */
function binomial(seed: Uint8Array, nonce: number): Poly {
  const random = shake256(concatBytes(seed, Uint8Array.of(nonce)), { dkLen: N / 2 });
  const poly = Uint16Array.from({ length: N }, (_, i) => {
    const bits = random[i >> 1]! >> (i & 1 ? 4 : 0);
    return mod((bits & 1) + ((bits >> 1) & 1) - ((bits >> 2) & 1) - ((bits >> 3) & 1));
  });
  clean(random);
  return poly;
}

/** A polynomial of the public matrix: 12-bit numbers of a random stream, those too large left out. */
function uniform(next: () => Uint8Array): Poly {
  const poly = new Uint16Array(N);
  for (let filled = 0; filled < N;) {
    const block = next();
    for (let i = 0; i < block.length && filled < N; i += 3) {
      const [a, b, c] = [block[i]!, block[i + 1]!, block[i + 2]!];
      for (const candidate of [a | ((b & 15) << 8), (b >> 4) | (c << 4)]) {
        if (candidate < Q && filled < N) poly[filled++] = candidate;
      }
    }
  }
  return poly;
}

/**
 * Polynomials modulo X^256 + 1 with coefficients modulo 3329, as ML-KEM computes with them (FIPS 203, section 4).
 *
 * No division, no branch and no index depends on a coefficient. Products are reduced after Montgomery with R = 2^16;
 * where a factor of R or 1/R remains, the function says so. Coefficients fit 16 bits with their sign, and stand
 * between 0 and 3328 only where that is said.
 *
 * @module
 */
const N = 256;
export const Q = 3329;
/** Of Q modulo R. */
const INVERSE = -3327;
/** R² modulo Q. */
const R_SQUARED = 1353;
/** R² / 128 modulo Q. */
const R_SQUARED_BY_128 = 1441;

export type Polynomial = Int16Array;

export function polynomial(): Polynomial {
  return new Int16Array(N);
}

/** ab / R, below Q either way, for |ab| < 2^15 Q. */
function multiply(a: number, b: number): number {
  const product = Math.imul(a, b);
  return (product - Math.imul((Math.imul(product, INVERSE) << 16) >> 16, Q)) >> 16;
}

/** Brings 16 bits to at most Q / 2 either way (Barrett). */
function reduce(a: number): number {
  return a - Math.imul((Math.imul(20159, a) + (1 << 25)) >> 26, Q);
}

/** The powers of 17 that the transform takes, in its order, times R. */
const zetas = /* @__PURE__ */ powers();

function powers(): Int16Array {
  const table = new Int16Array(N / 2);
  let power = 2 ** 16 % Q;
  for (let exponent = 0; exponent < table.length; exponent++) {
    let index = 0;
    for (let bit = 0; bit < 7; bit++) index |= ((exponent >> bit) & 1) << (6 - bit);
    table[index] = power > Q / 2 ? power - Q : power;
    power = (power * 17) % Q;
  }
  return table;
}

/** Transforms a polynomial in place (algorithm 9); what goes in is below Q either way. */
export function transform(f: Polynomial): Polynomial {
  let k = 1;
  for (let length = 128; length >= 2; length >>= 1) {
    for (let start = 0; start < N; start += 2 * length) {
      const zeta = zetas[k++]!;
      for (let j = start; j < start + length; j++) {
        const t = multiply(zeta, f[j + length]!);
        f[j + length] = f[j]! - t;
        f[j] = f[j]! + t;
      }
    }
  }
  return reduceAll(f);
}

/** Transforms back in place (algorithm 10) and multiplies with R. */
export function transformBack(f: Polynomial): Polynomial {
  let k = 127;
  for (let length = 2; length <= 128; length <<= 1) {
    for (let start = 0; start < N; start += 2 * length) {
      const zeta = zetas[k--]!;
      for (let j = start; j < start + length; j++) {
        const t = f[j]!;
        f[j] = reduce(t + f[j + length]!);
        f[j + length] = multiply(zeta, f[j + length]! - t);
      }
    }
  }
  for (let i = 0; i < N; i++) f[i] = multiply(f[i]!, R_SQUARED_BY_128);
  return f;
}

/** The inner product of two vectors of at most four transformed polynomials, divided by R (algorithm 11). */
export function innerProduct(a: readonly Polynomial[], b: readonly Polynomial[]): Polynomial {
  const sum = polynomial();
  for (let k = 0; k < a.length; k++) {
    const [f, g] = [a[k]!, b[k]!];
    for (let i = 0; i < N; i += 4) {
      const zeta = zetas[64 + (i >> 2)]!;
      addProduct(sum, f, g, i, zeta);
      addProduct(sum, f, g, i + 2, -zeta);
    }
  }
  return reduceAll(sum);
}

function addProduct(sum: Polynomial, f: Polynomial, g: Polynomial, i: number, zeta: number): void {
  const [f0, f1, g0, g1] = [f[i]!, f[i + 1]!, g[i]!, g[i + 1]!];
  sum[i]! += multiply(multiply(f1, g1), zeta) + multiply(f0, g0);
  sum[i + 1]! += multiply(f0, g1) + multiply(f1, g0);
}

/** Multiplies with R in place. */
export function timesR(f: Polynomial): Polynomial {
  for (let i = 0; i < N; i++) f[i] = multiply(f[i]!, R_SQUARED);
  return f;
}

export function add(sum: Polynomial, other: Polynomial): Polynomial {
  for (let i = 0; i < N; i++) sum[i] = reduce(sum[i]! + other[i]!);
  return sum;
}

export function subtract(difference: Polynomial, other: Polynomial): Polynomial {
  for (let i = 0; i < N; i++) difference[i] = reduce(difference[i]! - other[i]!);
  return difference;
}

function reduceAll(f: Polynomial): Polynomial {
  for (let i = 0; i < N; i++) f[i] = reduce(f[i]!);
  return f;
}

/** Bytes of a polynomial with so many bits a coefficient. */
export function sizeOf(bits: number): number {
  return (N / 8) * bits;
}

/** Packs coefficients, which were {@link reduce}d, between 0 and 3328 (algorithm 5); 384 bytes. */
export function encode(f: Polynomial): Uint8Array {
  return pack(f, 12, (x) => x);
}

/** Unpacks coefficients of 12 bits (algorithm 6); those of a stranger may be larger than 3328. */
export function decode(bytes: Uint8Array): Polynomial {
  return unpack(bytes, 12, (x) => x);
}

/** Rounds to so many bits a coefficient, 1 to 11, and packs (algorithm 5 after equation 4.7). */
export function compress(f: Polynomial, bits: number): Uint8Array {
  const mask = (1 << bits) - 1;
  // Q is odd, so nothing lies halfway; the half keeps what is exact from being rounded down. No division: it takes
  // as long as its operands make it.
  return pack(f, bits, (x) => (((x << bits) + Q / 2) * (1 / Q)) & mask);
}

/** The inverse of {@link compress}, as far as there is one (algorithm 6 before equation 4.8). */
export function decompress(bytes: Uint8Array, bits: number): Polynomial {
  return unpack(bytes, bits, (y) => (Math.imul(y, Q) + (1 << (bits - 1))) >> bits);
}

function pack(f: Polynomial, bits: number, map: (coefficient: number) => number): Uint8Array {
  const bytes = new Uint8Array(sizeOf(bits));
  let at = 0;
  let held = 0;
  let count = 0;
  for (let i = 0; i < N; i++) {
    const x = f[i]!;
    held |= map(x + ((x >> 15) & Q)) << count;
    for (count += bits; count >= 8; count -= 8, held >>= 8) bytes[at++] = held;
  }
  return bytes;
}

function unpack(bytes: Uint8Array, bits: number, map: (packed: number) => number): Polynomial {
  const f = polynomial();
  const mask = (1 << bits) - 1;
  let at = 0;
  let held = 0;
  let count = 0;
  for (let i = 0; i < N; i++) {
    for (; count < bits; count += 8) held |= bytes[at++]! << count;
    f[i] = map(held & mask);
    held >>= bits;
    count -= bits;
  }
  return f;
}

/** Small coefficients out of 128 random bytes: each the difference of two sums of two bits (algorithm 8). */
export function binomial(random: Uint8Array): Polynomial {
  const f = polynomial();
  for (let i = 0; i < N; i++) {
    const bits = random[i >> 1]! >> (4 * (i & 1));
    f[i] = (bits & 1) + ((bits >> 1) & 1) - ((bits >> 2) & 1) - ((bits >> 3) & 1);
  }
  return f;
}

/** A transformed polynomial out of a public stream: 12-bit numbers, those too large left out (algorithm 7). */
export function uniform(stream: { squeeze(into: Uint8Array): Uint8Array }): Polynomial {
  const f = polynomial();
  const block = new Uint8Array(168);
  for (let filled = 0; filled < N;) {
    stream.squeeze(block);
    for (let i = 0; i < block.length && filled < N; i += 3) {
      const [a, b, c] = [block[i]!, block[i + 1]!, block[i + 2]!];
      const [first, second] = [a | ((b & 15) << 8), (b >> 4) | (c << 4)];
      if (first < Q) f[filled++] = first;
      if (second < Q && filled < N) f[filled++] = second;
    }
  }
  return f;
}

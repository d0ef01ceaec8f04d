/**
 * Interpolates polynomials over GF(2^16), the field that chunks are coded in (section 7.6).
 *
 * Tables of logarithms serve here because nothing secret comes near them: chunks travel in the clear.
 *
 * @module
 */

/** x^16 + x^12 + x^3 + x + 1. */
const POLYNOMIAL = 0x1100b;
/** How many powers the generator 2 has. */
const ORDER = 0xffff;
/** Two bytes each. */
export const LANES = 16;

/** A row of 32 bytes: the values of 16 polynomials at one place. */
export interface Chunk {
  readonly index: number;
  readonly data: Uint8Array;
}

/** The powers of 2, twice over so that a sum of two logarithms needs no reduction, and the logarithms. */
let tables: { readonly exp: Uint16Array; readonly log: Uint16Array } | undefined;

function makeTables() {
  const exp = new Uint16Array(2 * ORDER);
  const log = new Uint16Array(ORDER + 1);
  for (let power = 0, value = 1; power < ORDER; power++) {
    exp[power] = exp[power + ORDER] = value;
    log[value] = power;
    value <<= 1;
    if (value > ORDER) value ^= POLYNOMIAL;
  }
  return { exp, log };
}

/** The polynomials through these chunks, whose indexes differ, as a function of other places. */
export function interpolate(chunks: readonly Chunk[]): (x: number) => Uint8Array {
  const { exp, log } = (tables ??= makeTables());
  const xs = chunks.map(({ index }) => index);
  // Logarithms of Lagrange's denominators.
  const below = xs.map((x) => xs.reduce((sum, other) => (other === x ? sum : sum + log[x ^ other]!), 0));
  return (x) => {
    const above = xs.reduce((sum, other) => sum + log[x ^ other]!, 0);
    const row = new Uint8Array(2 * LANES);
    chunks.forEach(({ index, data }, i) => {
      const weight = (above - log[x ^ index]! - below[i]! + xs.length * ORDER) % ORDER;
      for (let at = 0; at < row.length; at += 2) {
        const value = (data[at]! << 8) | data[at + 1]!;
        if (value === 0) continue;
        const product = exp[log[value]! + weight]!;
        row[at]! ^= product >> 8;
        row[at + 1]! ^= product & 0xff;
      }
    });
    return row;
  };
}

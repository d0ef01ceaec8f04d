/**
 * The permutation Keccak-f[1600] (FIPS 202, section 3), written out for speed: it is most of what a KEM costs.
 *
 * Lanes of 64 bits are pairs of 32, the lower one first, whatever order of bytes the machine has.
 *
 * @module
 */

/** What iota adds in each round. */
const CONSTANTS = /* @__PURE__ */ roundConstants();
/** The state after every other round. */
const other = new Int32Array(50);

/** Permutes a state of 25 lanes, of which lane (x, y) is the one of index x + 5y. */
export function keccak(state: Int32Array): void {
  for (let at = 0; at < CONSTANTS.length; at += 4) {
    round(state, other, at);
    round(other, state, at + 2);
  }
  other.fill(0); // secrets go through it
}

/** The bits come out of a shift register (FIPS 202, algorithm 5). */
function roundConstants(): Int32Array {
  const constants = new Int32Array(48);
  let register = 1;
  for (let at = 0; at < constants.length; at += 2) {
    for (let power = 0; power < 7; power++) {
      const bit = (1 << power) - 1;
      if (register & 1) constants[at + (bit >> 5)]! |= 1 << (bit & 31);
      register = (register << 1) ^ ((register >> 7) * 0x171);
    }
  }
  return constants;
}

/** One round, from one state into another: theta once, then rho, pi and chi for a plane at a time, at last iota. */
function round(a: Int32Array, e: Int32Array, at: number): void {
  const c0l = a[0]! ^ a[10]! ^ a[20]! ^ a[30]! ^ a[40]!;
  const c0h = a[1]! ^ a[11]! ^ a[21]! ^ a[31]! ^ a[41]!;
  const c1l = a[2]! ^ a[12]! ^ a[22]! ^ a[32]! ^ a[42]!;
  const c1h = a[3]! ^ a[13]! ^ a[23]! ^ a[33]! ^ a[43]!;
  const c2l = a[4]! ^ a[14]! ^ a[24]! ^ a[34]! ^ a[44]!;
  const c2h = a[5]! ^ a[15]! ^ a[25]! ^ a[35]! ^ a[45]!;
  const c3l = a[6]! ^ a[16]! ^ a[26]! ^ a[36]! ^ a[46]!;
  const c3h = a[7]! ^ a[17]! ^ a[27]! ^ a[37]! ^ a[47]!;
  const c4l = a[8]! ^ a[18]! ^ a[28]! ^ a[38]! ^ a[48]!;
  const c4h = a[9]! ^ a[19]! ^ a[29]! ^ a[39]! ^ a[49]!;
  const d0l = c4l ^ ((c1l << 1) | (c1h >>> 31));
  const d0h = c4h ^ ((c1h << 1) | (c1l >>> 31));
  const d1l = c0l ^ ((c2l << 1) | (c2h >>> 31));
  const d1h = c0h ^ ((c2h << 1) | (c2l >>> 31));
  const d2l = c1l ^ ((c3l << 1) | (c3h >>> 31));
  const d2h = c1h ^ ((c3h << 1) | (c3l >>> 31));
  const d3l = c2l ^ ((c4l << 1) | (c4h >>> 31));
  const d3h = c2h ^ ((c4h << 1) | (c4l >>> 31));
  const d4l = c3l ^ ((c0l << 1) | (c0h >>> 31));
  const d4h = c3h ^ ((c0h << 1) | (c0l >>> 31));
  let low: number, high: number;
  let b0l: number,
    b0h: number,
    b1l: number,
    b1h: number,
    b2l: number,
    b2h: number,
    b3l: number,
    b3h: number,
    b4l: number,
    b4h: number;

  b0l = a[0]! ^ d0l;
  b0h = a[1]! ^ d0h;
  low = a[12]! ^ d1l;
  high = a[13]! ^ d1h;
  b1l = (high << 12) | (low >>> 20);
  b1h = (low << 12) | (high >>> 20);
  low = a[24]! ^ d2l;
  high = a[25]! ^ d2h;
  b2l = (high << 11) | (low >>> 21);
  b2h = (low << 11) | (high >>> 21);
  low = a[36]! ^ d3l;
  high = a[37]! ^ d3h;
  b3l = (low << 21) | (high >>> 11);
  b3h = (high << 21) | (low >>> 11);
  low = a[48]! ^ d4l;
  high = a[49]! ^ d4h;
  b4l = (low << 14) | (high >>> 18);
  b4h = (high << 14) | (low >>> 18);
  e[0] = b0l ^ (~b1l & b2l);
  e[1] = b0h ^ (~b1h & b2h);
  e[2] = b1l ^ (~b2l & b3l);
  e[3] = b1h ^ (~b2h & b3h);
  e[4] = b2l ^ (~b3l & b4l);
  e[5] = b2h ^ (~b3h & b4h);
  e[6] = b3l ^ (~b4l & b0l);
  e[7] = b3h ^ (~b4h & b0h);
  e[8] = b4l ^ (~b0l & b1l);
  e[9] = b4h ^ (~b0h & b1h);

  low = a[6]! ^ d3l;
  high = a[7]! ^ d3h;
  b0l = (low << 28) | (high >>> 4);
  b0h = (high << 28) | (low >>> 4);
  low = a[18]! ^ d4l;
  high = a[19]! ^ d4h;
  b1l = (low << 20) | (high >>> 12);
  b1h = (high << 20) | (low >>> 12);
  low = a[20]! ^ d0l;
  high = a[21]! ^ d0h;
  b2l = (low << 3) | (high >>> 29);
  b2h = (high << 3) | (low >>> 29);
  low = a[32]! ^ d1l;
  high = a[33]! ^ d1h;
  b3l = (high << 13) | (low >>> 19);
  b3h = (low << 13) | (high >>> 19);
  low = a[44]! ^ d2l;
  high = a[45]! ^ d2h;
  b4l = (high << 29) | (low >>> 3);
  b4h = (low << 29) | (high >>> 3);
  e[10] = b0l ^ (~b1l & b2l);
  e[11] = b0h ^ (~b1h & b2h);
  e[12] = b1l ^ (~b2l & b3l);
  e[13] = b1h ^ (~b2h & b3h);
  e[14] = b2l ^ (~b3l & b4l);
  e[15] = b2h ^ (~b3h & b4h);
  e[16] = b3l ^ (~b4l & b0l);
  e[17] = b3h ^ (~b4h & b0h);
  e[18] = b4l ^ (~b0l & b1l);
  e[19] = b4h ^ (~b0h & b1h);

  low = a[2]! ^ d1l;
  high = a[3]! ^ d1h;
  b0l = (low << 1) | (high >>> 31);
  b0h = (high << 1) | (low >>> 31);
  low = a[14]! ^ d2l;
  high = a[15]! ^ d2h;
  b1l = (low << 6) | (high >>> 26);
  b1h = (high << 6) | (low >>> 26);
  low = a[26]! ^ d3l;
  high = a[27]! ^ d3h;
  b2l = (low << 25) | (high >>> 7);
  b2h = (high << 25) | (low >>> 7);
  low = a[38]! ^ d4l;
  high = a[39]! ^ d4h;
  b3l = (low << 8) | (high >>> 24);
  b3h = (high << 8) | (low >>> 24);
  low = a[40]! ^ d0l;
  high = a[41]! ^ d0h;
  b4l = (low << 18) | (high >>> 14);
  b4h = (high << 18) | (low >>> 14);
  e[20] = b0l ^ (~b1l & b2l);
  e[21] = b0h ^ (~b1h & b2h);
  e[22] = b1l ^ (~b2l & b3l);
  e[23] = b1h ^ (~b2h & b3h);
  e[24] = b2l ^ (~b3l & b4l);
  e[25] = b2h ^ (~b3h & b4h);
  e[26] = b3l ^ (~b4l & b0l);
  e[27] = b3h ^ (~b4h & b0h);
  e[28] = b4l ^ (~b0l & b1l);
  e[29] = b4h ^ (~b0h & b1h);

  low = a[8]! ^ d4l;
  high = a[9]! ^ d4h;
  b0l = (low << 27) | (high >>> 5);
  b0h = (high << 27) | (low >>> 5);
  low = a[10]! ^ d0l;
  high = a[11]! ^ d0h;
  b1l = (high << 4) | (low >>> 28);
  b1h = (low << 4) | (high >>> 28);
  low = a[22]! ^ d1l;
  high = a[23]! ^ d1h;
  b2l = (low << 10) | (high >>> 22);
  b2h = (high << 10) | (low >>> 22);
  low = a[34]! ^ d2l;
  high = a[35]! ^ d2h;
  b3l = (low << 15) | (high >>> 17);
  b3h = (high << 15) | (low >>> 17);
  low = a[46]! ^ d3l;
  high = a[47]! ^ d3h;
  b4l = (high << 24) | (low >>> 8);
  b4h = (low << 24) | (high >>> 8);
  e[30] = b0l ^ (~b1l & b2l);
  e[31] = b0h ^ (~b1h & b2h);
  e[32] = b1l ^ (~b2l & b3l);
  e[33] = b1h ^ (~b2h & b3h);
  e[34] = b2l ^ (~b3l & b4l);
  e[35] = b2h ^ (~b3h & b4h);
  e[36] = b3l ^ (~b4l & b0l);
  e[37] = b3h ^ (~b4h & b0h);
  e[38] = b4l ^ (~b0l & b1l);
  e[39] = b4h ^ (~b0h & b1h);

  low = a[4]! ^ d2l;
  high = a[5]! ^ d2h;
  b0l = (high << 30) | (low >>> 2);
  b0h = (low << 30) | (high >>> 2);
  low = a[16]! ^ d3l;
  high = a[17]! ^ d3h;
  b1l = (high << 23) | (low >>> 9);
  b1h = (low << 23) | (high >>> 9);
  low = a[28]! ^ d4l;
  high = a[29]! ^ d4h;
  b2l = (high << 7) | (low >>> 25);
  b2h = (low << 7) | (high >>> 25);
  low = a[30]! ^ d0l;
  high = a[31]! ^ d0h;
  b3l = (high << 9) | (low >>> 23);
  b3h = (low << 9) | (high >>> 23);
  low = a[42]! ^ d1l;
  high = a[43]! ^ d1h;
  b4l = (low << 2) | (high >>> 30);
  b4h = (high << 2) | (low >>> 30);
  e[40] = b0l ^ (~b1l & b2l);
  e[41] = b0h ^ (~b1h & b2h);
  e[42] = b1l ^ (~b2l & b3l);
  e[43] = b1h ^ (~b2h & b3h);
  e[44] = b2l ^ (~b3l & b4l);
  e[45] = b2h ^ (~b3h & b4h);
  e[46] = b3l ^ (~b4l & b0l);
  e[47] = b3h ^ (~b4h & b0h);
  e[48] = b4l ^ (~b0l & b1l);
  e[49] = b4h ^ (~b0h & b1h);

  e[0]! ^= CONSTANTS[at]!;
  e[1]! ^= CONSTANTS[at + 1]!;
}

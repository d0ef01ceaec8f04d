/**
 * BLAKE2b (RFC 7693) without a key, in the shape of `@noble/hashes`, which weighs three times as much.
 *
 * Words of 64 bits are pairs of 32, the lower one first.
 *
 * @module
 */

const BLOCK = 128;

// prettier-ignore
const START = Uint32Array.of(
  0xf3bcc908, 0x6a09e667, 0x84caa73b, 0xbb67ae85, 0xfe94f82b, 0x3c6ef372, 0x5f1d36f1, 0xa54ff53a,
  0xade682d1, 0x510e527f, 0x2b3e6c1f, 0x9b05688c, 0xfb41bd6b, 0x1f83d9ab, 0x137e2179, 0x5be0cd19,
);

/** Which words of the block each round mixes in (section 2.7), in hexadecimal. */
const SCHEDULE = Uint8Array.from(
  '0123456789abcdef' +
    'ea489fd61c02b753' +
    'b8c052fdae367194' +
    '7931dcbe265a40f8' +
    '905724afe1bc683d' +
    '2c6a0b834d75fe19' +
    'c51fed4a0763928b' +
    'db7ec13950f4862a' +
    '6fe9b308c2d714a5' +
    'a2847615fb9e3cd0' +
    '0123456789abcdef' +
    'ea489fd61c02b753',
  (digit) => parseInt(digit, 16),
);

const work = new Uint32Array(32);
const words = new Uint32Array(32);

/** Adds a word and two halves to another. */
function add(to: number, from: number, low: number, high: number): void {
  const sum = work[to]! + work[from]! + low;
  work[to] = sum;
  work[to + 1]! += work[from + 1]! + high + Math.floor(sum / 2 ** 32);
}

/** Takes a word's difference from another, turned right by so many bits. */
function turn(to: number, from: number, bits: number): void {
  const swap = bits >> 5;
  const low = work[to + swap]! ^ work[from + swap]!;
  const high = work[to + 1 - swap]! ^ work[from + 1 - swap]!;
  // Shifts are taken modulo 32, so one by 32 is made of two.
  work[to] = (low >>> bits) | ((high << 1) << (31 - bits));
  work[to + 1] = (high >>> bits) | ((low << 1) << (31 - bits));
}

function compress(state: Uint32Array, block: Uint8Array, total: number, isLast: boolean): void {
  const view = new DataView(block.buffer, block.byteOffset, BLOCK);
  for (let i = 0; i < 32; i++) words[i] = view.getUint32(4 * i, true);
  work.set(state);
  work.set(START, 16);
  work[24]! ^= total;
  work[25]! ^= Math.floor(total / 2 ** 32);
  if (isLast) {
    work[28] = ~work[28]!;
    work[29] = ~work[29]!;
  }
  for (let step = 0; step < SCHEDULE.length / 2; step++) {
    // The four columns, then the four diagonals.
    const line = step & 3;
    const slant = (step >> 2) & 1;
    const a = 2 * line;
    const b = 8 + 2 * ((line + slant) & 3);
    const c = 16 + 2 * ((line + 2 * slant) & 3);
    const d = 24 + 2 * ((line + 3 * slant) & 3);
    const x = 2 * SCHEDULE[2 * step]!;
    const y = 2 * SCHEDULE[2 * step + 1]!;
    add(a, b, words[x]!, words[x + 1]!);
    turn(d, a, 32);
    add(c, d, 0, 0);
    turn(b, c, 24);
    add(a, b, words[y]!, words[y + 1]!);
    turn(d, a, 16);
    add(c, d, 0, 0);
    turn(b, c, 63);
  }
  for (let i = 0; i < 16; i++) state[i]! ^= work[i]! ^ work[i + 16]!;
}

/** @param options.dkLen - bytes of the hash, 1..64 */
export function blake2b(bytes: Uint8Array, { dkLen = 64 }: { readonly dkLen?: number } = {}): Uint8Array {
  const state = Uint32Array.from(START);
  // Parameters: no key, no tree.
  state[0]! ^= 0x01010000 ^ dkLen;
  let at = 0;
  for (; at + BLOCK < bytes.length; at += BLOCK) compress(state, bytes.subarray(at), at + BLOCK, false);
  const last = new Uint8Array(BLOCK);
  last.set(bytes.subarray(at));
  compress(state, last, bytes.length, true);
  const hash = new DataView(new ArrayBuffer(BLOCK / 2));
  state.forEach((half, i) => hash.setUint32(4 * i, half, true));
  return new Uint8Array(hash.buffer, 0, dkLen).slice();
}

/**
 * SHA-256, HMAC and HKDF in buffers that are made once: what every message does a dozen times over.
 *
 * The same bytes as `@noble/hashes`, of whose time most goes into making objects for inputs this short. Runs without
 * branches or table look-ups that depend on what is hashed.
 *
 * @module
 */

const BLOCK = 64;
const HASH = 32;

// prettier-ignore
const START = Int32Array.of(
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
);

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const ROUNDS = /* @__PURE__ */ (() => {
  const rounds = new Int32Array(64);
  for (let candidate = 2, found = 0; found < 64; candidate++) {
    let isPrime = true;
    for (let divisor = 2; divisor * divisor <= candidate; divisor++) isPrime &&= candidate % divisor !== 0;
    if (isPrime) rounds[found++] = (Math.cbrt(candidate) % 1) * 2 ** 32;
  }
  return rounds;
})();

const state = new Int32Array(8);
const words = new Int32Array(64);
const block = new Uint8Array(BLOCK);
/** Bytes in {@link block}, and bytes hashed in all. */
let filled = 0;
let total = 0;

/** The state after the block of a key, inside and outside. */
const inner = new Int32Array(8);
const outer = new Int32Array(8);
const digest = new Uint8Array(HASH);

function compress(bytes: Uint8Array, offset: number): void {
  for (let i = 0, at = offset; i < 16; i++, at += 4) {
    words[i] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  }
  for (let i = 16; i < 64; i++) {
    const w15 = words[i - 15]!;
    const w2 = words[i - 2]!;
    const s0 = ((w15 >>> 7) | (w15 << 25)) ^ ((w15 >>> 18) | (w15 << 14)) ^ (w15 >>> 3);
    const s1 = ((w2 >>> 17) | (w2 << 15)) ^ ((w2 >>> 19) | (w2 << 13)) ^ (w2 >>> 10);
    words[i] = (words[i - 16]! + s0 + words[i - 7]! + s1) | 0;
  }
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  let f = state[5]!;
  let g = state[6]!;
  let h = state[7]!;
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUNDS[i]! + words[i]!) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] = (state[0]! + a) | 0;
  state[1] = (state[1]! + b) | 0;
  state[2] = (state[2]! + c) | 0;
  state[3] = (state[3]! + d) | 0;
  state[4] = (state[4]! + e) | 0;
  state[5] = (state[5]! + f) | 0;
  state[6] = (state[6]! + g) | 0;
  state[7] = (state[7]! + h) | 0;
}

/** Begins to hash, or goes on from where so many bytes were hashed. */
function begin(from: Int32Array, hashed: number): void {
  state.set(from);
  filled = 0;
  total = hashed;
}

function add(bytes: Uint8Array): void {
  const { length } = bytes;
  total += length;
  let at = 0;
  if (filled > 0) {
    const count = Math.min(BLOCK - filled, length);
    for (; at < count; at++) block[filled++] = bytes[at]!;
    if (filled < BLOCK) return;
    compress(block, 0);
    filled = 0;
  }
  for (; at + BLOCK <= length; at += BLOCK) compress(bytes, at);
  while (at < length) block[filled++] = bytes[at++]!;
}

/** Writes the hash of everything that was added. */
function finish(out: Uint8Array): void {
  block[filled++] = 0x80;
  if (filled > BLOCK - 8) {
    block.fill(0, filled);
    compress(block, 0);
    filled = 0;
  }
  block.fill(0, filled);
  const high = Math.floor(total / 2 ** 29);
  for (let i = 0; i < 4; i++) {
    block[59 - i] = high >>> (8 * i);
    block[63 - i] = (total << 3) >>> (8 * i);
  }
  compress(block, 0);
  for (let i = 0; i < 8; i++) {
    const word = state[i]!;
    out[4 * i] = word >>> 24;
    out[4 * i + 1] = word >>> 16;
    out[4 * i + 2] = word >>> 8;
    out[4 * i + 3] = word;
  }
}

/** Makes {@link inner} and {@link outer} for a key. */
function useKey(key: Uint8Array): void {
  let short = key;
  if (key.length > BLOCK) {
    begin(START, 0);
    add(key);
    finish(digest);
    short = digest;
  }
  for (const [pad, into] of [
    [0x36, inner],
    [0x5c, outer],
  ] as const) {
    for (let i = 0; i < BLOCK; i++) block[i] = (short[i] ?? 0) ^ pad;
    state.set(START);
    compress(block, 0);
    into.set(state);
  }
}

/** What stands in {@link state} after {@link add} as a MAC under the key in use. */
function finishMac(out: Uint8Array): void {
  finish(digest);
  begin(outer, BLOCK);
  add(digest);
  finish(out);
}

/** Leaves nothing of what was hashed behind. */
function forget(): void {
  for (const buffer of [state, words, block, inner, outer, digest]) buffer.fill(0);
}

/** SHA-256 (FIPS 180-4): 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const hash = new Uint8Array(HASH);
  begin(START, 0);
  add(bytes);
  finish(hash);
  forget();
  return hash;
}

/** HMAC-SHA256 of parts one after the other: 32 bytes. */
export function hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const mac = new Uint8Array(HASH);
  useKey(key);
  begin(inner, BLOCK);
  for (const part of parts) add(part);
  finishMac(mac);
  forget();
  return mac;
}

const NO_SALT = new Uint8Array(HASH);

/**
 * HKDF-SHA256 (RFC 5869).
 *
 * @param salt undefined for none, which is the same as 32 zero bytes
 * @param length at most 255 * 32
 */
export function hkdf(
  key: Uint8Array,
  salt: Uint8Array | undefined,
  info: Uint8Array,
  length: number,
): Uint8Array {
  useKey(salt ?? NO_SALT);
  begin(inner, BLOCK);
  add(key);
  const previous = new Uint8Array(HASH);
  finishMac(previous);
  useKey(previous);
  const okm = new Uint8Array(length);
  const counter = new Uint8Array(1);
  for (let at = 0; at < length; at += HASH) {
    begin(inner, BLOCK);
    if (at > 0) add(previous);
    add(info);
    counter[0]! += 1;
    add(counter);
    finishMac(previous);
    for (let i = 0; i < HASH && at + i < length; i++) okm[at + i] = previous[i]!;
  }
  previous.fill(0);
  forget();
  return okm;
}

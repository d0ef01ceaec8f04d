/**
 * BLAKE2b with 64 bytes of output (RFC 7693), for the checksums of addresses: hosts offer only shorter ones.
 *
 * @module
 */
import { Span, allocate, lengthOf, startOf } from './span';

const IV: usize = memory.data<u64>([
  0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1, 0x510e527fade682d1,
  0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
]);
const SIGMA: usize = memory.data<u8>([
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3,
  11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4, 7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8,
  9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13, 2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9,
  12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11, 13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10,
  6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5, 10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0,
]);
const BLOCK: u32 = 128;
const ROUNDS: u32 = 12;
const PARAMETERS: u64 = 0x01010040;

/** Of at most one block. */
export function blake2b512(data: Span): usize {
  const length = lengthOf(data);
  if (length > BLOCK) unreachable();
  const message = allocate(BLOCK);
  memory.fill(message, 0, BLOCK);
  memory.copy(message, startOf(data), length);
  const hash = allocate(64);
  memory.copy(hash, IV, 64);
  store<u64>(hash, load<u64>(hash) ^ PARAMETERS);
  const v = allocate(128);
  memory.copy(v, hash, 64);
  memory.copy(v + 64, IV, 64);
  store<u64>(v + 96, load<u64>(v + 96) ^ (<u64>length));
  store<u64>(v + 112, ~load<u64>(v + 112));
  for (let round: u32 = 0; round < ROUNDS; round++) {
    const order = SIGMA + (round % 10) * 16;
    for (let i: u32 = 0; i < 4; i++) mix(v, i, 4 + i, 8 + i, 12 + i, message, order + 2 * i);
    for (let i: u32 = 0; i < 4; i++) {
      mix(v, i, 4 + ((i + 1) & 3), 8 + ((i + 2) & 3), 12 + ((i + 3) & 3), message, order + 8 + 2 * i);
    }
  }
  for (let i: u32 = 0; i < 64; i += 8) {
    store<u64>(hash + i, load<u64>(hash + i) ^ load<u64>(v + i) ^ load<u64>(v + i + 64));
  }
  return hash;
}

function mix(v: usize, a: u32, b: u32, c: u32, d: u32, message: usize, order: usize): void {
  const x = load<u64>(message + <u32>load<u8>(order) * 8);
  const y = load<u64>(message + <u32>load<u8>(order + 1) * 8);
  half(v + a * 8, v + b * 8, v + c * 8, v + d * 8, x, 32, 24);
  half(v + a * 8, v + b * 8, v + c * 8, v + d * 8, y, 16, 63);
}

function half(a: usize, b: usize, c: usize, d: usize, word: u64, first: u64, second: u64): void {
  store<u64>(a, load<u64>(a) + load<u64>(b) + word);
  store<u64>(d, rotr<u64>(load<u64>(d) ^ load<u64>(a), first));
  store<u64>(c, load<u64>(c) + load<u64>(d));
  store<u64>(b, rotr<u64>(load<u64>(b) ^ load<u64>(c), second));
}

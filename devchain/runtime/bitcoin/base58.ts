/**
 * Base58, Bitcoin's alphabet.
 *
 * @module
 */
import { NOTHING, Span, allocate, lengthOf, spanOf, startOf } from '../span';

const ALPHABET: usize = memory.data<u8>([
  49, 50, 51, 52, 53, 54, 55, 56, 57, 65, 66, 67, 68, 69, 70, 71, 72, 74, 75, 76, 77, 78, 80, 81, 82, 83, 84,
  85, 86, 87, 88, 89, 90, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 109, 110, 111, 112, 113, 114,
  115, 116, 117, 118, 119, 120, 121, 122,
]);
const BASE: u32 = 58;
const ONE: u8 = 49;
const LONGEST: u32 = 64;

/** The bytes that a text stands for; `NOTHING` when it is none, or longer than any address. */
export function fromBase58(text: Span): Span {
  const length = lengthOf(text);
  if (length === 0 || length > LONGEST) return NOTHING;
  const bytes = allocate(LONGEST);
  memory.fill(bytes, 0, LONGEST);
  let used: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    let carry = digitOf(load<u8>(startOf(text) + i));
    if (carry === BASE) return NOTHING;
    for (let at: u32 = 0; at < used || carry > 0; at++) {
      const place = bytes + (LONGEST - 1 - at);
      carry += <u32>load<u8>(place) * BASE;
      store<u8>(place, <u8>carry);
      carry >>= 8;
      if (at >= used) used = at + 1;
    }
  }
  let zeros: u32 = 0;
  while (zeros < length && load<u8>(startOf(text) + zeros) === ONE) zeros++;
  return spanOf(bytes + (LONGEST - used - zeros), used + zeros);
}

function digitOf(character: u8): u32 {
  for (let digit: u32 = 0; digit < BASE; digit++) if (load<u8>(ALPHABET + digit) === character) return digit;
  return BASE;
}

/** The text of at most 32 bytes. */
export function toBase58(bytes: Span): Span {
  const length = lengthOf(bytes);
  const text = allocate(LONGEST);
  memory.fill(text, 0, LONGEST);
  let used: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    let carry = <u32>load<u8>(startOf(bytes) + i);
    for (let at: u32 = 0; at < used || carry > 0; at++) {
      const place = text + (LONGEST - 1 - at);
      carry += (<u32>load<u8>(place)) << 8;
      store<u8>(place, <u8>(carry % BASE));
      carry /= BASE;
      if (at >= used) used = at + 1;
    }
  }
  for (let i: u32 = 0; i < length && load<u8>(startOf(bytes) + i) === 0; i++) used++;
  const start = text + (LONGEST - used);
  for (let i: u32 = 0; i < used; i++) store<u8>(start + i, load<u8>(ALPHABET + load<u8>(start + i)));
  return spanOf(start, used);
}

/**
 * Bech32 and Bech32m (BIP 173, BIP 350), as far as addresses of witness programs need them.
 *
 * @module
 */
import { NOTHING, Span, allocate, lengthOf, startOf } from '../span';
import { Writer } from '../writer';

const CHARSET: usize = memory.data<u8>([
  113, 112, 122, 114, 121, 57, 120, 56, 103, 102, 50, 116, 118, 100, 119, 48, 115, 51, 106, 110, 53, 52, 107,
  104, 99, 101, 54, 109, 117, 97, 55, 108,
]);
const SEPARATOR: u8 = 49;
const CHECKSUM: u32 = 6;
const BECH32: u32 = 1;
const BECH32M: u32 = 0x2bc830a3;
const LONGEST: u32 = 90;
/** The human-readable parts of main and test network have two letters. */
const PREFIX: u32 = 2;

function polymod(checksum: u32, value: u8): u32 {
  const top = checksum >> 25;
  let next = ((checksum & 0x1ffffff) << 5) ^ value;
  if (top & 1) next ^= 0x3b6a57b2;
  if (top & 2) next ^= 0x26508e6d;
  if (top & 4) next ^= 0x1ea119fa;
  if (top & 8) next ^= 0x3d4233dd;
  if (top & 16) next ^= 0x2a1462b3;
  return next;
}

function begin(prefix: usize): u32 {
  let checksum: u32 = 1;
  for (let i: u32 = 0; i < PREFIX; i++) checksum = polymod(checksum, load<u8>(prefix + i) >> 5);
  checksum = polymod(checksum, 0);
  for (let i: u32 = 0; i < PREFIX; i++) checksum = polymod(checksum, load<u8>(prefix + i) & 31);
  return checksum;
}

function constantOf(version: u8): u32 {
  return version === 0 ? BECH32 : BECH32M;
}

/** Version and program of a witness address, one byte and the rest; `NOTHING` when it is none. */
export function fromBech32(prefix: usize, text: Span): Span {
  const length = lengthOf(text);
  if (length > LONGEST || length < PREFIX + 2 + CHECKSUM) return NOTHING;
  const values = allocate(LONGEST);
  let cases: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    let character = load<u8>(startOf(text) + i);
    if (character >= 65 && character <= 90) {
      cases |= 1;
      character |= 32;
    } else if (character >= 97 && character <= 122) cases |= 2;
    store<u8>(values + i, character);
  }
  const isPrefix = memory.compare(values, prefix, PREFIX) === 0 && load<u8>(values + PREFIX) === SEPARATOR;
  if (!isPrefix || cases === 3) return NOTHING;
  let checksum = begin(prefix);
  const start = values + PREFIX + 1;
  const count = length - PREFIX - 1;
  for (let i: u32 = 0; i < count; i++) {
    const value = digitOf(load<u8>(start + i));
    if (value > 31) return NOTHING;
    store<u8>(start + i, value);
    checksum = polymod(checksum, value);
  }
  const version = load<u8>(start);
  if (version > 16 || checksum !== constantOf(version)) return NOTHING;
  return program(version, start + 1, count - 1 - CHECKSUM);
}

function digitOf(character: u8): u8 {
  for (let digit: u8 = 0; digit < 32; digit++) if (load<u8>(CHARSET + digit) === character) return digit;
  return 255;
}

function program(version: u8, digits: usize, count: u32): Span {
  const out = new Writer(48).u8(version);
  let bits: u32 = 0;
  let held: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    held = ((held << 5) | load<u8>(digits + i)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    out.u8(<u8>(held >> bits));
  }
  const length = lengthOf(out.done()) - 1;
  if (bits > 4 || (held & ((1 << bits) - 1)) !== 0 || length < 2 || length > 40) return NOTHING;
  if (version === 0 && length !== 20 && length !== 32) return NOTHING;
  return out.done();
}

/** The address of a witness program. */
export function toBech32(prefix: usize, version: u8, bytes: Span): Span {
  const out = new Writer(LONGEST).bytes(prefix, PREFIX).u8(SEPARATOR);
  let checksum = polymod(begin(prefix), version);
  out.u8(load<u8>(CHARSET + version));
  const count = (lengthOf(bytes) * 8 + 4) / 5;
  for (let i: u32 = 0; i < count; i++) {
    const value = fiveBits(bytes, i * 5);
    checksum = polymod(checksum, value);
    out.u8(load<u8>(CHARSET + value));
  }
  for (let i: u32 = 0; i < CHECKSUM; i++) checksum = polymod(checksum, 0);
  checksum ^= constantOf(version);
  for (let i: u32 = 0; i < CHECKSUM; i++) out.u8(load<u8>(CHARSET + ((checksum >> (5 * (5 - i))) & 31)));
  return out.done();
}

/** Five bits from a position on; zeros follow after the end. */
function fiveBits(bytes: Span, position: u32): u8 {
  const at = position >> 3;
  const first = (<u32>load<u8>(startOf(bytes) + at)) << 8;
  const second = at + 1 < lengthOf(bytes) ? <u32>load<u8>(startOf(bytes) + at + 1) : 0;
  return <u8>(((first | second) >> (11 - (position & 7))) & 31);
}

/**
 * The chain's state, key by key. Prefixes (32 bytes: pallet and item) are in the generated `keys`.
 *
 * @module
 */
import {
  ext_hashing_blake2_128_version_1,
  ext_hashing_twox_64_version_1,
  ext_storage_clear_version_1,
  ext_storage_exists_version_1,
  ext_storage_get_version_1,
  ext_storage_set_version_1,
} from './env';
import { Reader } from './reader';
import { NOTHING, Span, spanOf } from './span';
import { Writer } from './writer';

const ACCOUNT: u32 = 32;

export function plain(prefix: usize): Span {
  return spanOf(prefix, 32);
}

/** Key of a map from a u32, hashed with Twox64Concat. */
export function byNumber(prefix: usize, number: u32): Span {
  return twox(new Writer(64).bytes(prefix, 32), number).done();
}

/** Key of a map from a u32, hashed with Blake2_128Concat. */
export function byNumberBlake2(prefix: usize, number: u32): Span {
  return blake2(new Writer(64).bytes(prefix, 32), new Writer(4).u32(number).done()).done();
}

/** Key of a map from an account, hashed with Blake2_128Concat. */
export function byAccount(prefix: usize, account: usize): Span {
  return blake2(new Writer(96).bytes(prefix, 32), spanOf(account, ACCOUNT)).done();
}

/** Key of a map from an account, hashed with Twox64Concat. */
export function byAccountTwox(prefix: usize, account: usize): Span {
  return byBytes(prefix, spanOf(account, ACCOUNT));
}

/** Key of a map from bytes of any length, hashed with Twox64Concat. */
export function byBytes(prefix: usize, bytes: Span): Span {
  return new Writer(96).bytes(prefix, 32).bytes(ext_hashing_twox_64_version_1(bytes), 8).span(bytes).done();
}

/** Key of a map from bytes of any length, hashed with Blake2_128Concat. */
export function byBytesBlake2(prefix: usize, bytes: Span): Span {
  return blake2(new Writer(96).bytes(prefix, 32), bytes).done();
}

/** Key of a map from a hash, which stands as it is. */
export function byHash(prefix: usize, hash: usize): Span {
  return new Writer(64).bytes(prefix, 32).bytes(hash, 32).done();
}

/** Key of a map from a chain, hashed with Twox64Concat, and from something more. */
export function byChain(prefix: usize, chain: u8, rest: Span): Span {
  const part = new Writer(1).u8(chain).done();
  return new Writer(128)
    .bytes(prefix, 32)
    .bytes(ext_hashing_twox_64_version_1(part), 8)
    .span(part)
    .span(rest)
    .done();
}

/** What stands in a key for a u32, hashed with Twox64Concat. */
export function hashedNumber(number: u32): Span {
  return twox(new Writer(12), number).done();
}

/** What stands in a key for bytes, hashed with Blake2_128Concat. */
export function hashedBytes(bytes: Span): Span {
  return blake2(new Writer(96), bytes).done();
}

/** Key of a map from an account and a chain, hashed with Blake2_128Concat and Twox64Concat. */
export function byAccountAndChain(prefix: usize, account: usize, chain: u8): Span {
  const part = new Writer(1).u8(chain).done();
  const key = blake2(new Writer(128).bytes(prefix, 32), spanOf(account, ACCOUNT));
  return key.bytes(ext_hashing_twox_64_version_1(part), 8).span(part).done();
}

export function byAccountAndNumber(prefix: usize, account: usize, number: u32): Span {
  return twox(blake2(new Writer(96).bytes(prefix, 32), spanOf(account, ACCOUNT)), number).done();
}

function blake2(key: Writer, part: Span): Writer {
  return key.bytes(ext_hashing_blake2_128_version_1(part), 16).span(part);
}

function twox(key: Writer, number: u32): Writer {
  const part = new Writer(4).u32(number).done();
  return key.bytes(ext_hashing_twox_64_version_1(part), 8).span(part);
}

/** The value, or `null` where there is none. */
export function read(key: Span): Reader | null {
  const option = new Reader(ext_storage_get_version_1(key));
  return option.u8() === 0 ? null : new Reader(option.blob());
}

export function readU32(key: Span): u32 {
  const value = read(key);
  return value ? value.u32() : 0;
}

export function has(key: Span): bool {
  return ext_storage_exists_version_1(key) !== 0;
}

export function write(key: Span, value: Span): void {
  ext_storage_set_version_1(key, value);
}

export function readU64(key: Span): u64 {
  const value = read(key);
  return value ? value.u64() : 0;
}

export function writeU32(key: Span, value: u32): void {
  write(key, new Writer(4).u32(value).done());
}

export function remove(key: Span): void {
  ext_storage_clear_version_1(key);
}

/** The bytes of a value, nothing where there is none; the value is removed. */
export function take(key: Span): Span {
  const value = read(key);
  if (!value) return NOTHING;
  remove(key);
  return spanOf(value.at, value.left());
}

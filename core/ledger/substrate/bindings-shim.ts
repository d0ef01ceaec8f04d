/**
 * What `@polkadot-api/metadata-builders` uses of `@polkadot-api/substrate-bindings`, by name.
 *
 * It takes that package as a whole and looks codecs and hashers up by the names in a chain's metadata, so nothing of it
 * could be left out. The build puts this in its place (`scripts/aliases.mjs`), for the builders only.
 *
 * @module
 */
import { SizedBytes } from '@polkadot-api/substrate-bindings';

/** An Ethereum account as it is: its checksum would load Keccak, and no such account is read here. */
export const ethAccount: ReturnType<typeof SizedBytes> = SizedBytes(20);

export {
  // by name, in the builders
  _void,
  AccountId,
  BitSeq,
  Bytes,
  compactBn,
  compactNumber,
  createCodec,
  enhanceCodec,
  h64,
  Option,
  Result,
  Self,
  SizedBytes,
  Storage,
  Struct,
  Tuple,
  Variant,
  Vector,
  // SCALE's primitives, by the names that metadata gives them
  bool,
  char,
  i8,
  i16,
  i32,
  i64,
  i128,
  i256,
  str,
  u8,
  u16,
  u32,
  u64,
  u128,
  u256,
  // the hashers of storage keys, likewise
  Blake2128,
  Blake2128Concat,
  Blake2256,
  Identity,
  Twox64Concat,
  Twox128,
  Twox256,
} from '@polkadot-api/substrate-bindings';

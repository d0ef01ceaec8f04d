/**
 * Bitcoin addresses and the output scripts that they stand for, on the network that the gateway is for.
 *
 * @module
 */
import * as keys from '../gen/keys';
import { Reader } from '../reader';
import { NOTHING, Span, equalBytes, lengthOf, spanOf, startOf } from '../span';
import { plain, read } from '../storage';
import { Writer } from '../writer';
import { fromBase58, toBase58 } from './base58';
import { fromBech32, toBech32 } from './bech32';
import { sha256Twice } from './hash';

const MAIN_PREFIX: usize = memory.data<u8>([98, 99]);
const TEST_PREFIX: usize = memory.data<u8>([116, 98]);
const PUBLIC_KEY_HASH_START: usize = memory.data<u8>([0x76, 0xa9, 20]);
const PUBLIC_KEY_HASH_END: usize = memory.data<u8>([0x88, 0xac]);
const SCRIPT_HASH_START: usize = memory.data<u8>([0xa9, 20]);
const OP_EQUAL: u8 = 0x87;
const OP_1: u8 = 0x51;
const HASH: u32 = 20;
const VERSIONED: u32 = 1 + HASH;
const CHECKSUM: u32 = 4;

function isTest(): bool {
  const network = read(plain(keys.XGatewayBitcoin_NetworkId));
  return network ? network.u8() !== 0 : false;
}

/** The output script of an address; `NOTHING` when it is none of this network. */
export function scriptOf(address: Span): Span {
  const test = isTest();
  const witness = fromBech32(test ? TEST_PREFIX : MAIN_PREFIX, address);
  if (witness !== NOTHING) {
    const version = load<u8>(startOf(witness));
    const program = spanOf(startOf(witness) + 1, lengthOf(witness) - 1);
    return new Writer(48)
      .u8(version === 0 ? 0 : OP_1 + version - 1)
      .u8(<u8>lengthOf(program))
      .span(program)
      .done();
  }
  const bytes = fromBase58(address);
  if (lengthOf(bytes) !== VERSIONED + CHECKSUM) return NOTHING;
  const checksum = sha256Twice(spanOf(startOf(bytes), VERSIONED));
  if (!equalBytes(checksum, startOf(bytes) + VERSIONED, CHECKSUM)) return NOTHING;
  const hash = startOf(bytes) + 1;
  const version = load<u8>(startOf(bytes));
  if (version === (test ? 111 : 0)) {
    return new Writer(32)
      .bytes(PUBLIC_KEY_HASH_START, 3)
      .bytes(hash, HASH)
      .bytes(PUBLIC_KEY_HASH_END, 2)
      .done();
  }
  if (version !== (test ? 196 : 5)) return NOTHING;
  return new Writer(32).bytes(SCRIPT_HASH_START, 2).bytes(hash, HASH).u8(OP_EQUAL).done();
}

/** The address of an output script; `NOTHING` when it has none. */
export function addressOf(script: Span): Span {
  const test = isTest();
  const at = startOf(script);
  const length = lengthOf(script);
  if (length === HASH + 5 && equalBytes(at, PUBLIC_KEY_HASH_START, 3)) return checked(test ? 111 : 0, at + 3);
  if (length === HASH + 3 && equalBytes(at, SCRIPT_HASH_START, 2)) return checked(test ? 196 : 5, at + 2);
  const from = new Reader(script);
  const op = from.u8();
  const size = <u32>from.u8();
  const version: u8 = op === 0 ? 0 : op - OP_1 + 1;
  if (from.left() !== size || size < 2 || size > 40 || version > 16) return NOTHING;
  return toBech32(test ? TEST_PREFIX : MAIN_PREFIX, version, spanOf(from.at, size));
}

function checked(version: u8, hash: usize): Span {
  const bytes = new Writer(32).u8(version).bytes(hash, HASH);
  return toBase58(bytes.bytes(sha256Twice(bytes.done()), CHECKSUM).done());
}

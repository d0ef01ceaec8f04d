/**
 * The Bitcoin headers that pallet XGatewayBitcoin knows: the longest chain of them, and how deep a block lies in it.
 *
 * @module
 */
import { BitcoinHeader, isHeader } from './bitcoin/header';
import { GATEWAY_BITCOIN } from './constants';
import * as keys from './gen/keys';
import { DONE, Dispatch, moduleError } from './outcome';
import { Reader } from './reader';
import { Span } from './span';
import { byHash, byNumber, has, plain, read, readU32, remove, write } from './storage';
import { deposit } from './system';
import { Writer } from './writer';

const EVENT_INSERTED: u8 = 0;
const INVALID_POW: u8 = 2;
const ANCIENT_FORK: u8 = 3;
const FUTURISTIC_TIMESTAMP: u8 = 5;
const BITS_NOT_MATCH: u8 = 6;
const EXISTING_HEADER: u8 = 7;
const NO_PREVIOUS_HEADER: u8 = 8;
export const DESERIALIZE_ERROR: u8 = 9;

/** Where a header stands: `BtcHeaderIndex`. */
class Index {
  readonly hash: usize;
  readonly height: u32;

  constructor(from: Reader) {
    this.hash = from.bytes(32);
    this.height = from.u32();
  }
}

function indexAt(item: usize): Index | null {
  const value = read(plain(item));
  return value ? new Index(value) : null;
}

function setIndex(item: usize, hash: usize, height: u32): void {
  write(plain(item), new Writer(36).bytes(hash, 32).u32(height).done());
}

/** Header and height; `null` when it is unknown. */
function infoOf(hash: usize): Reader | null {
  return read(byHash(keys.XGatewayBitcoin_Headers, hash));
}

function parentOf(hash: usize): usize {
  const info = infoOf(hash);
  return info ? info.at + 4 : 0;
}

function heightOf(hash: usize): u32 {
  const info = infoOf(hash);
  if (!info) return 0;
  info.bytes(80);
  return info.u32();
}

/** The Merkle root of a block that lies deep enough in the longest chain; 0 when it does not. */
export function confirmedRoot(hash: usize): usize {
  const confirmed = indexAt(keys.XGatewayBitcoin_ConfirmedIndex);
  const info = infoOf(hash);
  if (!confirmed || !info || !has(byHash(keys.XGatewayBitcoin_MainChain, hash))) return 0;
  return heightOf(hash) <= confirmed.height ? info.at + 36 : 0;
}

export function pushHeader(encoded: Span): Dispatch {
  if (!isHeader(encoded)) return moduleError(GATEWAY_BITCOIN, DESERIALIZE_ERROR);
  const header = new BitcoinHeader(encoded);
  if (infoOf(header.hash)) return moduleError(GATEWAY_BITCOIN, EXISTING_HEADER);
  if (!infoOf(header.previous)) return moduleError(GATEWAY_BITCOIN, NO_PREVIOUS_HEADER);
  const height = heightOf(header.previous) + 1;
  const confirmed = indexAt(keys.XGatewayBitcoin_ConfirmedIndex);
  if (confirmed && height <= confirmed.height) return moduleError(GATEWAY_BITCOIN, ANCIENT_FORK);
  const refused = checkWork(header);
  if (refused !== DONE) return refused;
  write(byHash(keys.XGatewayBitcoin_Headers, header.hash), new Writer(84).span(encoded).u32(height).done());
  note(height, header.hash);
  const best = indexAt(keys.XGatewayBitcoin_BestIndex);
  if (!best || height > best.height) follow(header.hash, height);
  deposit(new Writer(34).u8(GATEWAY_BITCOIN).u8(EVENT_INSERTED).bytes(header.hash, 32).done());
  return DONE;
}

/** Difficulty stays what it is here: the header's bits are the parameters' easiest ones. */
function checkWork(header: BitcoinHeader): Dispatch {
  const params = read(plain(keys.XGatewayBitcoin_ParamsInfo));
  if (!params) return moduleError(GATEWAY_BITCOIN, BITS_NOT_MATCH);
  const bits = params.u32();
  const future = <u64>params.u32();
  if (header.bits !== bits) return moduleError(GATEWAY_BITCOIN, BITS_NOT_MATCH);
  if (!header.hasWork()) return moduleError(GATEWAY_BITCOIN, INVALID_POW);
  const now = read(plain(keys.Timestamp_Now));
  const seconds: u64 = now ? now.u64() / 1000 : 0;
  return <u64>header.time > seconds + future ? moduleError(GATEWAY_BITCOIN, FUTURISTIC_TIMESTAMP) : DONE;
}

function note(height: u32, hash: usize): void {
  const key = byNumber(keys.XGatewayBitcoin_BlockHashFor, height);
  const before = read(key);
  const count = before ? before.compactU32() : 0;
  const out = new Writer(128).compact(count + 1);
  if (before) out.bytes(before.at, before.left());
  write(key, out.bytes(hash, 32).done());
}

/** Makes a block the best one: the chain that leads to it is the main one from now on. */
function follow(best: usize, height: u32): void {
  setIndex(keys.XGatewayBitcoin_BestIndex, best, height);
  let hash = best;
  let at = height;
  while (!has(byHash(keys.XGatewayBitcoin_MainChain, hash))) {
    forget(at);
    write(byHash(keys.XGatewayBitcoin_MainChain, hash), new Writer(1).u8(1).done());
    hash = parentOf(hash);
    at--;
  }
  const confirmations = readU32(plain(keys.XGatewayBitcoin_ConfirmationNumber));
  hash = best;
  for (let i: u32 = 1; i < confirmations && heightOf(hash) > 0; i++) hash = parentOf(hash);
  setIndex(keys.XGatewayBitcoin_ConfirmedIndex, hash, heightOf(hash));
}

/** No block of this height is in the main chain any more. */
function forget(height: u32): void {
  const others = read(byNumber(keys.XGatewayBitcoin_BlockHashFor, height));
  if (!others) return;
  for (let left = others.compactU32(); left > 0; left--) {
    remove(byHash(keys.XGatewayBitcoin_MainChain, others.bytes(32)));
  }
}

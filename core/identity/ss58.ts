/**
 * An account key as text: SS58, the base58 form with a network prefix and a checksum.
 *
 * Source: Substrate's "SS58 Address Format". Only 32-byte account keys are handled.
 *
 * @module
 */
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { ComingError } from '../errors.js';
import { base58 } from './base58.js';
import { blake2b } from './blake2b.js';

/** The prefix of ChainX and so of every Coming ID. */
export const COMING_PREFIX = 44;

const ACCOUNT_LENGTH = 32;
const CHECKSUM_LENGTH = 2;
const CHECKSUM_CONTEXT = utf8ToBytes('SS58PRE');

/** The SS58 text of a 32-byte account key. */
export function encodeAddress(account: Uint8Array, prefix: number = COMING_PREFIX): string {
  if (account.length !== ACCOUNT_LENGTH) throw new ComingError('invalid-key', 'an account key has 32 bytes');
  const body = concatBytes(encodePrefix(prefix), account);
  return base58.encode(concatBytes(body, checksum(body)));
}

/**
 * Reads an SS58 address of any network.
 *
 * @throws ComingError `invalid-coming-id`: not base58, wrong length or wrong checksum
 */
export function decodeAddress(address: string): { account: Uint8Array; prefix: number } {
  const bytes = fromBase58(address);
  const prefixLength = bytes[0] !== undefined && bytes[0] >= 64 ? 2 : 1;
  if (bytes.length !== prefixLength + ACCOUNT_LENGTH + CHECKSUM_LENGTH) throw invalid('wrong length');
  const body = bytes.subarray(0, -CHECKSUM_LENGTH);
  const sum = checksum(body);
  if (sum[0] !== bytes.at(-2) || sum[1] !== bytes.at(-1)) throw invalid('wrong checksum');
  const prefix = decodePrefix(bytes);
  return { account: body.slice(prefixLength), prefix };
}

/**
 * Reads a Coming ID: an SS58 address with ChainX's prefix.
 *
 * @throws ComingError `invalid-coming-id`
 */
export function parseComingId(comingId: string): Uint8Array {
  const { account, prefix } = decodeAddress(comingId);
  if (prefix !== COMING_PREFIX) throw invalid('an address of another network');
  return account;
}

function fromBase58(address: string): Uint8Array {
  // 35 or 36 bytes are at most 50 digits; longer input is not worth decoding (base58 is quadratic).
  if (address.length > 50) throw invalid('too long');
  try {
    return base58.decode(address);
  } catch {
    throw invalid('not base58');
  }
}

function checksum(body: Uint8Array): Uint8Array {
  return blake2b(concatBytes(CHECKSUM_CONTEXT, body), { dkLen: 64 }).subarray(0, CHECKSUM_LENGTH);
}

// Prefixes 0..63 are one byte; 64..16383 are two, their bits shuffled so that the first byte is 64..127.
function encodePrefix(prefix: number): Uint8Array {
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > 16383) {
    throw new RangeError('not an SS58 network prefix');
  }
  if (prefix < 64) return Uint8Array.of(prefix);
  return Uint8Array.of(((prefix & 0xfc) >> 2) | 0x40, (prefix >> 8) | ((prefix & 0x03) << 6));
}

function decodePrefix(bytes: Uint8Array): number {
  const [first = 0, second = 0] = bytes;
  if (first < 64) return first;
  if (first > 127) throw invalid('reserved prefix');
  const prefix = ((first & 0x3f) << 2) | (second >> 6) | ((second & 0x3f) << 8);
  if (prefix < 64) throw invalid('prefix not in its shortest form');
  return prefix;
}

function invalid(why: string): ComingError {
  return new ComingError('invalid-coming-id', `not a Coming ID: ${why}`);
}

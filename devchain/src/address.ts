/**
 * Addresses: SS58 text, or an account's 32 bytes in hexadecimal.
 *
 * @module
 */
import { base58 } from '@scure/base';
import { blake2b } from '@noble/hashes/blake2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { bytesOf, concatBytes } from './bytes.js';

const ACCOUNT = 32;
const CHECKSUM = 2;
const TEST_PREFIX = 42;

/** The address of an account, as test networks write it. */
export function addressOf(account: Uint8Array): string {
  const content = concatBytes(Uint8Array.of(TEST_PREFIX), account);
  return base58.encode(concatBytes(content, checksumOf(content)));
}

function checksumOf(content: Uint8Array): Uint8Array {
  return blake2b(concatBytes(utf8ToBytes('SS58PRE'), content)).subarray(0, CHECKSUM);
}

/**
 * The account key of an address of any network.
 *
 * @throws RangeError when it is none.
 */
export function accountOf(address: string): Uint8Array {
  const bad = new RangeError('not an address');
  if (/^0x[0-9a-f]{64}$/i.test(address)) return bytesOf(address);
  let bytes: Uint8Array;
  try {
    bytes = base58.decode(address);
  } catch {
    throw bad;
  }
  const prefix = bytes.length - ACCOUNT - CHECKSUM;
  if (prefix < 1 || prefix > 2) throw bad;
  const content = bytes.subarray(0, -CHECKSUM);
  const checksum = checksumOf(content);
  if (bytes[bytes.length - 2] !== checksum[0] || bytes[bytes.length - 1] !== checksum[1]) throw bad;
  return content.slice(prefix);
}

/**
 * The two functions of `@polkadot/util-crypto` that `@polkadot/extension-dapp` calls, in a few lines.
 *
 * The build puts it in place of the package (`scripts/aliases.mjs`), which would weigh thirty times more.
 * SS58: prefix, key, and the first two bytes of blake2b-512 over `SS58PRE`, prefix and key, in base 58.
 *
 * @module
 */
import { base58 } from '../../core/identity/base58.js';
import { blake2b } from '../../core/identity/blake2b.js';

const CONTEXT = new TextEncoder().encode('SS58PRE');
const KEY_LENGTHS = [32, 33];
const CHECKSUM = 2;

/**
 * The key in an SS58 address of any network.
 *
 * @throws Error when it is no address or its checksum is wrong
 */
export function decodeAddress(address: string | Uint8Array): Uint8Array {
  if (typeof address !== 'string') return address;
  const bytes = base58.decode(address);
  // Prefixes from 64 on take two bytes, and their first byte says so.
  const prefix = (bytes[0] ?? 0) & 0x40 ? 2 : 1;
  const body = bytes.subarray(0, -CHECKSUM);
  const key = body.subarray(prefix);
  const sum = checksum(body);
  if (!KEY_LENGTHS.includes(key.length) || sum.some((byte, at) => byte !== bytes[body.length + at])) {
    throw new Error('Not an SS58 address.');
  }
  return key;
}

/** The SS58 address of a key; 42 is the prefix for no network in particular. */
export function encodeAddress(key: string | Uint8Array, prefix = 42): string {
  const head =
    prefix < 64 ? [prefix] : [((prefix & 0xfc) >> 2) | 0x40, (prefix >> 8) | ((prefix & 0x03) << 6)];
  const body = Uint8Array.from([...head, ...decodeAddress(key)]);
  return base58.encode(Uint8Array.from([...body, ...checksum(body)]));
}

function checksum(body: Uint8Array): Uint8Array {
  return blake2b(Uint8Array.from([...CONTEXT, ...body])).subarray(0, CHECKSUM);
}

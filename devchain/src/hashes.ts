/**
 * The hash functions of Substrate.
 *
 * @module
 */
import { blake2b } from '@noble/hashes/blake2.js';
import { h64 } from '@polkadot-api/substrate-bindings';
import { concatBytes, numberToBytes } from './bytes.js';

export function blake2b256(data: Uint8Array): Uint8Array {
  return blake2b(data, { dkLen: 32 });
}

export function blake2b128(data: Uint8Array): Uint8Array {
  return blake2b(data, { dkLen: 16 });
}

export function twox64(data: Uint8Array): Uint8Array {
  return numberToBytes(h64(data), 8);
}

export function twox128(data: Uint8Array): Uint8Array {
  return concatBytes(twox64(data), numberToBytes(h64(data, 1n), 8));
}

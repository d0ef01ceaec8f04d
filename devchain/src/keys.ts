/**
 * Storage keys, as hexadecimal text without `0x`.
 *
 * @module
 */
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { concatBytes, numberToBytes } from './bytes.js';
import { blake2b128, twox128, twox64 } from './hashes.js';

/** `:code`, under which the runtime's WebAssembly stands. */
export const CODE_KEY = bytesToHex(utf8ToBytes(':code'));

export function itemKey(pallet: string, item: string): string {
  return bytesToHex(concatBytes(twox128(utf8ToBytes(pallet)), twox128(utf8ToBytes(item))));
}

export function blake2Concat(part: Uint8Array): string {
  return bytesToHex(concatBytes(blake2b128(part), part));
}

export function twoxConcat(part: Uint8Array): string {
  return bytesToHex(concatBytes(twox64(part), part));
}

export function accountKey(account: Uint8Array): string {
  return itemKey('System', 'Account') + blake2Concat(account);
}

export function assetKey(account: Uint8Array, asset: number): string {
  return itemKey('XAssets', 'AssetBalance') + blake2Concat(account) + u32Key(asset);
}

export function u32Key(value: number): string {
  return twoxConcat(numberToBytes(value, 4));
}

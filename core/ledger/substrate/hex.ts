/**
 * Bytes as the nodes' JSON-RPC writes them: `0x` and lower-case digits.
 *
 * @module
 */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';

export type Hex = `0x${string}`;

export function toHex(bytes: Uint8Array): Hex {
  return `0x${bytesToHex(bytes)}`;
}

/** Throws what is not hexadecimal. */
export function fromHex(hex: string): Uint8Array {
  return hexToBytes(hex.startsWith('0x') ? hex.slice(2) : hex);
}

/** A number, greatest digit first, in so many bytes. */
export function numberToHex(value: number, bytes: number): Hex {
  return `0x${value.toString(16).padStart(bytes * 2, '0')}`;
}

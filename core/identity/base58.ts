/**
 * Base58 (draft-msporny-base58) in the shape of `@scure/base`, for the few dozen bytes that addresses are.
 *
 * It takes time with the square of the length: whoever reads bounds what comes in.
 *
 * @module
 */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';

const DIGITS = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const BASE = 58n;

/** A leading zero byte is a leading zero digit. */
function encode(bytes: Uint8Array): string {
  let text = '';
  for (let rest = BigInt(`0x0${bytesToHex(bytes)}`); rest > 0n; rest /= BASE) {
    text = DIGITS[Number(rest % BASE)]! + text;
  }
  for (let i = 0; bytes[i] === 0; i++) text = DIGITS[0]! + text;
  return text;
}

/** @throws Error for what is not base58 */
function decode(text: string): Uint8Array {
  let value = 0n;
  for (const character of text) {
    const digit = DIGITS.indexOf(character);
    if (digit < 0) throw new Error('not base58');
    value = value * BASE + BigInt(digit);
  }
  const hex = value === 0n ? '' : value.toString(16);
  const [zeros] = /^1*/.exec(text)!;
  return hexToBytes('00'.repeat(zeros.length) + hex.padStart(hex.length + (hex.length % 2), '0'));
}

export const base58 = { encode, decode };

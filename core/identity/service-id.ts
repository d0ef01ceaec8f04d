/**
 * The name of an account in Signal's terms: a UUID made from its key.
 *
 * libsignal's session addresses and their binding into messages want a ServiceId; a UUIDv8
 * (RFC 9562, "vendor-specific") whose free bits come from a hash of the account key is one.
 *
 * @module
 */
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { sha256 } from '../ratchet/sha256.js';

const CONTEXT = utf8ToBytes('coming-service-id-v1');

/** The ServiceId of a 32-byte account key, as lower-case UUID text. */
export function serviceIdOf(account: Uint8Array): string {
  const bytes = sha256(concatBytes(CONTEXT, account)).slice(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80; // version 8
  bytes[8] = (bytes[8]! & 0x3f) | 0x80; // variant of RFC 9562
  const hex = bytesToHex(bytes);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

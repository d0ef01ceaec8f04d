/**
 * Bytes as a key of a map: short, and one string for one value.
 *
 * @module
 */
export function bytesKey(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

/**
 * SHA-512 by the platform.
 *
 * @module
 */
import { loaded } from '../lazy.js';

/** SHA-512 (FIPS 180-4): 64 bytes. @throws ComingError `not-loaded`, only where the platform has no WebCrypto */
export async function sha512(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (!subtle) {
    // For contexts that are not secure, loaded only there.
    const { sha512 } = await loaded(import('@noble/hashes/sha2.js'));
    return sha512(bytes);
  }
  // A copy, as what is on the heap may be shared memory.
  return new Uint8Array(await subtle.digest('SHA-512', Uint8Array.from(bytes)));
}

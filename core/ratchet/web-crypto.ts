/**
 * What WebCrypto has of the ratchet's curves (Web Cryptography Level 2): X25519, and checking Ed25519 signatures.
 *
 * @module
 */
import type { Platform } from './agreement.js';
import type { Primitives } from './primitives.js';
import { toEd25519 } from './xeddsa.js';

const X25519 = 'X25519';

export function webCryptoX25519(subtle: SubtleCrypto): Platform<CryptoKey> {
  return {
    async generate() {
      const { privateKey } = await subtle.generateKey(X25519, true, ['deriveBits']);
      const { x, d } = await subtle.exportKey('jwk', privateKey);
      return { handle: privateKey, x: x!, d: d! };
    },
    importPrivate: (jwk) => subtle.importKey('jwk', jwk, X25519, false, ['deriveBits']),
    importPublic: (jwk) => subtle.importKey('jwk', jwk, X25519, false, []),
    async derive(own, other) {
      return new Uint8Array(await subtle.deriveBits({ name: X25519, public: other }, own, 256));
    },
  };
}

export function webCryptoVerification(subtle: SubtleCrypto): Pick<Primitives, 'verify'> {
  return {
    async verify(publicKey, message, signature) {
      const check = toEd25519(publicKey, signature);
      if (check === undefined) return false;
      // Copies, as what is on the heap may be shared memory.
      const [key, signed, text] = [check.publicKey, check.signature, message].map((bytes) =>
        Uint8Array.from(bytes),
      );
      try {
        const imported = await subtle.importKey('raw', key!, 'Ed25519', false, ['verify']);
        return await subtle.verify('Ed25519', imported, signed!, text!);
      } catch {
        return false; // not on the curve
      }
    },
  };
}

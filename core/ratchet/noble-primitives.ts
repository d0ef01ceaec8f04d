/**
 * The primitives in plain JavaScript, for platforms without these curves and for tests.
 *
 * @module
 */
import { x25519 } from '@noble/curves/ed25519.js';
import { randomBytes as platformRandom } from '@noble/hashes/utils.js';
import { ComingError } from '../errors.js';
import { clamped, rawPublicKey, withEcType } from './keys.js';
import { kyberDecapsulate, kyberEncapsulate, kyberKeyPair } from './kyber.js';
import type { Primitives } from './primitives.js';
import { ed25519Verify, toEd25519, xeddsaSign } from './xeddsa.js';

/** @param randomBytes the random source; the platform's when not given */
export function noblePrimitives(randomBytes: (length: number) => Uint8Array = platformRandom): Primitives {
  return {
    randomBytes,
    async generateKeyPair() {
      const privateKey = clamped(randomBytes(32));
      return { publicKey: withEcType(x25519.getPublicKey(privateKey)), privateKey };
    },
    async agree(own, publicKey) {
      const raw = rawPublicKey(publicKey);
      const key = clamped(own.privateKey);
      try {
        return x25519.getSharedSecret(key, raw);
      } catch {
        throw new ComingError('invalid-key', 'a public key of low order');
      }
    },
    async sign(privateKey, message) {
      return xeddsaSign(privateKey, message, randomBytes(64));
    },
    async verify(publicKey, message, signature) {
      const check = toEd25519(publicKey, signature);
      return check !== undefined && ed25519Verify(check, message);
    },
    async generateKemKeyPair() {
      return kyberKeyPair(randomBytes(64));
    },
    async encapsulate(publicKey) {
      return kyberEncapsulate(publicKey, randomBytes(32));
    },
    async decapsulate(privateKey, ciphertext) {
      return kyberDecapsulate(privateKey, ciphertext);
    },
  };
}

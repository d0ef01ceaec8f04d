/**
 * The primitives that are plain JavaScript everywhere: all but the agreement of X25519 keys.
 *
 * @module
 */
import { randomBytes as platformRandom } from '@noble/hashes/utils.js';
import { kyberDecapsulate, kyberEncapsulate, kyberKeyPair } from './kyber.js';
import type { Primitives } from './primitives.js';
import { encapsulateFirst, generateKey } from './spqr/ml-kem.js';
import { ed25519Verify, toEd25519, xeddsaSign } from './xeddsa.js';

export type RandomBytes = Primitives['randomBytes'];

/** @param randomBytes the random source; the platform's when not given */
export function plainPrimitives(
  randomBytes: RandomBytes = platformRandom,
): Omit<Primitives, 'generateKeyPair' | 'agree'> {
  return {
    randomBytes,
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
    splitKem: {
      generateKey: () => generateKey(randomBytes(64)),
      expect: () => undefined,
      encapsulate: (header) => encapsulateFirst(header, randomBytes(32)),
    },
  };
}

/**
 * All primitives in plain JavaScript, for platforms without X25519 and for tests.
 *
 * @module
 */
import { x25519 } from '@noble/curves/ed25519.js';
import { ComingError } from '../errors.js';
import { clamped, rawPublicKey, withEcType } from './keys.js';
import { plainPrimitives, type RandomBytes } from './plain-primitives.js';
import type { Primitives } from './primitives.js';

/** @param random the random source; the platform's when not given */
export function noblePrimitives(random?: RandomBytes): Primitives {
  const plain = plainPrimitives(random);
  return {
    ...plain,
    async generateKeyPair() {
      const privateKey = clamped(plain.randomBytes(32));
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
  };
}

/**
 * Signature checks for the runtime. Whatever is malformed is simply not a signature.
 *
 * @module
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import * as sr25519 from '@scure/sr25519';

export function verifyEd25519(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean {
  return attempt(() => ed25519.verify(signature, message, key)) ?? false;
}

export function verifySr25519(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean {
  return attempt(() => sr25519.verify(message, signature, key)) ?? false;
}

/** The compressed key that made an ECDSA signature (r, s, recovery id) of a hash. */
export function recoverEcdsa(signature: Uint8Array, hash: Uint8Array): Uint8Array | undefined {
  const recovered = Uint8Array.of(signature[64]!, ...signature.subarray(0, 64));
  return attempt(() => secp256k1.recoverPublicKey(recovered, hash, { prehash: false }));
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/**
 * Signature checks for the runtime. Whatever is malformed is simply not a signature.
 * The runtime cannot wait, and few chains see every scheme: a scheme that is not there yet is asked for by an
 * exception, and the request that met it is run again.
 *
 * @module
 */
import type { secp256k1 as Secp256k1 } from '@noble/curves/secp256k1.js';
import type * as Sr25519 from '@scure/sr25519';
import { concatBytes, hexOf } from './bytes.js';
import { verify } from './ed25519.js';
import { blake2b256 } from './hashes.js';

/** How many good signatures are remembered. */
const REMEMBERED = 4096;
const good = new Set<string>();
const ED25519 = Uint8Array.of(0);
const SR25519 = Uint8Array.of(1);

let sr25519: typeof Sr25519 | undefined;
let secp256k1: typeof Secp256k1 | undefined;

/** A signature scheme has to be loaded before the call can be made. */
export class SchemeMissing extends Error {
  override readonly name = 'SchemeMissing';

  constructor(readonly load: () => Promise<void>) {
    super('a signature scheme is not loaded');
  }
}

const loadSr25519 = async () => void (sr25519 = await import('@scure/sr25519'));
const loadSecp256k1 = async () => void ({ secp256k1 } = await import('@noble/curves/secp256k1.js'));

/** Loads all of them: who takes over blocks that he has not checked cannot ask in the middle of a block. */
export async function loadSchemes(): Promise<void> {
  await Promise.all([loadSr25519(), loadSecp256k1()]);
}

/** Runs work, again when it met a scheme that had to be loaded. */
export async function withSchemes<T>(work: () => T | Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof SchemeMissing)) throw error;
      await error.load();
    }
  }
}

export function verifyEd25519(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean {
  return remembered([ED25519, signature, key, message], () => verify(signature, message, key));
}

/** @throws SchemeMissing */
export function verifySr25519(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean {
  const scheme = sr25519;
  if (!scheme) throw new SchemeMissing(loadSr25519);
  return remembered([SR25519, signature, key, message], () => scheme.verify(message, signature, key));
}

/**
 * The compressed key that made an ECDSA signature (r, s, recovery id) of a hash.
 *
 * @throws SchemeMissing
 */
export function recoverEcdsa(signature: Uint8Array, hash: Uint8Array): Uint8Array | undefined {
  const scheme = secp256k1;
  if (!scheme) throw new SchemeMissing(loadSecp256k1);
  const recovered = Uint8Array.of(signature[64]!, ...signature.subarray(0, 64));
  return attempt(() => scheme.recoverPublicKey(recovered, hash, { prehash: false }));
}

/** Every signature is checked for the pool and again in its block, and checking is most of what a block takes. */
function remembered(signed: readonly Uint8Array[], verify: () => boolean): boolean {
  const name = hexOf(blake2b256(concatBytes(...signed)));
  if (good.has(name)) return true;
  const isGood = attempt(verify) ?? false;
  if (isGood) good.add(name);
  if (good.size > REMEMBERED) good.delete(good.values().next().value!);
  return isGood;
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/**
 * Ed25519 that does not wait: the library leaves the choice of SHA-512 to us.
 *
 * @module
 */
import { hashes } from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';

hashes.sha512 = sha512;

export { getPublicKey, sign, verify } from '@noble/ed25519';

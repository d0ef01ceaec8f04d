/**
 * Ed25519 and the arithmetic of its curve, from `@noble/ed25519`, which wants to be told where SHA-512 is.
 *
 * @module
 */
import { etc, getPublicKeyAsync, hashes, Point, signAsync, verifyAsync } from '@noble/ed25519';
import { sha512 } from './sha512.js';

hashes.sha512Async = sha512;

const { p, n } = Point.CURVE();

/** The prime of the field that coordinates are in. */
export const FIELD_PRIME = p;
/** The order of the group that the base point generates. */
export const GROUP_ORDER = n;

export const { invert, mod } = etc;
export {
  getPublicKeyAsync as ed25519PublicKey,
  Point,
  signAsync as ed25519Sign,
  verifyAsync as ed25519StrictVerify,
};

/** A number as 32 bytes, least significant first. */
export function toBytesLE(value: bigint): Uint8Array {
  return etc.hexToBytes(value.toString(16).padStart(64, '0')).reverse();
}

/** The number that bytes stand for, least significant first. */
export function fromBytesLE(bytes: Uint8Array): bigint {
  return BigInt(`0x${etc.bytesToHex(Uint8Array.from(bytes).reverse())}`);
}

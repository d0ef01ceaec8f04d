/**
 * Maps X25519 public keys to the Edwards form of the same curve, where signatures and subgroup checks live.
 *
 * @module
 */
import { ed25519, ED25519_TORSION_SUBGROUP } from '@noble/curves/ed25519.js';
import { bytesToNumberLE } from '@noble/curves/utils.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { ComingError } from '../errors.js';
import { rawPublicKey } from './keys.js';

const { Fp } = ed25519.Point;

/** Clears the sign of x, the top bit of an encoded point. */
function withoutSign(point: Uint8Array): Uint8Array {
  const y = Uint8Array.from(point);
  y[31]! &= 0x7f;
  return y;
}

const SMALL_ORDER = new Set(
  ED25519_TORSION_SUBGROUP.map((hex) => hex.slice(0, 62) + clearTop(hex.slice(62))),
);

function clearTop(byte: string): string {
  return (Number.parseInt(byte, 16) & 0x7f).toString(16).padStart(2, '0');
}

/** Whether an encoded Edwards point is one of the eight of small order, whatever its sign bit. */
export function hasSmallOrder(point: Uint8Array): boolean {
  return SMALL_ORDER.has(bytesToHex(withoutSign(point)));
}

/**
 * The Edwards y-coordinate (32 bytes, sign bit clear) of the Montgomery u-coordinate: y = (u - 1) / (u + 1).
 * Undefined for u = -1, which lies on the twist. Whether there is a point with this y remains to be seen.
 */
export function edwardsY(u: Uint8Array): Uint8Array | undefined {
  const x = Fp.create(bytesToNumberLE(withoutSign(u)));
  const divisor = Fp.add(x, Fp.ONE);
  if (Fp.is0(divisor)) return undefined;
  return Fp.toBytes(Fp.mul(Fp.sub(x, Fp.ONE), Fp.inv(divisor)));
}

/**
 * Refuses a base key that is not the canonical encoding of a point in the prime-order group: other encodings of
 * the same key would let one key agreement pass for several.
 *
 * @throws ComingError `invalid-key`
 */
export function requireCanonical(publicKey: Uint8Array): void {
  const u = rawPublicKey(publicKey);
  if (bytesToNumberLE(u) < Fp.ORDER) {
    const y = edwardsY(u);
    if (y !== undefined && isTorsionFree(y)) return;
  }
  throw new ComingError('invalid-key', 'the base key is not canonical');
}

function isTorsionFree(y: Uint8Array): boolean {
  try {
    return ed25519.Point.fromBytes(y).isTorsionFree();
  } catch {
    return false; // no point has this y
  }
}

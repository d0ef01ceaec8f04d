/**
 * XEdDSA: Ed25519 signatures made and checked with X25519 keys.
 *
 * The sign of the signer's Edwards point travels in the top bit of the signature instead of being forced to 0,
 * which is where this wire format differs from the published document (section 2).
 *
 * @module
 */
import { clean, concatBytes } from '@noble/hashes/utils.js';
import { fromBytesLE, GROUP_ORDER, mod, Point, toBytesLE } from './ed25519.js';
import { edwardsY, hasSmallOrder } from './edwards.js';
import { clamped, isPublicKey, rawPublicKey } from './keys.js';
import { sha512 } from './sha512.js';

const SIGN_BIT = 0x80;
/** 0xFE and 31 times 0xFF: no encoded point, so the nonce's hash never meets that of a signature. */
const NONCE_PREFIX = new Uint8Array(32).fill(0xff).fill(0xfe, 0, 1);

async function hashToScalar(...parts: Uint8Array[]): Promise<bigint> {
  return mod(fromBytesLE(await sha512(concatBytes(...parts))), GROUP_ORDER);
}

/**
 * Signs a message.
 *
 * @param random 64 fresh random bytes
 */
export async function xeddsaSign(
  privateKey: Uint8Array,
  message: Uint8Array,
  random: Uint8Array,
): Promise<Uint8Array> {
  const key = clamped(privateKey);
  const a = mod(fromBytesLE(key), GROUP_ORDER);
  const A = Point.BASE.multiply(a).toBytes();
  const r = await hashToScalar(NONCE_PREFIX, key, message, random);
  clean(key);
  const R = Point.BASE.multiply(r).toBytes();
  const h = await hashToScalar(R, A, message);
  const s = mod(r + h * a, GROUP_ORDER);
  const signature = concatBytes(R, toBytesLE(s));
  signature[63]! = (signature[63]! & ~SIGN_BIT) | (A[31]! & SIGN_BIT);
  return signature;
}

/** An XEdDSA check as an Ed25519 check. */
export interface Ed25519Check {
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * The Ed25519 public key and signature that stand for XEdDSA ones; undefined when the signature cannot be
 * good. Everything that implementations of Ed25519 treat differently is settled here: s is reduced, and keys and
 * nonces of small order are refused.
 */
export function toEd25519(publicKey: Uint8Array, signature: Uint8Array): Ed25519Check | undefined {
  if (!isPublicKey(publicKey) || signature.length !== 64) return undefined;
  const key = edwardsY(rawPublicKey(publicKey));
  if (key === undefined || hasSmallOrder(key)) return undefined;
  const R = signature.subarray(0, 32);
  const s = Uint8Array.from(signature.subarray(32));
  key[31]! |= s[31]! & SIGN_BIT;
  s[31]! &= ~SIGN_BIT;
  if ((s[31]! & 0xe0) !== 0 || hasSmallOrder(R)) return undefined;
  return { publicKey: key, signature: concatBytes(R, toBytesLE(mod(fromBytesLE(s), GROUP_ORDER))) };
}

/** Whether the Ed25519 signature is good: s * B - h * A encodes to R, byte for byte. */
export async function ed25519Verify(
  { publicKey, signature }: Ed25519Check,
  message: Uint8Array,
): Promise<boolean> {
  const R = signature.subarray(0, 32);
  let A;
  try {
    A = Point.fromBytes(publicKey);
  } catch {
    return false; // not on the curve
  }
  const h = await hashToScalar(R, publicKey, message);
  const s = fromBytesLE(signature.subarray(32));
  const found = Point.BASE.multiplyUnsafe(s).subtract(A.multiplyUnsafe(h)).toBytes();
  return found.every((byte, i) => byte === R[i]);
}

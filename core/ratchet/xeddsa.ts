/**
 * XEdDSA: Ed25519 signatures made and checked with X25519 keys.
 *
 * The sign of the signer's Edwards point travels in the top bit of the signature instead of being forced to 0,
 * which is where this wire format differs from the published document (section 2).
 *
 * @module
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { clean, concatBytes } from '@noble/hashes/utils.js';
import { edwardsY, hasSmallOrder } from './edwards.js';
import { clamped, EC_PUBLIC_LENGTH, rawPublicKey } from './keys.js';

const { Point } = ed25519;
const L = Point.Fn.ORDER;
const SIGN_BIT = 0x80;
/** 0xFE and 31 times 0xFF: no encoded point, so the nonce's hash never meets that of a signature. */
const NONCE_PREFIX = new Uint8Array(32).fill(0xff).fill(0xfe, 0, 1);

function hashToScalar(...parts: Uint8Array[]): bigint {
  return Point.Fn.create(bytesToNumberLE(sha512(concatBytes(...parts))));
}

/**
 * Signs a message.
 *
 * @param random 64 fresh random bytes
 */
export function xeddsaSign(privateKey: Uint8Array, message: Uint8Array, random: Uint8Array): Uint8Array {
  const key = clamped(privateKey);
  const a = Point.Fn.create(bytesToNumberLE(key));
  const A = Point.BASE.multiply(a).toBytes();
  const r = hashToScalar(NONCE_PREFIX, key, message, random);
  clean(key);
  const R = Point.BASE.multiply(r).toBytes();
  const h = hashToScalar(R, A, message);
  const s = Point.Fn.create(r + h * a);
  const signature = concatBytes(R, numberToBytesLE(s, 32));
  signature[63]! = (signature[63]! & ~SIGN_BIT) | (A[31]! & SIGN_BIT);
  return signature;
}

/** An XEdDSA check as an Ed25519 check. */
export interface Ed25519Check {
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * The Ed25519 public key and signature that stand for an XEdDSA ones; undefined when the signature cannot be
 * good. Everything that implementations of Ed25519 treat differently is settled here: s is reduced, and keys and
 * nonces of small order are refused.
 */
export function toEd25519(publicKey: Uint8Array, signature: Uint8Array): Ed25519Check | undefined {
  if (publicKey.length !== EC_PUBLIC_LENGTH || publicKey[0] !== 0x05 || signature.length !== 64)
    return undefined;
  const key = edwardsY(rawPublicKey(publicKey));
  if (key === undefined || hasSmallOrder(key)) return undefined;
  const R = signature.slice(0, 32);
  const s = signature.slice(32);
  key[31]! |= s[31]! & SIGN_BIT;
  s[31]! &= ~SIGN_BIT;
  if ((s[31]! & 0xe0) !== 0 || hasSmallOrder(R)) return undefined;
  return { publicKey: key, signature: concatBytes(R, numberToBytesLE(bytesToNumberLE(s) % L, 32)) };
}

/** Whether the Ed25519 signature is good: s * B - h * A encodes to R, byte for byte. */
export function ed25519Verify({ publicKey, signature }: Ed25519Check, message: Uint8Array): boolean {
  const R = signature.subarray(0, 32);
  let A;
  try {
    A = Point.fromBytes(publicKey);
  } catch {
    return false; // not on the curve
  }
  const h = hashToScalar(R, publicKey, message);
  const s = bytesToNumberLE(signature.subarray(32));
  const found = Point.BASE.multiplyUnsafe(s).subtract(A.multiplyUnsafe(h)).toBytes();
  return found.every((byte, i) => byte === R[i]);
}

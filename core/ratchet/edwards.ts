/**
 * Maps X25519 public keys to the Edwards form of the same curve, where signatures and subgroup checks live.
 *
 * @module
 */
import { equalBytes } from '@noble/ciphers/utils.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { ComingError } from '../errors.js';
import { FIELD_PRIME, fromBytesLE, invert, mod, toBytesLE } from './ed25519.js';
import { rawPublicKey, withEcType } from './keys.js';
import type { KeyPair, Primitives } from './primitives.js';

/** A copy without the top bit, where an encoded point has the sign of its x. */
function withoutSign(point: Uint8Array): Uint8Array {
  const y = Uint8Array.from(point);
  y[31]! &= 0x7f;
  return y;
}

/** The y-coordinates of the eight points of small order: of order 1, 2, 4 (two points) and 8 (two pairs). */
const SMALL_ORDER: ReadonlySet<string> = new Set([
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
]);

/** Whether an encoded Edwards point is one of the eight of small order, whatever its sign bit. */
export function hasSmallOrder(point: Uint8Array): boolean {
  return SMALL_ORDER.has(bytesToHex(withoutSign(point)));
}

/**
 * The Edwards y-coordinate (32 bytes, sign bit clear) of the Montgomery u-coordinate: y = (u - 1) / (u + 1).
 * Undefined for u = -1, which lies on the twist. Whether there is a point with this y remains to be seen.
 */
export function edwardsY(u: Uint8Array): Uint8Array | undefined {
  const x = mod(fromBytesLE(withoutSign(u)));
  const divisor = mod(x + 1n);
  if (divisor === 0n) return undefined;
  return toBytesLE(mod((x - 1n) * invert(divisor, FIELD_PRIME)));
}

/**
 * Five times the order of the prime-order group, less one: a multiple of 8 as every X25519 key is, which takes each
 * point of that group to its negative, and takes what else a point is made of to nothing. The public key of it is
 * the base point's u = 9, because u is that of the negative too.
 */
const NEGATION: KeyPair = {
  privateKey: hexToBytes('a023cdd083ef5bb82f10d62e59e15a6800000000000000000000000000000050'),
  publicKey: withEcType(Uint8Array.of(9, ...new Uint8Array(31))),
};

/**
 * Refuses a base key that is not the canonical encoding of a point in the prime-order group: other encodings of
 * the same key would let one key agreement pass for several.
 *
 * A point outside that group, or on the twist, does not come out of {@link NEGATION} as the u that went in.
 *
 * @throws ComingError `invalid-key`
 */
export async function requireCanonical(p: Pick<Primitives, 'agree'>, publicKey: Uint8Array): Promise<void> {
  const u = rawPublicKey(publicKey);
  if (fromBytesLE(u) < FIELD_PRIME && equalBytes(await p.agree(NEGATION, publicKey), u)) return;
  throw new ComingError('invalid-key', 'the base key is not canonical');
}

import { ed25519, ED25519_TORSION_SUBGROUP } from '@noble/curves/ed25519.js';
import { expect, it } from 'vitest';
import { requireCanonical } from '../../../core/ratchet/edwards.js';
import { noblePrimitives, platformPrimitives } from '../../../core/ratchet/index.js';

const { Point, utils } = ed25519;
const invalid = expect.objectContaining({ code: 'invalid-key' }) as unknown;

it.each([
  ['plain JavaScript', noblePrimitives()],
  ['the platform', await platformPrimitives()],
])('with %s a key is canonical exactly if its point is in the prime-order group', async (_name, p) => {
  for (let i = 0; i < 8; i++) {
    const { publicKey, secretKey } = ed25519.keygen();
    const point = Point.fromBytes(publicKey);
    for (const torsion of ED25519_TORSION_SUBGROUP) {
      const sum = point.add(Point.fromHex(torsion));
      const key = Uint8Array.of(5, ...utils.toMontgomery(sum.toBytes()));
      const check = requireCanonical(p, key);
      if (sum.isTorsionFree()) await expect(check).resolves.toBeUndefined();
      else await expect(check).rejects.toEqual(invalid);
    }
    // As likely on the twist as not; what is on the curve is seldom in the group.
    const u = secretKey.with(31, secretKey[31]! & 0x7f);
    const isOnTwist = await isTwist(u);
    if (isOnTwist) await expect(requireCanonical(p, Uint8Array.of(5, ...u))).rejects.toEqual(invalid);
  }
  for (const torsion of ED25519_TORSION_SUBGROUP.slice(1)) {
    const u = utils.toMontgomery(Point.fromHex(torsion).toBytes());
    await expect(requireCanonical(p, Uint8Array.of(5, ...u))).rejects.toEqual(invalid);
  }
});

/** Whether no point of the curve has this u: u^3 + 486662 u^2 + u is no square. */
async function isTwist(bytes: Uint8Array): Promise<boolean> {
  const { Fp } = Point;
  const u = Fp.create(BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`));
  const square = Fp.add(Fp.mul(Fp.sqr(u), Fp.add(u, 486662n)), u);
  return Fp.pow(square, (Fp.ORDER - 1n) / 2n) !== 1n;
}

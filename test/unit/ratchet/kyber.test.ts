import { sha3_256, shake256 } from '@noble/hashes/sha3.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { ml_kem1024 } from '@noble/post-quantum/ml-kem.js';
import { describe, expect, it } from 'vitest';
import { noblePrimitives } from '../../../core/ratchet/index.js';
import { kyberDecapsulate, kyberEncapsulate, kyberKeyPair } from '../../../core/ratchet/kyber.js';
import { repeatable } from './device.js';

const random = repeatable(1);

describe('Kyber-1024 of round 3', () => {
  it('is ML-KEM-1024 with hashed coins and the ciphertext hashed into the secret', () => {
    const seed = random(64);
    const coins = random(32);
    const kem = ml_kem1024.keygen(seed);
    const { cipherText, sharedSecret } = ml_kem1024.encapsulate(kem.publicKey, sha3_256(coins));
    const pair = kyberKeyPair(seed);
    const made = kyberEncapsulate(pair.publicKey, coins);
    expect(pair.publicKey).toEqual(concatBytes(Uint8Array.of(8), kem.publicKey));
    expect(pair.privateKey).toEqual(concatBytes(Uint8Array.of(8), kem.secretKey));
    expect(made.ciphertext).toEqual(concatBytes(Uint8Array.of(8), cipherText));
    expect(made.sharedSecret).toEqual(
      shake256(concatBytes(sharedSecret, sha3_256(cipherText)), { dkLen: 32 }),
    );
  });

  it('gives both sides the same secret, and another one for a changed ciphertext', () => {
    const pair = kyberKeyPair(random(64));
    const { ciphertext, sharedSecret } = kyberEncapsulate(pair.publicKey, random(32));
    expect(kyberDecapsulate(pair.privateKey, ciphertext)).toEqual(sharedSecret);
    const changed = ciphertext.slice();
    changed[700]! ^= 1;
    expect(kyberDecapsulate(pair.privateKey, changed)).not.toEqual(sharedSecret);
  });

  it('refuses keys and ciphertexts of another type or length', async () => {
    const p = noblePrimitives();
    const { publicKey, privateKey } = await p.generateKemKeyPair();
    const { ciphertext } = await p.encapsulate(publicKey);
    const otherType = (bytes: Uint8Array) => concatBytes(Uint8Array.of(0x0a), bytes.subarray(1));
    const notReduced = publicKey.slice().fill(0xff, 1);
    for (const bad of [otherType(publicKey), publicKey.subarray(1), notReduced]) {
      await expect(p.encapsulate(bad)).rejects.toMatchObject({ code: 'invalid-key' });
    }
    for (const bad of [otherType(privateKey), privateKey.subarray(1), privateKey.slice().fill(0xff, 1)]) {
      await expect(p.decapsulate(bad, ciphertext)).rejects.toMatchObject({ code: 'invalid-key' });
    }
    for (const bad of [otherType(ciphertext), ciphertext.subarray(1)]) {
      await expect(p.decapsulate(privateKey, bad)).rejects.toMatchObject({ code: 'malformed-message' });
    }
  });
});

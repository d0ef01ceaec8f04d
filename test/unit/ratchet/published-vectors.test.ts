/**
 * Known answers that standards bodies published, for each primitive: `test/vectors/published.json` holds those of
 * RFC 7748 (X25519), of the Ed25519 authors, of NIST's CAVP (SHA-3, SHAKE, AES-256-CBC) and RFC 3686
 * (AES-256-CTR); those of RFC 8452 and of ML-KEM stand here. RFC 4231 and RFC 5869 are in `sha256.test.ts`.
 */
import { cbc, ctr, gcmsiv } from '@noble/ciphers/aes.js';
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import { ed25519StrictVerify, noblePrimitives, platformPrimitives } from '../../../core/ratchet/index.js';
import * as mlKem from '../../../core/ratchet/kem/ml-kem.js';
import { sha3_256, sha3_512, shake128, shake256 } from '../../../core/ratchet/kem/sha3.js';
import { withEcType } from '../../../core/ratchet/keys.js';
import { ed25519Verify } from '../../../core/ratchet/xeddsa.js';
import published from '../../vectors/published.json' with { type: 'json' };

const rows = (table: readonly string[][]) => table.map((row) => row.map(hexToBytes));

describe.each([
  ['noble', noblePrimitives()],
  ['the platform', await platformPrimitives()],
])('X25519 by %s', (_name, p) => {
  const agree = async (scalar: Uint8Array, u: Uint8Array) =>
    p.agree({ privateKey: scalar, publicKey: withEcType(new Uint8Array(32).fill(9, 0, 1)) }, withEcType(u));

  it('gives the published answers', async () => {
    for (const [scalar, u, shared] of rows(published.x25519)) {
      expect(await agree(scalar!, u!)).toEqual(shared);
    }
  });

  it('gives the published answer when its results go into it a thousand times', async () => {
    let [scalar, u] = [new Uint8Array(32).fill(9, 0, 1), new Uint8Array(32).fill(9, 0, 1)];
    for (let i = 0; i < 1000; i++) [scalar, u] = [Uint8Array.from(await agree(scalar, u)), scalar];
    expect(bytesToHex(scalar)).toBe('684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51');
  });
});

it('Ed25519 accepts the published signatures, and none of them over another text', async () => {
  for (const [publicKey, message, signature] of rows(published.ed25519)) {
    const check = { publicKey: publicKey!, signature: signature! };
    expect(await ed25519Verify(check, message!)).toBe(true);
    expect(await ed25519StrictVerify(signature!, message!, publicKey!)).toBe(true);
    const other = concatBytes(message!, Uint8Array.of(0));
    expect(await ed25519Verify(check, other)).toBe(false);
    expect(await ed25519StrictVerify(signature!, other, publicKey!)).toBe(false);
  }
});

it.each([
  ['SHA3-256', published.sha3_256, sha3_256],
  ['SHA3-512', published.sha3_512, sha3_512],
])('%s gives the published answers', (_name, table, hash) => {
  for (const [message, digest] of rows(table)) expect(hash(message!)).toEqual(digest);
});

it('SHAKE128 and SHAKE256 give the published answers, of whatever length', () => {
  for (const [message, output] of rows(published.shake128)) {
    expect(shake128(message!).squeeze(new Uint8Array(output!.length))).toEqual(output);
  }
  for (const [message, output] of rows(published.shake256)) {
    expect(shake256(output!.length, message!)).toEqual(output);
  }
});

it('AES-256 in the modes CBC and CTR gives the published answers', () => {
  for (const [key, iv, plaintext, ciphertext] of rows(published.aes256cbc)) {
    const mode = cbc(key!, iv!, { disablePadding: true });
    expect(mode.encrypt(plaintext!)).toEqual(ciphertext);
    expect(mode.decrypt(ciphertext!)).toEqual(plaintext);
  }
  for (const [key, iv, plaintext, ciphertext] of rows(published.aes256ctr)) {
    expect(ctr(key!, iv!).encrypt(plaintext!)).toEqual(ciphertext);
  }
});

it.each([
  ['', '07f5f4169bbf55a8400cd47ea6fd400f'],
  ['0100000000000000', 'c2ef328e5c71c83b843122130f7364b761e0b97427e3df28'],
])('AES-256-GCM-SIV seals %j as in RFC 8452, appendix C.2', (plaintext, sealed) => {
  const key = new Uint8Array(32).fill(1, 0, 1);
  const nonce = new Uint8Array(12).fill(3, 0, 1);
  expect(bytesToHex(gcmsiv(key, nonce).encrypt(hexToBytes(plaintext)))).toBe(sealed);
});

// Each round: a key pair, an encapsulation, its decapsulation, and that of a random ciphertext, which is rejected. The
// digests are those that Go's crypto/mlkem (768), and PQClean and CIRCL (1024), come to.
it.each([
  [768, mlKem.ML_KEM_768, '1114b1b6699ed191734fa339376afa7e285c9e6acf6ff0177d346696ce564415'],
  [1024, mlKem.ML_KEM_1024, '800018fec3e2723f73f1d657fe239b4d5d8782efaade297e8cd448e54cc2ac00'],
])('ML-KEM-%i comes to the published digest of a hundred rounds', (_name, set, digest) => {
  const random = shake128();
  const made = shake128();
  for (let i = 0; i < 100; i++) {
    const dk = mlKem.generateKey(set, random.squeeze(new Uint8Array(64)));
    const { t, rho, hash } = mlKem.partsOf(set, dk);
    made.absorb(t).absorb(rho);
    const { secret, ct1, rest } = mlKem.encapsulateFirst(set, rho, hash, random.squeeze(new Uint8Array(32)));
    const ciphertext = concatBytes(ct1, mlKem.encapsulateRest(set, rest, t));
    made.absorb(ciphertext).absorb(secret);
    expect(mlKem.decapsulate(set, dk, ciphertext)).toEqual(secret);
    made.absorb(mlKem.decapsulate(set, dk, random.squeeze(new Uint8Array(ciphertext.length)))!);
  }
  expect(bytesToHex(made.squeeze(new Uint8Array(32)))).toBe(digest);
});

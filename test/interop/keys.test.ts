import { Fingerprint, KEMKeyPair, KEMPublicKey, PrivateKey } from '@signalapp/libsignal-client';
import { expect, it } from 'vitest';
import {
  compareScannable,
  noblePrimitives,
  platformPrimitives,
  safetyNumber,
  scannableFingerprint,
} from '../../core/ratchet/index.js';
import { publicKey } from './peers.js';

const bytes = (view: Uint8Array) => Uint8Array.from(view);

it.each([
  ['plain JavaScript', noblePrimitives()],
  ['the platform', await platformPrimitives()],
])('%s signs, verifies and agrees as libsignal does', async (_name, p) => {
  for (let i = 0; i < 10; i++) {
    const theirs = PrivateKey.generate();
    const pair = {
      publicKey: bytes(theirs.getPublicKey().serialize()),
      privateKey: bytes(theirs.serialize()),
    };
    const own = await p.generateKeyPair();
    const message = bytes(p.randomBytes(i * 20));
    expect(await p.verify(pair.publicKey, message, theirs.sign(message))).toBe(true);
    expect(theirs.getPublicKey().verify(message, bytes(await p.sign(pair.privateKey, message)))).toBe(true);
    expect(await p.agree(own, pair.publicKey)).toEqual(bytes(theirs.agree(publicKey(own.publicKey))));
    expect(await p.agree(pair, own.publicKey)).toEqual(await p.agree(own, pair.publicKey));
  }
});

it('keys of the KEM are read by either side', async () => {
  const p = await platformPrimitives();
  const theirs = KEMKeyPair.generate();
  const { ciphertext, sharedSecret } = await p.encapsulate(bytes(theirs.getPublicKey().serialize()));
  expect(await p.decapsulate(bytes(theirs.getSecretKey().serialize()), ciphertext)).toEqual(sharedSecret);
  const { publicKey: own } = await p.generateKemKeyPair();
  expect(bytes(KEMPublicKey.deserialize(bytes(own)).serialize())).toEqual(own);
});

it('safety numbers are the same on both sides and with libsignal', async () => {
  const p = await platformPrimitives();
  const party = async () => ({
    identifier: bytes(p.randomBytes(16)),
    identityKey: bytes((await p.generateKeyPair()).publicKey),
  });
  const [local, remote] = [await party(), await party()];
  const theirs = Fingerprint.new(
    5200,
    2,
    local.identifier,
    publicKey(local.identityKey),
    remote.identifier,
    publicKey(remote.identityKey),
  );
  expect(theirs.displayableFingerprint().toString()).toBe(safetyNumber(remote, local));
  const scanned = bytes(theirs.scannableFingerprint().toBuffer());
  expect(scannableFingerprint(local, remote)).toEqual(scanned);
  expect(compareScannable(scannableFingerprint(remote, local), scanned)).toBe('equal');
});

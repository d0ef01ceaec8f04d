import { hexToBytes } from '@noble/hashes/utils.js';
import { expect, it } from 'vitest';
import { decryptPreKeyMessage, noblePrimitives, readPreKeyMessage } from '../../../core/ratchet/index.js';
import vectors from '../../vectors/without-spqr.json' with { type: 'json' };
import { text } from './device.js';

const pair = ({ publicKey, privateKey }: { publicKey: string; privateKey: string }) => ({
  publicKey: hexToBytes(publicKey),
  privateKey: hexToBytes(privateKey),
});

it('the first messages of a peer that could do without the post-quantum ratchet are decrypted, in any order', async () => {
  const { alice, bob, steps } = vectors;
  const local = { keyPair: pair(bob.identity), registrationId: bob.registrationId, address: bob.address };
  const keys = {
    signedPreKey: pair(bob.signedPreKey),
    kyberPreKey: pair({ publicKey: bob.kyberPreKey.publicKey, privateKey: bob.kyberPreKey.secretKey }),
    oneTimePreKey: pair(bob.oneTimePreKey),
  };
  let record: Uint8Array | undefined;
  for (const { ciphertext, plaintext } of steps.toReversed()) {
    const bytes = hexToBytes(ciphertext);
    expect(readPreKeyMessage(bytes)).toMatchObject({
      identityKey: hexToBytes(alice.identityPublic),
      registrationId: alice.registrationId,
      signedPreKeyId: bob.signedPreKey.id,
      kyberPreKeyId: bob.kyberPreKey.id,
      oneTimePreKeyId: bob.oneTimePreKey.id,
    });
    const received = await decryptPreKeyMessage(noblePrimitives(), record, local, alice.address, bytes, keys);
    expect(text(received.plaintext)).toBe(plaintext);
    expect(received.established).toBe(record === undefined);
    ({ record } = received);
  }
});

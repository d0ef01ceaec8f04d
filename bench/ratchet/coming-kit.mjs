// This kit, for the benchmark.
import {
  decryptMessage,
  decryptPreKeyMessage,
  encryptMessage,
  initiateSession,
  platformPrimitives,
  PRE_KEY_MESSAGE,
} from '../../core/ratchet/index.ts';

const ADDRESSES = [
  { name: '7cda973f-53d7-4ac4-8a14-1551d7dcf316', deviceId: 1 },
  { name: '06610dde-f586-426e-a009-fdf27037c133', deviceId: 2 },
];

export const name = 'coming-kit';

export async function pair() {
  const p = await platformPrimitives();
  const [one, other] = await Promise.all(
    ADDRESSES.map(async (address) => ({
      local: { address, registrationId: 1, keyPair: await p.generateKeyPair() },
      record: undefined,
      keys: undefined,
    })),
  );
  other.keys = {
    signedPreKey: await p.generateKeyPair(),
    kyberPreKey: await p.generateKemKeyPair(),
    oneTimePreKey: await p.generateKeyPair(),
  };
  const signed = async ({ publicKey }) => ({
    id: 1,
    publicKey,
    signature: await p.sign(other.local.keyPair.privateKey, publicKey),
  });
  const bundle = {
    registrationId: 1,
    deviceId: 2,
    identityKey: other.local.keyPair.publicKey,
    signedPreKey: await signed(other.keys.signedPreKey),
    kyberPreKey: await signed(other.keys.kyberPreKey),
    oneTimePreKey: { id: 1, publicKey: other.keys.oneTimePreKey.publicKey },
  };
  const end = (own, remote) => ({
    async encrypt(text) {
      const { record, message } = await encryptMessage(
        p,
        own.record,
        own.local,
        remote.local.address,
        text,
        0,
      );
      own.record = record;
      return message;
    },
    async decrypt({ type, bytes }) {
      const known = [p, own.record, own.local, remote.local.address, bytes];
      const { record, plaintext } =
        type === PRE_KEY_MESSAGE
          ? await decryptPreKeyMessage(...known, own.keys)
          : await decryptMessage(...known);
      own.record = record;
      return plaintext;
    },
  });
  const ends = [end(one, other), end(other, one)];
  return {
    one: ends[0],
    other: ends[1],
    async setUp() {
      one.record = await initiateSession(p, undefined, one.local, other.local.address, bundle, 0);
      await ends[1].decrypt(await ends[0].encrypt(new Uint8Array(100)));
    },
  };
}

// The Signal protocol of 2016 (no post-quantum part) in TypeScript, for the benchmark.
import * as library from '@privacyresearch/libsignal-protocol-typescript';

export const name = 'privacyresearch';
const { KeyHelper, SessionBuilder, SessionCipher, SignalProtocolAddress } = library.default ?? library;

function store(identity) {
  const sessions = new Map();
  return {
    getIdentityKeyPair: async () => identity,
    getLocalRegistrationId: async () => 1,
    isTrustedIdentity: async () => true,
    saveIdentity: async () => false,
    loadPreKey: async () => undefined,
    storePreKey: async () => {},
    removePreKey: async () => {},
    storeSession: async (address, record) => void sessions.set(address, record),
    loadSession: async (address) => sessions.get(address),
    loadSignedPreKey: async () => undefined,
    storeSignedPreKey: async () => {},
    removeSignedPreKey: async () => {},
  };
}

export async function pair() {
  const identities = [await KeyHelper.generateIdentityKeyPair(), await KeyHelper.generateIdentityKeyPair()];
  const [one, other] = identities.map(store);
  const [oneAddress, otherAddress] = ['one', 'other'].map((name) => new SignalProtocolAddress(name, 1));
  const preKey = await KeyHelper.generatePreKey(1);
  const signed = await KeyHelper.generateSignedPreKey(identities[1], 1);
  other.loadPreKey = async () => preKey.keyPair;
  other.loadSignedPreKey = async () => signed.keyPair;
  const end = (own, remote) => ({
    encrypt: (text) => new SessionCipher(own, remote).encrypt(Uint8Array.from(text).buffer),
    decrypt: ({ type, body }) => {
      const cipher = new SessionCipher(own, remote);
      return type === 3
        ? cipher.decryptPreKeyWhisperMessage(body, 'binary')
        : cipher.decryptWhisperMessage(body, 'binary');
    },
  });
  const ends = [end(one, otherAddress), end(other, oneAddress)];
  return {
    one: ends[0],
    other: ends[1],
    async setUp() {
      await new SessionBuilder(one, otherAddress).processPreKey({
        identityKey: identities[1].pubKey,
        registrationId: 1,
        preKey: { keyId: 1, publicKey: preKey.keyPair.pubKey },
        signedPreKey: { keyId: 1, publicKey: signed.keyPair.pubKey, signature: signed.signature },
      });
      await ends[1].decrypt(await ends[0].encrypt(new Uint8Array(100)));
    },
  };
}

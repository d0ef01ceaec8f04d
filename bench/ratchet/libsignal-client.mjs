// libsignal's own client, for the benchmark; in Node only.
import * as signal from '@signalapp/libsignal-client';

export const name = 'libsignal-client';

class Sessions extends signal.SessionStore {
  async saveSession(_name, record) {
    this.record = record.serialize();
  }
  async getSession() {
    return this.record ? signal.SessionRecord.deserialize(this.record) : null;
  }
}

class Identities extends signal.IdentityKeyStore {
  constructor(key) {
    super();
    this.key = key;
    this.pair = new signal.IdentityKeyPair(key.getPublicKey(), key);
  }
  async getIdentityKey() {
    return this.key;
  }
  async getIdentityKeyPair() {
    return this.pair;
  }
  async getLocalRegistrationId() {
    return 1;
  }
  async saveIdentity() {
    return signal.IdentityChange.NewOrUnchanged;
  }
  async isTrustedIdentity() {
    return true;
  }
  async getIdentity() {
    return null;
  }
}

class Keys {
  constructor(record) {
    this.record = record;
  }
  async getPreKey() {
    return this.record;
  }
  async removePreKey() {}
  async getSignedPreKey() {
    return this.record;
  }
  async getKyberPreKey() {
    return this.record;
  }
  async markKyberPreKeyUsed() {}
}

const ADDRESSES = [
  signal.ProtocolAddress.new('7cda973f-53d7-4ac4-8a14-1551d7dcf316', 1),
  signal.ProtocolAddress.new('06610dde-f586-426e-a009-fdf27037c133', 2),
];

export async function pair() {
  const [one, other] = ADDRESSES.map((address) => ({
    address,
    key: signal.PrivateKey.generate(),
    sessions: new Sessions(),
  }));
  for (const side of [one, other]) side.identities = new Identities(side.key);
  const [signed, oneTime] = [signal.PrivateKey.generate(), signal.PrivateKey.generate()];
  const kyber = signal.KEMKeyPair.generate();
  const [signedSignature, kyberSignature] = [signed, kyber].map((key) =>
    other.key.sign(key.getPublicKey().serialize()),
  );
  const preKeys = [
    new Keys(signal.PreKeyRecord.new(1, oneTime.getPublicKey(), oneTime)),
    new Keys(signal.SignedPreKeyRecord.new(1, 0, signed.getPublicKey(), signed, signedSignature)),
    new Keys(signal.KyberPreKeyRecord.new(1, 0, kyber, kyberSignature)),
  ];
  const bundle = signal.PreKeyBundle.new(
    ...[1, 2, 1, oneTime.getPublicKey(), 1, signed.getPublicKey(), signedSignature],
    ...[other.key.getPublicKey(), 1, kyber.getPublicKey(), kyberSignature],
  );
  const end = (own, remote) => ({
    async encrypt(text) {
      const { address, sessions, identities } = own;
      const message = await signal.signalEncrypt(text, remote.address, address, sessions, identities);
      return { type: message.type(), bytes: message.serialize() };
    },
    async decrypt({ type, bytes }) {
      const known = [remote.address, own.address, own.sessions, own.identities];
      return type === signal.CiphertextMessageType.PreKey
        ? signal.signalDecryptPreKey(signal.PreKeySignalMessage.deserialize(bytes), ...known, ...preKeys)
        : signal.signalDecrypt(signal.SignalMessage.deserialize(bytes), ...known);
    },
  });
  const ends = [end(one, other), end(other, one)];
  return {
    one: ends[0],
    other: ends[1],
    async setUp() {
      await signal.processPreKeyBundle(bundle, other.address, one.address, one.sessions, one.identities);
      await ends[1].decrypt(await ends[0].encrypt(new Uint8Array(100)));
    },
  };
}

/**
 * Two kinds of devices that speak to each other: one runs our ratchet, the other libsignal.
 *
 * libsignal is a black box here: only what its package exports is called.
 *
 * @module
 */
import {
  ErrorCode,
  IdentityChange,
  IdentityKeyStore,
  IdentityKeyPair,
  KEMKeyPair,
  KEMPublicKey,
  KyberPreKeyRecord,
  KyberPreKeyStore,
  LibSignalErrorBase,
  PreKeyBundle as TheirBundle,
  PreKeyRecord,
  PreKeySignalMessage,
  PreKeyStore,
  PrivateKey,
  processPreKeyBundle,
  ProtocolAddress,
  PublicKey,
  SessionRecord,
  SessionStore,
  SignalMessage,
  signalDecrypt,
  signalDecryptPreKey,
  signalEncrypt,
  SignedPreKeyRecord,
  SignedPreKeyStore,
} from '@signalapp/libsignal-client';
import { codeOf } from '../../core/errors.js';
import {
  decryptMessage,
  decryptPreKeyMessage,
  encryptMessage,
  initiateSession,
  PRE_KEY_MESSAGE,
  readPreKeyMessage,
  type Address,
  type CiphertextMessage,
  type KeyPair,
  type LocalIdentity,
  type NamedPreKeys,
  type PreKeyBundle,
  type Primitives,
} from '../../core/ratchet/index.js';

export const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
export const utf8 = (plaintext: string) => new TextEncoder().encode(plaintext);

/** What became of a message. */
export type Outcome = { readonly plaintext: string } | 'duplicate' | 'refused';

export interface Options {
  readonly oneTime?: boolean;
  /** ms since 1970. */
  readonly now?: number;
}

/** A device that has sessions with one other. */
export interface Peer {
  readonly address: Address;
  readonly identityKey: Uint8Array;
  /** The record of its sessions as it is stored. */
  readonly state: Uint8Array | undefined;
  bundle(options?: Options): Promise<PreKeyBundle>;
  initiate(to: Peer, options?: Options): Promise<void>;
  send(to: Peer, plaintext: string, options?: Options): Promise<CiphertextMessage>;
  /** Never throws; what is refused changes nothing. */
  receive(from: Peer, message: CiphertextMessage): Promise<Outcome>;
}

let lastId = 0;
const NOW = 1_800_000_000_000;

export class OurPeer implements Peer {
  state: Uint8Array | undefined;
  readonly keys = new Map<number, NamedPreKeys>();

  constructor(
    readonly p: Primitives,
    readonly local: LocalIdentity,
  ) {}

  static async make(p: Primitives, address: Address): Promise<OurPeer> {
    return new OurPeer(p, { address, registrationId: 4711, keyPair: await p.generateKeyPair() });
  }

  get address(): Address {
    return this.local.address;
  }

  get identityKey(): Uint8Array {
    return this.local.keyPair.publicKey;
  }

  async bundle({ oneTime = true }: Options = {}): Promise<PreKeyBundle> {
    const { p, local } = this;
    const id = (lastId += 1);
    const keys = {
      signedPreKey: await p.generateKeyPair(),
      kyberPreKey: await p.generateKemKeyPair(),
      ...(oneTime && { oneTimePreKey: await p.generateKeyPair() }),
    };
    this.keys.set(id, keys);
    const sign = async ({ publicKey }: KeyPair) => ({
      id,
      publicKey,
      signature: await p.sign(local.keyPair.privateKey, publicKey),
    });
    return {
      registrationId: local.registrationId,
      deviceId: this.address.deviceId,
      identityKey: this.identityKey,
      signedPreKey: await sign(keys.signedPreKey),
      kyberPreKey: await sign(keys.kyberPreKey),
      ...(keys.oneTimePreKey && { oneTimePreKey: { id, publicKey: keys.oneTimePreKey.publicKey } }),
    };
  }

  async initiate(to: Peer, options: Options = {}): Promise<void> {
    const bundle = await to.bundle(options);
    const { p, state, local } = this;
    this.state = await initiateSession(p, state, local, to.address, bundle, options.now ?? NOW);
  }

  async send(to: Peer, plaintext: string, { now = NOW }: Options = {}): Promise<CiphertextMessage> {
    const { p, state, local } = this;
    const { record, message } = await encryptMessage(p, state, local, to.address, utf8(plaintext), now);
    this.state = record;
    return message;
  }

  async receive(from: Peer, message: CiphertextMessage): Promise<Outcome> {
    const before = this.state?.slice();
    try {
      const { record, plaintext } = await this.#decrypt(from, message);
      this.state = record;
      return { plaintext: text(plaintext) };
    } catch (error) {
      requireUnchanged(before, this.state);
      if (codeOf(error) === 'internal') throw error;
      return codeOf(error) === 'duplicate-message' ? 'duplicate' : 'refused';
    }
  }

  async #decrypt(from: Peer, { type, bytes }: CiphertextMessage) {
    const { p, state, local } = this;
    if (type !== PRE_KEY_MESSAGE) return decryptMessage(p, state, local, from.address, bytes);
    const { signedPreKeyId, kyberPreKeyId, oneTimePreKeyId } = readPreKeyMessage(bytes);
    const { oneTimePreKey } = this.keys.get(oneTimePreKeyId ?? -1) ?? {};
    const { signedPreKey } = this.keys.get(signedPreKeyId) ?? {};
    const { kyberPreKey } = this.keys.get(kyberPreKeyId) ?? {};
    const named = signedPreKey &&
      kyberPreKey && { signedPreKey, kyberPreKey, ...(oneTimePreKey && { oneTimePreKey }) };
    return decryptPreKeyMessage(p, state, local, from.address, bytes, named);
  }
}

export class LibsignalPeer implements Peer {
  readonly stores = new Stores();

  constructor(
    readonly address: Address,
    readonly identity = PrivateKey.generate(),
  ) {
    this.stores.identity = identity;
  }

  get identityKey(): Uint8Array {
    return Uint8Array.from(this.identity.getPublicKey().serialize());
  }

  get state(): Uint8Array | undefined {
    return this.stores.record;
  }

  set state(record: Uint8Array | undefined) {
    this.stores.record = record;
  }

  async bundle({ oneTime = true }: Options = {}): Promise<PreKeyBundle> {
    const { identity, stores } = this;
    const id = (lastId += 1);
    const signed = PrivateKey.generate();
    const kyber = KEMKeyPair.generate();
    const signedPublic = signed.getPublicKey().serialize();
    const kyberPublic = kyber.getPublicKey().serialize();
    const [signedSignature, kyberSignature] = [identity.sign(signedPublic), identity.sign(kyberPublic)];
    stores.signed.set(id, SignedPreKeyRecord.new(id, 0, signed.getPublicKey(), signed, signedSignature));
    stores.kyber.set(id, KyberPreKeyRecord.new(id, 0, kyber, kyberSignature));
    const bundle = {
      registrationId: stores.registrationId,
      deviceId: this.address.deviceId,
      identityKey: this.identityKey,
      signedPreKey: {
        id,
        publicKey: Uint8Array.from(signedPublic),
        signature: Uint8Array.from(signedSignature),
      },
      kyberPreKey: {
        id,
        publicKey: Uint8Array.from(kyberPublic),
        signature: Uint8Array.from(kyberSignature),
      },
    };
    if (!oneTime) return bundle;
    const key = PrivateKey.generate();
    stores.oneTime.set(id, PreKeyRecord.new(id, key.getPublicKey(), key));
    return { ...bundle, oneTimePreKey: { id, publicKey: Uint8Array.from(key.getPublicKey().serialize()) } };
  }

  async initiate(to: Peer, options: Options = {}): Promise<void> {
    const { signedPreKey, kyberPreKey, oneTimePreKey, ...bundle } = await to.bundle(options);
    await processPreKeyBundle(
      TheirBundle.new(
        bundle.registrationId,
        bundle.deviceId,
        oneTimePreKey?.id ?? null,
        oneTimePreKey ? publicKey(oneTimePreKey.publicKey) : null,
        signedPreKey.id,
        publicKey(signedPreKey.publicKey),
        Uint8Array.from(signedPreKey.signature),
        publicKey(bundle.identityKey),
        kyberPreKey.id,
        KEMPublicKey.deserialize(Uint8Array.from(kyberPreKey.publicKey)),
        Uint8Array.from(kyberPreKey.signature),
      ),
      theirAddress(to.address),
      theirAddress(this.address),
      this.stores.sessions,
      this.stores.identities,
      new Date(options.now ?? NOW),
    );
  }

  async send(to: Peer, plaintext: string, { now = NOW }: Options = {}): Promise<CiphertextMessage> {
    const message = await signalEncrypt(
      utf8(plaintext),
      theirAddress(to.address),
      theirAddress(this.address),
      this.stores.sessions,
      this.stores.identities,
      new Date(now),
    );
    return { type: message.type() as CiphertextMessage['type'], bytes: Uint8Array.from(message.serialize()) };
  }

  async receive(from: Peer, { type, bytes }: CiphertextMessage): Promise<Outcome> {
    const before = this.state?.slice();
    const { sessions, identities, oneTimes, signeds, kybers } = this.stores;
    const addresses = [theirAddress(from.address), theirAddress(this.address)] as const;
    const copy = Uint8Array.from(bytes);
    try {
      const plaintext =
        type === PRE_KEY_MESSAGE
          ? await signalDecryptPreKey(
              PreKeySignalMessage.deserialize(copy),
              ...addresses,
              sessions,
              identities,
              oneTimes,
              signeds,
              kybers,
            )
          : await signalDecrypt(SignalMessage.deserialize(copy), ...addresses, sessions, identities);
      return { plaintext: text(plaintext) };
    } catch (error) {
      requireUnchanged(before, this.state);
      if (!(error instanceof LibSignalErrorBase) && !(error instanceof MissingKey)) throw error;
      const isDuplicate = error instanceof LibSignalErrorBase && error.code === ErrorCode.DuplicatedMessage;
      return isDuplicate ? 'duplicate' : 'refused';
    }
  }
}

/** A peer of ours with the identity, the pre-keys and, once it is imported, the sessions of a libsignal peer. */
export function twinOf(p: Primitives, { stores, address, identity }: LibsignalPeer): OurPeer {
  const pair = (publicKey: Uint8Array, privateKey: Uint8Array) => ({
    publicKey: Uint8Array.from(publicKey),
    privateKey: Uint8Array.from(privateKey),
  });
  const twin = new OurPeer(p, {
    address,
    registrationId: stores.registrationId,
    keyPair: pair(identity.getPublicKey().serialize(), identity.serialize()),
  });
  for (const [id, signed] of stores.signed) {
    const kyber = stores.kyber.get(id)!;
    const oneTime = stores.oneTime.get(id);
    twin.keys.set(id, {
      signedPreKey: pair(signed.publicKey().serialize(), signed.privateKey().serialize()),
      kyberPreKey: pair(kyber.publicKey().serialize(), kyber.secretKey().serialize()),
      ...(oneTime && {
        oneTimePreKey: pair(oneTime.publicKey().serialize(), oneTime.privateKey().serialize()),
      }),
    });
  }
  return twin;
}

export const theirAddress = ({ name, deviceId }: Address) => ProtocolAddress.new(name, deviceId);
export const publicKey = (bytes: Uint8Array) => PublicKey.deserialize(Uint8Array.from(bytes));

function requireUnchanged(before: Uint8Array | undefined, after: Uint8Array | undefined): void {
  if (Buffer.compare(before ?? new Uint8Array(), after ?? new Uint8Array()) !== 0) {
    throw new Error('a message was refused and changed the sessions all the same');
  }
}

class MissingKey extends Error {}

/** What libsignal asks its caller to keep: sessions with one device, and keys that are never used up. */
export class Stores {
  record: Uint8Array | undefined;
  identity!: PrivateKey;
  readonly registrationId = 815;
  readonly known = new Map<string, Uint8Array>();
  readonly signed = new Map<number, SignedPreKeyRecord>();
  readonly kyber = new Map<number, KyberPreKeyRecord>();
  readonly oneTime = new Map<number, PreKeyRecord>();
  /** Whether an identity key may be another than before. */
  trusts = true;

  readonly sessions = sessionStore(this);
  readonly identities = identityStore(this);
  readonly oneTimes = oneTimeStore(this);
  readonly signeds = signedStore(this);
  readonly kybers = kyberStore(this);
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new MissingKey('not here');
  return value;
}

function sessionStore(stores: Stores): SessionStore {
  const get = () => (stores.record ? SessionRecord.deserialize(Uint8Array.from(stores.record)) : null);
  return new (class extends SessionStore {
    async saveSession(_name: ProtocolAddress, record: SessionRecord) {
      stores.record = Uint8Array.from(record.serialize());
    }
    async getSession() {
      return get();
    }
    async getExistingSessions(addresses: ProtocolAddress[]) {
      return addresses.map(() => found(get() ?? undefined));
    }
  })();
}

function identityStore(stores: Stores): IdentityKeyStore {
  const known = (name: ProtocolAddress) => stores.known.get(name.toString());
  return new (class extends IdentityKeyStore {
    async getIdentityKey() {
      return stores.identity;
    }
    override async getIdentityKeyPair() {
      return new IdentityKeyPair(stores.identity.getPublicKey(), stores.identity);
    }
    async getLocalRegistrationId() {
      return stores.registrationId;
    }
    async saveIdentity(name: ProtocolAddress, key: PublicKey) {
      const before = known(name);
      stores.known.set(name.toString(), key.serialize());
      const isSame = !before || Buffer.compare(before, key.serialize()) === 0;
      return isSame ? IdentityChange.NewOrUnchanged : IdentityChange.ReplacedExisting;
    }
    async isTrustedIdentity(name: ProtocolAddress, key: PublicKey) {
      const before = known(name);
      return stores.trusts || !before || Buffer.compare(before, key.serialize()) === 0;
    }
    async getIdentity(name: ProtocolAddress) {
      const key = known(name);
      return key ? publicKey(key) : null;
    }
  })();
}

function oneTimeStore({ oneTime }: Stores): PreKeyStore {
  return new (class extends PreKeyStore {
    async savePreKey(id: number, record: PreKeyRecord) {
      oneTime.set(id, record);
    }
    async getPreKey(id: number) {
      return found(oneTime.get(id));
    }
    async removePreKey() {
      // Kept, so that many copies of a first message can be tried.
    }
  })();
}

function signedStore({ signed }: Stores): SignedPreKeyStore {
  return new (class extends SignedPreKeyStore {
    async saveSignedPreKey(id: number, record: SignedPreKeyRecord) {
      signed.set(id, record);
    }
    async getSignedPreKey(id: number) {
      return found(signed.get(id));
    }
  })();
}

function kyberStore({ kyber }: Stores): KyberPreKeyStore {
  return new (class extends KyberPreKeyStore {
    async saveKyberPreKey(id: number, record: KyberPreKeyRecord) {
      kyber.set(id, record);
    }
    async getKyberPreKey(id: number) {
      return found(kyber.get(id));
    }
    async markKyberPreKeyUsed() {
      // Kept, likewise.
    }
  })();
}

/**
 * A device for tests: keeps its pre-keys and records as a caller of the ratchet does.
 *
 * @module
 */
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
} from '../../../core/ratchet/index.js';

export const utf8 = (text: string) => new TextEncoder().encode(text);
export const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** A time at which sessions are made, ms. */
export const NOW = 1_700_000_000_000;

let made = 0;

export class Device {
  /** The record of the one peer that tests have. */
  record: Uint8Array | undefined;
  readonly #signed = new Map<number, KeyPair>();
  readonly #kyber = new Map<number, KeyPair>();
  readonly #oneTime = new Map<number, KeyPair>();

  private constructor(
    readonly p: Primitives,
    readonly local: LocalIdentity,
  ) {}

  static async make(p: Primitives, name: string, deviceId = 1): Promise<Device> {
    const keyPair = await p.generateKeyPair();
    return new Device(p, { keyPair, registrationId: 1000 + deviceId, address: { name, deviceId } });
  }

  get address(): Address {
    return this.local.address;
  }

  async bundle({ oneTime = true } = {}): Promise<PreKeyBundle> {
    const id = (made += 1);
    const signedPreKey = await this.p.generateKeyPair();
    const kyberPreKey = await this.p.generateKemKeyPair();
    this.#signed.set(id, signedPreKey);
    this.#kyber.set(id, kyberPreKey);
    const sign = async ({ publicKey }: KeyPair) => ({
      id,
      publicKey,
      signature: await this.p.sign(this.local.keyPair.privateKey, publicKey),
    });
    const bundle = {
      registrationId: this.local.registrationId,
      deviceId: this.address.deviceId,
      identityKey: this.local.keyPair.publicKey,
      signedPreKey: await sign(signedPreKey),
      kyberPreKey: await sign(kyberPreKey),
    };
    if (!oneTime) return bundle;
    const oneTimePreKey = await this.p.generateKeyPair();
    this.#oneTime.set(id, oneTimePreKey);
    return { ...bundle, oneTimePreKey: { id, publicKey: oneTimePreKey.publicKey } };
  }

  async initiate(to: Device, options?: { oneTime: boolean }): Promise<void> {
    const bundle = await to.bundle(options);
    this.record = await initiateSession(this.p, this.record, this.local, to.address, bundle, NOW);
  }

  async send(to: Device, plaintext: string, now = NOW): Promise<CiphertextMessage> {
    const sent = await encryptMessage(this.p, this.record, this.local, to.address, utf8(plaintext), now);
    this.record = sent.record;
    return sent.message;
  }

  /** The pre-keys that a message names, as far as they are here. */
  keysFor(bytes: Uint8Array): NamedPreKeys | undefined {
    const { signedPreKeyId, kyberPreKeyId, oneTimePreKeyId } = readPreKeyMessage(bytes);
    const signedPreKey = this.#signed.get(signedPreKeyId);
    const kyberPreKey = this.#kyber.get(kyberPreKeyId);
    const oneTimePreKey = this.#oneTime.get(oneTimePreKeyId ?? -1);
    if (!signedPreKey || !kyberPreKey) return undefined;
    return { signedPreKey, kyberPreKey, ...(oneTimePreKey && { oneTimePreKey }) };
  }

  async receive(from: Device, { type, bytes }: CiphertextMessage): Promise<string> {
    const { p, record, local } = this;
    if (type !== PRE_KEY_MESSAGE) {
      const received = await decryptMessage(p, record, local, from.address, bytes);
      this.record = received.record;
      return text(received.plaintext);
    }
    const received = await decryptPreKeyMessage(p, record, local, from.address, bytes, this.keysFor(bytes));
    this.record = received.record;
    if (received.established) this.#oneTime.delete(readPreKeyMessage(bytes).oneTimePreKeyId ?? -1);
    return text(received.plaintext);
  }
}

/** Two devices with a session that both have received on. */
export async function talkingPair(p: Primitives): Promise<[Device, Device]> {
  const [alice, bob] = await strangers(p);
  await alice.initiate(bob);
  await bob.receive(alice, await alice.send(bob, 'hello'));
  await alice.receive(bob, await bob.send(alice, 'hello yourself'));
  return [alice, bob];
}

/** Two devices that have not met. */
export async function strangers(p: Primitives): Promise<[Device, Device]> {
  return [
    await Device.make(p, '7cda973f-53d7-4ac4-8a14-1551d7dcf316', 1),
    await Device.make(p, '06610dde-f586-426e-a009-fdf27037c133', 2),
  ];
}

/** A random source that repeats itself from the same seed. */
export function repeatable(seed: number): (length: number) => Uint8Array {
  let state = seed >>> 0;
  return (length) =>
    Uint8Array.from({ length }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state >>> 24;
    });
}

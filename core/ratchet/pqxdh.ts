/**
 * PQXDH: how two devices get a session out of a pre-key bundle (section 4).
 *
 * @module
 */
import { clean } from '@noble/hashes/utils.js';
import { ComingError } from '../errors.js';
import type { Address } from './addresses.js';
import { deriveInitialKeys, stepRoot } from './derivations.js';
import { requireCanonical } from './edwards.js';
import { KEM_PUBLIC_LENGTH, parsePublicKey, rawKem } from './keys.js';
import type { KeyPair, Primitives } from './primitives.js';
import type { Session } from './record.js';
import { startSpqr, type Spqr } from './spqr/spqr.js';
import type { PreKeySignalMessage } from './wire.js';

/** Who this device is. */
export interface LocalIdentity {
  readonly keyPair: KeyPair;
  readonly registrationId: number;
  readonly address: Address;
}

/** What a device publishes so that others can write to it first. */
export interface PreKeyBundle {
  readonly registrationId: number;
  readonly deviceId: number;
  readonly identityKey: Uint8Array;
  readonly signedPreKey: SignedPublicPreKey;
  readonly kyberPreKey: SignedPublicPreKey;
  /** Absent when none is left. */
  readonly oneTimePreKey?: PublicPreKey;
}

export interface PublicPreKey {
  readonly id: number;
  readonly publicKey: Uint8Array;
}

export interface SignedPublicPreKey extends PublicPreKey {
  /** XEdDSA by the identity key over the serialized public key. */
  readonly signature: Uint8Array;
}

/** The key pairs that a received PreKeySignalMessage names. */
export interface NamedPreKeys {
  readonly signedPreKey: KeyPair;
  readonly kyberPreKey: KeyPair;
  readonly oneTimePreKey?: KeyPair;
}

/**
 * The initiator's side.
 *
 * @param now ms since 1970
 * @throws ComingError `invalid-signature`, `invalid-key`
 */
export async function initiate(
  p: Primitives,
  local: LocalIdentity,
  bundle: PreKeyBundle,
  now: number,
): Promise<Session> {
  const remoteIdentity = parsePublicKey(bundle.identityKey);
  for (const { publicKey, signature } of [bundle.signedPreKey, bundle.kyberPreKey]) {
    if (!(await p.verify(remoteIdentity, publicKey, signature))) {
      throw new ComingError('invalid-signature', "a pre-key's signature does not verify");
    }
  }
  const signedPreKey = parsePublicKey(bundle.signedPreKey.publicKey);
  rawKem(bundle.kyberPreKey.publicKey, KEM_PUBLIC_LENGTH);

  const baseKey = await p.generateKeyPair();
  const { ciphertext, sharedSecret } = await p.encapsulate(bundle.kyberPreKey.publicKey);
  const agreements = await Promise.all([
    p.agree(local.keyPair, signedPreKey),
    p.agree(baseKey, remoteIdentity),
    p.agree(baseKey, signedPreKey),
    ...(bundle.oneTimePreKey ? [p.agree(baseKey, bundle.oneTimePreKey.publicKey)] : []),
  ]);
  clean(baseKey.privateKey);
  const { rootKey, chainKey, pqRatchetKey } = deriveInitialKeys([...agreements, sharedSecret]);

  // The other side's signed pre-key serves as its first ratchet key.
  const ratchetKey = await p.generateKeyPair();
  const sent = stepRoot(rootKey, await p.agree(ratchetKey, signedPreKey));
  return {
    localIdentity: local.keyPair.publicKey,
    remoteIdentity,
    localRegistrationId: local.registrationId,
    remoteRegistrationId: bundle.registrationId,
    baseKey: baseKey.publicKey,
    rootKey: sent.rootKey,
    previousCounter: 0,
    sending: { ratchetKey, chainKey: sent.chainKey, index: 0 },
    receiving: [{ ratchetPublic: signedPreKey, chainKey, index: 0, skipped: new Uint8Array() }],
    pending: {
      oneTimePreKeyId: bundle.oneTimePreKey?.id,
      signedPreKeyId: bundle.signedPreKey.id,
      kyberPreKeyId: bundle.kyberPreKey.id,
      kyberCiphertext: ciphertext,
      createdAt: now,
    },
    pqRatchet: startPqRatchet(pqRatchetKey, true),
  };
}

/**
 * The responder's side. The session cannot be sent on until a message was received on it.
 *
 * @throws ComingError `invalid-key`, `unknown-pre-key`
 */
export async function respond(
  p: Primitives,
  local: LocalIdentity,
  message: PreKeySignalMessage,
  keys: NamedPreKeys | undefined,
): Promise<Session> {
  const oneTimePreKey = message.oneTimePreKeyId === undefined ? undefined : keys?.oneTimePreKey;
  if (keys === undefined || (message.oneTimePreKeyId !== undefined && oneTimePreKey === undefined)) {
    throw new ComingError('unknown-pre-key', 'a pre-key that the message names is not here');
  }
  const { signedPreKey, kyberPreKey } = keys;
  const { baseKey, identityKey } = message;
  await requireCanonical(p, baseKey);
  const agreements = await Promise.all([
    p.agree(signedPreKey, identityKey),
    p.agree(local.keyPair, baseKey),
    p.agree(signedPreKey, baseKey),
    ...(oneTimePreKey ? [p.agree(oneTimePreKey, baseKey)] : []),
  ]);
  const sharedSecret = await p.decapsulate(kyberPreKey.privateKey, message.kyberCiphertext);
  const { rootKey, chainKey, pqRatchetKey } = deriveInitialKeys([...agreements, sharedSecret]);
  return {
    localIdentity: local.keyPair.publicKey,
    remoteIdentity: identityKey,
    localRegistrationId: local.registrationId,
    remoteRegistrationId: message.registrationId,
    baseKey,
    rootKey,
    previousCounter: 0,
    sending: { ratchetKey: signedPreKey, chainKey, index: 0 },
    receiving: [],
    pending: undefined,
    pqRatchet: startPqRatchet(pqRatchetKey, false),
  };
}

function startPqRatchet(key: Uint8Array, isInitiator: boolean): Spqr {
  const ratchet = startSpqr(key, isInitiator);
  clean(key);
  return ratchet;
}

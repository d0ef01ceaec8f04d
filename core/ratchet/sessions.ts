/**
 * Which session with a device a message belongs to, and which one is sent on (section 6).
 *
 * A record is opaque bytes: it goes in, and a new one comes out together with what it produced, for the caller to
 * store both at once. The bytes that went in are never changed, so a call that fails changes nothing.
 *
 * Whether an identity key is trusted is the caller's decision, made before these calls with
 * {@link readPreKeyMessage} and {@link remoteIdentityOf}.
 *
 * @module
 */
import { equalBytes } from '@noble/ciphers/utils.js';
import { ComingError } from '../errors.js';
import { bindAddresses, type Address } from './addresses.js';
import { ratchetDecrypt, ratchetEncrypt } from './double-ratchet.js';
import { MAX_UNACKNOWLEDGED_AGE } from './limits.js';
import { initiate, respond, type LocalIdentity, type NamedPreKeys, type PreKeyBundle } from './pqxdh.js';
import type { KeyPair, Primitives } from './primitives.js';
import {
  addSession,
  forgetSession,
  readRecord,
  replaceSession,
  sessionsOf,
  writeRecord,
  type FoundSession,
  type Session,
  type SessionRecord,
} from './record.js';
import { parsePreKeySignalMessage, parseSignalMessage, writePreKeySignalMessage } from './wire.js';

/** Type numbers of the two kinds of encrypted message. */
export const SIGNAL_MESSAGE = 2;
export const PRE_KEY_MESSAGE = 3;

export interface CiphertextMessage {
  readonly type: typeof SIGNAL_MESSAGE | typeof PRE_KEY_MESSAGE;
  readonly bytes: Uint8Array;
}

const NO_KEYS: KeyPair = { publicKey: new Uint8Array(), privateKey: new Uint8Array() };

/** What a PreKeySignalMessage says in the clear. */
export interface PreKeyMessageHeader {
  readonly identityKey: Uint8Array;
  /** The initiator's; names the session. */
  readonly baseKey: Uint8Array;
  readonly registrationId: number;
  readonly oneTimePreKeyId?: number;
  readonly signedPreKeyId: number;
  readonly kyberPreKeyId: number;
}

/**
 * Starts a session with a device from its bundle. The session that was current is archived and still decrypts.
 *
 * @param record the sessions with this device so far
 * @param now ms since 1970
 * @returns the new record
 * @throws ComingError `invalid-signature`, `invalid-key`, `identity-mismatch` for the bundle of another device
 */
export async function initiateSession(
  p: Primitives,
  record: Uint8Array | undefined,
  local: LocalIdentity,
  remote: Address,
  bundle: PreKeyBundle,
  now: number,
): Promise<Uint8Array> {
  if (bundle.deviceId !== remote.deviceId) {
    throw new ComingError('identity-mismatch', 'the bundle is of another device');
  }
  const before = readRecord(record);
  const session = await initiate(p, local, bundle, now);
  const after = writeRecord(addSession(before, session));
  forgetSession(session);
  return after;
}

/** Whether there is a session to send on. `now` is ms since 1970. */
export function hasOpenSession(record: Uint8Array | undefined, now: number): boolean {
  const { current } = readRecord(record);
  return current !== undefined && !isExpired(current, now);
}

function isExpired({ pending }: Session, now: number): boolean {
  return pending !== undefined && now - pending.createdAt > MAX_UNACKNOWLEDGED_AGE;
}

/** The identity key of the device in the current session, 33 bytes. */
export function remoteIdentityOf(record: Uint8Array | undefined): Uint8Array | undefined {
  const { current } = readRecord(record);
  return current && Uint8Array.from(current.remoteIdentity);
}

/** The ratchet key that the current session encrypts with, 33 bytes: its messages name it. */
export function sendingKeyOf(record: Uint8Array | undefined): Uint8Array | undefined {
  const { current } = readRecord(record);
  return current && Uint8Array.from(current.sending.ratchetKey.publicKey);
}

/**
 * Encrypts for a device on the current session.
 *
 * @param now ms since 1970
 * @throws ComingError `no-session`, `session-expired`
 */
export async function encryptMessage(
  p: Primitives,
  record: Uint8Array | undefined,
  local: LocalIdentity,
  remote: Address,
  plaintext: Uint8Array,
  now: number,
): Promise<{ record: Uint8Array; message: CiphertextMessage }> {
  const sessions = readRecord(record);
  const { current } = sessions;
  if (current === undefined) throw new ComingError('no-session', 'no session to encrypt on');
  if (isExpired(current, now)) throw new ComingError('session-expired', 'the session was never answered');
  const { pending } = current;
  const addresses = pending && bindAddresses(local.address, remote);
  const { session, bytes } = ratchetEncrypt(p, current, plaintext, addresses);
  const after = writeRecord({ ...sessions, current: session });
  forgetSession(session, current);
  return {
    record: after,
    message: pending
      ? {
          type: PRE_KEY_MESSAGE,
          bytes: writePreKeySignalMessage({
            ...pending,
            baseKey: session.baseKey,
            identityKey: session.localIdentity,
            registrationId: session.localRegistrationId,
            message: bytes,
          }),
        }
      : { type: SIGNAL_MESSAGE, bytes },
  };
}

/**
 * Decrypts a SignalMessage with the current session or, failing that, an archived one, which then becomes current.
 * When all fail, the error is that of the current one.
 *
 * @throws ComingError `malformed-message`, `invalid-key`, `no-session`, `duplicate-message`, `too-far-ahead`,
 *   `decryption-failed`
 */
export async function decryptMessage(
  p: Primitives,
  record: Uint8Array | undefined,
  local: LocalIdentity,
  remote: Address,
  bytes: Uint8Array,
): Promise<{ record: Uint8Array; plaintext: Uint8Array }> {
  const message = parseSignalMessage(bytes);
  const addresses = bindAddresses(remote, local.address);
  const sessions = readRecord(record);
  let firstFailure: unknown;
  for (const found of sessionsOf(sessions)) {
    try {
      const { session, plaintext } = await ratchetDecrypt(p, found.session, message, addresses);
      const after = writeRecord(replaceSession(sessions, found, session));
      forgetSession(session, found.session);
      return { record: after, plaintext };
    } catch (error) {
      // A duplicate has found its session: to search on would only hide what happened.
      if (!(error instanceof ComingError) || error.code === 'duplicate-message') throw error;
      firstFailure ??= error;
    }
  }
  throw firstFailure ?? new ComingError('no-session', 'no session with this device');
}

/**
 * Reads what a PreKeySignalMessage says in the clear: which keys are needed, and whose identity it claims.
 *
 * @throws ComingError `malformed-message`, `invalid-key`
 */
export function readPreKeyMessage(bytes: Uint8Array): PreKeyMessageHeader {
  const message = parsePreKeySignalMessage(bytes);
  parseSignalMessage(message.message);
  const { identityKey, baseKey, registrationId, oneTimePreKeyId, signedPreKeyId, kyberPreKeyId } = message;
  return {
    identityKey,
    baseKey,
    registrationId,
    ...(oneTimePreKeyId !== undefined && { oneTimePreKeyId }),
    signedPreKeyId,
    kyberPreKeyId,
  };
}

/**
 * Decrypts a PreKeySignalMessage on the session it names, which becomes current; makes that session when it does
 * not exist. The caller stores `record` and, when the session is new, deletes the one-time key and marks the Kyber
 * key as used, all at once.
 *
 * @param keys the key pairs that the message names; not needed when the session exists
 * @returns `established`: whether the session is new
 * @throws ComingError `malformed-message`, `invalid-key`, `unknown-pre-key`, `identity-mismatch`,
 *   `duplicate-message`, `too-far-ahead`, `decryption-failed`
 */
export async function decryptPreKeyMessage(
  p: Primitives,
  record: Uint8Array | undefined,
  local: LocalIdentity,
  remote: Address,
  bytes: Uint8Array,
  keys: NamedPreKeys | undefined,
): Promise<{ record: Uint8Array; plaintext: Uint8Array; established: boolean }> {
  const message = parsePreKeySignalMessage(bytes);
  const inner = parseSignalMessage(message.message);
  const sessions = readRecord(record);
  const found = findByBaseKey(sessions, message.baseKey);
  if (found !== undefined && !equalBytes(found.session.remoteIdentity, message.identityKey)) {
    throw new ComingError('identity-mismatch', 'the session belongs to another identity');
  }
  const before = found?.session ?? (await respond(p, local, message, keys));
  try {
    const addresses = bindAddresses(remote, local.address);
    const { session, plaintext } = await ratchetDecrypt(p, before, inner, addresses);
    const after = writeRecord(
      found ? replaceSession(sessions, found, session) : addSession(sessions, session),
    );
    forgetSession(session, before);
    return { record: after, plaintext, established: found === undefined };
  } finally {
    // A new session's first ratchet key is the signed pre-key, whose private half is the caller's.
    if (!found) forgetSession({ ...before, sending: { ...before.sending, ratchetKey: NO_KEYS } });
  }
}

function findByBaseKey(sessions: SessionRecord, baseKey: Uint8Array): FoundSession | undefined {
  for (const found of sessionsOf(sessions)) if (equalBytes(found.session.baseKey, baseKey)) return found;
  return undefined;
}

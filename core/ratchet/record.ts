/**
 * All sessions with one remote device, and how they are stored.
 *
 * Values are never changed in place: a step makes new ones, so that a step that fails leaves no trace.
 *
 * @module
 */
import { session as wire } from '../../proto/gen/session.js';
import { fromTime, toTime } from '../../proto/int64.js';
import { ComingError } from '../errors.js';
import { MAX_ARCHIVED_BYTES, MAX_ARCHIVED_SESSIONS } from './limits.js';
import type { MessageChain } from './message-chain.js';
import { decode, encode } from './protobuf.js';
import type { KeyPair } from './primitives.js';
import type { EpochKeys } from './spqr/key-chain.js';
import type { Spqr } from './spqr/spqr.js';
import { MESSAGE_VERSION } from './wire.js';

const EMPTY = new Uint8Array();

/** Format 1 had no post-quantum ratchet; what it kept is no longer spoken. */
const FORMAT = 2;

export interface SendingChain {
  readonly ratchetKey: KeyPair;
  readonly chainKey: Uint8Array;
  /** Counter of the next message. */
  readonly index: number;
}

export interface ReceivingChain extends MessageChain {
  readonly ratchetPublic: Uint8Array;
}

/** What the first messages repeat until the other side answers. */
export interface PendingPreKey {
  readonly oneTimePreKeyId: number | undefined;
  readonly signedPreKeyId: number;
  readonly kyberPreKeyId: number;
  readonly kyberCiphertext: Uint8Array;
  /** ms since 1970. */
  readonly createdAt: number;
}

export interface Session {
  readonly localIdentity: Uint8Array;
  readonly remoteIdentity: Uint8Array;
  readonly localRegistrationId: number;
  readonly remoteRegistrationId: number;
  /** The initiator's; names the session. */
  readonly baseKey: Uint8Array;
  readonly rootKey: Uint8Array;
  readonly previousCounter: number;
  readonly sending: SendingChain;
  /** Oldest first. */
  readonly receiving: readonly ReceivingChain[];
  readonly pending: PendingPreKey | undefined;
  readonly pqRatchet: Spqr;
}

export interface SessionRecord {
  readonly current: Session | undefined;
  /** Newest first, serialized: they are many and seldom needed. */
  readonly archived: readonly Uint8Array[];
}

/** @throws ComingError `newer-database`; `internal` for bytes that are no record */
export function readRecord(bytes: Uint8Array | undefined): SessionRecord {
  if (bytes === undefined) return { current: undefined, archived: [] };
  const { format, current, archived } = stored(() => decode(wire.SessionRecord, bytes));
  if (format > FORMAT) throw new ComingError('newer-database', 'a session record of a later version');
  if (format === 0) throw unreadable();
  if (format < FORMAT) return { current: undefined, archived: [] };
  return { current: current ? stored(() => fromWire(current)) : undefined, archived };
}

export function writeRecord({ current, archived }: SessionRecord): Uint8Array {
  return encode(wire.SessionRecord, {
    format: FORMAT,
    current: current ? toWire(current) : null,
    archived: [...archived],
  });
}

/** A session as it was found in a record; with the bytes it was archived as, unless it is the current one. */
export interface FoundSession {
  readonly session: Session;
  readonly archivedAs?: Uint8Array;
}

/** The sessions of a record in the order in which they are tried. */
export function* sessionsOf({ current, archived }: SessionRecord): Generator<FoundSession> {
  if (current !== undefined) yield { session: current };
  for (const bytes of archived) yield { session: readSession(bytes), archivedAs: bytes };
}

/** Adds a session, which becomes the current one; the former one is archived. */
export function addSession({ current, archived }: SessionRecord, session: Session): SessionRecord {
  if (current === undefined) return { current: session, archived };
  // A former session is not sent on, so what introduces it to the other side is forgotten.
  const former = encode(wire.Session, toWire({ ...current, pending: undefined }));
  return { current: session, archived: bounded([former, ...archived]) };
}

/** The latest ones that may be kept. */
function bounded(archived: readonly Uint8Array[]): Uint8Array[] {
  let left = MAX_ARCHIVED_BYTES;
  const tooMany = archived.findIndex(({ length }, n) => (left -= length) < 0 && n > 0);
  return archived.slice(0, Math.min(tooMany < 0 ? Infinity : tooMany, MAX_ARCHIVED_SESSIONS));
}

/** Puts a session in the place of what was found; an archived one is promoted to be current. */
export function replaceSession(record: SessionRecord, found: FoundSession, session: Session): SessionRecord {
  if (found.archivedAs === undefined) return { ...record, current: session };
  const archived = record.archived.filter((bytes) => bytes !== found.archivedAs);
  return addSession({ ...record, archived }, session);
}

function secretsOf({ rootKey, sending, receiving, pqRatchet: { chain, machine } }: Session): Uint8Array[] {
  return [
    ...[rootKey, sending.chainKey, sending.ratchetKey.privateKey],
    ...receiving.flatMap(({ chainKey, skipped }) => [chainKey, skipped]),
    ...chain.epochs.flatMap(({ sending, receiving, skipped }) => [sending, receiving, skipped]),
    ...[chain.nextRoot, machine.authRoot, machine.authMac, machine.dk, machine.rest],
  ];
}

/**
 * Overwrites the secrets of a session that was written down and is not used any more, but for those that it has from
 * the session before the step: they belong to the record that was handed in.
 */
export function forgetSession(session: Session, before?: Session): void {
  const kept = new Set(before && secretsOf(before));
  for (const secret of secretsOf(session)) if (!kept.has(secret)) secret.fill(0);
}

/** @throws ComingError `internal` */
function readSession(bytes: Uint8Array): Session {
  return stored(() => fromWire(decode(wire.Session, bytes)));
}

function unreadable(): ComingError {
  return new ComingError('internal', 'a stored session is damaged');
}

/** Runs a reader of stored bytes; what is wrong with them is no message's fault. */
function stored<T>(read: () => T): T {
  try {
    return read();
  } catch {
    throw unreadable();
  }
}

// Field by field: to spread objects of this size costs as much as to write them.
function toWire(session: Session): wire.Session.$Properties {
  const { sending, pending } = session;
  const { chain, machine } = session.pqRatchet;
  return {
    messageVersion: MESSAGE_VERSION,
    localIdentity: session.localIdentity,
    remoteIdentity: session.remoteIdentity,
    localRegistrationId: session.localRegistrationId,
    remoteRegistrationId: session.remoteRegistrationId,
    baseKey: session.baseKey,
    rootKey: session.rootKey,
    previousCounter: session.previousCounter,
    sending: {
      ratchetPublic: sending.ratchetKey.publicKey,
      ratchetPrivate: sending.ratchetKey.privateKey,
      chainKey: sending.chainKey,
      index: sending.index,
    },
    receiving: session.receiving as ReceivingChain[],
    pending: pending
      ? { ...pending, oneTimePreKeyId: pending.oneTimePreKeyId ?? null, createdAt: toTime(pending.createdAt) }
      : null,
    pqRatchet: {
      isInitiator: chain.isInitiator,
      nextRoot: chain.nextRoot,
      newest: chain.newest,
      sendEpoch: chain.sendEpoch,
      epochs: chain.epochs as EpochKeys[],
      state: machine.state,
      epoch: machine.epoch,
      authRoot: machine.authRoot,
      authMac: machine.authMac,
      outgoing: machine.outgoing,
      next: machine.next,
      incoming: machine.incoming,
      dk: machine.dk,
      header: machine.header,
      ekVector: machine.ekVector,
      rest: machine.rest,
      ct1: machine.ct1,
    },
  };
}

function fromWire(session: wire.Session.$Properties): Session {
  const { sending, pending } = session;
  if (session.messageVersion !== MESSAGE_VERSION || !sending) throw unreadable();
  return {
    localIdentity: bytes(session.localIdentity),
    remoteIdentity: bytes(session.remoteIdentity),
    localRegistrationId: session.localRegistrationId ?? 0,
    remoteRegistrationId: session.remoteRegistrationId ?? 0,
    baseKey: bytes(session.baseKey),
    rootKey: bytes(session.rootKey),
    previousCounter: session.previousCounter ?? 0,
    sending: {
      ratchetKey: { publicKey: bytes(sending.ratchetPublic), privateKey: bytes(sending.ratchetPrivate) },
      chainKey: bytes(sending.chainKey),
      index: sending.index ?? 0,
    },
    receiving: (session.receiving ?? []).map((chain) => ({
      ratchetPublic: bytes(chain.ratchetPublic),
      chainKey: bytes(chain.chainKey),
      index: chain.index ?? 0,
      skipped: chain.skipped ?? EMPTY,
    })),
    pending: pending
      ? {
          oneTimePreKeyId: pending.oneTimePreKeyId ?? undefined,
          signedPreKeyId: pending.signedPreKeyId ?? 0,
          kyberPreKeyId: pending.kyberPreKeyId ?? 0,
          kyberCiphertext: bytes(pending.kyberCiphertext),
          createdAt: fromTime(pending.createdAt),
        }
      : undefined,
    pqRatchet: spqrFromWire(session.pqRatchet),
  };
}

function spqrFromWire(ratchet: wire.PqRatchet.$Properties | null | undefined): Spqr {
  if (!ratchet) throw unreadable();
  return {
    chain: {
      isInitiator: ratchet.isInitiator ?? false,
      nextRoot: bytes(ratchet.nextRoot),
      newest: ratchet.newest ?? 0,
      sendEpoch: ratchet.sendEpoch ?? 0,
      epochs: (ratchet.epochs ?? []).map((epoch) => ({
        sent: epoch.sent ?? 0,
        sending: epoch.sending ?? EMPTY,
        received: epoch.received ?? 0,
        receiving: bytes(epoch.receiving),
        skipped: epoch.skipped ?? EMPTY,
      })),
    },
    machine: {
      state: ratchet.state ?? 0,
      epoch: ratchet.epoch ?? 0,
      authRoot: bytes(ratchet.authRoot),
      authMac: bytes(ratchet.authMac),
      outgoing: ratchet.outgoing ?? EMPTY,
      next: ratchet.next ?? 0,
      incoming: ratchet.incoming ?? EMPTY,
      dk: ratchet.dk ?? EMPTY,
      header: ratchet.header ?? EMPTY,
      ekVector: ratchet.ekVector ?? EMPTY,
      rest: ratchet.rest ?? EMPTY,
      ct1: ratchet.ct1 ?? EMPTY,
    },
  };
}

function bytes(field: Uint8Array | null | undefined): Uint8Array {
  if (field == null || field.length === 0) throw unreadable();
  return field;
}

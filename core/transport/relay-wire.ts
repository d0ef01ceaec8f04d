/**
 * The relay's frames and the kit's types, in both directions; what comes in is checked here and nowhere else.
 *
 * @module
 */
import type { relay as wire } from '../../proto/gen/relay.js';
import { fromTime, fromUint64 } from '../../proto/int64.js';
import { ComingError } from '../errors.js';
import { fromWireEntry, type SignedEntry } from '../identity/index.js';
import type {
  ClaimedBundle,
  IncomingEnvelope,
  KeyCounts,
  PreKeyPublication,
  PublicPreKey,
} from './carrier.js';

export function readEntries(log: wire.LogState.$Properties | null | undefined): SignedEntry[] {
  return (log?.entries ?? []).map(fromWireEntry);
}

export function readCounts(counts: wire.KeyCounts.$Properties | null | undefined): KeyCounts {
  return { oneTime: counts?.oneTimeKeys ?? 0, oneTimeKyber: counts?.oneTimeKyberKeys ?? 0 };
}

export function writePublication(keys: PreKeyPublication): wire.PublishKeys.$Properties {
  return {
    registrationId: keys.registrationId,
    signedPreKey: keys.signed && writePreKey(keys.signed),
    lastResortKyberKey: keys.lastResort && writePreKey(keys.lastResort),
    oneTimeKeys: keys.oneTime.map(writePreKey),
    oneTimeKyberKeys: keys.oneTimeKyber.map(writePreKey),
  } as wire.PublishKeys.$Properties;
}

/** @throws ComingError `relay-refused` when a bundle lacks a field */
export function readBundle(bundle: wire.KeyBundle.$Properties): ClaimedBundle {
  return {
    deviceId: bundle.deviceId ?? 0,
    registrationId: bundle.registrationId ?? 0,
    signed: readPreKey(bundle.signedPreKey, true),
    kyber: readPreKey(bundle.kyberPreKey, true),
    oneTime: bundle.oneTimeKey ? readPreKey(bundle.oneTimeKey, false) : undefined,
  };
}

/** @throws ComingError `relay-refused` when a field is missing or out of range */
export function readEnvelope(envelope: wire.Envelope.$Properties): IncomingEnvelope {
  const { id, senderAccount, senderDevice, type, content } = envelope;
  if (id?.length !== 16 || senderAccount?.length !== 32 || !content?.length) throw incomplete();
  if (!senderDevice || senderDevice > 127) throw incomplete();
  return {
    seq: fromUint64(envelope.seq),
    id,
    senderAccount,
    senderDevice,
    type: type ?? 0,
    content,
    receivedAt: fromTime(envelope.receivedAt),
  };
}

function writePreKey({ id, publicKey, signature }: PublicPreKey): wire.PublicPreKey.$Properties {
  return signature ? { id, publicKey, signature } : { id, publicKey };
}

function readPreKey(key: wire.PublicPreKey.$Properties | null | undefined, signed: boolean): PublicPreKey {
  if (!key?.publicKey?.length || (signed && key.signature?.length !== 64)) throw incomplete();
  return { id: key.id ?? 0, publicKey: key.publicKey, signature: signed ? key.signature! : undefined };
}

function incomplete(): ComingError {
  return new ComingError('relay-refused', 'the relay sent something incomplete');
}

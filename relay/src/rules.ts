/**
 * What every field of a request must look like; whoever breaks a rule is answered MALFORMED.
 *
 * @module
 */
import type { relay } from '../../proto/gen/relay.js';
import { fromTime, fromUint64 } from '../../proto/int64.js';
import { fromWireEntry, RESERVED_LOG_ENTRIES, type SignedEntry } from '../../core/identity/index.js';
import { isSizeClass } from './blobs/size-classes.js';
import type { Limits } from './limits.js';
import type { OutgoingMail, PreKey, PublishedKeys } from './store/store.js';

/** A request that breaks a rule of relay.proto. The reason names the field, never its value. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
}

type Bytes = Uint8Array | null | undefined;

const EC_KEY = 33;
const KYBER_KEY = 1569;
const SIGNATURE = 64;

export function fixed(bytes: Bytes, length: number, field: string): Uint8Array {
  if (bytes?.length !== length) throw new Malformed(field);
  return bytes;
}

export function account(bytes: Bytes): Uint8Array {
  return fixed(bytes, 32, 'account');
}

export function deviceId(id: number | null | undefined): number {
  if (!id || id > 127) throw new Malformed('device_id');
  return id;
}

export function deviceIds(ids: readonly number[] | null | undefined): ReadonlySet<number> {
  if (ids && ids.length > 127) throw new Malformed('device_ids');
  return new Set(ids?.map(deviceId));
}

/** The head of a device log; empty stands for no log. */
export function previousHead(bytes: Bytes): Uint8Array | undefined {
  return bytes?.length ? fixed(bytes, 32, 'previous') : undefined;
}

export function logEntry(entry: relay.LogEntry.$Properties | null | undefined): SignedEntry {
  const length = entry?.signature?.length;
  const scheme = entry?.scheme ?? 0;
  // An enumeration may be below zero.
  if (!entry?.text || scheme < 1 || scheme > 3 || (length !== 64 && length !== 65)) {
    throw new Malformed('entry');
  }
  return fromWireEntry(entry);
}

/** A whole log; undefined when there is none. */
export function repairedLog(
  entries: relay.AppendLog.$Properties['repaired'],
  limits: Pick<Limits, 'logEntries'>,
): SignedEntry[] | undefined {
  if (!entries?.length) return undefined;
  if (entries.length > limits.logEntries + RESERVED_LOG_ENTRIES) throw new Malformed('repaired');
  return entries.map(logEntry);
}

export function logIn(request: relay.Authenticate.$Properties) {
  if (!request.domain || request.domain.length > 255) throw new Malformed('domain');
  return {
    domain: request.domain,
    account: account(request.account),
    deviceId: deviceId(request.deviceId),
    clientNonce: fixed(request.clientNonce, 32, 'client_nonce'),
    time: time(request.time),
    signature: fixed(request.signature, SIGNATURE, 'signature'),
  };
}

export function publishedKeys(request: relay.PublishKeys.$Properties, limits: Limits): PublishedKeys {
  const oneTimeKeys = request.oneTimeKeys ?? [];
  const oneTimeKyberKeys = request.oneTimeKyberKeys ?? [];
  if (oneTimeKeys.length > limits.publishedKeys) throw new Malformed('one_time_keys');
  if (oneTimeKyberKeys.length > limits.publishedKeys) throw new Malformed('one_time_kyber_keys');
  const signed = (key: relay.PublicPreKey.$Properties | null | undefined, length: number, field: string) =>
    key ? preKey(key, length, SIGNATURE, field) : undefined;
  return {
    registrationId: request.registrationId ?? 0,
    signedPreKey: signed(request.signedPreKey, EC_KEY, 'signed_pre_key'),
    lastResortKyberKey: signed(request.lastResortKyberKey, KYBER_KEY, 'last_resort_kyber_key'),
    oneTimeKeys: oneTimeKeys.map((key) => preKey(key, EC_KEY, 0, 'one_time_keys')),
    oneTimeKyberKeys: oneTimeKyberKeys.map((key) => preKey(key, KYBER_KEY, SIGNATURE, 'one_time_kyber_keys')),
  };
}

export function envelopes(
  list: readonly relay.OutgoingEnvelope.$Properties[] | null | undefined,
  limits: Limits,
): readonly OutgoingMail[] {
  if (!list?.length) throw new Malformed('envelopes');
  return list.map((one) => envelope(one, limits));
}

function envelope(
  { id, deviceId: to, type, content }: relay.OutgoingEnvelope.$Properties,
  limits: Limits,
): OutgoingMail {
  if (type !== 2 && type !== 3 && type !== 8) throw new Malformed('type');
  if (!content?.length || content.length > limits.content) throw new Malformed('content');
  return { id: fixed(id, 16, 'id'), deviceId: deviceId(to), type, content };
}

export function acknowledgement(request: relay.Acknowledge.$Properties, limits: Limits) {
  const seqs = request.seqs ?? [];
  const upTo = request.upTo ? seq(request.upTo, 'up_to') : 0;
  if ((seqs.length === 0 && upTo === 0) || seqs.length > limits.acknowledged) throw new Malformed('seqs');
  return { seqs: seqs.map((value) => seq(value, 'seqs')), upTo };
}

export function blob(request: relay.GrantBlob.$Properties, limits: Limits) {
  const size = Number(fromUint64(request.size ?? 0n));
  if (!isSizeClass(size) || size > limits.blobSize) throw new Malformed('size');
  return { hash: fixed(request.hash, 32, 'hash'), size };
}

const CLASSES = ['ordinary', 'durable', 'ephemeral'] as const;

export type DeliveryClass = (typeof CLASSES)[number];

export function deliveryClass(value: number | null | undefined): DeliveryClass {
  const known = CLASSES[value ?? 0];
  if (!known) throw new Malformed('delivery');
  return known;
}

function seq(value: bigint, field: string): number {
  const number = fromUint64(value);
  if (number === 0n || number > BigInt(Number.MAX_SAFE_INTEGER)) throw new Malformed(field);
  return Number(number);
}

function preKey(
  { id, publicKey, signature }: relay.PublicPreKey.$Properties,
  keyLength: number,
  signatureLength: number,
  field: string,
): PreKey {
  if ((signature?.length ?? 0) !== signatureLength) throw new Malformed(field);
  return {
    id: id ?? 0,
    publicKey: fixed(publicKey, keyLength, field),
    signature: signatureLength === 0 ? undefined : signature!,
  };
}

function time(value: relay.Authenticate.$Properties['time']): number {
  try {
    return fromTime(value);
  } catch {
    throw new Malformed('time');
  }
}

/**
 * The two messages of the protocol as they stand on the wire (section 3).
 *
 * @module
 */
import { equalBytes } from '@noble/ciphers/utils.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { signal } from '../../proto/gen/signal.js';
import { ComingError } from '../errors.js';
import { KEM_CIPHERTEXT_LENGTH, parsePublicKey, rawKem } from './keys.js';
import { decode, encode } from './protobuf.js';

/** The version of the protocol; the only one spoken. */
export const MESSAGE_VERSION = 4;
const VERSION_BYTE = (MESSAGE_VERSION << 4) | 4;
const MAC_LENGTH = 8;

/** What the sender of a SignalMessage says in the clear, and what it encrypted. */
export interface SignalMessageFields {
  /** 33 bytes. */
  readonly ratchetKey: Uint8Array;
  readonly counter: number;
  readonly previousCounter: number;
  readonly ciphertext: Uint8Array;
  /** The post-quantum ratchet's own message; undefined when empty. */
  readonly pqRatchet: Uint8Array | undefined;
  /** The addresses that the message is bound to, 36 bytes. */
  readonly addresses: Uint8Array | undefined;
}

/** A SignalMessage as it was received; its MAC is not checked yet. */
export interface SignalMessage extends Omit<SignalMessageFields, 'previousCounter'> {
  /** Everything under the MAC: version byte and protobuf. */
  readonly authenticated: Uint8Array;
  readonly mac: Uint8Array;
}

/** The identity keys that a message's MAC covers, in the direction of the message. */
export interface Direction {
  readonly sender: Uint8Array;
  readonly receiver: Uint8Array;
}

export interface PreKeySignalMessage {
  readonly oneTimePreKeyId: number | undefined;
  readonly signedPreKeyId: number;
  readonly kyberPreKeyId: number;
  readonly kyberCiphertext: Uint8Array;
  readonly baseKey: Uint8Array;
  readonly identityKey: Uint8Array;
  readonly registrationId: number;
  /** A whole serialized SignalMessage. */
  readonly message: Uint8Array;
}

function malformed(reason: string): ComingError {
  return new ComingError('malformed-message', reason);
}

/** The protobuf behind the version byte. */
function body(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0 || bytes[0]! >> 4 !== MESSAGE_VERSION) throw malformed('another protocol version');
  return bytes.subarray(1);
}

function macOf(macKey: Uint8Array, { sender, receiver }: Direction, authenticated: Uint8Array): Uint8Array {
  return hmac(sha256, macKey, concatBytes(sender, receiver, authenticated)).subarray(0, MAC_LENGTH);
}

/** Whether a message's MAC is good; takes the same time wherever it differs. */
export function macVerifies(message: SignalMessage, macKey: Uint8Array, direction: Direction): boolean {
  return equalBytes(message.mac, macOf(macKey, direction, message.authenticated));
}

export function writeSignalMessage(
  fields: SignalMessageFields,
  macKey: Uint8Array,
  direction: Direction,
): Uint8Array {
  const { pqRatchet = null, addresses = null, ...always } = fields;
  const protobuf = encode(signal.SignalMessage, { ...always, pqRatchet, addresses });
  const authenticated = concatBytes(Uint8Array.of(VERSION_BYTE), protobuf);
  return concatBytes(authenticated, macOf(macKey, direction, authenticated));
}

/** @throws ComingError `malformed-message`, `invalid-key` */
export function parseSignalMessage(bytes: Uint8Array): SignalMessage {
  if (bytes.length <= MAC_LENGTH) throw malformed('too short');
  const authenticated = bytes.subarray(0, -MAC_LENGTH);
  const message = decode(signal.SignalMessage, body(authenticated));
  if (!has(message, 'ratchetKey', 'counter', 'ciphertext')) throw malformed('a field is missing');
  return {
    ratchetKey: parsePublicKey(message.ratchetKey),
    counter: message.counter,
    ciphertext: message.ciphertext,
    pqRatchet: message.pqRatchet.length > 0 ? message.pqRatchet : undefined,
    addresses: has(message, 'addresses') ? message.addresses : undefined,
    authenticated,
    mac: bytes.subarray(-MAC_LENGTH),
  };
}

export function writePreKeySignalMessage({ oneTimePreKeyId, ...fields }: PreKeySignalMessage): Uint8Array {
  const protobuf = encode(signal.PreKeySignalMessage, {
    ...fields,
    preKeyId: oneTimePreKeyId ?? null,
  });
  return concatBytes(Uint8Array.of(VERSION_BYTE), protobuf);
}

/** @throws ComingError `malformed-message`, `invalid-key` */
export function parsePreKeySignalMessage(bytes: Uint8Array): PreKeySignalMessage {
  const fields = decode(signal.PreKeySignalMessage, body(bytes));
  if (
    !has(fields, 'baseKey', 'identityKey', 'message', 'signedPreKeyId', 'kyberPreKeyId', 'kyberCiphertext')
  ) {
    throw malformed('a field is missing');
  }
  rawKem(fields.kyberCiphertext, KEM_CIPHERTEXT_LENGTH, 'malformed-message');
  return {
    oneTimePreKeyId: has(fields, 'preKeyId') ? fields.preKeyId : undefined,
    signedPreKeyId: fields.signedPreKeyId,
    kyberPreKeyId: fields.kyberPreKeyId,
    kyberCiphertext: fields.kyberCiphertext,
    baseKey: parsePublicKey(fields.baseKey),
    identityKey: parsePublicKey(fields.identityKey),
    registrationId: fields.registrationId,
    message: fields.message,
  };
}

/** Whether all of these fields stood in the message. */
function has<T extends object>(message: T, ...fields: (keyof T)[]): boolean {
  return fields.every((field) => Object.hasOwn(message, field));
}

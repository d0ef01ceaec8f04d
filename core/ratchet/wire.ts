/**
 * The two messages of the protocol as they stand on the wire (section 3).
 *
 * @module
 */
import { equalBytes } from '@noble/ciphers/utils.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { ComingError } from '../errors.js';
import { parsePublicKey } from './keys.js';
import { hmac } from './sha256.js';
import { BYTES, readFields, VARINT, writeFields } from './wire-fields.js';

/** The version of the protocol; the only one spoken. */
export const MESSAGE_VERSION = 4;
const VERSION_BYTE = (MESSAGE_VERSION << 4) | 4;
const MAC_LENGTH = 8;

// Fields and their wire types, as in proto/signal.proto.
const SIGNAL_MESSAGE = { 1: BYTES, 2: VARINT, 3: VARINT, 4: BYTES, 5: BYTES, 6: BYTES } as const;
const PRE_KEY_SIGNAL_MESSAGE = {
  1: VARINT,
  2: BYTES,
  3: BYTES,
  4: BYTES,
  5: VARINT,
  6: VARINT,
  7: VARINT,
  8: BYTES,
} as const;

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
  /** As it came: only a new session looks at it. */
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
  return hmac(macKey, sender, receiver, authenticated).subarray(0, MAC_LENGTH);
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
  const protobuf = writeFields([
    [1, fields.ratchetKey],
    [2, fields.counter],
    [3, fields.previousCounter],
    [4, fields.ciphertext],
    [5, fields.pqRatchet],
    [6, fields.addresses],
  ]);
  const authenticated = concatBytes(Uint8Array.of(VERSION_BYTE), protobuf);
  return concatBytes(authenticated, macOf(macKey, direction, authenticated));
}

/** @throws ComingError `malformed-message`, `invalid-key` */
export function parseSignalMessage(bytes: Uint8Array): SignalMessage {
  if (bytes.length <= MAC_LENGTH) throw malformed('too short');
  const authenticated = bytes.subarray(0, -MAC_LENGTH);
  const {
    1: ratchetKey,
    2: counter,
    4: ciphertext,
    5: pqRatchet,
    6: addresses,
  } = readFields(body(authenticated), SIGNAL_MESSAGE);
  if (!ratchetKey || counter === undefined || !ciphertext) throw malformed('a field is missing');
  return {
    ratchetKey: parsePublicKey(ratchetKey),
    counter,
    ciphertext,
    pqRatchet: pqRatchet?.length ? pqRatchet : undefined,
    addresses,
    authenticated,
    mac: bytes.subarray(-MAC_LENGTH),
  };
}

export function writePreKeySignalMessage(fields: PreKeySignalMessage): Uint8Array {
  const protobuf = writeFields([
    [1, fields.oneTimePreKeyId],
    [2, fields.baseKey],
    [3, fields.identityKey],
    [4, fields.message],
    [5, fields.registrationId],
    [6, fields.signedPreKeyId],
    [7, fields.kyberPreKeyId],
    [8, fields.kyberCiphertext],
  ]);
  return concatBytes(Uint8Array.of(VERSION_BYTE), protobuf);
}

/** @throws ComingError `malformed-message`, `invalid-key` */
export function parsePreKeySignalMessage(bytes: Uint8Array): PreKeySignalMessage {
  const {
    1: oneTimePreKeyId,
    2: baseKey,
    3: identityKey,
    4: message,
    5: registrationId = 0,
    6: signedPreKeyId,
    7: kyberPreKeyId,
    8: kyberCiphertext,
  } = readFields(body(bytes), PRE_KEY_SIGNAL_MESSAGE);
  if (!baseKey || !identityKey || !message || !kyberCiphertext) throw malformed('a field is missing');
  if (signedPreKeyId === undefined || kyberPreKeyId === undefined) throw malformed('a field is missing');
  return {
    oneTimePreKeyId,
    signedPreKeyId,
    kyberPreKeyId,
    kyberCiphertext,
    baseKey: parsePublicKey(baseKey),
    identityKey: parsePublicKey(identityKey),
    registrationId,
    message,
  };
}

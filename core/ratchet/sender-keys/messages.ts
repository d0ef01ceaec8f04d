/**
 * The two messages of sender keys as they stand on the wire (section 8).
 *
 * @module
 */
import { concatBytes } from '@noble/hashes/utils.js';
import { ComingError } from '../../errors.js';
import { parsePublicKey } from '../keys.js';
import { BYTES, readFields, VARINT, writeFields } from '../wire-fields.js';

const VERSION = 3;
const VERSION_BYTE = (VERSION << 4) | VERSION;
const SIGNATURE_LENGTH = 64;

/** What a member gives to the others so that they can read what it sends to the group. */
export interface Distribution {
  /** 16 bytes; names the group's key of this sender. */
  readonly distributionId: Uint8Array;
  readonly chainId: number;
  /** Counter of the next message. */
  readonly iteration: number;
  readonly chainKey: Uint8Array;
  /** 33 bytes. */
  readonly signingKey: Uint8Array;
}

export interface SenderKeyFields {
  readonly distributionId: Uint8Array;
  readonly chainId: number;
  readonly iteration: number;
  readonly ciphertext: Uint8Array;
}

/** A message to a group as it was received; its signature is not checked yet. */
export interface SenderKeyMessage extends SenderKeyFields {
  /** Everything under the signature. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

function malformed(): never {
  throw new ComingError('malformed-message', 'not a message of sender keys');
}

function body(bytes: Uint8Array): Uint8Array {
  return bytes.length > 0 && bytes[0]! >> 4 === VERSION ? bytes.subarray(1) : malformed();
}

function exactly(length: number, bytes: Uint8Array | undefined): Uint8Array {
  return bytes?.length === length ? Uint8Array.from(bytes) : malformed();
}

export function writeDistribution(fields: Distribution): Uint8Array {
  const protobuf = writeFields([
    [1, fields.distributionId],
    [2, fields.chainId],
    [3, fields.iteration],
    [4, fields.chainKey],
    [5, fields.signingKey],
  ]);
  return concatBytes(Uint8Array.of(VERSION_BYTE), protobuf);
}

/** @throws ComingError `malformed-message`, `invalid-key` */
export function parseDistribution(bytes: Uint8Array): Distribution {
  const fields = readFields(body(bytes), { 1: BYTES, 2: VARINT, 3: VARINT, 4: BYTES, 5: BYTES } as const);
  return {
    distributionId: exactly(16, fields[1]),
    chainId: fields[2] ?? malformed(),
    iteration: fields[3] ?? malformed(),
    chainKey: exactly(32, fields[4]),
    signingKey: parsePublicKey(fields[5] ?? malformed()),
  };
}

/** Everything that the signature covers. */
export function writeUnsigned(fields: SenderKeyFields): Uint8Array {
  const protobuf = writeFields([
    [1, fields.distributionId],
    [2, fields.chainId],
    [3, fields.iteration],
    [4, fields.ciphertext],
  ]);
  return concatBytes(Uint8Array.of(VERSION_BYTE), protobuf);
}

/** @throws ComingError `malformed-message` */
export function parseSenderKeyMessage(bytes: Uint8Array): SenderKeyMessage {
  if (bytes.length <= SIGNATURE_LENGTH) malformed();
  const signed = bytes.subarray(0, -SIGNATURE_LENGTH);
  const fields = readFields(body(signed), { 1: BYTES, 2: VARINT, 3: VARINT, 4: BYTES } as const);
  return {
    distributionId: exactly(16, fields[1]),
    chainId: fields[2] ?? malformed(),
    iteration: fields[3] ?? malformed(),
    ciphertext: fields[4] ?? malformed(),
    signed,
    signature: bytes.subarray(-SIGNATURE_LENGTH),
  };
}

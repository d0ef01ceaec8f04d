/**
 * What is inside a sealed message: an encrypted message, and the certificate of who sent it (section 9).
 *
 * @module
 */
import { ComingError } from '../../errors.js';
import { BYTES, readFields, VARINT, writeFields } from '../wire-fields.js';
import { parseSenderCertificate, type SenderCertificate } from './certificates.js';

const CONTENT = { 1: VARINT, 2: BYTES, 3: BYTES, 4: VARINT, 5: BYTES } as const;

/** What to do when the message inside cannot be decrypted. */
export type ContentHint = 'default' | 'resendable' | 'implicit';
const HINTS: readonly ContentHint[] = ['default', 'resendable', 'implicit'];

// Kinds of messages inside (1 and 2 are not the numbers outside), by the number that they have outside.
const INSIDE: Readonly<Record<number, number>> = { 3: 1, 2: 2, 7: 7, 8: 8 };

export interface SealedContent {
  /** Type number of the message inside: 2 Signal, 3 PreKey, 7 sender key, 8 plaintext. */
  readonly type: number;
  /** Serialized. */
  readonly senderCertificate: Uint8Array;
  /** The message inside. */
  readonly contents: Uint8Array;
  readonly contentHint: ContentHint;
  readonly groupId: Uint8Array | undefined;
}

/** What was unsealed, with the certificate read. */
export interface ReceivedContent extends SealedContent {
  readonly sender: SenderCertificate;
}

/** @throws ComingError `malformed-message` for a type that there is none of */
export function writeContent(content: SealedContent): Uint8Array {
  const hint = HINTS.indexOf(content.contentHint);
  return writeFields([
    [1, INSIDE[content.type] ?? malformed()],
    [2, content.senderCertificate],
    [3, content.contents],
    [4, hint > 0 ? hint : undefined],
    [5, content.groupId?.length ? content.groupId : undefined],
  ]);
}

/** @throws ComingError `malformed-message`, `invalid-key` */
export function parseContent(bytes: Uint8Array): ReceivedContent {
  const { 1: type, 2: senderCertificate, 3: contents, 4: hint = 0, 5: groupId } = readFields(bytes, CONTENT);
  const outside = Object.keys(INSIDE).find((key) => INSIDE[Number(key)] === type);
  if (!senderCertificate || !contents) return malformed();
  return {
    type: Number(outside ?? malformed()),
    senderCertificate,
    sender: parseSenderCertificate(senderCertificate),
    contents,
    // A hint that is not known yet asks for nothing.
    contentHint: HINTS[hint] ?? 'default',
    groupId: groupId?.length ? groupId : undefined,
  };
}

function malformed(): never {
  throw new ComingError('malformed-message', 'not the content of a sealed message');
}

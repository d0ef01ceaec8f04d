/**
 * What is inside an envelope, as types and as padded bytes.
 *
 * Padding hides the exact length: a byte 0x80 and zeros up to the next multiple of 160 bytes.
 *
 * @module
 */
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { content as wire } from '../../proto/gen/content.js';
import { fromTime, toTime } from '../../proto/int64.js';
import { ComingError } from '../errors.js';
import { fromWireEntry, isOrigin, toWireEntry, VISIBLE, withoutUnprintable } from '../identity/index.js';
import type { SignedHandOver } from '../identity/statements.js';
import type { AccountHex, IdHex, PaymentFacts, PaymentPlace, ReceiptKind } from '../store/index.js';
import {
  MAX_NAME,
  readId,
  readKind,
  readReference,
  readTimer,
  writeKind,
  writeReference,
  type KindBody,
  type Reference,
} from './kind-content.js';
import { malformed } from './malformed.js';
import { readPayment, writePayment } from './payment-content.js';

export type Body =
  | {
      readonly kind: 'text';
      readonly text: string;
      /** The message that it answers. */
      readonly replyTo?: Reference | undefined;
      /** Seconds that it stays; undefined for ever. */
      readonly expiresAfter?: number | undefined;
    }
  | {
      readonly kind: 'receipt';
      readonly receipt: ReceiptKind;
      readonly contentIds: readonly IdHex[];
    }
  /** Says that the content's id was paid for; `fallback` as below. */
  | {
      readonly kind: 'payment';
      readonly fallback: string;
      readonly payment: PaymentFacts & { readonly place: PaymentPlace };
    }
  | KindBody
  /** Says that another account continues the sender's. */
  | { readonly kind: 'hand-over'; readonly statement: SignedHandOver }
  /** From another device of one's own: what it said to a peer, encoded. */
  | { readonly kind: 'sent-copy'; readonly peer: AccountHex; readonly content: Uint8Array }
  /** From another device of one's own: what the person was shown there. */
  | { readonly kind: 'read-on-other'; readonly peer: AccountHex; readonly contentIds: readonly IdHex[] }
  /** From another device of one's own: what the person decided there about somebody. */
  | ({ readonly kind: 'contact-state'; readonly peer: AccountHex } & ContactState)
  /** Comes in the place of envelopes that could not be decrypted; without a content when it cannot be had again. */
  | {
      readonly kind: 'resent';
      readonly envelopeIds: readonly IdHex[];
      readonly content: Uint8Array | undefined;
    }
  /** A later version's body; `fallback` says what to show. Empty: nothing. */
  | { readonly kind: 'unknown'; readonly fallback: string };

/** What a person decided about somebody; what is absent they did not decide now. */
export interface ContactState {
  readonly petname?: string;
  readonly blocked?: boolean;
  /** A stranger was let in. */
  readonly accepted?: true;
  readonly note?: string;
}

export interface Content {
  readonly id: IdHex;
  /** The sender's clock, ms since 1970. */
  readonly sentAt: number;
  readonly body: Body;
}

/** A content as it arrives. */
export interface Received extends Content {
  /** Where the conversation was started that it belongs to. */
  readonly origin: string;
}

/** The longest text, in bytes of UTF-8. */
export const MAX_TEXT_BYTES = 64 * 1024;
/** The longest note about somebody, in characters. */
const MAX_NOTE = 2000;
/** The most contents one receipt can name. */
export const MAX_RECEIPT_IDS = 500;
/** The most envelopes that are asked for at once. */
export const MAX_RESENT = 64;

const PADDING_BLOCK = 160;
const ACCOUNT_BYTES = 32;
// The last moment that a Date can hold (ECMA-262, "Time Values and Time Range").
const LAST_DATE = 8.64e15;

const KINDS: readonly (ReceiptKind | undefined)[] = [undefined, 'delivered', 'read', 'paid']; // as on the wire

/**
 * A text that can be sent.
 *
 * @throws ComingError `message-empty`, `message-too-long`
 */
export function checkText(text: string): string {
  if (!VISIBLE.test(text)) throw new ComingError('message-empty', 'a message needs text');
  return checkLength(text);
}

/**
 * A text that is not too long to be sent, perhaps an empty one.
 *
 * @throws ComingError `message-too-long`
 */
export function checkLength(text: string): string {
  // A lone surrogate has no UTF-8 form.
  const sendable = text.replace(/\p{Surrogate}/gu, '\ufffd');
  // UTF-8 is never shorter than half of UTF-16's count of bytes: spares encoding a huge paste.
  if (sendable.length > MAX_TEXT_BYTES || utf8ToBytes(sendable).length > MAX_TEXT_BYTES) {
    throw new ComingError('message-too-long', 'a message holds at most 64 KiB of text');
  }
  return sendable;
}

/** @param origin - where the conversation was started */
export function encodeContent({ id, sentAt, body }: Content, origin: string): Uint8Array {
  const bytes = wire.Content.encode({
    id: hexToBytes(id),
    sentAt: toTime(sentAt),
    origin,
    ...writeBody(body),
  } as wire.Content.$Properties).finish();
  const padded = new Uint8Array(Math.ceil((bytes.length + 1) / PADDING_BLOCK) * PADDING_BLOCK);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  return padded;
}

/**
 * Reads a decrypted content.
 *
 * @throws ComingError `malformed-content`
 */
export function decodeContent(padded: Uint8Array): Received {
  const end = padded.findLastIndex((byte) => byte !== 0);
  if (end < 0 || padded[end] !== 0x80) throw malformed('padding');
  try {
    const content = wire.Content.decode(padded.subarray(0, end));
    const origin = content.origin ?? '';
    if (!isOrigin(origin)) throw malformed('origin');
    return { id: readId(content.id), sentAt: readTime(content.sentAt), origin, body: readBody(content) };
  } catch (error) {
    throw error instanceof ComingError ? error : malformed('encoding');
  }
}

function writeBody(body: Body): wire.Content.$Properties {
  switch (body.kind) {
    case 'text':
      return {
        text: {
          text: body.text,
          replyTo: body.replyTo ? writeReference(body.replyTo) : null,
          expiresAfter: body.expiresAfter ?? 0,
        },
      };
    case 'receipt':
      return {
        receipt: {
          kind: KINDS.indexOf(body.receipt),
          contentIds: body.contentIds.map(hexToBytes),
        },
      };
    case 'payment':
      return { fallback: body.fallback, payment: writePayment(body.payment) };
    case 'hand-over': {
      const { text, from, to } = body.statement;
      return { handOver: { from: toWireEntry({ text, ...from }), to: toWireEntry({ text, ...to }) } };
    }
    case 'sent-copy':
      return { sentCopy: { peer: hexToBytes(body.peer), content: body.content } };
    case 'read-on-other':
      return {
        readOnOther: { peer: hexToBytes(body.peer), contentIds: body.contentIds.map(hexToBytes) },
      };
    case 'contact-state': {
      const { peer, petname = null, blocked = null, accepted = false, note = null } = body;
      return { contactState: { peer: hexToBytes(peer), petname, blocked, accepted, note } };
    }
    case 'resent':
      return {
        resent: { envelopeIds: body.envelopeIds.map(hexToBytes), content: body.content ?? null },
      };
    case 'unknown':
      return { fallback: body.fallback };
    default:
      return writeKind(body);
  }
}

function readBody(content: wire.Content.$Properties): Body {
  const { text, receipt, payment, handOver, fallback } = content;
  if (text) {
    return {
      kind: 'text',
      text: readText(text.text),
      replyTo: text.replyTo ? readReference(text.replyTo) : undefined,
      expiresAfter: readTimer(text.expiresAfter) || undefined,
    };
  }
  if (receipt) {
    const kind = KINDS[receipt.kind ?? 0];
    if (!kind) throw malformed('receipt');
    return { kind: 'receipt', receipt: kind, contentIds: readIds(receipt.contentIds, MAX_RECEIPT_IDS) };
  }
  if (handOver) {
    try {
      const [from, to] = [fromWireEntry(handOver.from ?? {}), fromWireEntry(handOver.to ?? {})];
      return { kind: 'hand-over', statement: { text: from.text, from, to } };
    } catch {
      throw malformed('hand-over');
    }
  }
  const body = readBetween(content) ?? readKind(content, readText);
  if (body) return body;
  const shown = fallback ? readText(fallback) : '';
  return payment
    ? { kind: 'payment', fallback: shown, payment: readPayment(payment) }
    : { kind: 'unknown', fallback: shown };
}

/** What devices of one account tell each other, and what is sent again. */
function readBetween({
  sentCopy,
  readOnOther,
  contactState,
  resent,
}: wire.Content.$Properties): Body | undefined {
  if (sentCopy) {
    if (!sentCopy.content?.length) throw malformed('copy');
    return { kind: 'sent-copy', peer: readAccount(sentCopy.peer), content: sentCopy.content };
  }
  if (readOnOther) {
    const contentIds = readIds(readOnOther.contentIds, MAX_RECEIPT_IDS);
    return { kind: 'read-on-other', peer: readAccount(readOnOther.peer), contentIds };
  }
  if (contactState) {
    const { petname, blocked, accepted, note } = contactState;
    return {
      kind: 'contact-state',
      peer: readAccount(contactState.peer),
      ...(petname != null && { petname: cleanPetname(petname) }),
      ...(blocked != null && { blocked }),
      ...(accepted && { accepted }),
      ...(note != null && { note: cleanNote(note) }),
    };
  }
  if (!resent) return undefined;
  const envelopeIds = readIds(resent.envelopeIds, MAX_RESENT);
  return {
    kind: 'resent',
    envelopeIds,
    content: resent.content?.length ? resent.content : undefined,
  };
}

/** A name that a person gave to somebody: without what would turn the words around it; cut between characters. */
export function cleanPetname(name: string): string {
  return [...withoutUnprintable(name).trim()].slice(0, MAX_NAME).join('');
}

/** What a person notes about somebody, cut between characters. */
export function cleanNote(note: string): string {
  return [...note.trim()].slice(0, MAX_NOTE).join('');
}

function readText(text: string | null | undefined): string {
  try {
    return checkText(text ?? '');
  } catch {
    throw malformed('text');
  }
}

function readTime(time: wire.Content.$Properties['sentAt']): number {
  const ms = fromTime(time);
  if (ms > LAST_DATE) throw malformed('time');
  return ms;
}

function readIds(ids: readonly Uint8Array[] | null | undefined, most: number): IdHex[] {
  if (!ids?.length || ids.length > most) throw malformed('list of ids');
  return ids.map(readId);
}

function readAccount(account: Uint8Array | null | undefined): AccountHex {
  if (account?.length !== ACCOUNT_BYTES) throw malformed('account');
  return bytesToHex(account);
}

/**
 * What an export consists of: records, each one row or a statement about the whole, in this order: `manifest`; people, profiles,
 * transfers, counted events of chains; then each conversation with its payments and its messages, newest first;
 * `end`.
 *
 * Every table has to say here whether it travels, and every field of those that do has its shape, so that nothing is forgotten
 * silently when one is added. A field more is another version of the file.
 *
 * @module
 */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { ErrorCode } from '../errors.js';
import type { SignedEntry } from '../identity/index.js';
import type {
  AccountHex,
  ConversationRow,
  ConversationSettings,
  DefaultSettings,
  IdHex,
  MessageRef,
  MessageRow,
  PaymentRow,
  PersonRow,
  ProfileRow,
  Stamp,
  StoredDraft,
  StoredMessageState,
  StoredReaction,
  TableName,
  TransferRow,
} from '../store/index.js';
import {
  amount,
  anyText,
  bytes,
  count,
  flag,
  list,
  maybe,
  number,
  object,
  oneOf,
  text,
  type Shape,
} from './shapes.js';

/** The first record. */
export interface Manifest {
  readonly account: AccountHex;
  /** ms since 1970 */
  readonly exportedAt: number;
  /** Records between the first and the last, as counted before. */
  readonly total: number;
  /** The device that wrote it, which signs its end, and the list in which its account says so. */
  readonly device: Uint8Array;
  readonly log: readonly SignedEntry[];
  /** A guest's secret, where it was. */
  readonly secret: { readonly seed: Uint8Array; readonly entropy: Uint8Array | undefined } | undefined;
}

export interface End {
  /** XEdDSA by the device's identity key, of {@link SIGNED} and the SHA-256 of all before this record. */
  readonly signature: Uint8Array;
}

export const SIGNED = utf8ToBytes('coming-export-v1');

/** A message without what it has only on one device; what only stands for one does not travel. */
export interface HistoryMessage extends Omit<MessageRow, 'order' | 'seen' | 'state'> {
  readonly state: Exclude<StoredMessageState, 'undecryptable'>;
}
export interface HistoryConversation extends Omit<
  ConversationRow,
  'lastMessage' | 'nextOrder' | 'unread' | 'undecryptable'
> {
  /** Messages of it that follow at most. */
  readonly messages: number;
}

/** The longest draft, in characters. */
const MAX_DRAFT = 65_536;

/** Content of each kind of record. */
export interface Records {
  manifest: Manifest;
  people: { readonly account: AccountHex; readonly person: PersonRow };
  /** Of this account where none is named. */
  profiles: { readonly account: AccountHex | undefined; readonly profile: ProfileRow };
  transfers: TransferRow;
  paidEvents: { readonly event: string; readonly peer: AccountHex; readonly id: IdHex };
  conversations: HistoryConversation;
  payments: PaymentRow;
  messages: HistoryMessage;
  end: End;
}

export type RecordKind = keyof Records;
export type AnyRecord = { [K in RecordKind]: { readonly kind: K; readonly value: Records[K] } }[RecordKind];

/**
 * The other tables stay: a copied ratchet would use keys twice, and what waits to be sent, or to be asked for, is settled by the
 * device that has it.
 */
export const TRAVELS = {
  meta: false,
  preKeys: false,
  lastResortUses: false,
  sessions: false,
  people: true,
  conversations: true,
  messages: true,
  messageOrders: false, // follows from messages
  expiring: false, // likewise
  profiles: true,
  outbox: false,
  receipts: false,
  seen: false,
  undecryptable: false,
  transfers: true,
  payments: true,
  paidEvents: true,
  sentContents: false,
  early: false,
  allowances: false,
  decisions: false, // when something was decided; what was decided stands in people and conversations
  recent: false, // follows from conversations
  chores: false,
  vault: false,
  imports: false,
} as const satisfies Record<TableName, boolean>;

/** Nothing that is longer is read into memory. */
export const MAX_RECORD = 4 << 20;

const account = text<AccountHex>(/^[0-9a-f]{64}$/);
const id = text<IdHex>(/^[0-9a-f]{32}$/);
const hash = text<string>(/^0x[0-9a-f]{64}$/);
const code = text<ErrorCode>(/^[a-z][a-z-]{0,63}$/);
const line = anyText(512);
const origin = anyText(512);
// A peer's word, as long as they made it.
const claimed = anyText(65_536);
const log = list(
  object<SignedEntry>({
    text: anyText(16_384),
    scheme: oneOf('ed25519', 'sr25519', 'ecdsa'),
    signature: bytes(65),
  }),
  4096,
);
const stamp = { at: number, id };
const message = object<MessageRef>({ id, mine: flag });
const settings = { muted: maybe(flag), readReceipts: maybe(flag), typing: maybe(flag) };
const trust = maybe(oneOf('proven', 'asserted'));

type Timer = NonNullable<ConversationRow['timer']>;

const SHAPES: { readonly [K in RecordKind]: Shape<Records[K]> } = {
  manifest: object<Manifest>({
    account,
    exportedAt: number,
    total: count,
    device: bytes(33, 33),
    log,
    secret: maybe(object({ seed: bytes(32, 32), entropy: maybe(bytes(32, 16)) })),
  }),
  people: object<Records['people']>({
    account,
    person: object<PersonRow>({
      log,
      noticed: count,
      changed: maybe(code),
      blocked: maybe(flag) as Shape<boolean>,
      compared: maybe(log),
      anchorIgnored: maybe(bytes(64)),
      continuedBy: maybe(account) as Shape<AccountHex>,
      domains: maybe(list(line, 1024)) as Shape<readonly string[]>,
      note: maybe(anyText(65_536)) as Shape<string>,
    }),
  }),
  profiles: object<Records['profiles']>({
    account: maybe(account),
    profile: object<ProfileRow>({
      version: count,
      name: line,
      picture: maybe(bytes(65_536)),
      settings: maybe(
        object<DefaultSettings>({ ...settings, strangers: maybe(oneOf('ask', 'accept')) }),
      ) as Shape<DefaultSettings>,
    }),
  }),
  transfers: object<TransferRow>({
    id,
    genesis: hash,
    asset: line,
    amount,
    from: account,
    to: account,
    fee: amount,
    nonce: count,
    firstBlock: count,
    lastBlock: count,
    extrinsic: bytes(65_536),
    hash,
    state: oneOf('signed', 'broadcast', 'in-block', 'retracted', 'final', 'failed', 'expired'),
    block: maybe(object({ hash, number: count, index: count })),
    problem: maybe(code),
    chainError: maybe(line),
    signedAt: number,
    trust: trust as Shape<'proven' | 'asserted'>,
  }),
  paidEvents: object<Records['paidEvents']>({ event: line, peer: account, id }),
  conversations: object<HistoryConversation>({
    peer: account,
    petname: line,
    lastActivity: number,
    origin: maybe(origin),
    elsewhere: maybe(origin),
    request: maybe(flag) as Shape<boolean>,
    accepted: maybe(flag) as Shape<boolean>,
    timer: maybe(object<Timer>({ ...stamp, seconds: count })) as Shape<Timer>,
    settings: maybe(object<ConversationSettings>(settings)),
    draft: maybe(object<StoredDraft>({ text: anyText(MAX_DRAFT), replyTo: maybe(message) })),
    told: maybe(count) as Shape<number>,
    messages: count,
  }),
  payments: object<PaymentRow>({
    genesis: claimed,
    asset: claimed,
    amount,
    from: account,
    to: account,
    peer: account,
    id,
    mine: flag,
    place: maybe(object({ block: claimed, extrinsic: number, hash: claimed })),
    state: oneOf('open', 'received', 'refuted'),
    refutal: maybe(text(/^[a-z][a-z-]{0,63}$/)),
    moves: maybe(count) as Shape<number>,
    trust: trust as Shape<'proven' | 'asserted'>,
  }),
  messages: object<HistoryMessage>({
    peer: account,
    id,
    mine: flag,
    text: anyText(65_536),
    sentAt: number,
    state: oneOf('queued', 'sent', 'delivered', 'read', 'failed', 'received'),
    problem: maybe(code),
    isPayment: flag,
    reply: maybe(message),
    reactions: maybe(list(object<StoredReaction>({ ...stamp, mine: flag, emoji: line }), 2)),
    edited: maybe(object<Stamp>(stamp)),
    deleted: maybe(flag) as Shape<boolean>,
    expiresAfter: maybe(count),
    expiresAt: maybe(number) as Shape<number>,
    timer: maybe(count) as Shape<number>,
  }),
  end: object<End>({ signature: bytes(64, 64) }),
};

/** A record with its length before it, 32 bits, big-endian. */
export function encodeRecord<K extends RecordKind>(kind: K, value: Records[K]): Uint8Array {
  const json = utf8ToBytes(JSON.stringify([kind, SHAPES[kind].write(value)]));
  if (json.length > MAX_RECORD) throw new RangeError('a row is too long to be exported');
  const record = new Uint8Array(4 + json.length);
  new DataView(record.buffer).setUint32(0, json.length);
  record.set(json, 4);
  return record;
}

/**
 * The content of a record.
 *
 * @throws TypeError, SyntaxError when it is none
 */
export function decodeRecord(json: Uint8Array): AnyRecord {
  const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(json));
  if (!Array.isArray(parsed) || parsed.length !== 2) throw new TypeError('not a record');
  const [kind, value] = parsed as [RecordKind, unknown];
  if (typeof kind !== 'string' || !Object.hasOwn(SHAPES, kind)) throw new TypeError('an unknown record');
  return { kind, value: SHAPES[kind].read(value) } as AnyRecord;
}

/** Splits a stream into the bytes of its records. */
export class RecordSplitter {
  #buffer: Uint8Array = new Uint8Array();

  /** The records that these bytes complete. @throws RangeError when one is too long */
  add(more: Uint8Array): Uint8Array[] {
    const all = new Uint8Array(this.#buffer.length + more.length);
    all.set(this.#buffer);
    all.set(more, this.#buffer.length);
    const view = new DataView(all.buffer);
    const records: Uint8Array[] = [];
    let at = 0;
    while (all.length - at >= 4) {
      const length = view.getUint32(at);
      if (length > MAX_RECORD) throw new RangeError('a record is too long');
      if (all.length - at - 4 < length) break;
      records.push(all.slice(at + 4, at + 4 + length));
      at += 4 + length;
    }
    this.#buffer = all.slice(at);
    return records;
  }

  /** Whether nothing waits for the rest of it. */
  get isEmpty(): boolean {
    return this.#buffer.length === 0;
  }
}

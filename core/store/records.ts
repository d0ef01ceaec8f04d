/**
 * What a device stores: one row type per table, and the key each row stands under.
 *
 * Rows are plain data that can be structurally cloned. Accounts are written as 64 hexadecimal
 * digits, ids as 32, so that they can be keys.
 *
 * @module
 */
import type { ErrorCode } from '../errors.js';
import type { Capability, SignedEntry } from '../identity/index.js';

/** 32-byte account key, hexadecimal. */
export type AccountHex = string;
/** 16-byte id, hexadecimal. */
export type IdHex = string;

/** This device and its account. */
export interface DeviceRow {
  readonly account: AccountHex;
  readonly kind: 'guest' | 'wallet';
  /** A guest's 32-byte secret; undefined for a wallet's account, and on a device that was linked. */
  readonly seed: Uint8Array | undefined;
  /** What the secret was made of, as its words say it; undefined when it came from a file. */
  readonly entropy: Uint8Array | undefined;
  /** Whether the person has the secret elsewhere too. */
  readonly backedUp: boolean;
  readonly deviceId: number;
  readonly deviceName: string;
  readonly origin: string;
  readonly access: Capability;
  readonly identityPublic: Uint8Array;
  readonly identityPrivate: Uint8Array;
  readonly registrationId: number;
  /** The account's own device log as far as this device knows. */
  readonly log: readonly SignedEntry[];
  readonly nextPreKeyId: number;
  /** Domains that said that they are the account's. */
  readonly domains?: readonly string[];
  /** The signed pre-key that the key server has; absent: the first one. */
  readonly signedPreKeyId?: number;
}

export type PreKeyKind = 'signed' | 'last-resort' | 'one-time' | 'one-time-kyber';

export interface PreKeyRow {
  readonly kind: PreKeyKind;
  readonly id: number;
  readonly publicKey: Uint8Array;
  readonly privateKey: Uint8Array;
  /** Absent for one-time curve keys. */
  readonly signature: Uint8Array | undefined;
  /** ms since 1970 */
  readonly createdAt: number;
}

/** All ratchet state with one remote device; opaque here. */
export interface SessionRow {
  readonly record: Uint8Array;
  /** When something of the device was decrypted last, or the first session with it made; ms since 1970, this device's clock. */
  readonly heardAt: number;
  /** When something was encrypted for it last. */
  readonly toldAt?: number;
}

/** Somebody else, as far as this device knows and its person decided. */
export interface PersonRow {
  /** Their device log, verified before it was stored; empty as long as none is known. */
  readonly log: readonly SignedEntry[];
  /** How many of its entries the person was shown. */
  readonly noticed: number;
  /** What was wrong with a log that was served later: nothing is sent until the person decides. */
  readonly changed?: ErrorCode | undefined;
  readonly blocked?: boolean;
  /** The log as it was when the two compared their safety numbers. */
  readonly compared?: readonly SignedEntry[] | undefined;
  /** The head that the chain had when the person went on although it contradicts the log. */
  readonly anchorIgnored?: Uint8Array | undefined;
  /** The account that continues this one, as both said. */
  readonly continuedBy?: AccountHex;
  /** Domains that said that they are theirs. */
  readonly domains?: readonly string[];
  /** What the person noted about them; stays on this account's devices. */
  readonly note?: string;
}

export interface ConversationRow {
  readonly peer: AccountHex;
  readonly petname: string;
  readonly unread: number;
  readonly undecryptable: number;
  /** ms since 1970, this device's clock. */
  readonly lastActivity: number;
  readonly lastMessage: MessageRow | undefined;
  /** The order that the next message gets. */
  readonly nextOrder: number;
  /**
   * Where it was started. Undefined until something was encrypted or received in it: as long as nobody else can have any of
   * it, it is where the first message that arrives says.
   */
  readonly origin: string | undefined;
  /** Another origin that the peer's last message came from. */
  readonly elsewhere: string | undefined;
  /** A stranger began it and the person has not answered: nothing leaves this device for them. */
  readonly request?: boolean;
  /** The person said something in it, or accepted it. */
  readonly accepted?: boolean;
  /** How long what is written from now on stays, and which content said so. */
  readonly timer?: Stamp & { readonly seconds: number };
  /** Where they differ from the person's defaults. */
  readonly settings?: ConversationSettings | undefined;
  /** Begun and not sent. */
  readonly draft?: StoredDraft | undefined;
  /** The version of the person's own profile that the peer was told. */
  readonly told?: number;
}

/** When a content was written, by its author's clock, and its id: the greater one counts, on every device alike. */
export interface Stamp {
  /** ms since 1970 */
  readonly at: number;
  readonly id: IdHex;
}

/** Names a message in its conversation: ids are chosen by who writes, so whose it is belongs to the name. */
export interface MessageRef {
  readonly id: IdHex;
  readonly mine: boolean;
}

export interface StoredDraft {
  readonly text: string;
  readonly replyTo?: MessageRef | undefined;
}

/** What a person can choose for one conversation. */
export interface ConversationSettings {
  /** No notice of what arrives. */
  readonly muted?: boolean | undefined;
  /** Whether either side tells the other what was read; they go together. */
  readonly readReceipts?: boolean | undefined;
  /** Whether either side tells the other that they are writing; they go together. */
  readonly typing?: boolean | undefined;
}

/** What a person chose for conversations in which they chose nothing else. */
export interface DefaultSettings extends ConversationSettings {
  /** `accept`: whoever writes first is answered with receipts at once, as a support desk or a bot wants it. */
  readonly strangers?: 'ask' | 'accept' | undefined;
}

/** What somebody says they are called and look like; of this account also what the person chose. */
export interface ProfileRow {
  /** Rises with every change; 0 before the first. */
  readonly version: number;
  readonly name: string;
  /** WebP, PNG or JPEG. */
  readonly picture: Uint8Array | undefined;
  /** This account's own row only; never leaves its devices. */
  readonly settings?: DefaultSettings;
}

export type StoredMessageState =
  'queued' | 'sent' | 'delivered' | 'read' | 'failed' | 'received' | 'undecryptable';

export interface MessageRow {
  readonly peer: AccountHex;
  /**
   * Rises with arrival in this conversation on this device. What was imported stands in between, or before the first: a fraction, or
   * below zero.
   */
  readonly order: number;
  readonly id: IdHex;
  readonly mine: boolean;
  readonly text: string;
  /** The sender's clock, ms since 1970. */
  readonly sentAt: number;
  readonly state: StoredMessageState;
  readonly problem: ErrorCode | undefined;
  /** Whether a received message was shown to the person. */
  readonly seen: boolean;
  /** Whether a row of `payments` belongs to it. */
  readonly isPayment: boolean;
  /** The message that it answers; perhaps one that is not here. */
  readonly reply?: MessageRef | undefined;
  /** The last word of each side, one that was taken back included. */
  readonly reactions?: readonly StoredReaction[] | undefined;
  /** The content that gave it its text, unless that is the first one. */
  readonly edited?: Stamp | undefined;
  /** Its author took it back: the row stays, empty, so that nothing that comes late brings it back. */
  readonly deleted?: boolean;
  /** Seconds. */
  readonly expiresAfter?: number | undefined;
  /** ms since 1970; not set as long as that time does not run. */
  readonly expiresAt?: number;
  /** A notice that the timer was set to so many seconds; it has no text. */
  readonly timer?: number;
}

/** What one side said to a message with one emoji; empty when they took it back. */
export interface StoredReaction extends Stamp {
  readonly mine: boolean;
  readonly emoji: string;
}

/** One encrypted copy for one device of the receiver. */
export interface StoredEnvelope {
  readonly id: Uint8Array;
  readonly deviceId: number;
  readonly type: number;
  readonly content: Uint8Array;
}

/** A content on its way out; `envelopes` is there once it was encrypted. */
export interface OutboxRow {
  readonly peer: AccountHex;
  readonly seq: number;
  /** The message whose state follows this content; undefined for receipts. */
  readonly messageId: IdHex | undefined;
  /** Encoded Content, for devices that turn up later. */
  readonly content: Uint8Array;
  /** What the content says; undefined while the conversation has none. */
  readonly origin: string | undefined;
  readonly encrypted:
    { readonly logHead: Uint8Array; readonly envelopes: readonly StoredEnvelope[] } | undefined;
  /** Under which the content stands in `sentContents`; absent where it is not kept. */
  readonly contentId?: IdHex;
  /** The one device that it is for, where it is sent again. */
  readonly to?: number;
  /** The own ratchet key of a session that the device cannot read: a new session takes its place. */
  readonly broken?: Uint8Array;
}

/** ms that what was sent is kept for a device that cannot decrypt it. */
export const SENT_FOR_MS = 7 * 24 * 60 * 60 * 1000;

/** A content that was encrypted, kept in case that a device cannot decrypt it. */
export interface SentRow {
  readonly peer: AccountHex;
  readonly contentId: IdHex;
  /** Encoded; undefined of an answer that there is nothing to send again. */
  readonly content: Uint8Array | undefined;
  readonly origin: string;
  /** ms since 1970 */
  readonly at: number;
  /** Whatever it went out in, and to which device. */
  readonly envelopes: readonly { readonly id: IdHex; readonly deviceId: number }[];
  /** Devices that said that they have it. */
  readonly acknowledged: readonly number[];
}

/** Something that is said about a message which is not here yet. */
export interface EarlyRow {
  /** The id of the content that says it. */
  readonly contentId: IdHex;
  /** Encoded Content. */
  readonly content: Uint8Array;
  /** Whether it is this account that says it. */
  readonly byMe: boolean;
  /** When it was taken here, ms since 1970. */
  readonly at: number;
  /** When the carrier had it, ms since 1970; undefined of one's own. */
  readonly arrivedAt?: number | undefined;
}

/** How often a device asked for messages again, or was asked, of late. */
export interface AllowanceRow {
  /** Begin of the hour that is counted; ms since 1970 */
  readonly since: number;
  readonly count: number;
}

export type ReceiptKind =
  | 'delivered' // stored on a device of the receiver
  | 'read' // shown to a person
  | 'paid'; // a payment that the receiver's core found in the chain

/** A receipt that waits to be sent along with others. */
export interface ReceiptRow {
  readonly peer: AccountHex;
  readonly kind: ReceiptKind;
  readonly contentId: IdHex;
}

/** An envelope that was taken from the relay but could not be decrypted. */
export interface UndecryptableRow {
  readonly sender: AccountHex;
  /** Counts this sender's, from 0. */
  readonly n: number;
  readonly senderDevice: number;
  readonly envelopeId: IdHex;
  readonly type: number;
  readonly content: Uint8Array;
  readonly receivedAt: number;
  readonly code: ErrorCode;
  /** Whether its sender is to be asked for it again, or was; absent when not. */
  readonly request?: 'waiting' | 'asked';
  /** ms since 1970, this device's clock. */
  readonly keptAt?: number;
}

/**
 * A transfer on a chain, stored before its bytes leave this device: it is signed once, and whatever
 * happens, these same bytes are what is sent again.
 */
export interface TransferRow {
  /** Chosen by the caller, e.g. the id of what is paid for. */
  readonly id: IdHex;
  /** Hash of the chain's first block, `0x` and 64 digits. */
  readonly genesis: string;
  /** CAIP-19 */
  readonly asset: string;
  readonly amount: bigint;
  readonly from: AccountHex;
  readonly to: AccountHex;
  /** What it was expected to cost, in the chain's own coin. */
  readonly fee: bigint;
  readonly nonce: number;
  /** Only the blocks behind this one, and not behind {@link lastBlock}, can take it. */
  readonly firstBlock: number;
  readonly lastBlock: number;
  readonly extrinsic: Uint8Array;
  /** BLAKE2b-256 of the bytes, by which explorers name it. */
  readonly hash: string;
  readonly state: StoredTransferState;
  /** Where it is, once a block holds it. */
  readonly block: { readonly hash: string; readonly number: number; readonly index: number } | undefined;
  readonly problem: ErrorCode | undefined;
  /** The chain's own name of the problem, e.g. `XAssets.InsufficientBalance`. */
  readonly chainError: string | undefined;
  /** This device's clock, ms since 1970. */
  readonly signedAt: number;
  /** What that it ended rests on, once it did: a proof, or one node's word. */
  readonly trust?: 'proven' | 'asserted';
}

export type StoredTransferState =
  | 'signed' // stored; perhaps on its way
  | 'broadcast' // a node took it
  | 'in-block' // in a block that is not final yet
  | 'retracted' // was in a block that did not last; goes out again
  | 'final' // done for good
  | 'failed' // see `problem`; with a `block`, the fee was paid
  | 'expired'; // no block can take it any more

/** Where in a chain a payment is said to stand. */
export interface PaymentPlace {
  /** Hash of the block, `0x` and 64 digits. */
  readonly block: string;
  /** Index of the extrinsic in the block. */
  readonly extrinsic: number;
  /** BLAKE2b-256 of the extrinsic. */
  readonly hash: string;
}

/** What a payment message says: of a peer's, their word. */
export interface PaymentFacts {
  /** Hash of the chain's first block, `0x` and 64 digits. */
  readonly genesis: string;
  /** CAIP-19 */
  readonly asset: string;
  /** Base units. */
  readonly amount: bigint;
  readonly from: AccountHex;
  readonly to: AccountHex;
}

/** What a chain says instead of bearing a claim out. */
export type NotPaid =
  | 'malformed' // not a hash, an index or an amount
  | 'other-chain' // of a chain that this client does not pay on
  | 'unknown-block' // no node saw this block, or it did not last
  | 'no-such-extrinsic'
  | 'failed' // the extrinsic was not carried out
  | 'no-such-payment'; // it was, but moved something else

/** Why a claim to have paid is not believed. */
export type Refutal =
  | NotPaid
  | 'unknown-asset' // not in this client's table
  | 'other-account' // from somebody else, or to somebody else
  | 'counted-before' // this very event of the chain was shown for another payment
  | 'block-too-old'; // the node no longer keeps what happened in this block

/** A payment that is shown in a conversation; one's own is a transfer of the same id as well. */
export interface PaymentRow extends PaymentFacts {
  readonly peer: AccountHex;
  /** What is paid for, and the id of the payment's message. */
  readonly id: IdHex;
  readonly mine: boolean;
  /** Of one's own: what the peer was told. */
  readonly place: PaymentPlace | undefined;
  readonly state:
    | 'open'
    | 'received' // the receiver's core found it in a final block
    | 'refuted'; // it looked, and found it not
  readonly refutal: Refutal | undefined;
  /** Of a peer's: how often they named another place for it. */
  readonly moves?: number;
  /** Of a peer's that was received: what that rests on, a proof or one node's word. */
  readonly trust?: 'proven' | 'asserted';
}

/** How the data keys are kept from whoever reads the disk. */
export type VaultLock =
  /** Not at all: the key lies beside them, where no script can read it out, but whoever has the disk can. */
  | { readonly kind: 'none'; readonly key: CryptoKey }
  /** scrypt (RFC 7914) of the passphrase. */
  | {
      readonly kind: 'passphrase';
      readonly salt: Uint8Array;
      readonly N: number;
      readonly r: number;
      readonly p: number;
    }
  /** HKDF of 32 bytes that only this passkey gives (WebAuthn, `prf`). */
  | { readonly kind: 'passkey'; readonly salt: Uint8Array; readonly id: Uint8Array };

/** The keys that rows are sealed with, each wrapped with the key that the lock makes; never sealed itself. */
export interface VaultRow {
  readonly lock: VaultLock;
  /** The last one seals; the others are there as long as rows are sealed with them. */
  readonly keys: readonly { readonly id: number; readonly wrapped: Uint8Array }[];
  /** Rows of version 2 may still be unsealed. */
  readonly hasPlain: boolean;
}

/** A record of a file that is being imported: kept until the file was checked to its end, and then until it was merged. */
export interface ImportRow {
  /** Opaque here. */
  readonly record: Uint8Array;
  /** Of a message: how many of its conversation follow at most, itself included. */
  readonly left: number;
  /** The last one; once it is here, the file was checked to its end. */
  readonly last: boolean;
}

/** Row types by table. The comment is the key of a row. */
export interface Tables {
  /** `'device'` */
  meta: DeviceRow;
  /** `[kind, id]` */
  preKeys: PreKeyRow;
  /** `[kyberPreKeyId, baseKeyHex]`: initiations that used a last-resort key, so that none is taken twice. */
  lastResortUses: { readonly at: number };
  /** `[account, deviceId]` */
  sessions: SessionRow;
  /** `account` */
  people: PersonRow;
  /** `peer` */
  conversations: ConversationRow;
  /** `[peer, order]` */
  messages: MessageRow;
  /** `[peer, mine ? 1 : 0, id]` to the message's order; stays when the message is erased, so that it cannot come again. */
  messageOrders: { readonly order: number };
  /** `[expiresAt, peer, order]` */
  expiring: { readonly peer: AccountHex; readonly order: number };
  /** `account`, or `own` for that of this account */
  profiles: ProfileRow;
  /** `[peer, seq]` */
  outbox: OutboxRow;
  /** `[peer, kind, contentId]` */
  receipts: ReceiptRow;
  /** `[sender, senderDevice, envelopeId]`: envelopes that were taken, so that a repeat is dropped. */
  seen: { readonly at: number };
  /** `[sender, n]` */
  undecryptable: UndecryptableRow;
  /** `id` */
  transfers: TransferRow;
  /** `[peer, mine ? 1 : 0, id]` */
  payments: PaymentRow;
  /** `[peer, contentId]`: what may have to be sent again; own devices stand under the own account. */
  sentContents: SentRow;
  /** `[peer, mine ? 1 : 0, messageId, contentId]`: what waits for this message. */
  early: EarlyRow;
  /** `[account, deviceId, 'asked' | 'answered']` */
  allowances: AllowanceRow;
  /** `[peer, field]`: when a person decided this about somebody last, on whichever device; the id settles a tie. */
  decisions: { readonly at: number; readonly id: IdHex };
  /** Name of an event in a chain to the payment it was counted for: none is counted twice. */
  paidEvents: { readonly peer: AccountHex; readonly id: IdHex };
  /** `[lastActivity, peer]`: the conversations in the order of their list; kept by {@link Recency}. */
  recent: { readonly peer: AccountHex };
  /** Name of something that is done from time to time to when it was done, ms since 1970. */
  chores: { readonly at: number };
  /** `'vault'` */
  vault: VaultRow;
  /** `n`, in the order of the file. */
  imports: ImportRow;
}

export type TableName = keyof Tables;

export const TABLE_NAMES: readonly TableName[] = [
  'meta',
  'preKeys',
  'lastResortUses',
  'sessions',
  'people',
  'conversations',
  'messages',
  'messageOrders',
  'expiring',
  'profiles',
  'outbox',
  'receipts',
  'seen',
  'undecryptable',
  'transfers',
  'payments',
  'paidEvents',
  'recent',
  'chores',
  'vault',
  'sentContents',
  'early',
  'allowances',
  'decisions',
  'imports',
];

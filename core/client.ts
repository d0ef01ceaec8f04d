/**
 * The one object that elements, dApps and bots use, as types.
 *
 * Everything is asynchronous and takes and returns plain data that can be structurally cloned;
 * state is published as immutable snapshots. So the same client can live in the page, in a
 * worker or behind a port.
 *
 * @module
 */
import type { Capability, Contact, GuestSecret, Identity, LinkOffer } from './accounts/types.js';
import type { ErrorCode } from './errors.js';
import type { AccountSigner } from './identity/account.js';
import type { Payment, Payments } from './payments/types.js';
import type { Export, Import } from './transfer/types.js';

export type { AccountSigner };
export type * from './accounts/types.js';
export type * from './payments/types.js';
export type * from './transfer/types.js';

/** A value that changes over time. `subscribe` calls back at once and then on every change. */
export interface Watchable<T> {
  readonly value: T;
  subscribe(listener: (value: T) => void): () => void;
}

/** An account's public name: its SS58 address with ChainX's prefix 44, e.g. `5U…`. */
export type ComingId = string;

/** Who this client is. */
export interface Me {
  readonly comingId: ComingId;
  /** A guest's key was made in this browser; a wallet account's key never leaves the wallet. */
  readonly kind: 'guest' | 'wallet';
  /** 1..127, this browser profile on this origin. */
  readonly deviceId: number;
  readonly deviceName: string;
  /** What this device receives: conversations that were started on its own origin, or all. */
  readonly access: Capability;
  /** The words were written down or the key went into a file; always true where the account's key is not here. */
  readonly backedUp: boolean;
}

/** How the client reaches its relay. */
export type ConnectionState =
  | 'idle' // no identity yet, so nothing to connect for
  | 'connecting'
  | 'catching-up' // connected; messages that waited are arriving
  | 'online'
  | 'offline' // will try again
  | 'displaced'; // the same device connected elsewhere; does not try again by itself

export interface ClientStatus {
  readonly phase:
    | 'starting'
    | 'waiting' // another tab or window of this profile is the owner; takes over when it closes
    | 'signed-out'
    | 'ready'
    | 'failed' // see `problem`
    | 'closed';
  readonly me: Me | undefined;
  readonly connection: ConnectionState;
  /** `memory`: nothing can be stored here (private window, storage denied); gone when the page closes. */
  readonly storage: 'persistent' | 'memory';
  readonly relay: string;
  /** CAIP-2 name of the chain that is paid on; undefined when this client knows none and cannot pay. */
  readonly chain: string | undefined;
  /** The last problem a person should know of; undefined when all is well. */
  readonly problem: ErrorCode | undefined;
}

/** What a person has let happen to a message of their own. Received messages are `received`. */
export type MessageState =
  | 'queued' // stored here, not yet taken by the relay
  | 'sent' // the relay has it
  | 'delivered' // a device of the receiver has stored it
  | 'read' // shown to the receiver
  | 'failed' // see `problem`; can be retried
  | 'received';

export interface Message {
  /** 32 hexadecimal digits. */
  readonly id: string;
  readonly mine: boolean;
  readonly text: string;
  /** The sender's clock, ms since 1970. */
  readonly sentAt: number;
  readonly state: MessageState;
  readonly problem: ErrorCode | undefined;
  /** What this message says was paid; its text is then for readers that do not know payments. */
  readonly payment: Payment | undefined;
}

export interface ConversationSummary {
  readonly peer: ComingId;
  /** A name that only this device knows; empty when none was given. */
  readonly petname: string;
  readonly lastMessage: Message | undefined;
  readonly unread: number;
  /** ms since 1970, for sorting. */
  readonly lastActivity: number;
}

/** One conversation as it is shown: the latest messages, oldest first. */
export interface ConversationSnapshot {
  readonly peer: ComingId;
  readonly petname: string;
  readonly loading: boolean;
  readonly messages: readonly Message[];
  /** Earlier messages are stored and can be loaded. */
  readonly hasEarlier: boolean;
  readonly unread: number;
  /** Envelopes from this peer that arrived but could not be decrypted. */
  readonly undecryptable: number;
  /**
   * Where the conversation was started: only devices of this origin, and those with full access, take part. What is
   * said here goes out under it, whoever said something first.
   */
  readonly origin: string;
  /**
   * Another origin under which the peer said something last: their devices of that origin alone do not get the answers,
   * until {@link Conversation.answerElsewhere}. Only a device with full access can see this.
   */
  readonly elsewhere: string | undefined;
  /** Devices of the peer that came since the person looked at them ({@link Contact.noticed}): a quiet notice. */
  readonly newDevices: number;
  /**
   * Why nothing can be sent to this peer; undefined when all is well. `device-log-forked` and `device-log-stepped-back`
   * stay until the person decides ({@link Contact.acceptChange}), `blocked` until they unblock.
   */
  readonly problem: ErrorCode | undefined;
}

/** One open conversation. Close it when it is no longer shown. */
export interface Conversation {
  readonly peer: ComingId;
  readonly snapshot: Watchable<ConversationSnapshot>;
  /**
   * Stores the text for sending and returns its id; sending goes on in the background.
   *
   * @param options - `id`: 32 hexadecimal digits, chosen by the caller. Who sends again under an id that was used in this
   *   conversation sends nothing: a repeat after a crash is the same message.
   * @throws `message-empty`, `message-too-long`, `not-ready`, `storage-full`
   */
  send(text: string, options?: { id?: string }): Promise<string>;
  /** Tries a failed message again. */
  retry(messageId: string): Promise<void>;
  /** Says that everything received so far was shown to the person. */
  markRead(): Promise<void>;
  /** Adds the next 60 earlier messages to the snapshot. */
  loadEarlier(): Promise<void>;
  /** The person goes on at `elsewhere`: what is said from now on goes there, and no longer to where it was. */
  answerElsewhere(): Promise<void>;
  /** A name that only this device knows; empty to remove it. At most 64 characters. */
  setPetname(name: string): Promise<void>;
  close(): void;
}

export interface ComingClient {
  readonly status: Watchable<ClientStatus>;
  /** All conversations, latest activity first. */
  readonly conversations: Watchable<readonly ConversationSummary[]>;

  /**
   * Makes a local account and enrols this device, which has full access. Needs no network.
   *
   * With a secret it is the account of that secret: the relay is asked for its devices, and this one joins them. It has
   * full access only when no other device has; else one of those can grant it ({@link Identity.grant}).
   *
   * @throws `already-signed-in`, `not-owner`, `storage-full`; with a secret also `relay-unreachable`, `not-loaded`,
   *   `words-incomplete`, `unknown-word` (a `WordsError` with the `position`), `words-mismatch`, `wrong-passphrase`,
   *   `malformed-keystore`, `unsupported-keystore`
   */
  becomeGuest(options?: { deviceName?: string; secret?: GuestSecret }): Promise<Me>;
  /**
   * Enrols this device for a wallet account; asks the signer once.
   *
   * @param options - `access`: the conversations of this origin, by default, or all.
   * @throws `already-signed-in`, `wallet-refused`, `relay-unreachable`, `invalid-coming-id`; `needs-full-device`: full
   *   access, but another device has it and would have to confirm: link there, or take this origin alone
   */
  useWallet(signer: AccountSigner, options?: { deviceName?: string; access?: Capability }): Promise<Me>;
  /**
   * Begins to link this device to an account that another device has: show the text there. Nothing is stored yet; a
   * second offer makes the first one void.
   *
   * @throws `already-signed-in`, `not-owner`
   */
  offerLink(options?: { deviceName?: string }): Promise<LinkOffer>;
  /**
   * Takes the answer that the other device gave to the offer, and is a device of its account from then on.
   *
   * @throws `malformed-link` (also an answer to something else), `link-expired`, `not-offered`, `relay-unreachable`
   */
  joinLink(answer: string): Promise<Me>;
  /** One's own account: devices, backup, anchor. @throws `not-ready`, `not-loaded` */
  openIdentity(): Promise<Identity>;
  /**
   * Somebody whose Coming ID is known. Works without the relay, with what is known here.
   *
   * @throws `invalid-coming-id`, `own-account`, `not-ready`, `not-loaded`
   */
  openContact(peer: ComingId): Promise<Contact>;
  /**
   * Opens a conversation; it is created when it does not exist.
   *
   * @throws `invalid-coming-id`, `not-ready`
   */
  openConversation(peer: ComingId): Promise<Conversation>;
  /**
   * Opens what pays, and connects to the chain.
   *
   * @throws `no-chain`, `not-ready`
   */
  openPayments(): Promise<Payments>;
  /**
   * Begins to write everything of this device that may live on elsewhere: conversations with their messages and payments,
   * people, and a guest's secret. Not what makes it this device: importing makes a new one.
   *
   * @throws `weak-passphrase` (under 8 characters), `insecure-context`, `not-ready`, `not-loaded`
   */
  openExport(passphrase: string): Promise<Export>;
  /**
   * Begins to read such a file: into the account that is signed in, or where nobody is, into a new device of the guest whose secret
   * it has. Of a wallet account, sign in first. An import that is open gives up.
   *
   * @throws `not-owner`, `not-loaded`
   */
  openImport(passphrase: string): Promise<Import>;
  /** Connects at once when it waits to try again, or was displaced. */
  reconnect(): Promise<void>;
  /** Signs out and erases everything of this profile on this device. */
  erase(): Promise<void>;
  /** Closes the connection and lets another tab take over. Nothing is erased. */
  close(): Promise<void>;
}

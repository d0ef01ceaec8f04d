/**
 * The one object that elements, dApps and bots use, as types.
 *
 * Everything is asynchronous and takes and returns plain data that can be structurally cloned;
 * state is published as immutable snapshots. So the same client can live in the page, in a
 * worker or behind a port.
 *
 * @module
 */
import type { Capability, Contact, DidDocument, GuestSecret, Identity, LinkOffer } from './accounts/types.js';
import type { ErrorCode } from './errors.js';
import type { AccountSigner } from './identity/account.js';
import type { Payment, Payments } from './payments/types.js';
import type { ConversationSettings, DefaultSettings, MessageRef } from './store/index.js';
import type { Export, Import } from './transfer/types.js';

export type { AccountSigner, ConversationSettings, DefaultSettings, MessageRef };
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
    | 'waiting' // of `createLocalClient` only: another context is the owner; takes over when it closes
    | 'locked' // a passphrase or a passkey is needed, see `protection`; nothing can be read before
    | 'signed-out'
    | 'ready'
    | 'failed' // see `problem`
    | 'closed';
  readonly me: Me | undefined;
  readonly connection: ConnectionState;
  /** A view shows what another context does, which owns this profile; it takes over when that one goes. */
  readonly role: 'owner' | 'view';
  /** `memory`: nothing can be stored here (private window, storage denied); gone when the page closes. */
  readonly storage: 'persistent' | 'memory';
  /** The browser promised not to delete what is stored here by itself. */
  readonly persisted: boolean;
  /** What unlocks what is stored here. */
  readonly protection: 'none' | 'passphrase' | 'passkey';
  /** The credential id of the passkey that unlocks, hexadecimal. */
  readonly passkeyId: string | undefined;
  readonly relay: string;
  /** CAIP-2 name of the chain that is paid on; undefined when this client knows none and cannot pay. */
  readonly chain: string | undefined;
  /** The last problem a person should know of; undefined when all is well. */
  readonly problem: ErrorCode | undefined;
}

export interface SearchOptions {
  /** In this conversation only. */
  readonly peer?: ComingId;
  /** Goes on after a page that said where. */
  readonly before?: SearchCursor;
  /** 20 by default, 100 at most. */
  readonly limit?: number;
}

/** A message that was found. */
export interface SearchHit {
  readonly peer: ComingId;
  readonly messageId: string;
  readonly mine: boolean;
  /** The sender's clock, ms since 1970. */
  readonly sentAt: number;
  /** The text around the first word of the query, at most 122 characters. */
  readonly snippet: string;
}

export interface SearchPage {
  /** Newest first. */
  readonly hits: readonly SearchHit[];
  /** Where to go on; undefined when everything was searched. */
  readonly next: SearchCursor | undefined;
}

/** Where a search goes on: how far each conversation was searched. To be handed back as it is. */
export interface SearchCursor {
  readonly positions: readonly { readonly peer: string; readonly order: number; readonly time: number }[];
  readonly time: number;
}

/** What unlocks a device. */
export type UnlockSecret =
  | { readonly passphrase: string }
  /** The 32 bytes that the passkey's `prf` extension gave for the kit's input. */
  | { readonly passkey: Uint8Array };

/** What a device is locked with. */
export type StorageSecret =
  | { readonly passphrase: string }
  /** As above, and the credential's id, hexadecimal. */
  | { readonly passkey: Uint8Array; readonly id: string };

/** What a person has let happen to a message of their own. Received messages are `received`. */
export type MessageState =
  | 'queued' // stored here, not yet taken by the relay
  | 'sent' // the relay has it
  | 'delivered' // a device of the receiver has stored it
  | 'read' // shown to the receiver
  | 'failed' // see `problem`; can be retried
  | 'received'
  /**
   * Of the other: it arrived but cannot be decrypted. It was asked for again, and takes this place when it comes; with
   * the `problem` `message-lost` it cannot be had.
   */
  | 'undecryptable';

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
  /** The message that this one answers. */
  readonly reply?: Quote | undefined;
  /** At most one of each side; the other's first. */
  readonly reactions?: readonly Reaction[];
  /** When it got the text that it has, ms since 1970 by its author's clock; undefined if it was never edited. */
  readonly editedAt?: number | undefined;
  /** Its author took it back; the text is empty. */
  readonly deleted?: boolean;
  /** How long it stays, in seconds: after it was sent, or read. Undefined: it does not disappear. */
  readonly expiresAfter?: number | undefined;
  /** When it disappears, ms since 1970; undefined as long as that time does not run. */
  readonly expiresAt?: number | undefined;
  /** This is no message but a notice: from here on messages disappear after so many seconds; 0: they stay. */
  readonly timer?: number | undefined;
}

/** A message that another one answers, as it stands here; nobody can have others say what they did not. */
export interface Quote extends MessageRef {
  /** The beginning of its text, at most 200 characters; undefined when it is not here, or no more. */
  readonly text: string | undefined;
  readonly deleted: boolean;
  readonly isPayment: boolean;
}

export interface Reaction {
  readonly mine: boolean;
  readonly emoji: string;
}

/** What is begun and not sent. */
export interface Draft {
  readonly text: string;
  /** The message that it answers. */
  readonly replyTo?: MessageRef | undefined;
}

/**
 * What somebody says of themselves: nobody checked it. Without control characters, and without marks that say
 * "verified" elsewhere.
 */
export interface Profile {
  /** At most 64 characters; empty: they say nothing. */
  readonly name: string;
  /** Names their picture ({@link ComingClient.pictureOf}): changes when it does. Undefined: they have none. */
  readonly picture: number | undefined;
}

/** One's own profile, and what one chose for all conversations. */
export interface MyProfile extends Profile {
  /** Stays on one's own devices. */
  readonly settings: DefaultSettings;
}

/** Changes of one's own profile: what is not named stays. */
export interface ProfileChange {
  readonly name?: string;
  /**
   * WebP, PNG or JPEG, at most 32 KiB and 1024 pixels wide and high; undefined for none. It goes out as it is:
   * take out where and with what it was taken.
   */
  readonly picture?: Uint8Array | undefined;
  readonly settings?: DefaultSettings;
}

export interface ConversationSummary {
  readonly peer: ComingId;
  /** A name that only the person’s own devices know; empty when none was given. */
  readonly petname: string;
  readonly lastMessage: Message | undefined;
  readonly unread: number;
  /** ms since 1970, for sorting. */
  readonly lastActivity: number;
  /** What they say of themselves; undefined while they said nothing. */
  readonly profile?: Profile | undefined;
  /** With one's own account: a note to self. */
  readonly isSelf?: boolean;
  /** A stranger's first words, not accepted yet. */
  readonly request?: boolean;
  readonly typing?: boolean;
  readonly muted?: boolean;
  readonly draft?: Draft | undefined;
}

/** One conversation as it is shown: the latest messages, oldest first. */
export interface ConversationSnapshot {
  readonly peer: ComingId;
  readonly petname: string;
  readonly loading: boolean;
  readonly messages: readonly Message[];
  /** Earlier messages are stored and can be loaded. */
  readonly hasEarlier: boolean;
  /** Later messages are stored: these are those around one that was looked for. */
  readonly hasLater: boolean;
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
  /** What they say of themselves; undefined while they said nothing. */
  readonly profile?: Profile | undefined;
  /** With one's own account: a note to self, which goes to one's own devices alone. */
  readonly isSelf?: boolean;
  /**
   * A stranger began it, and the person neither accepted nor answered: they learn nothing, not even that it arrived.
   * Show links as dead text, and no picture of theirs.
   */
  readonly request?: boolean;
  /** They are writing at this moment. */
  readonly typing?: boolean;
  /** Seconds after which what is written now disappears; 0: it stays. */
  readonly timer?: number;
  /** As they are in force here, the defaults included. */
  readonly settings?: Readonly<Required<ConversationSettings>>;
  /** As it was stored last: for whoever shows it anew. */
  readonly draft?: Draft | undefined;
}

export interface SendOptions {
  /**
   * 32 hexadecimal digits, random ones when absent. What was sent under an id is not sent again, so whoever does not know
   * whether it was can repeat it.
   */
  readonly id?: string;
}

/** One open conversation. Close it when it is no longer shown. */
export interface Conversation {
  readonly peer: ComingId;
  readonly snapshot: Watchable<ConversationSnapshot>;
  /**
   * Stores a text for sending and returns its id; sending goes on in the background. The stored draft is gone; a request
   * is accepted.
   *
   * @param options - `id`: 32 hexadecimal digits, chosen by the caller. Who sends again under an id that was used in this
   *   conversation sends nothing: a repeat after a crash is the same message.
   * @throws `message-empty`, `message-too-long`, `not-ready`, `storage-full`
   */
  send(text: string | Draft, options?: SendOptions): Promise<string>;
  /**
   * Says something to a message with one emoji, in place of what one said before; the same again takes it back.
   *
   * Like everything here that tells the peer something it throws `not-accepted` for a request, and `blocked`,
   * `device-log-forked`, `device-log-stepped-back` while nothing can be told to them. What is loaded late throws
   * `not-loaded`.
   *
   * @throws `invalid-reaction`, `unknown-message`
   */
  react(message: MessageRef, emoji: string): Promise<void>;
  /**
   * Gives a text of one's own another wording, for both; what it was is not kept. For 24 hours after it was sent.
   *
   * @throws `message-empty`, `message-too-long`, `unknown-message`, `cannot-edit`
   */
  edit(messageId: string, text: string): Promise<void>;
  /**
   * Takes a message of one's own back for both; that there was one stays to be seen. Nobody can be made to forget what
   * they read. @throws `unknown-message`, `cannot-delete` (a payment)
   */
  deleteForEveryone(messageId: string): Promise<void>;
  /** Erases a message on this device. @throws `cannot-delete` (a payment) */
  deleteHere(message: MessageRef): Promise<void>;
  /** Whether the person is writing. Call it with every keystroke: the peer is told now and then, if they may know. */
  setTyping(active: boolean): Promise<void>;
  /**
   * Lets what is written from now on, by either side, disappear after so many seconds; 0: it stays.
   *
   * @throws `invalid-timer` (not a whole number, or more than a year)
   */
  setTimer(seconds: number): Promise<void>;
  /** Changes what is named; undefined goes back to the default. */
  setSettings(settings: ConversationSettings): Promise<void>;
  /** Lets a stranger in: they learn what arrived and was read, and who one is. */
  accept(): Promise<void>;
  /** Keeps what is begun, on this device; undefined or empty for nothing. @throws `message-too-long`: the one before stays */
  saveDraft(draft: Draft | undefined): Promise<void>;
  /** Erases everything that was said, on this device; what was paid stays in the chain and in the books. Close it then. */
  deleteConversation(): Promise<void>;
  /** Tries a failed message again. */
  retry(messageId: string): Promise<void>;
  /**
   * Takes back a message that waits or failed; it is gone from here as if it had never been written.
   *
   * @throws `already-sent`: some of it may have left this device
   */
  cancel(messageId: string): Promise<void>;
  /** Says that everything received so far was shown to the person. */
  markRead(): Promise<void>;
  /** Adds the next 60 earlier messages to the snapshot. */
  loadEarlier(): Promise<void>;
  /**
   * Shows this message with 30 before it and 30 from it on, instead of the latest; false when it is not here. From then on
   * {@link loadLater} adds what comes after them, until `hasLater` says that these are the latest again.
   */
  loadAround(messageId: string): Promise<boolean>;
  /** Adds the next 60 later messages to the snapshot, where there are some. */
  loadLater(): Promise<void>;
  /** Shows the latest messages again, as when it was opened. */
  loadLatest(): Promise<void>;
  /** The person goes on at `elsewhere`: what is said from now on goes there, and no longer to where it was. */
  answerElsewhere(): Promise<void>;
  /** A name that only the person’s own devices know; empty to remove it. At most 64 characters. */
  setPetname(name: string): Promise<void>;
  close(): void;
}

export interface ComingClient {
  readonly status: Watchable<ClientStatus>;
  /** The conversations with the latest activity, that first: 100, and more once they were asked for. */
  readonly conversations: Watchable<readonly ConversationSummary[]>;
  /**
   * How many messages were not shown yet, in all conversations but those that are muted, blocked or a stranger's request: for
   * a badge or the page's title. Counted while somebody listens; undefined before, and while nobody is signed in.
   */
  readonly unread: Watchable<number | undefined>;
  /** One's own; empty while nobody is signed in. */
  readonly profile: Watchable<MyProfile>;

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
   * The DID document of any account of this client's chain. The relay is asked for its list of devices, which must verify
   * and continue what is known here and have what the chain has of it; a chain that cannot be reached is no error.
   * `alsoKnownAs` has the domains that {@link Contact.askDomain} or {@link Identity.askDomain} found.
   *
   * @param did - `did:pkh:polkadot:<chain>:<Coming ID>`
   * @throws `malformed-did`, `no-chain`, `wrong-chain`, `unknown-account`, `invalid-log-entry`, `device-log-forked`,
   *   `device-log-stepped-back`, `relay-unreachable`, `relay-refused`, `rate-limited`, `not-ready`, `not-loaded`
   */
  resolveDid(did: string): Promise<DidDocument>;
  /**
   * Changes what one says of oneself; contacts learn it, strangers do not.
   *
   * @throws `invalid-picture`, `not-ready`, `not-loaded`
   */
  setProfile(change: ProfileChange): Promise<void>;
  /** The picture of an account's profile, one's own included: WebP, PNG or JPEG. @throws `invalid-coming-id`, `not-ready` */
  pictureOf(account: ComingId): Promise<Uint8Array | undefined>;
  /**
   * Opens a conversation; it is created when it does not exist. With one's own Coming ID it is a note to self.
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
  /** Shows the next 100 conversations too; false when no more are left. @throws `not-ready` */
  loadMoreConversations(): Promise<boolean>;
  /**
   * Finds messages that hold every word of the query, among those that are stored on this device. Capitals and accents do
   * not count. Reads until enough was found: with nothing to find, everything.
   *
   * @throws `not-ready`, `invalid-coming-id`, `not-loaded`
   */
  search(query: string, options?: SearchOptions): Promise<SearchPage>;
  /**
   * Locks what is stored here with a passphrase or a passkey from now on, instead of what it was locked with. Everything
   * is sealed anew in the background.
   *
   * @throws `not-ready`, `storage-unavailable` (nothing is kept here), `weak-passphrase` (shorter than 8 characters),
   *   `wrong-passkey` (not 32 bytes), `storage-full`, `not-loaded`
   */
  protect(secret: StorageSecret): Promise<void>;
  /** Nothing is needed to unlock any more. Throws as {@link protect}. */
  unprotect(): Promise<void>;
  /** Closes the connection, forgets the keys, and shows nothing until {@link unlock}. @throws `not-protected` */
  lock(): Promise<void>;
  /**
   * Goes on after {@link lock}, or after the start; does nothing where nothing is locked.
   *
   * @throws `wrong-passphrase`, `wrong-passkey`: nothing changed then; `not-loaded`
   */
  unlock(secret: UnlockSecret): Promise<void>;
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
  /** Signs out and erases everything of this profile on this device; also while it is locked. */
  erase(): Promise<void>;
  /** Closes the connection and lets another tab take over. Nothing is erased. */
  close(): Promise<void>;
}

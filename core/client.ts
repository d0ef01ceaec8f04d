/**
 * The one object that elements, dApps and bots use, as types.
 *
 * Everything is asynchronous and takes and returns plain data that can be structurally cloned;
 * state is published as immutable snapshots. So the same client can live in the page, in a
 * worker or behind a port.
 *
 * @module
 */
import type { ErrorCode } from './errors.js';
import type { AccountSigner } from './identity/account.js';
import type { Asset } from './ledger/assets.js';
import type { Balance, ChainState, NotPaid, WalletPayer } from './ledger/chain.js';

export type { AccountSigner, Asset, Balance, ChainState, NotPaid, WalletPayer };

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

export type PaymentState =
  // of one's own, in this order
  | 'signed' // stored here; perhaps on its way
  | 'broadcast' // a node of the chain has it
  | 'in-block' // in a block that is not final yet
  | 'retracted' // was in a block that did not last; goes out again
  | 'final' // done for good
  | 'failed' // see `problem`; with a `block`, the fee was paid
  | 'expired' // no block can take it any more; nothing was paid
  // of both sides
  | 'received' // the receiver's own core found it in a final block
  // of the other's, until it is `received`
  | 'arriving' // they say so, and the chain has not borne it out yet
  | 'refuted'; // they say so, and the chain says otherwise; see `refutal`

/** Why a claim to have paid is not believed. */
export type Refutal =
  | NotPaid
  | 'unknown-asset' // not in this client's table
  | 'other-account' // from somebody else, or to somebody else
  | 'counted-before' // this very event of the chain was shown for another payment
  | 'block-too-old'; // the node no longer keeps what happened in this block

/** A payment as it stands; `amount` counts base units. */
export interface Payment {
  /** 32 hexadecimal digits: what is paid for, and so the id of its message too. */
  readonly id: string;
  readonly mine: boolean;
  /** CAIP-19 */
  readonly asset: string;
  /** Undefined when the asset is not in this client's table. */
  readonly symbol: string | undefined;
  readonly decimals: number;
  readonly amount: bigint;
  readonly from: ComingId;
  readonly to: ComingId;
  readonly state: PaymentState;
  readonly problem: ErrorCode | undefined;
  readonly refutal: Refutal | undefined;
  /** What it costs, in base units of the chain's own coin; undefined of somebody else's. */
  readonly fee: bigint | undefined;
  /** BLAKE2b-256 of the extrinsic, by which explorers name it. */
  readonly hash: string | undefined;
  /** Where it stands in the chain, as far as is known. */
  readonly block: { readonly hash: string; readonly index: number } | undefined;
}

export interface PaymentOrder {
  /** 32 hexadecimal digits, new for everything that is paid for: the same id is never paid twice. */
  readonly id: string;
  readonly to: ComingId;
  /** CAIP-19 */
  readonly asset: string;
  /** Base units. */
  readonly amount: bigint;
}

export interface PayOptions {
  /** The fee that the person agreed to; a higher one is refused with `fee-changed`. */
  readonly maxFee?: bigint;
  /** Signs for an account whose key is in a wallet; a guest's own key signs otherwise. */
  readonly wallet?: WalletPayer;
  /** Shows the payment in the conversation with the receiver, and tells them where to find it. */
  readonly inConversation?: boolean;
}

/** What pays, and what it pays on. */
export interface Payments {
  /** What can be paid with; the first is the usual one. */
  readonly assets: readonly Asset[];
  /** The chain's own coin, which pays fees. */
  readonly feeAsset: Asset;
  /** How the connection to the chain is. */
  readonly chain: Watchable<ChainState>;
  /** The number of the latest block; undefined until it is known. Follows the chain while somebody listens. */
  readonly head: Watchable<number | undefined>;
  /**
   * What this account holds; undefined until it is known. Follows the chain while somebody listens.
   *
   * @throws `unknown-asset`
   */
  watchBalance(asset: string): Watchable<Balance | undefined>;
  /**
   * What a payment would cost, in base units of {@link feeAsset}.
   *
   * @throws `unknown-asset`, `invalid-coming-id`, `own-account`, `amount-zero`, `amount-too-large`,
   *   `chain-unreachable`, `wrong-chain`, `chain-unsupported`
   */
  estimateFee(order: PaymentOrder): Promise<bigint>;
  /**
   * Signs once, stores what was signed, and sends it until the chain took it or no longer can.
   *
   * Resolves when it is stored. A payment of this id that is under way is not signed again.
   *
   * @throws as {@link estimateFee}, and `insufficient-balance`, `insufficient-fee-balance`, `fee-changed`,
   *   `wallet-unavailable` (no signer was given, and none is needed for guests only), `wallet-refused`,
   *   `transfer-exists`, `device-log-forked`, `storage-full`
   */
  pay(order: PaymentOrder, options?: PayOptions): Promise<Payment>;
  /** A payment of one's own; undefined while there is none of this id. */
  watch(id: string): Watchable<Payment | undefined>;
  /** Connects to the chain at once when it waits to try again. */
  reconnect(): void;
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
  /** Why nothing can be sent to this peer; undefined when all is well. */
  readonly problem: ErrorCode | undefined;
}

/** One open conversation. Close it when it is no longer shown. */
export interface Conversation {
  readonly peer: ComingId;
  readonly snapshot: Watchable<ConversationSnapshot>;
  /**
   * Stores the text for sending and returns its id; sending goes on in the background.
   *
   * @throws `message-empty`, `message-too-long`, `not-ready`, `storage-full`
   */
  send(text: string): Promise<string>;
  /** Tries a failed message again. */
  retry(messageId: string): Promise<void>;
  /** Says that everything received so far was shown to the person. */
  markRead(): Promise<void>;
  /** Adds the next 60 earlier messages to the snapshot. */
  loadEarlier(): Promise<void>;
  /** A name that only this device knows; empty to remove it. At most 64 characters. */
  setPetname(name: string): Promise<void>;
  close(): void;
}

export interface ComingClient {
  readonly status: Watchable<ClientStatus>;
  /** All conversations, latest activity first. */
  readonly conversations: Watchable<readonly ConversationSummary[]>;

  /**
   * Makes a local account and enrols this device. Needs no network.
   *
   * @throws `already-signed-in`, `not-owner`, `storage-full`
   */
  becomeGuest(options?: { deviceName?: string }): Promise<Me>;
  /**
   * Enrols this device for a wallet account; asks the signer once.
   *
   * @throws `already-signed-in`, `wallet-refused`, `relay-unreachable`, `invalid-coming-id`
   */
  useWallet(signer: AccountSigner, options?: { deviceName?: string }): Promise<Me>;
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
  /** Connects at once when it waits to try again, or was displaced. */
  reconnect(): Promise<void>;
  /** Signs out and erases everything of this profile on this device. */
  erase(): Promise<void>;
  /** Closes the connection and lets another tab take over. Nothing is erased. */
  close(): Promise<void>;
}

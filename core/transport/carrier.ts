/**
 * A carrier is one way to move envelopes between devices; a key server hands out what is needed to make them.
 *
 * A relay is both. What is above this port does not know whether a socket, a loopback in the
 * page or, later, something without a server is below.
 *
 * @module
 */
import type { SignedEntry } from '../identity/index.js';

/** A value that changes over time. `subscribe` calls back at once and then on every change. */
export interface Watchable<T> {
  readonly value: T;
  subscribe(listener: (value: T) => void): () => void;
}

export type CarrierState =
  | 'idle' // not signed in
  | 'connecting'
  | 'catching-up' // signed in; what waited is being delivered
  | 'online'
  | 'offline' // waits before it tries again
  | 'displaced'; // the same device connected elsewhere

/** What a device signs in with. */
export interface Credentials {
  /** 32 bytes */
  readonly account: Uint8Array;
  readonly deviceId: number;
  /** 32 bytes: the device's identity key. */
  readonly identityPrivate: Uint8Array;
  /** The account's log, for a relay that does not know it. */
  log(): readonly SignedEntry[];
}

/** An envelope as it is handed to a carrier. */
export interface OutgoingEnvelope {
  /** 16 bytes; repeating an envelope under its id is harmless. */
  readonly id: Uint8Array;
  readonly deviceId: number;
  /** 2 SignalMessage, 3 PreKeySignalMessage, 8 PlaintextContent */
  readonly type: number;
  readonly content: Uint8Array;
}

/** An envelope as it arrives. Who sent it is the carrier's word until it was decrypted. */
export interface IncomingEnvelope {
  /** Names the envelope to the carrier; rises per device. */
  readonly seq: bigint;
  readonly id: Uint8Array;
  readonly senderAccount: Uint8Array;
  readonly senderDevice: number;
  readonly type: number;
  readonly content: Uint8Array;
  /** The relay's clock, s since 1970. */
  readonly receivedAt: number;
}

/** What becomes of the envelopes and notices that arrive. */
export interface Receiver {
  /**
   * Stores envelopes, in order, and returns those that are stored. A carrier acknowledges only
   * these; when some are missing it delivers them again after a pause.
   */
  deliver(envelopes: readonly IncomingEnvelope[]): Promise<readonly bigint[]>;
  /** Signed in; `counts` are the one-time pre-keys that the key server has left. */
  signedIn(counts: KeyCounts): void;
  /** The connection fell for this reason; a new one follows after a pause. */
  failed(error: unknown): void;
  /** Few one-time pre-keys are left. */
  keysLow(counts: KeyCounts): void;
  /**
   * The log that the key server has of the device's own account: told after every signing in, and when it changed.
   *
   * @returns whether the key server lacks entries that are known here
   */
  ownLog(entries: readonly SignedEntry[]): Promise<boolean>;
}

/** How much a carrier does for envelopes. */
export type Delivery =
  | 'ordinary' // accepted once they are on disk or the receiver has acknowledged them
  | 'durable' // accepted only once they are on disk
  | 'ephemeral'; // for devices that are connected now, and lost for others

export type SendResult =
  | { readonly status: 'accepted' }
  /** The receiver's devices are not those the envelopes were made for. */
  | { readonly status: 'log-changed'; readonly entries: readonly SignedEntry[] }
  | { readonly status: 'unknown-account' };

export interface Carrier {
  readonly state: Watchable<CarrierState>;
  /** Connects, and stays connected, as this device. */
  signIn(credentials: Credentials, receiver: Receiver): void;
  /**
   * Hands over envelopes for devices of one account; all are taken or none.
   *
   * @throws ComingError `relay-unreachable`, `rate-limited`, `relay-refused`
   */
  send(
    account: Uint8Array,
    logHead: Uint8Array,
    envelopes: readonly OutgoingEnvelope[],
    delivery: Delivery,
  ): Promise<SendResult>;
  /** Tries again at once when it waits or was displaced. */
  reconnect(): void;
  close(): void;
}

export interface KeyCounts {
  readonly oneTime: number;
  readonly oneTimeKyber: number;
}

export interface PublicPreKey {
  readonly id: number;
  readonly publicKey: Uint8Array;
  readonly signature?: Uint8Array | undefined;
}

export interface PreKeyPublication {
  readonly registrationId: number;
  /** Replace the ones before, when given. */
  readonly signed?: PublicPreKey | undefined;
  readonly lastResort?: PublicPreKey | undefined;
  /** Are added, at most 100 of each. */
  readonly oneTime: readonly PublicPreKey[];
  readonly oneTimeKyber: readonly PublicPreKey[];
}

/** What a key server says of one device; nothing in it is trusted before it was checked. */
export interface ClaimedBundle {
  readonly deviceId: number;
  readonly registrationId: number;
  readonly signed: PublicPreKey;
  readonly kyber: PublicPreKey;
  readonly oneTime: PublicPreKey | undefined;
}

export type AppendResult =
  | { readonly status: 'appended' }
  | { readonly status: 'log-changed'; readonly entries: readonly SignedEntry[] };

export interface KeyServer {
  /** As device logs name it, e.g. `wss://relay.example/`. */
  readonly url: string;
  /**
   * The log of an account; undefined when the server has none. Works without signing in.
   *
   * @throws ComingError `relay-unreachable`, `rate-limited`, `relay-refused`
   */
  readLog(account: Uint8Array): Promise<readonly SignedEntry[] | undefined>;
  /** Appends if `previous` is still the head. Works without signing in. Throws as readLog. */
  appendLog(account: Uint8Array, previous: Uint8Array | undefined, entry: SignedEntry): Promise<AppendResult>;
  /**
   * Puts a whole log in the place of the one with this head, which it repairs: it names that head as one that does not
   * count. Throws as readLog.
   */
  replaceLog(account: Uint8Array, previous: Uint8Array, entries: readonly SignedEntry[]): Promise<void>;
  /** Throws as readLog. */
  publishKeys(keys: PreKeyPublication): Promise<KeyCounts>;
  /** Bundles of the named devices that have published keys. Throws as readLog. */
  claimKeys(account: Uint8Array, deviceIds: readonly number[]): Promise<readonly ClaimedBundle[]>;
}

/** A relay as the client sees it. */
export interface Relay extends Carrier, KeyServer {}

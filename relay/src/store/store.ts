/**
 * What the relay keeps, behind one interface: device logs, pre-keys and mailboxes.
 *
 * A promise resolves only when its change is durable. Every method is one atomic step: it happens
 * whole or not at all. Changes take effect in the order in which they were asked for.
 *
 * @module
 */
import type { DeviceLog, SignedEntry } from '../../../core/identity/index.js';
import type { OwnMailboxes } from './own-mailboxes.js';

/** A device's number inside the store. Never given to another device of any account. */
export type DeviceRef = number;

export interface StoredLog {
  readonly head: Uint8Array;
  readonly entries: readonly SignedEntry[];
}

export interface StoredDevice {
  readonly ref: DeviceRef;
  readonly identityKey: Uint8Array;
}

export interface PreKey {
  readonly id: number;
  readonly publicKey: Uint8Array;
  /** Absent for one-time EC keys. */
  readonly signature: Uint8Array | undefined;
}

export interface PublishedKeys {
  /** 0 keeps the one that was published before. */
  readonly registrationId: number;
  /** Replaces the one that was published before. */
  readonly signedPreKey: PreKey | undefined;
  /** Replaces the one that was published before. */
  readonly lastResortKyberKey: PreKey | undefined;
  readonly oneTimeKeys: readonly PreKey[];
  readonly oneTimeKyberKeys: readonly PreKey[];
}

/** One-time keys that are left. */
export interface KeyCounts {
  readonly oneTimeKeys: number;
  readonly oneTimeKyberKeys: number;
}

export interface ClaimedBundle {
  readonly ref: DeviceRef;
  readonly deviceId: number;
  readonly registrationId: number;
  readonly signedPreKey: PreKey;
  readonly kyberPreKey: PreKey;
  readonly oneTimeKey: PreKey | undefined;
  /** What the device has left after this claim. */
  readonly left: KeyCounts;
}

/** Envelopes from one device to the devices of one account. */
export interface Mail {
  readonly receiver: Uint8Array;
  /** The head of the receiver's device log that the sender knows. */
  readonly head: Uint8Array;
  readonly senderAccount: Uint8Array;
  readonly senderDevice: number;
  /** Whole seconds since 1970. */
  readonly receivedAt: number;
  readonly envelopes: readonly OutgoingMail[];
}

export interface OutgoingMail {
  readonly id: Uint8Array;
  readonly deviceId: number;
  readonly type: number;
  readonly content: Uint8Array;
}

/** Mail that names another log than the stored one, or devices that it does not hold. */
export type Misaddressed =
  | { readonly outcome: 'log-changed'; readonly log: StoredLog }
  | { readonly outcome: 'unknown-account' }
  | { readonly outcome: 'unknown-device'; readonly unknown: readonly number[] };

export type PutResult =
  | {
      readonly outcome: 'stored';
      /** Those that have something new. */
      readonly devices: readonly DeviceRef[];
      /** Ids of the devices that went without. */
      readonly full: readonly number[];
    }
  | { readonly outcome: 'quota'; readonly full: readonly number[] }
  | Misaddressed;

/** Where mail would go: one device for each envelope. */
export type Addresses = { readonly outcome: 'found'; readonly devices: readonly DeviceRef[] } | Misaddressed;

/** What an entry of a device log did to the devices of its account. */
export interface Appended {
  readonly ended: readonly DeviceRef[];
  /** Those that were there before and go on. */
  readonly others: readonly DeviceRef[];
}

export interface StoredEnvelope {
  /** Rises per receiving device; never given twice. */
  readonly seq: number;
  readonly id: Uint8Array;
  readonly senderAccount: Uint8Array;
  readonly senderDevice: number;
  readonly type: number;
  readonly content: Uint8Array;
  readonly receivedAt: number;
}

export interface Store {
  /** The mailboxes, where nobody else writes to them. */
  readonly own: OwnMailboxes | undefined;

  readLog(account: Uint8Array): Promise<StoredLog | undefined>;
  /**
   * Puts the last entry of a verified log on top of the stored one, if that still ends with `previous`; or the whole log in
   * its place, where it is a repair and does not continue it.
   *
   * A device that the log no longer holds, or that has another identity key now, loses its
   * mailbox and its keys.
   *
   * @returns undefined when the stored log is another and nothing changed
   */
  appendLog(log: DeviceLog, previous: Uint8Array | undefined): Promise<Appended | undefined>;
  /** A live device; undefined when no log here holds it. */
  findDevice(account: Uint8Array, deviceId: number): Promise<StoredDevice | undefined>;

  /** Replaces standing keys and adds one-time keys. Undefined, and nothing changed, when there are too many. */
  publishKeys(device: DeviceRef, keys: PublishedKeys): Promise<KeyCounts | undefined>;
  countKeys(device: DeviceRef): Promise<KeyCounts>;
  /**
   * Takes one key of each kind from every device that has published, or from those named.
   *
   * @param oneTime - whether one-time keys are given out; else the last-resort key answers alone
   * @returns undefined when the account has no log here
   */
  claimKeys(
    account: Uint8Array,
    deviceIds: ReadonlySet<number>,
    oneTime: boolean,
  ): Promise<readonly ClaimedBundle[] | undefined>;

  /**
   * Puts all envelopes into their mailboxes, or none. An envelope that is held already is not put again.
   *
   * @param isOrdinary - resolves as soon as the receivers have acknowledged them, too
   */
  put(mail: Mail, isOrdinary?: boolean): Promise<PutResult>;
  /** The devices that mail is for; stores nothing. */
  address(mail: Mail): Promise<Addresses>;
  /** The newest sequence number that waits for a device, of all that was asked to be written; 0 when nothing waits. */
  newestSeq(device: DeviceRef): Promise<number>;
  /** The envelopes after a sequence number, in order: at most so many, and so much content. */
  page(device: DeviceRef, after: number, count: number, bytes: number): Promise<readonly StoredEnvelope[]>;
  /** Deletes envelopes of a device. Numbers that are not there count as deleted. */
  acknowledge(device: DeviceRef, seqs: readonly number[]): Promise<void>;
  /** Deletes at most `slice` envelopes received before a time (seconds) and returns how many. */
  expire(before: number, slice: number): Promise<number>;

  /** Resolves when it can be used. */
  check(): Promise<void>;
  /** Finishes what was asked for, then closes. */
  close(): Promise<void>;
}

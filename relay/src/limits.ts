/**
 * Every bound of the relay, in one place: nothing that a device can cause grows beyond these.
 *
 * @module
 */
import { LOG_ENTRIES } from '../../core/identity/index.js';

/** Sizes are in bytes, durations in milliseconds unless said otherwise. */
export interface Limits {
  /** Sockets open at once. */
  readonly sockets: number;
  /** Of those, the ones that have not authenticated. */
  readonly strangers: number;
  /** Of those, the ones from one network address. */
  readonly strangersOfOne: number;
  /** How long a socket may stay unauthenticated. */
  readonly strangerTime: number;
  /** How long the request that opens a socket may take. */
  readonly headerTime: number;
  readonly strangerFrame: number;
  /** Requests of a socket before it has authenticated; each may cost a signature check. */
  readonly strangerRequests: number;
  /** Seconds after which a stranger may come again. */
  readonly strangerRetry: number;
  /** A device's largest frame: 256 KiB and its overhead. */
  readonly frame: number;
  /** Pieces that a frame may come in, each of which costs more than what is in it. */
  readonly fragments: number;
  /** A device's requests that are not answered yet; beyond it the socket is not read. */
  readonly openRequests: number;
  /** Bytes written to a socket that the device has not taken. */
  readonly unsent: number;
  /** Beyond so many of them, ephemeral envelopes are dropped. */
  readonly unsentOnce: number;
  /** A socket that says nothing for this long is dead. */
  readonly idleTime: number;
  /** How far a device's clock may be off when it authenticates. */
  readonly clockSkew: number;

  /** The content of one envelope. */
  readonly content: number;
  /** Envelopes that wait for one device, in count and content. */
  readonly mailboxEnvelopes: number;
  readonly mailboxBytes: number;
  /** The part of a mailbox that one account may fill once more than half of it is full. */
  readonly mailboxShare: number;
  /** Accounts whose mailboxes are known in memory, where this relay is alone. */
  readonly cachedMailboxes: number;
  /** How long an envelope of the ordinary class waits for its acknowledgement before it is written to disk. */
  readonly unwrittenTime: number;
  /** Seconds after which an envelope that nobody fetched is deleted. */
  readonly keepSeconds: number;
  /** What the embedded database leaves free on its disk, so that acknowledgements still find room. */
  readonly diskReserve: number;
  /** How long the database and the bus may take to say that they are there. */
  readonly checkTime: number;
  /** Seconds after which somebody whose mail found no room may try again. */
  readonly quotaRetry: number;
  /** Seconds after which a request that failed here may be tried again. */
  readonly faultRetry: number;
  /** Envelopes on their way to one socket and not acknowledged, in count and content. */
  readonly windowEnvelopes: number;
  readonly windowBytes: number;
  /** Content in one frame to a device; with what surrounds it a frame stays below 200 KiB. */
  readonly deliverFrame: number;
  /** Sequence numbers in one acknowledgement. */
  readonly acknowledged: number;

  /** One blob, and all together. */
  readonly blobSize: number;
  readonly blobsBytes: number;
  /** Seconds after which a blob is deleted, and after which a grant for one is worth nothing. */
  readonly blobKeepSeconds: number;
  readonly grantSeconds: number;
  /** How long a request over HTTP may take. */
  readonly uploadTime: number;

  /** One-time keys of one kind in one request. */
  readonly publishedKeys: number;
  /** One-time keys of one kind that are kept for one device. */
  readonly storedKeys: number;
  /** With fewer one-time keys of a kind than this a device is told so. */
  readonly lowKeys: number;

  /** Entries of one device log; those that are reserved for removals and repairs come on top. */
  readonly logEntries: number;
  /** Verified device logs in memory. */
  readonly cachedLogs: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;
const MINUTE = 60_000;
const DAY_SECONDS = 24 * 60 * 60;

export const LIMITS: Limits = {
  sockets: 10_000,
  strangers: 1_000,
  strangersOfOne: 64,
  strangerTime: 5_000,
  headerTime: 5_000,
  strangerFrame: 4 * KIB,
  strangerRequests: 64,
  strangerRetry: 5,
  frame: 256 * KIB + 4 * KIB,
  fragments: 64,
  openRequests: 64,
  unsent: 4 * MIB,
  unsentOnce: 64 * KIB,
  idleTime: MINUTE,
  clockSkew: 10 * MINUTE,

  content: 96 * KIB,
  mailboxEnvelopes: 5_000,
  mailboxBytes: 32 * MIB,
  mailboxShare: 0.25,
  cachedMailboxes: 20_000,
  unwrittenTime: 250,
  keepSeconds: 30 * DAY_SECONDS,
  diskReserve: 64 * MIB,
  checkTime: 2_000,
  quotaRetry: 60,
  faultRetry: 1,
  windowEnvelopes: 256,
  windowBytes: MIB,
  deliverFrame: 168 * KIB,
  acknowledged: 1_000,

  blobSize: 64 * MIB,
  blobsBytes: 20 * 1024 * MIB,
  blobKeepSeconds: 30 * DAY_SECONDS,
  grantSeconds: DAY_SECONDS,
  uploadTime: 10 * MINUTE,

  publishedKeys: 100,
  storedKeys: 200,
  lowKeys: 20,

  logEntries: LOG_ENTRIES,
  cachedLogs: 500,
};

/**
 * What requests are answered with, and what whoever answers them needs to know.
 *
 * @module
 */
import { toWireEntry } from '../../core/identity/index.js';
import type { relay } from '../../proto/gen/relay.js';
import type { LoggedIn } from './authentication.js';
import type { Blobs } from './blobs/blobs.js';
import type { DeviceLogs } from './device-logs.js';
import { Status, type Response } from './frames.js';
import type { Limits } from './limits.js';
import type { Logger } from './logger.js';
import type { Metrics } from './metrics.js';
import type { Presence } from './presence.js';
import type { Buckets, Refusal, Want } from './rates.js';
import type { Store, StoredLog } from './store/store.js';

/** What all connections share. */
export interface Relay {
  readonly store: Store;
  readonly logs: DeviceLogs;
  readonly presence: Presence;
  readonly limits: Limits;
  readonly buckets: Buckets;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Undefined where none are kept. */
  readonly blobs: Blobs | undefined;
}

/** The connection that a request came over. */
export interface Peer {
  /** Undefined until the device has authenticated. */
  readonly device: LoggedIn | undefined;
  /** The nonce of the challenge. */
  readonly nonce: Uint8Array;
  /** The host that the device must have signed. */
  readonly domain: string;
  /** The network address that it came from. */
  readonly address: string;
  /** The device has taken envelopes, by number or up to one; returns the numbers that the store has to delete. */
  taken(seqs: readonly number[], upTo: number): readonly number[];
}

export interface Answer {
  readonly response: Response;
  /** The device that this request authenticated. */
  readonly loggedIn?: LoggedIn;
  /** Envelopes that were deleted because the device has taken them. */
  readonly acknowledged?: readonly number[];
}

export const OK: Answer = { response: { status: Status.OK } };

/**
 * @param reason - what is wrong, for people who debug
 * @param retryAfter - seconds, where trying again may help
 */
export function refuse(status: relay.Status, reason: string, retryAfter?: number): Answer {
  return { response: retryAfter === undefined ? { status, reason } : { status, reason, retryAfter } };
}

/** A refusal when one of these buckets is empty; they are asked in order, up to the first that is. */
export function tooFast(
  { buckets }: Pick<Relay, 'buckets'>,
  ...wants: readonly Want[]
): Answer | undefined | Promise<Answer | undefined> {
  const taken = buckets.take(...wants);
  // In memory it is known at once.
  return taken instanceof Promise ? taken.then(refusalOf) : refusalOf(taken);
}

function refusalOf(refusal: Refusal | undefined): Answer | undefined {
  return refusal && rateLimited(refusal);
}

export function rateLimited({ name, retryAfter }: Refusal): Answer {
  return refuse(Status.RATE_LIMITED, `too fast: ${name}`, retryAfter);
}

/** An account as a key of a bucket. */
export function keyOf(account: Uint8Array): string {
  return Buffer.from(account.buffer, account.byteOffset, account.length).toString('base64');
}

export function logChanged(account: Uint8Array, log: StoredLog | undefined): Answer {
  const state = log ? toWireLog(account, log) : { account, entries: [] };
  return { response: { status: Status.LOG_CHANGED, reason: 'another log head', log: state } };
}

export function toWireLog(account: Uint8Array, { entries }: StoredLog): relay.LogState.$Properties {
  return { account, entries: entries.map(toWireEntry) };
}

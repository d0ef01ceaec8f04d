/**
 * What each request of a device does, and what it is answered.
 *
 * @module
 */
import { toWireEntry } from '../../core/identity/index.js';
import { toTime } from '../../proto/int64.js';
import type { relay } from '../../proto/gen/relay.js';
import { checkLogIn, type LoggedIn } from './authentication.js';
import type { DeviceLogs } from './device-logs.js';
import { Status, type DeviceRequest, type Response } from './frames.js';
import type { Limits } from './limits.js';
import type { Logger } from './logger.js';
import type { Presence } from './presence.js';
import * as rules from './rules.js';
import type { ClaimedBundle, PreKey, Store, StoredLog } from './store.js';

/** What all connections share. */
export interface Relay {
  readonly store: Store;
  readonly logs: DeviceLogs;
  readonly presence: Presence;
  readonly limits: Limits;
  readonly log: Logger;
}

/** The connection that a request came over. */
export interface Peer {
  /** Undefined until the device has authenticated. */
  readonly device: LoggedIn | undefined;
  /** The nonce of the challenge. */
  readonly nonce: Uint8Array;
  /** The host that the device must have signed. */
  readonly domain: string;
}

export interface Answer {
  readonly response: Response;
  /** The device that this request authenticated. */
  readonly loggedIn?: LoggedIn;
  /** Envelopes that this request acknowledged. */
  readonly acknowledged?: readonly number[];
}

type Handler<Request> = (request: Request, peer: Peer, relay: Relay) => Promise<Answer>;
type DeviceHandler<Request> = (request: Request, device: LoggedIn, relay: Relay) => Promise<Answer>;

const OK: Answer = { response: { status: Status.OK } };

/**
 * Does what a request asks for.
 *
 * @throws Malformed when the request breaks a rule of relay.proto
 * @throws ComingError when something in it does not verify
 */
export async function answer(request: DeviceRequest, peer: Peer, relay: Relay): Promise<Answer> {
  switch (request.verb) {
    case 'readLog':
      return readLog(request.readLog!, peer, relay);
    case 'appendLog':
      return appendLog(request.appendLog!, peer, relay);
    case 'authenticate':
      return authenticate(request.authenticate!, peer, relay);
    case 'ping':
      return OK;
    default:
      return peer.device ? answerDevice(request, peer.device, relay) : refuse(Status.UNAUTHENTICATED);
  }
}

async function answerDevice(request: DeviceRequest, device: LoggedIn, relay: Relay): Promise<Answer> {
  switch (request.verb) {
    case 'publishKeys':
      return publishKeys(request.publishKeys!, device, relay);
    case 'countKeys':
      return { response: { status: Status.OK, counts: await relay.store.countKeys(device.ref) } };
    case 'claimKeys':
      return claimKeys(request.claimKeys!, device, relay);
    case 'send':
      return send(request.send!, device, relay);
    case 'acknowledge':
      return acknowledge(request.acknowledge!, device, relay);
    default:
      throw new rules.Malformed('verb');
  }
}

const readLog: Handler<relay.ReadLog.$Properties> = async (request, _peer, { store }) => {
  const account = rules.account(request.account);
  const log = await store.readLog(account);
  if (!log) return refuse(Status.UNKNOWN_ACCOUNT);
  return { response: { status: Status.OK, log: toWireLog(account, log) } };
};

const appendLog: Handler<relay.AppendLog.$Properties> = async (request, _peer, { logs, presence }) => {
  const account = rules.account(request.account);
  const previous = rules.previousHead(request.previous);
  const entry = rules.logEntry(request.entry);
  const result = await logs.append(account, previous, entry);
  if (result.outcome === 'changed') return logChanged(account, result.log);
  for (const ended of result.ended) presence.find(ended)?.close(4401, 'authenticate again');
  return OK;
};

const authenticate: Handler<relay.Authenticate.$Properties> = async (request, peer, relay) => {
  const logIn = rules.logIn(request);
  if (peer.device) return refuse(Status.REFUSED, 'authenticated already');
  const now = Date.now();
  const result = await checkLogIn(logIn, peer, now, relay);
  if ('refused' in result) return refuse(Status[result.status], result.refused);
  const counts = await relay.store.countKeys(result.ref);
  return {
    response: { status: Status.OK, authenticated: { time: toTime(now), counts } },
    loggedIn: result,
  };
};

const publishKeys: DeviceHandler<relay.PublishKeys.$Properties> = async (request, device, relay) => {
  const keys = rules.publishedKeys(request, relay.limits);
  const counts = await relay.store.publishKeys(device.ref, keys);
  return counts ? { response: { status: Status.OK, counts } } : refuse(Status.QUOTA);
};

const claimKeys: DeviceHandler<relay.ClaimKeys.$Properties> = async (request, _device, relay) => {
  const account = rules.account(request.account);
  const bundles = await relay.store.claimKeys(account, rules.deviceIds(request.deviceIds));
  if (!bundles) return refuse(Status.UNKNOWN_ACCOUNT);
  for (const { ref, left } of bundles) relay.presence.find(ref)?.keysTaken(left);
  return { response: { status: Status.OK, keys: { bundles: bundles.map(toWireBundle) } } };
};

const send: DeviceHandler<relay.Send.$Properties> = async (request, device, relay) => {
  const receiver = rules.account(request.account);
  const result = await relay.store.put({
    receiver,
    head: rules.fixed(request.logHead, 32, 'log_head'),
    senderAccount: device.account,
    senderDevice: device.deviceId,
    receivedAt: Math.floor(Date.now() / 1000),
    envelopes: (request.envelopes ?? []).map((envelope) => rules.envelope(envelope, relay.limits)),
  });
  switch (result.outcome) {
    case 'stored':
      for (const ref of result.devices) relay.presence.find(ref)?.wake();
      return OK;
    case 'log-changed':
      return logChanged(receiver, result.log);
    case 'unknown-account':
      return refuse(Status.UNKNOWN_ACCOUNT);
    case 'unknown-device':
      return refuse(Status.UNKNOWN_DEVICE);
    case 'quota':
      return refuse(Status.QUOTA);
  }
};

const acknowledge: DeviceHandler<relay.Acknowledge.$Properties> = async (request, device, relay) => {
  const seqs = rules.seqs(request, relay.limits);
  await relay.store.acknowledge(device.ref, seqs);
  return { ...OK, acknowledged: seqs };
};

function refuse(status: relay.Status, reason?: string): Answer {
  return { response: reason === undefined ? { status } : { status, reason } };
}

function logChanged(account: Uint8Array, log: StoredLog | undefined): Answer {
  const state = log ? toWireLog(account, log) : { account, entries: [] };
  return { response: { status: Status.LOG_CHANGED, log: state } };
}

function toWireLog(account: Uint8Array, { entries }: StoredLog): relay.LogState.$Properties {
  return { account, entries: entries.map(toWireEntry) };
}

function toWireBundle(bundle: ClaimedBundle): relay.KeyBundle.$Properties {
  const { deviceId, registrationId, signedPreKey, kyberPreKey, oneTimeKey } = bundle;
  return {
    deviceId,
    registrationId,
    signedPreKey: toWireKey(signedPreKey),
    kyberPreKey: toWireKey(kyberPreKey),
    ...(oneTimeKey && { oneTimeKey: toWireKey(oneTimeKey) }),
  };
}

function toWireKey({ id, publicKey, signature }: PreKey): relay.PublicPreKey.$Properties {
  return { id, publicKey, ...(signature && { signature }) };
}

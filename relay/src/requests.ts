/**
 * What each request of a device does, and what it is answered.
 *
 * @module
 */
import { toTime, toUint64 } from '../../proto/int64.js';
import type { relay } from '../../proto/gen/relay.js';
import {
  type Answer,
  keyOf,
  logChanged,
  OK,
  type Peer,
  rateLimited,
  refuse,
  type Relay,
  tooFast,
  toWireLog,
} from './answers.js';
import { checkLogIn, type LoggedIn } from './authentication.js';
import { Status, type DeviceRequest } from './frames.js';
import { acknowledge, send } from './mail.js';
import * as rules from './rules.js';
import type { ClaimedBundle, PreKey } from './store/store.js';

type Handler<Request> = (request: Request, peer: Peer, relay: Relay) => Promise<Answer>;
type DeviceHandler<Request> = (request: Request, device: LoggedIn, relay: Relay) => Promise<Answer>;

/**
 * Does what a request asks for.
 *
 * @throws Malformed when the request breaks a rule of relay.proto
 * @throws ComingError when something in it does not verify
 */
export function answer(request: DeviceRequest, peer: Peer, relay: Relay): Answer | Promise<Answer> {
  const { device } = peer;
  return device ? answerDevice(request, device, peer, relay) : answerStranger(request, peer, relay);
}

async function answerStranger(request: DeviceRequest, peer: Peer, relay: Relay): Promise<Answer> {
  const refusal = await tooFast(relay, ['strangers', peer.address]);
  if (refusal) return refusal;
  return answerAnybody(request, peer, relay) ?? refuse(Status.UNAUTHENTICATED, 'authenticate first');
}

function answerAnybody(
  request: DeviceRequest,
  peer: Peer,
  relay: Relay,
): Answer | Promise<Answer> | undefined {
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
      return undefined;
  }
}

function answerDevice(
  request: DeviceRequest,
  device: LoggedIn,
  peer: Peer,
  relay: Relay,
): Answer | Promise<Answer> {
  switch (request.verb) {
    case 'send':
      return send(request.send!, device, relay);
    case 'acknowledge':
      return acknowledge(request.acknowledge!, device, relay, peer);
    case 'publishKeys':
      return publishKeys(request.publishKeys!, device, relay);
    case 'countKeys':
      return countKeys(device, relay);
    case 'claimKeys':
      return claimKeys(request.claimKeys!, device, relay);
    case 'grantBlob':
      return grantBlob(request.grantBlob!, device, relay);
    case 'readLog':
    case 'appendLog':
      return answerAboutLogs(request, device, peer, relay);
    default: {
      const answered = answerAnybody(request, peer, relay);
      if (!answered) throw new rules.Malformed('verb');
      return answered;
    }
  }
}

async function answerAboutLogs(
  request: DeviceRequest,
  device: LoggedIn,
  peer: Peer,
  relay: Relay,
): Promise<Answer> {
  const refusal = await tooFast(relay, ['logRequests', String(device.ref)]);
  return refusal ?? answerAnybody(request, peer, relay)!;
}

const readLog: Handler<relay.ReadLog.$Properties> = async (request, _peer, { store }) => {
  const account = rules.account(request.account);
  const log = await store.readLog(account);
  if (!log) return refuse(Status.UNKNOWN_ACCOUNT, 'no log');
  return { response: { status: Status.OK, log: toWireLog(account, log) } };
};

const appendLog: Handler<relay.AppendLog.$Properties> = async (request, peer, relay) => {
  const { logs, presence, buckets } = relay;
  const account = rules.account(request.account);
  const previous = rules.previousHead(request.previous);
  const repaired = rules.repairedLog(request.repaired, relay.limits);
  const entry = repaired ? undefined : rules.logEntry(request.entry);
  const refusal =
    (previous ? undefined : await tooFast(relay, ['newAccounts', peer.address])) ??
    (repaired && (await tooFast(relay, ['repairs', peer.address, repaired.length])));
  if (refusal) return refusal;
  const isTooFast = async () => (previous ? buckets.take(['logEntries', keyOf(account)]) : undefined);
  const result = repaired
    ? await logs.repair(account, previous, repaired, isTooFast)
    : await logs.append(account, previous, entry!, isTooFast);
  if (result.outcome === 'too-fast') return rateLimited(result.refusal);
  if (result.outcome === 'full') return refuse(Status.QUOTA, 'the log is full', relay.limits.quotaRetry);
  if (result.outcome === 'changed') return logChanged(account, result.log);
  // After the answer: a device that removes itself has to hear that it did.
  setImmediate(() => {
    for (const ended of result.ended) presence.tell(ended, { kind: 'ended' });
  });
  for (const other of result.others) presence.tell(other, { kind: 'devices' });
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
  const refusal = await tooFast(relay, ['publications', String(device.ref)]);
  if (refusal) return refusal;
  const counts = await relay.store.publishKeys(device.ref, keys);
  return counts
    ? { response: { status: Status.OK, counts } }
    : refuse(Status.QUOTA, 'too many one-time keys', relay.limits.quotaRetry);
};

async function countKeys(device: LoggedIn, { store }: Relay): Promise<Answer> {
  return { response: { status: Status.OK, counts: await store.countKeys(device.ref) } };
}

const claimKeys: DeviceHandler<relay.ClaimKeys.$Properties> = async (request, device, relay) => {
  const account = rules.account(request.account);
  const deviceIds = rules.deviceIds(request.deviceIds);
  const refusal = await tooFast(relay, ['claimRequests', String(device.ref)]);
  if (refusal) return refusal;
  // Whoever takes too many gets last-resort keys, so that nobody can be made unreachable.
  const target = keyOf(account);
  const isDraining = await tooFast(relay, ['claims', `${device.ref} ${target}`], ['claimsOfOne', target]);
  const bundles = await relay.store.claimKeys(account, deviceIds, !isDraining);
  if (!bundles) return refuse(Status.UNKNOWN_ACCOUNT, 'no log');
  for (const { ref, left } of bundles) relay.presence.tell(ref, { kind: 'keys', left });
  return { response: { status: Status.OK, keys: { bundles: bundles.map(toWireBundle) } } };
};

const grantBlob: DeviceHandler<relay.GrantBlob.$Properties> = async (request, device, relay) => {
  const { blobs, limits } = relay;
  const { hash, size } = rules.blob(request, limits);
  if (!blobs) return refuse(Status.REFUSED, 'no blobs here');
  const refusal = await tooFast(relay, ['blobBytes', keyOf(device.account), size]);
  if (refusal) return refusal;
  const granted = await blobs.grant(hash, size);
  if (!granted) return refuse(Status.QUOTA, 'no room for blobs', limits.quotaRetry);
  const { grant, expires } = granted;
  return { response: { status: Status.OK, blobGrant: { grant, expires: toUint64(BigInt(expires)) } } };
};

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

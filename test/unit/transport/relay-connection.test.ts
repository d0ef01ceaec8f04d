import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  enrolDevice,
  guestAccount,
  guestSigner,
  headOf,
  toWireEntry,
  verifyRelayAuth,
  type DeviceLog,
} from '../../../core/identity/index.js';
import { platformPrimitives, type KeyPair } from '../../../core/ratchet/index.js';
import { RelayConnection, type Credentials } from '../../../core/transport/index.js';
import { fromTime, toUint64 } from '../../../proto/int64.js';
import { newDevice } from '../../support/accounts.js';
import { refusal } from '../../support/codes.js';
import { NotingReceiver } from '../../support/receiver.js';
import {
  NONCE,
  RELAY_TIME,
  ScriptedNetwork,
  Status,
  type ScriptedSocket,
} from '../../support/scripted-relay.js';
import { settled, until } from '../../support/until.js';

const guest = guestAccount(new Uint8Array(32).fill(1));
const { account } = guest;
const PEER = new Uint8Array(32).fill(2);
const HEAD = new Uint8Array(32).fill(3);

let identity: KeyPair;
let log: DeviceLog;
let credentials: Credentials;
let network: ScriptedNetwork;
let connection: RelayConnection;
let receiver: NotingReceiver;

beforeAll(async () => {
  identity = await (await platformPrimitives()).generateKeyPair();
  const device = (n: number) => newDevice(n, n === 1 ? { identityKey: identity.publicKey } : {});
  const first = await enrolDevice(undefined, guestSigner(guest), device(1));
  log = await enrolDevice(first, guestSigner(guest), device(2));
  credentials = { account, deviceId: 1, identityPrivate: identity.privateKey, log: () => log.entries };
});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  vi.spyOn(Math, 'random').mockReturnValue(0);
  network = new ScriptedNetwork();
  receiver = new NotingReceiver();
  connection = newConnection();
});

afterEach(() => {
  connection.close();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function newConnection(url = 'wss://relay.example:8443/v1'): RelayConnection {
  let counter = 0;
  return new RelayConnection({
    url,
    webSocket: network.webSocket,
    randomBytes: (length) => new Uint8Array(length).fill((counter += 1)),
  });
}

const state = () => connection.state.value;
const became = (wanted: string) => until(() => state() === wanted, `the connection is ${wanted}`);

/** Signed in, nothing waiting. */
async function online(): Promise<ScriptedSocket> {
  connection.signIn(credentials, receiver);
  return backOnline();
}

async function backOnline(): Promise<ScriptedSocket> {
  const socket = network.last;
  await socket.letIn();
  await became('catching-up');
  socket.ask({ queueEmpty: {} });
  await became('online');
  return socket;
}

/** How long the connection waits until it opens another socket, ms. */
async function pause(): Promise<number> {
  const before = network.sockets.length;
  for (let waited = 0; waited <= 60_000; waited += 50) {
    if (network.sockets.length > before) return waited;
    await vi.advanceTimersByTimeAsync(50);
  }
  return Infinity;
}

function envelope(seq: bigint, changes: object = {}) {
  return {
    seq: toUint64(seq),
    id: new Uint8Array(16).fill(Number(seq % 251n)),
    senderAccount: PEER,
    senderDevice: 3,
    type: 2,
    content: Uint8Array.of(1, 2, 3),
    receivedAt: toUint64(1_700_000_000n),
    ...changes,
  };
}

describe('signing in', () => {
  it('opens nothing before it is asked to', () => {
    expect(state()).toBe('idle');
    expect(network.sockets).toEqual([]);
  });

  it('proves the device key for this relay, its nonce and this moment', async () => {
    connection.signIn(credentials, receiver);
    expect(state()).toBe('connecting');
    expect(network.last.url).toBe('wss://relay.example:8443/v1');
    network.last.challenge();
    const { authenticate } = await network.last.next('authenticate');
    expect(authenticate).toMatchObject({ account, deviceId: 1, domain: 'relay.example:8443' });
    expect(fromTime(authenticate!.time)).toBe(RELAY_TIME);
    const clientNonce = authenticate!.clientNonce!;
    expect(clientNonce).toHaveLength(32);
    const auth = {
      domain: 'relay.example:8443',
      relayNonce: NONCE,
      clientNonce,
      account,
      deviceId: 1,
      time: RELAY_TIME,
    };
    expect(await verifyRelayAuth(identity.publicKey, auth, authenticate!.signature!)).toBe(true);
  });

  it('is catching up until the relay says that nothing waits any more, then online', async () => {
    connection.signIn(credentials, receiver);
    await network.last.letIn({ oneTimeKeys: 7, oneTimeKyberKeys: 5 });
    await became('catching-up');
    expect(receiver.signIns).toEqual([{ oneTime: 7, oneTimeKyber: 5 }]);
    network.last.ask({ queueEmpty: {} });
    await became('online');
  });

  it('goes no further with a relay of another protocol version, or with a nonce that is none', async () => {
    for (const challenge of [
      { nonce: NONCE, protocol: 2 },
      { nonce: NONCE },
      { nonce: NONCE.slice(1), protocol: 1 },
      { protocol: 1 },
    ]) {
      connection.signIn(credentials, receiver);
      network.last.challenge(challenge);
      await became('offline');
      expect(network.last.asked).toEqual([]);
      connection.close();
      connection = newConnection();
    }
  });

  it('comes back after a pause when it was refused', async () => {
    connection.signIn(credentials, receiver);
    network.last.challenge();
    network.last.answer(await network.last.next('authenticate'), { status: Status.REFUSED });
    await became('offline');
    expect(receiver.signIns).toEqual([]);
    expect(await pause()).toBeLessThan(Infinity);
    expect(state()).toBe('connecting');
  });

  it('introduces a device that the relay does not know with its whole log, then signs in', async () => {
    connection.signIn(credentials, receiver);
    const socket = network.last;
    socket.challenge();
    socket.answer(await socket.next('authenticate'), { status: Status.UNKNOWN_DEVICE });
    socket.answer(await socket.next('readLog'), { status: Status.UNKNOWN_ACCOUNT });
    const first = await socket.next('appendLog');
    expect(first.appendLog!.account).toEqual(account);
    expect(first.appendLog!.previous).toHaveLength(0);
    expect(first.appendLog!.entry).toMatchObject({ text: log.entries[0]!.text });
    // It knows this one already.
    socket.answer(first, { status: Status.LOG_CHANGED, log: { entries: [toWireEntry(log.entries[0]!)] } });
    const second = await socket.next('appendLog');
    expect(second.appendLog!.previous).toEqual(headOf(log.entries[0]!.text));
    expect(second.appendLog!.entry).toMatchObject({ text: log.entries[1]!.text });
    socket.answer(second);
    socket.answer(await socket.next('authenticate'), { authenticated: {} });
    await became('catching-up');
  });

  it('shows what the relay has of its own account after every signing in, and whenever that changes', async () => {
    connection.signIn(credentials, receiver);
    const socket = network.last;
    socket.challenge();
    socket.answer(await socket.next('authenticate'), { authenticated: {} });
    await socket.showLog({ entries: log.entries.slice(0, 1).map(toWireEntry) });
    await until(() => receiver.ownLogs.length === 1);
    expect(receiver.ownLogs[0]).toEqual(log.entries.slice(0, 1));
    socket.ask({ devicesChanged: { account } });
    await socket.showLog({ entries: log.entries.map(toWireEntry) });
    await until(() => receiver.ownLogs.length === 2);
    expect(receiver.ownLogs[1]).toEqual(log.entries);
  });

  it('gives a relay the entries of its own log that this lacks', async () => {
    receiver.isAhead = true;
    connection.signIn(credentials, receiver);
    const socket = network.last;
    socket.challenge();
    socket.answer(await socket.next('authenticate'), { authenticated: {} });
    await socket.showLog({ entries: log.entries.slice(0, 1).map(toWireEntry) });
    socket.answer(await socket.next('appendLog'), { status: Status.LOG_CHANGED });
    const second = await socket.next('appendLog');
    expect(second.appendLog!.entry).toMatchObject({ text: log.entries[1]!.text });
  });

  it('does not go round in circles with a relay that never gets to know the device', async () => {
    connection.signIn({ ...credentials, log: () => log.entries.slice(0, 1) }, receiver);
    const socket = network.last;
    socket.challenge();
    socket.answer(await socket.next('authenticate'), { status: Status.UNKNOWN_DEVICE });
    socket.answer(await socket.next('readLog'), { status: Status.UNKNOWN_ACCOUNT });
    socket.answer(await socket.next('appendLog'));
    socket.answer(await socket.next('authenticate'), { status: Status.UNKNOWN_DEVICE });
    await became('offline');
  });
});

describe('losing the connection', () => {
  it('tries again after pauses that grow, and only being caught up shortens them', async () => {
    connection.signIn(credentials, receiver);
    network.last.fall();
    expect(state()).toBe('offline');
    expect(await pause()).toBe(250);
    network.last.fall();
    expect(await pause()).toBe(500);
    // Let in, but never caught up: no success.
    await network.last.letIn();
    await became('catching-up');
    network.last.fall();
    expect(await pause()).toBe(1000);
    await backOnline();
    network.last.fall();
    expect(await pause()).toBe(250);
  });

  it('waits at most half a minute', async () => {
    vi.mocked(Math.random).mockReturnValue(0.999999);
    connection.signIn(credentials, receiver);
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 9; attempt += 1) {
      network.last.fall();
      pauses.push(await pause());
    }
    expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('tries at once when the platform says that the network is back', async () => {
    connection.signIn(credentials, receiver);
    network.last.fall();
    connection.reconnect();
    expect(network.sockets).toHaveLength(2);
    expect(await pause()).toBe(15_000 + 250); // this one stays silent, and nothing else is under way
  });

  it('goes on where it is until the relay said to come back, and then connects anew', async () => {
    const socket = await online();
    socket.ask({ reconnect: { after: 7 } });
    socket.ask({ deliver: { envelopes: [envelope(1n)] } });
    socket.answer(await socket.next('acknowledge'));
    expect(state()).toBe('online');
    expect(await pause()).toBe(7250);
    expect(socket.closedWith).toBe(1000);
    await backOnline();
  });

  it('comes back when the relay said, also when the relay is gone before', async () => {
    (await online()).ask({ reconnect: { after: 3 } });
    network.last.fall(1012);
    expect(state()).toBe('offline');
    expect(await pause()).toBe(3250);
    await backOnline();
    // And when it said something silly.
    network.last.ask({ reconnect: { after: 0xffffffff } });
    network.last.fall(1012);
    await vi.advanceTimersByTimeAsync(250_000);
    expect(network.sockets).toHaveLength(2);
    expect(await pause()).toBeLessThanOrEqual(50_250);
  });

  it('waits as long as a relay that refuses the log-in asks for', async () => {
    connection.signIn(credentials, receiver);
    network.last.challenge();
    const asked = await network.last.next('authenticate');
    network.last.answer(asked, { status: Status.RATE_LIMITED, retryAfter: 20 });
    await became('offline');
    expect(await pause()).toBe(20_250);
    network.last.fall();
    expect(await pause()).toBe(500);
  });

  it('keeps the connection that it has when asked to reconnect', async () => {
    await online();
    connection.reconnect();
    expect(network.sockets).toHaveLength(1);
    expect(state()).toBe('online');
  });

  it('stays away when the same device connected elsewhere, until it is asked to come back', async () => {
    const socket = await online();
    socket.fall(4409);
    expect(state()).toBe('displaced');
    expect(await pause()).toBe(Infinity);
    connection.reconnect();
    expect(state()).toBe('connecting');
    await backOnline();
  });

  it('gives up on a socket that never opens, or opens and says nothing', async () => {
    connection.signIn(credentials, receiver);
    await vi.advanceTimersByTimeAsync(14_900);
    expect(state()).toBe('connecting');
    await vi.advanceTimersByTimeAsync(100);
    expect(state()).toBe('offline');
    expect(network.last.closedWith).toBeDefined();
    expect(await pause()).toBeLessThan(1000);
    network.last.open();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(state()).toBe('offline');
  });

  it('gives up on a relay that does not answer the log-in', async () => {
    connection.signIn(credentials, receiver);
    network.last.challenge();
    await network.last.next('authenticate');
    await vi.advanceTimersByTimeAsync(15_000);
    expect(state()).toBe('offline');
  });

  it('notices a dead connection by pinging, and a living one stays', async () => {
    const socket = await online();
    await vi.advanceTimersByTimeAsync(25_000);
    socket.answer(await socket.next('ping'));
    await settled();
    await vi.advanceTimersByTimeAsync(25_000);
    expect(state()).toBe('online');
    await socket.next('ping');
    await vi.advanceTimersByTimeAsync(15_000);
    expect(state()).toBe('offline');
    expect(socket.closedWith).toBeDefined();
    expect(await pause()).toBeLessThan(1000);
  });

  it.each([
    ['random bytes', Uint8Array.of(255, 255, 255, 255)],
    ['an empty frame', new Uint8Array()],
    ['a frame of a later version', Uint8Array.of(0x7a, 0)],
    ['text', 'hello'],
    ['a Blob', new Blob([])],
    ['nothing', undefined],
  ])('closes a socket that delivers %s, and comes back', async (_, data) => {
    const socket = await online();
    socket.receive(data);
    expect(state()).toBe('offline');
    expect(socket.closedWith).toBe(4400);
    await pause();
    await backOnline();
  });

  it('takes no notice of what a socket says after it was given up', async () => {
    const old = await online();
    old.fall();
    await pause();
    old.receive(Uint8Array.of(255));
    old.ask({ queueEmpty: {} });
    old.ask({ deliver: { envelopes: [envelope(1n)] } });
    old.fall(4409);
    await settled();
    expect(state()).toBe('connecting');
    expect(receiver.delivered).toEqual([]);
    await backOnline();
  });

  it('takes no notice of answers that nobody asked for', async () => {
    const socket = await online();
    socket.answer({ id: 4242 });
    socket.answer({ id: 0 });
    const reading = connection.readLog(PEER);
    const request = await socket.next('readLog');
    socket.answer(request, { log: { entries: [] } });
    socket.answer(request, { status: Status.REFUSED });
    expect(await reading).toEqual([]);
    expect(state()).toBe('online');
  });
});

describe('deliveries', () => {
  it('are acknowledged when they are stored, by number', async () => {
    const socket = await online();
    const far = (1n << 60n) + 1n;
    socket.ask({ deliver: { envelopes: [envelope(1n), envelope(far)] } });
    const { acknowledge } = await socket.next('acknowledge');
    expect(acknowledge!.seqs).toEqual([toUint64(1n), toUint64(far)]);
    expect(receiver.delivered).toEqual([
      [
        expect.objectContaining({
          seq: 1n,
          senderAccount: PEER,
          senderDevice: 3,
          type: 2,
          receivedAt: 1_700_000_000,
        }),
        expect.objectContaining({ seq: far }),
      ],
    ]);
  });

  it('that the relay does not keep have no number and are not acknowledged', async () => {
    const socket = await online();
    socket.ask({ deliver: { envelopes: [envelope(0n)] } });
    socket.ask({ deliver: { envelopes: [envelope(0n), envelope(5n)] } });
    expect((await socket.next('acknowledge')).acknowledge!.seqs).toEqual([toUint64(5n)]);
    expect(receiver.delivered).toHaveLength(2);
    expect(state()).toBe('online');
  });

  it('are not acknowledged before they are stored', async () => {
    const socket = await online();
    let store!: (seqs: bigint[]) => void;
    receiver.store = () => new Promise((resolve) => (store = resolve));
    socket.ask({ deliver: { envelopes: [envelope(1n)] } });
    await until(() => receiver.delivered.length === 1);
    await settled();
    expect(socket.asked).toEqual([]);
    store([1n]);
    await socket.next('acknowledge');
  });

  it('are handed on one at a time, in order', async () => {
    const socket = await online();
    const store: ((seqs: bigint[]) => void)[] = [];
    receiver.store = () => new Promise((resolve) => store.push(resolve));
    socket.ask({ deliver: { envelopes: [envelope(1n)] } });
    socket.ask({ deliver: { envelopes: [envelope(2n)] } });
    await until(() => store.length === 1);
    await settled();
    expect(receiver.delivered).toHaveLength(1);
    store[0]!([1n]);
    socket.answer(await socket.next('acknowledge'));
    await until(() => store.length === 2);
    store[1]!([2n]);
    expect((await socket.next('acknowledge')).acknowledge!.seqs).toEqual([toUint64(2n)]);
  });

  it('come again after a pause when some could not be stored', async () => {
    const socket = await online();
    receiver.store = () => [1n];
    socket.ask({ deliver: { envelopes: [envelope(1n), envelope(2n)] } });
    const acknowledged = await socket.next('acknowledge');
    expect(acknowledged.acknowledge!.seqs).toEqual([toUint64(1n)]);
    socket.answer(acknowledged);
    await became('offline');
    expect(await pause()).toBeGreaterThan(0);
    receiver.store = (all) => all.map(({ seq }) => seq);
    await network.last.letIn();
    network.last.ask({ deliver: { envelopes: [envelope(2n)] } });
    expect((await network.last.next('acknowledge')).acknowledge!.seqs).toEqual([toUint64(2n)]);
  });

  it('come again when storing failed altogether', async () => {
    const socket = await online();
    receiver.store = () => Promise.reject(new Error('broken'));
    socket.ask({ deliver: { envelopes: [envelope(1n)] } });
    await became('offline');
    expect(socket.asked).toEqual([]);
    expect(await pause()).toBeLessThan(Infinity);
  });

  it.each([
    ['an id of another length', { id: new Uint8Array(15) }],
    ['no sender', { senderAccount: new Uint8Array() }],
    ['no sending device', { senderDevice: 0 }],
    ['a device id out of range', { senderDevice: 128 }],
    ['no content', { content: new Uint8Array() }],
    ['a time out of range', { receivedAt: toUint64((1n << 64n) - 1n) }],
  ])('with %s break the protocol: nothing of them is handed on', async (_, changes) => {
    const socket = await online();
    socket.ask({ deliver: { envelopes: [envelope(1n), envelope(2n, changes)] } });
    await became('offline');
    expect(receiver.delivered).toEqual([]);
    expect(socket.asked).toEqual([]);
  });

  it('of a notice that keys run low reach whoever fills them up', async () => {
    const socket = await online();
    socket.ask({ keysLow: { counts: { oneTimeKeys: 3, oneTimeKyberKeys: 4 } } });
    expect(receiver.lows).toEqual([{ oneTime: 3, oneTimeKyber: 4 }]);
  });
});

describe('requests', () => {
  const requests = {
    send: () => connection.send(PEER, HEAD, [outgoing(1)], 'durable'),
    publishKeys: () => connection.publishKeys({ registrationId: 1, oneTime: [], oneTimeKyber: [] }),
    claimKeys: () => connection.claimKeys(PEER, [1]),
    readLog: () => connection.readLog(PEER),
    appendLog: () => connection.appendLog(account, undefined, log.entries[0]!),
  };

  function outgoing(n: number, size = 3) {
    return { id: new Uint8Array(16).fill(n), deviceId: 1, type: 3, content: new Uint8Array(size).fill(n) };
  }

  it("fail with 'relay-unreachable' while there is no connection", async () => {
    connection.signIn(credentials, receiver);
    for (const request of Object.values(requests)) expect(await refusal(request)).toBe('relay-unreachable');
    network.last.challenge();
    await network.last.next('authenticate');
    // Connected but not let in yet.
    for (const request of Object.values(requests)) expect(await refusal(request)).toBe('relay-unreachable');
    network.last.fall();
    for (const request of Object.values(requests)) expect(await refusal(request)).toBe('relay-unreachable');
  });

  it("fail with 'relay-unreachable' when the connection falls before the answer", async () => {
    const socket = await online();
    const outcomes = Object.values(requests).map((request) => refusal(request));
    await until(() => socket.asked.length === outcomes.length);
    socket.fall();
    expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['relay-unreachable']));
  });

  it.each([
    [Status.RATE_LIMITED, 'rate-limited'],
    [Status.QUOTA, 'rate-limited'],
    [Status.UNAVAILABLE, 'relay-unreachable'],
    [Status.REFUSED, 'relay-refused'],
    [Status.MALFORMED, 'relay-refused'],
    [Status.STATUS_UNKNOWN, 'relay-refused'],
    [99 as typeof Status.OK, 'relay-refused'],
  ])('that are answered with status %i fail with %s', async (status, code) => {
    const socket = await online();
    for (const [name, request] of Object.entries(requests)) {
      const outcome = refusal(request);
      socket.answer(await socket.next(name as 'send'), { status });
      expect(await outcome).toBe(code);
    }
    expect(state()).toBe('online');
  });

  it('send envelopes for the devices of one account, and say what became of them', async () => {
    const socket = await online();
    const sending = connection.send(PEER, HEAD, [outgoing(1), outgoing(2)], 'ordinary');
    const request = await socket.next('send');
    expect(request.send).toMatchObject({ account: PEER, logHead: HEAD, delivery: 0 });
    expect(request.send!.envelopes).toHaveLength(2);
    socket.answer(request);
    expect(await sending).toEqual({ status: 'accepted' });

    const stale = requests.send();
    const durable = await socket.next('send');
    expect(durable.send).toMatchObject({ delivery: 1 });
    socket.answer(durable, {
      status: Status.LOG_CHANGED,
      log: { entries: log.entries.map(toWireEntry) },
    });
    expect(await stale).toMatchObject({
      status: 'log-changed',
      entries: [{ text: log.entries[0]!.text }, {}],
    });

    const passing = connection.send(PEER, HEAD, [outgoing(3)], 'ephemeral');
    const ephemeral = await socket.next('send');
    expect(ephemeral.send).toMatchObject({ delivery: 2 });
    socket.answer(ephemeral);
    expect(await passing).toEqual({ status: 'accepted' });

    const unknown = requests.send();
    socket.answer(await socket.next('send'), { status: Status.UNKNOWN_ACCOUNT });
    expect(await unknown).toEqual({ status: 'unknown-account' });
  });

  it('keep every frame below the limit of 256 KiB', async () => {
    const socket = await online();
    const sending = connection.send(
      PEER,
      HEAD,
      Array.from({ length: 7 }, (_, n) => outgoing(n, 96 * 1024)),
      'ordinary',
    );
    const seen: number[] = [];
    while (seen.length < 7) {
      const request = await socket.next('send');
      const envelopes = request.send!.envelopes!;
      expect(envelopes.reduce((sum, { content }) => sum + content!.length, 0)).toBeLessThan(255 * 1024);
      seen.push(...envelopes.map(({ id }) => id![0]!));
      socket.answer(request);
    }
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(await sending).toEqual({ status: 'accepted' });
  });

  it('refuse bundles and log entries that lack something', async () => {
    const socket = await online();
    const key = { id: 1, publicKey: new Uint8Array(33), signature: new Uint8Array(64) };
    for (const bundle of [
      {},
      { deviceId: 1, signedPreKey: key },
      { deviceId: 1, signedPreKey: { ...key, signature: new Uint8Array(63) }, kyberPreKey: key },
      { deviceId: 1, signedPreKey: key, kyberPreKey: { id: 1 } },
    ]) {
      const outcome = refusal(requests.claimKeys);
      socket.answer(await socket.next('claimKeys'), { keys: { bundles: [bundle] } });
      expect(await outcome).toBe('relay-refused');
    }
    const outcome = refusal(requests.readLog);
    socket.answer(await socket.next('readLog'), { log: { entries: [{ text: 'x' }] } });
    expect(await outcome).toBe('invalid-log-entry');
  });

  it('read and append logs without signing in, on a socket of their own that closes afterwards', async () => {
    const reading = requests.readLog();
    network.last.challenge();
    network.last.answer(await network.last.next('readLog'), { status: Status.UNKNOWN_ACCOUNT });
    expect(await reading).toBeUndefined();
    expect(network.last.closedWith).toBeDefined();

    const appending = requests.appendLog();
    expect(network.sockets).toHaveLength(2);
    network.last.challenge();
    network.last.answer(await network.last.next('appendLog'));
    expect(await appending).toEqual({ status: 'appended' });
    expect(network.last.closedWith).toBeDefined();

    expect(state()).toBe('idle');
    expect(await pause()).toBe(Infinity);
  });

  it('read a log in vain when the relay cannot be reached or stays silent', async () => {
    const refused = refusal(requests.readLog);
    network.last.fall();
    expect(await refused).toBe('relay-unreachable');
    const silent = refusal(requests.readLog);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await silent).toBe('relay-unreachable');
    expect(await pause()).toBe(Infinity);
  });
});

describe('closing', () => {
  it('ends the socket and every request, and never connects again', async () => {
    const socket = await online();
    const pending = refusal(() => connection.readLog(PEER));
    await socket.next('readLog');
    connection.close();
    expect(await pending).toBe('relay-unreachable');
    expect(socket.closedWith).toBe(1000);
    expect(state()).toBe('idle');
    expect(await pause()).toBe(Infinity);
    connection.reconnect();
    expect(network.sockets).toHaveLength(1);
    expect(state()).toBe('idle');
  });

  it('while it waits to try again, tries no more', async () => {
    connection.signIn(credentials, receiver);
    network.last.fall();
    connection.close();
    expect(await pause()).toBe(Infinity);
    expect(state()).toBe('idle');
  });

  it('while it connects or signs in, goes no further', async () => {
    connection.signIn(credentials, receiver);
    network.last.challenge();
    const request = await network.last.next('authenticate');
    connection.close();
    network.last.answer(request, { authenticated: {} });
    await settled();
    expect(state()).toBe('idle');
    expect(receiver.signIns).toEqual([]);
    expect(await pause()).toBe(Infinity);
  });
});

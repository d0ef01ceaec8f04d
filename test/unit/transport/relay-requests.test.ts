import { describe, expect, it, vi } from 'vitest';
import { toWireEntry } from '../../../core/identity/index.js';
import { refusal } from '../../support/codes.js';
import { Status } from '../../support/scripted-relay.js';
import { until } from '../../support/until.js';
import {
  account,
  connection,
  credentials,
  HEAD,
  log,
  network,
  online,
  pause,
  PEER,
  receiver,
  state,
} from './one-connection.js';

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

import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  enrolDevice,
  guestAccount,
  guestSigner,
  headOf,
  type DeviceLog,
} from '../../../core/identity/index.js';
import { createLoopback, type LoopbackRelay, type Relay } from '../../../core/transport/index.js';
import { newDevice, signedEntry } from '../../support/accounts.js';
import { refusal } from '../../support/codes.js';
import { NotingReceiver } from '../../support/receiver.js';
import { settled, until } from '../../support/until.js';

const ada = await guestAccount(new Uint8Array(32).fill(1));
const bo = await guestAccount(new Uint8Array(32).fill(2));
const key = { id: 1, publicKey: new Uint8Array(33), signature: new Uint8Array(64) };

let adasLog: DeviceLog;
let bosLog: DeviceLog;
let relay: LoopbackRelay;
let adas: Relay;
let bos: Relay;
let receiver: NotingReceiver;

beforeAll(async () => {
  adasLog = await enrolDevice(undefined, guestSigner(ada), newDevice(1));
  bosLog = await enrolDevice(undefined, guestSigner(bo), newDevice(1));
});

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  relay = createLoopback();
  adas = relay.connect();
  bos = relay.connect();
  receiver = new NotingReceiver();
  signIn(adas, adasLog, new NotingReceiver());
  signIn(bos, bosLog, receiver);
  await until(() => adas.state.value === 'online' && bos.state.value === 'online');
});

afterEach(() => {
  adas.close();
  bos.close();
  vi.useRealTimers();
});

function signIn(connection: Relay, { account, entries }: DeviceLog, to: NotingReceiver): void {
  connection.signIn({ account, deviceId: 1, identityPrivate: new Uint8Array(32), log: () => entries }, to);
}

/** A request, and the turns of the event loop that it takes. */
async function crossing<T>(request: Promise<T>): Promise<T> {
  request.catch(() => undefined);
  await vi.advanceTimersByTimeAsync(1);
  return request;
}

const outgoing = (n: number, deviceId = 1) => ({
  id: new Uint8Array(16).fill(n),
  deviceId,
  type: 2,
  content: Uint8Array.of(n),
});
const send = (...numbers: number[]) =>
  crossing(
    adas.send(
      bo.account,
      bosLog.head,
      numbers.map((n) => outgoing(n)),
      'ordinary',
    ),
  );
const deliveredNumbers = () => receiver.delivered.map((batch) => batch.map(({ content }) => content[0]));

describe('the relay in the page', () => {
  it('delivers to a device that is there, and says from whom', async () => {
    expect(await send(1, 2)).toEqual({ status: 'accepted' });
    await settled();
    expect(deliveredNumbers().flat()).toEqual([1, 2]);
    expect(receiver.delivered[0]![0]).toMatchObject({ senderAccount: ada.account, senderDevice: 1, type: 2 });
    const seqs = receiver.delivered.flat().map(({ seq }) => seq);
    expect(seqs).toEqual([...seqs].sort((a, b) => Number(a - b)));
  });

  it('keeps what it was given for a device that is away', async () => {
    bos.close();
    await send(1);
    await send(2);
    bos = relay.connect();
    signIn(bos, bosLog, receiver);
    await until(() => bos.state.value === 'online');
    expect(deliveredNumbers().flat()).toEqual([1, 2]);
  });

  it('takes an envelope that is repeated while it is held only once', async () => {
    bos.close();
    await send(1, 1);
    await send(1, 2);
    bos = relay.connect();
    signIn(bos, bosLog, receiver);
    await until(() => bos.state.value === 'online');
    expect(deliveredNumbers().flat()).toEqual([1, 2]);
  });

  it('delivers again, after a pause, what could not be stored', async () => {
    receiver.store = ([first]) => [first!.seq];
    bos.close();
    await send(1, 2);
    bos = relay.connect();
    signIn(bos, bosLog, receiver);
    await until(() => receiver.delivered.length === 1);
    await settled();
    expect(deliveredNumbers()).toEqual([[1, 2]]);
    receiver.store = (all) => all.map(({ seq }) => seq);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(deliveredNumbers()).toEqual([[1, 2], [2]]);
  });

  it('delivers again, after a pause, when storing failed altogether', async () => {
    receiver.store = () => Promise.reject(new Error('broken'));
    await send(1);
    await settled();
    receiver.store = (all) => all.map(({ seq }) => seq);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(deliveredNumbers()).toEqual([[1], [1]]);
  });

  it('refuses every request while it is off, and delivers when it is on again', async () => {
    relay.online = false;
    expect(adas.state.value).toBe('offline');
    const requests = [
      () => send(1),
      () => crossing(adas.readLog(bo.account)),
      () => crossing(adas.appendLog(ada.account, undefined, adasLog.entries[0]!)),
      () => crossing(adas.claimKeys(bo.account, [1])),
      () => crossing(adas.publishKeys({ registrationId: 1, oneTime: [], oneTimeKyber: [] })),
    ];
    for (const request of requests) expect(await refusal(request)).toBe('relay-unreachable');
    relay.online = true;
    await until(() => adas.state.value === 'online' && bos.state.value === 'online');
    await send(1);
    await settled();
    expect(deliveredNumbers()).toEqual([[1]]);
  });

  it('lets the newer connection of a device displace the older one, until that asks to come back', async () => {
    const newer = new NotingReceiver();
    const again = relay.connect();
    signIn(again, bosLog, newer);
    await until(() => again.state.value === 'online');
    expect(bos.state.value).toBe('displaced');
    await send(1);
    await settled();
    expect(receiver.delivered).toEqual([]);
    expect(newer.delivered).toHaveLength(1);
    expect(
      await refusal(() => crossing(bos.send(ada.account, adasLog.head, [outgoing(1)], 'ordinary'))),
    ).toBe('relay-unreachable');
    relay.online = false;
    relay.online = true;
    await until(() => again.state.value === 'online');
    expect(bos.state.value).toBe('displaced');
    bos.reconnect();
    await until(() => bos.state.value === 'online');
    expect(again.state.value).toBe('displaced');
    again.close();
  });

  it('names the log when the sender made envelopes for devices that are not those of the receiver', async () => {
    const wrongHead = await crossing(adas.send(bo.account, new Uint8Array(32), [outgoing(1)], 'ordinary'));
    const wrongDevice = await crossing(
      adas.send(bo.account, bosLog.head, [outgoing(1), outgoing(2, 2)], 'ordinary'),
    );
    expect(wrongHead).toEqual({ status: 'log-changed', entries: bosLog.entries });
    expect(wrongDevice).toEqual({ status: 'log-changed', entries: bosLog.entries });
    await settled();
    expect(receiver.delivered).toEqual([]);
    const nobody = new Uint8Array(32).fill(9);
    expect(await crossing(adas.send(nobody, bosLog.head, [outgoing(1)], 'ordinary'))).toEqual({
      status: 'unknown-account',
    });
    expect(await crossing(adas.readLog(nobody))).toBeUndefined();
  });

  it('appends to a log only behind the head that it has', async () => {
    const signer = guestSigner(bo);
    const second = await signedEntry(signer, 1, { previous: bosLog.head });
    const fork = await signedEntry(signer, 1, { previous: bosLog.head, name: 'Other' });
    expect(await crossing(bos.appendLog(bo.account, undefined, second))).toMatchObject({
      status: 'log-changed',
    });
    expect(await crossing(bos.appendLog(bo.account, bosLog.head, second))).toEqual({ status: 'appended' });
    // The answer was lost on the way: asking again is harmless.
    expect(await crossing(bos.appendLog(bo.account, bosLog.head, second))).toEqual({ status: 'appended' });
    expect(await crossing(bos.appendLog(bo.account, bosLog.head, fork))).toEqual({
      status: 'log-changed',
      entries: [bosLog.entries[0], second],
    });
    const forged = { ...fork, signature: new Uint8Array(64) };
    const third = await signedEntry(signer, 2, { previous: headOf(second.text) });
    expect(await refusal(() => crossing(bos.appendLog(ada.account, adasLog.head, forged)))).toBe(
      'invalid-log-entry',
    );
    expect(await crossing(bos.appendLog(bo.account, new Uint8Array(32), third))).toMatchObject({
      status: 'log-changed',
    });
  });

  it('hands out every one-time key once, then the last resort, and tells when few are left', async () => {
    const keys = (first: number) => Array.from({ length: 21 }, (_, n) => ({ ...key, id: first + n }));
    expect(
      await refusal(() => crossing(bos.publishKeys({ registrationId: 1, oneTime: [], oneTimeKyber: [] }))),
    ).toBe('relay-refused');
    const counts = await crossing(
      bos.publishKeys({
        registrationId: 9,
        signed: key,
        lastResort: key,
        oneTime: keys(100),
        oneTimeKyber: keys(200),
      }),
    );
    expect(counts).toEqual({ oneTime: 21, oneTimeKyber: 21 });
    const claims = [];
    for (let n = 0; n < 23; n += 1) claims.push(...(await crossing(adas.claimKeys(bo.account, [1, 2]))));
    expect(claims).toHaveLength(23);
    expect(new Set(claims.slice(0, 21).map(({ oneTime }) => oneTime?.id)).size).toBe(21);
    expect(new Set(claims.slice(0, 21).map(({ kyber }) => kyber.id)).size).toBe(21);
    expect(claims.slice(21).map(({ oneTime, kyber }) => [oneTime, kyber.id])).toEqual([
      [undefined, 1],
      [undefined, 1],
    ]);
    expect(receiver.lows[0]).toEqual({ oneTime: 19, oneTimeKyber: 19 });
  });
});

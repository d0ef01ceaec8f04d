import { expect, test } from 'vitest';
import { Device, envelope, Status, Wire } from './device.js';
import { running } from './running.js';

/** A device whose log the relay knows, connected and not yet authenticated. */
async function stranger(url: string): Promise<Device> {
  const device = await Device.make();
  device.wire = await Wire.open(url);
  expect(await device.wire.status({ appendLog: device.appendLog() })).toBe('OK');
  return device;
}

test('the first thing on a connection is a challenge of 32 bytes', async () => {
  const { url } = await running();
  const wire = await Wire.open(url);
  const challenge = await wire.next('challenge');
  expect(challenge.nonce).toHaveLength(32);
  expect(challenge.protocol).toBe(1);
});

test('a device in a log here logs in and is told the time and its key counts', async () => {
  const { url } = await running();
  const device = await stranger(url);
  const before = Date.now();
  const answer = await device.logIn();
  expect(answer.status).toBe(Status.OK);
  expect(Number(answer.authenticated!.time)).toBeGreaterThanOrEqual(before);
  expect(answer.authenticated!.counts).toMatchObject({ oneTimeKeys: 0, oneTimeKyberKeys: 0 });
});

test('every request of a device is refused before it has authenticated', async () => {
  const { url } = await running();
  const device = await stranger(url);
  const { account } = device;
  const verbs = [
    { publishKeys: {} },
    { countKeys: {} },
    { claimKeys: { account } },
    device.mail(device, envelope(device, 'hello')),
    { acknowledge: { seqs: [1n] } },
  ];
  for (const verb of verbs) expect(await device.wire.status(verb)).toBe('UNAUTHENTICATED');
  expect(await device.wire.status({ ping: {} })).toBe('OK');
  expect(await device.wire.status({ readLog: { account } })).toBe('OK');
});

test('a log-in that another connection was challenged for is refused', async () => {
  const { url } = await running();
  const device = await stranger(url);
  const { nonce } = await device.wire.next('challenge');
  const signed = await device.signed(nonce!);
  const thief = await Wire.open(url);
  expect(await thief.status({ authenticate: signed })).toBe('REFUSED');
  expect(await device.wire.status({ authenticate: signed })).toBe('OK');
});

test('a log-in that was used is worth nothing on a new connection', async () => {
  const { url } = await running();
  const device = await stranger(url);
  const { nonce } = await device.wire.next('challenge');
  const signed = await device.signed(nonce!);
  expect(await device.wire.status({ authenticate: signed })).toBe('OK');
  expect(await device.wire.status({ authenticate: signed })).toBe('REFUSED');
  const later = await Wire.open(url);
  expect(await later.status({ authenticate: signed })).toBe('REFUSED');
});

test('two log-ins that arrive together with one nonce authenticate once', async () => {
  const { url } = await running();
  const device = await stranger(url);
  const { nonce } = await device.wire.next('challenge');
  const signed = await device.signed(nonce!);
  const both = [{ authenticate: signed }, { authenticate: signed }].map((verb) => device.wire.status(verb));
  expect(await Promise.all(both)).toEqual(['OK', 'REFUSED']);
});

test('a refused log-in spends no nonce', async () => {
  const { url } = await running();
  const device = await stranger(url);
  const { nonce } = await device.wire.next('challenge');
  const wrong = { ...(await device.signed(nonce!)), clientNonce: new Uint8Array(32) };
  expect(await device.wire.status({ authenticate: wrong })).toBe('REFUSED');
  expect(await device.wire.status({ authenticate: await device.signed(nonce!) })).toBe('OK');
});

test('a log-in signed for another host is refused', async () => {
  const { url } = await running({ domain: 'relay.example' });
  const device = await stranger(url);
  const { nonce } = await device.wire.next('challenge');
  expect(await device.wire.status({ authenticate: await device.signed(nonce!) })).toBe('REFUSED');
  const claimed = { ...(await device.signed(nonce!)), domain: 'relay.example' };
  expect(await device.wire.status({ authenticate: claimed })).toBe('REFUSED');
  const right = await device.signed(nonce!, { domain: 'relay.example' });
  expect(await device.wire.status({ authenticate: right })).toBe('OK');
});

test('a log-in more than ten minutes off is refused', async () => {
  const { url } = await running();
  const device = await stranger(url);
  const { nonce } = await device.wire.next('challenge');
  for (const minutes of [-11, 11]) {
    const signed = await device.signed(nonce!, { time: Date.now() + minutes * 60_000 });
    expect(await device.wire.status({ authenticate: signed })).toBe('REFUSED');
  }
  const signed = await device.signed(nonce!, { time: Date.now() - 9 * 60_000 });
  expect(await device.wire.status({ authenticate: signed })).toBe('OK');
});

test('an account or a device that no log here holds is unknown', async () => {
  const { url } = await running();
  const device = await stranger(url);
  expect(await device.wire.status({ ping: {} })).toBe('OK');
  const { nonce } = await device.wire.next('challenge');
  const signed = await device.signed(nonce!);
  const otherDevice = { ...signed, deviceId: 5 };
  expect(await device.wire.status({ authenticate: otherDevice })).toBe('UNKNOWN_DEVICE');
  const otherAccount = { ...signed, account: new Uint8Array(32) };
  expect(await device.wire.status({ authenticate: otherAccount })).toBe('UNKNOWN_DEVICE');
});

test('a device cannot log in as another device of its account', async () => {
  const { url } = await running();
  const first = await stranger(url);
  const second = await Device.make(first);
  expect(await first.wire.status({ appendLog: second.appendLog() })).toBe('OK');
  expect((await first.logIn({ deviceId: second.id })).status).toBe(Status.REFUSED);
});

test('a log-in with a field of the wrong length is malformed', async () => {
  const { url } = await running();
  const device = await stranger(url);
  const { nonce } = await device.wire.next('challenge');
  const signed = await device.signed(nonce!);
  const changes = [
    { account: new Uint8Array(31) },
    { deviceId: 0 },
    { deviceId: 128 },
    { clientNonce: new Uint8Array(33) },
    { signature: new Uint8Array(63) },
    { domain: '' },
    { domain: 'x'.repeat(256) },
  ];
  for (const change of changes) {
    expect(await device.wire.status({ authenticate: { ...signed, ...change } })).toBe('MALFORMED');
  }
});

test('who has not authenticated in time is sent away, whatever else was said', async () => {
  const { url } = await running({ limits: { strangerTime: 300 } });
  const wire = await Wire.open(url);
  expect(await wire.status({ ping: {} })).toBe('OK');
  expect(await wire.closed).toEqual({ code: 4401, reason: 'not authenticated in time' });
});

test('a stranger gets only so many answers', async () => {
  const { url } = await running({ limits: { strangerRequests: 3 } });
  const wire = await Wire.open(url);
  const statuses = await Promise.all([1, 2, 3, 4].map(() => wire.status({ ping: {} })));
  expect(statuses).toEqual(['OK', 'OK', 'OK', 'RATE_LIMITED']);
});

test('requests sent behind the log-in are answered in their order', async () => {
  const { url } = await running();
  const device = await stranger(url);
  const { nonce } = await device.wire.next('challenge');
  const authenticate = await device.signed(nonce!);
  const texts = ['a', 'b', 'c'];
  const all = [device.wire.status({ authenticate }), ...texts.map((text) => device.send(device, text))];
  expect(await Promise.all(all)).toEqual(['OK', 'OK', 'OK', 'OK']);
  expect((await device.receiveMany(3)).map(({ text }) => text)).toEqual(texts);
});

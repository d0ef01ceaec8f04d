import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { guestSigner } from '../../core/identity/index.js';
import { changeLog } from '../../core/identity/log-changes.js';
import { addressOf } from '../src/addresses.js';
import { LocalBuckets, RATES, scaled, type Rate, type Rates } from '../src/rates.js';
import { Device, envelope, hex, preKeys, Status, Wire } from './device.js';
import { running } from './running.js';

const HOUR = 1 / 3600;

/** Everything is allowed but what a test names. */
const only = (rates: Partial<Rates>) => ({ rates: { ...scaled(RATES, 1e6), ...rates } });
const rarely = (burst: number): Rate => ({ burst, perSecond: HOUR });

test('a bucket gives its burst at once, then so many a second, and says how long to wait', () => {
  let now = 0;
  const buckets = new LocalBuckets({ ...RATES, messages: { burst: 3, perSecond: 0.5 } }, 100, () => now);
  const wait = (key: string) => buckets.take(['messages', key])?.retryAfter ?? 0;
  const take = () => wait('a to b');
  expect([take(), take(), take(), take()]).toEqual([0, 0, 0, 2]);
  expect(wait('a to c')).toBe(0);
  now = 1000;
  expect(take()).toBe(1);
  now = 2000;
  expect([take(), take()]).toEqual([0, 2]);
  now = 1_000_000;
  expect([take(), take(), take(), take()]).toEqual([0, 0, 0, 2]);
});

test('buckets take no more memory than they may', () => {
  const buckets = new LocalBuckets({ ...RATES, messages: rarely(1) }, 10, () => 0);
  expect(buckets.take(['messages', 'first'])).toBeUndefined();
  expect(buckets.take(['messages', 'first'])).toEqual({ name: 'messages', retryAfter: 3600 });
  for (let i = 0; i < 10; i++) buckets.take(['messages', `${i}`]);
  expect(buckets.take(['messages', 'first'])).toBeUndefined();
});

test('of several buckets, the first that has too few is named, and those behind it lose nothing', () => {
  const buckets = new LocalBuckets({ ...RATES, sends: rarely(1), messages: rarely(1) }, 10, () => 0);
  expect(buckets.take(['sends', 'a'])).toBeUndefined();
  expect(buckets.take(['sends', 'a'], ['messages', 'b'])).toEqual({ name: 'sends', retryAfter: 3600 });
  expect(buckets.take(['messages', 'b'])).toBeUndefined();
});

test('messages from one account to another are limited, and nobody else notices', async () => {
  const { url } = await running(only({ messages: rarely(2) }));
  const [alice, bob, carol] = [await Device.online(url), await Device.online(url), await Device.online(url)];
  for (const text of ['a', 'b']) expect(await alice.send(bob, text)).toBe('OK');
  const refused = await alice.wire.ask(alice.mail(bob, envelope(bob, 'c')));
  expect(refused).toMatchObject({ status: Status.RATE_LIMITED, retryAfter: 3600 });
  expect(await alice.send(carol, 'a')).toBe('OK');
  expect(await carol.send(bob, 'a')).toBe('OK');
  expect((await bob.receiveMany(3)).map(({ text }) => text)).toEqual(['a', 'b', 'a']);
});

test('messages of one account are limited, however many it writes to and from whatever device', async () => {
  const { url } = await running(only({ sends: rarely(2) }));
  const phone = await Device.online(url);
  const laptop = await Device.online(url, phone);
  const others = [await Device.online(url), await Device.online(url), await Device.online(url)];
  expect(await phone.send(others[0]!, 'x')).toBe('OK');
  expect(await laptop.send(others[1]!, 'x')).toBe('OK');
  expect(await phone.send(others[2]!, 'x')).toBe('RATE_LIMITED');
});

test('whoever claims too many keys gets last-resort ones, and everybody else still gets their own', async () => {
  const { url } = await running(only({ claims: rarely(2) }));
  const [mallory, alice, bob] = [
    await Device.online(url),
    await Device.online(url),
    await Device.online(url),
  ];
  const keys = preKeys(5);
  await bob.wire.ask({ publishKeys: keys });
  const claim = async (from: Device) => {
    const answer = await from.wire.ask({ claimKeys: { account: bob.account } });
    expect(answer.status).toBe(Status.OK);
    return answer.keys!.bundles![0]!;
  };
  for (let i = 0; i < 2; i++) expect((await claim(mallory)).oneTimeKey).toBeTruthy();
  for (let i = 0; i < 5; i++) {
    const bundle = await claim(mallory);
    expect(bundle.oneTimeKey).toBeFalsy();
    expect(hex(bundle.kyberPreKey!.publicKey!)).toBe(hex(keys.lastResortKyberKey!.publicKey!));
  }
  expect((await claim(alice)).oneTimeKey).toBeTruthy();
  expect((await bob.wire.ask({ countKeys: {} })).counts).toMatchObject({ oneTimeKeys: 2 });
});

test('many who claim the keys of one account do not run it dry', async () => {
  const { url } = await running(only({ claimsOfOne: rarely(3) }));
  const bob = await Device.online(url);
  await bob.wire.ask({ publishKeys: preKeys(10) });
  for (let i = 0; i < 5; i++) {
    const { wire } = await Device.online(url);
    expect((await wire.ask({ claimKeys: { account: bob.account } })).keys!.bundles).toHaveLength(1);
  }
  expect((await bob.wire.ask({ countKeys: {} })).counts).toMatchObject({ oneTimeKeys: 7 });
});

test('claims, publications and log entries are limited, each for whom it costs', async () => {
  const { url } = await running(
    only({ claimRequests: rarely(1), publications: rarely(1), logEntries: rarely(1) }),
  );
  const bob = await Device.online(url);
  const claimKeys = { account: bob.account };
  expect(await bob.wire.status({ claimKeys })).toBe('OK');
  expect(await bob.wire.status({ claimKeys })).toBe('RATE_LIMITED');
  expect(await bob.wire.status({ publishKeys: preKeys(1) })).toBe('OK');
  expect(await bob.wire.status({ publishKeys: preKeys(1) })).toBe('RATE_LIMITED');
  const entry = async () => ({ appendLog: (await Device.make(bob)).appendLog() });
  expect(await bob.wire.status(await entry())).toBe('OK');
  expect(await bob.wire.status(await entry())).toBe('RATE_LIMITED');
});

test('nobody can keep an account from changing its log by asking in its name', async () => {
  const { url } = await running(only({ logEntries: rarely(1) }));
  const [bob, mallory] = [await Device.online(url), await Device.online(url)];
  const own = (await Device.make(bob)).appendLog();
  const forged = { ...own, entry: { ...own.entry, signature: randomBytes(64) } };
  for (const wire of [await Wire.open(url), mallory.wire]) {
    expect(await wire.status({ appendLog: forged })).toBe('REFUSED');
    expect(await wire.status({ appendLog: { ...own, previous: randomBytes(32) } })).toBe('LOG_CHANGED');
  }
  expect(await bob.wire.status({ appendLog: own })).toBe('OK');
});

test('what a device asks about logs is limited, granted or not', async () => {
  const { url } = await running(only({ logRequests: rarely(2) }));
  const [bob, mallory] = [await Device.online(url), await Device.online(url)];
  const appendLog = { ...(await Device.make(bob)).appendLog(), previous: randomBytes(32) };
  expect(await mallory.wire.status({ readLog: { account: bob.account } })).toBe('OK');
  expect(await mallory.wire.status({ appendLog })).toBe('LOG_CHANGED');
  expect(await mallory.wire.status({ appendLog })).toBe('RATE_LIMITED');
  expect(await mallory.wire.status({ readLog: { account: bob.account } })).toBe('RATE_LIMITED');
  expect(await bob.wire.status({ readLog: { account: mallory.account } })).toBe('OK');
});

test('a log has an end', async () => {
  const { url } = await running({ limits: { logEntries: 2 } });
  const bob = await Device.online(url);
  const entry = async () => ({ appendLog: (await Device.make(bob)).appendLog() });
  const { log } = bob;
  expect(await bob.wire.status(await entry())).toBe('OK');
  const full = bob.log;
  expect(await bob.wire.status(await entry())).toBe('QUOTA');
  bob.log = await changeLog(full, guestSigner(bob.guest), { kind: 'rename', deviceId: 1, name: 'b test' });
  expect(await bob.wire.status({ appendLog: bob.appendLog() })).toBe('QUOTA');
  bob.log = log;
  const { log: other } = await Device.make(bob);
  // What a stolen device and a list that split in two need, there is room for.
  bob.log = await changeLog(full, guestSigner(bob.guest), { kind: 'repair', other });
  expect(await bob.wire.status({ appendLog: bob.appendLog() })).toBe('OK');
  bob.log = await changeLog(bob.log, guestSigner(bob.guest), { kind: 'revoke', deviceId: 2 });
  expect(await bob.wire.status({ appendLog: bob.appendLog() })).toBe('OK');
});

test('new accounts of one network address are limited, and those that are here log in all the same', async () => {
  const { url } = await running(only({ newAccounts: rarely(1) }));
  const bob = await Device.online(url);
  const late = await Device.make();
  expect(await (await Wire.open(url)).status({ appendLog: late.appendLog() })).toBe('RATE_LIMITED');
  await bob.reconnect(url);
});

test('what strangers ask is limited by network address; devices are not strangers', async () => {
  // Two for bob himself: his log and his log-in.
  const { url } = await running(only({ strangers: rarely(5) }));
  const bob = await Device.online(url);
  const statuses: string[] = [];
  for (let i = 0; i < 4; i++) {
    const wire = await Wire.open(url);
    statuses.push(await wire.status({ readLog: { account: bob.account } }));
  }
  expect(statuses).toEqual(['OK', 'OK', 'OK', 'RATE_LIMITED']);
  expect(await bob.wire.status({ readLog: { account: bob.account } })).toBe('OK');
});

test('sockets of one network address are limited, in rate and while they are strangers', async () => {
  const fast = await running(only({ sockets: rarely(2) }));
  for (let i = 0; i < 2; i++) await Wire.open(fast.url);
  await expect(Wire.open(fast.url)).rejects.toThrow('429');
  const many = await running({ limits: { strangersOfOne: 2 } });
  await Device.online(many.url);
  for (let i = 0; i < 2; i++) await Wire.open(many.url);
  await expect(Wire.open(many.url)).rejects.toThrow('429');
});

test('behind a proxy the limits count for whom the proxy speaks for', async () => {
  const { url } = await running({ ...only({ sockets: rarely(1) }), behindProxy: true });
  const from = (address: string) => Wire.open(url, { headers: { 'x-forwarded-for': `6.6.6.6, ${address}` } });
  await from('192.0.2.1');
  await from('192.0.2.2');
  await expect(from('192.0.2.1')).rejects.toThrow('429');
});

test('a network address is what one customer has, however it is written, and only a proxy may name another', () => {
  const request = (remoteAddress: string, forwarded?: string) =>
    ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage;
  expect(addressOf(request('192.0.2.7'), false)).toBe('192.0.2.7');
  expect(addressOf(request('::ffff:192.0.2.7'), false)).toBe('192.0.2.7');
  const same = ['2001:db8:1:2::1', '2001:0DB8:0001:0002:ffff:ffff:ffff:ffff', '2001:db8:1:2:3::'];
  for (const address of same) expect(addressOf(request(address), false)).toBe('2001:db8:1:2');
  expect(addressOf(request('fe80::1%eth0'), false)).toBe('fe80:0:0:0');
  expect(addressOf(request('10.0.0.1', '192.0.2.7'), false)).toBe('10.0.0.1');
  expect(addressOf(request('10.0.0.1', '1.2.3.4, 192.0.2.7'), true)).toBe('192.0.2.7');
  expect(addressOf(request('10.0.0.1'), true)).toBe('10.0.0.1');
});

test('who takes too long to ask for a socket is sent away', async () => {
  const { port, url } = await running({ limits: { headerTime: 200 } });
  const socket = connect(port, '127.0.0.1');
  const ended = once(socket, 'close');
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nUpgrade: webs');
  socket.resume();
  await ended;
  await Device.online(url);
});

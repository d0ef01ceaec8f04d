import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { relay } from '../../proto/gen/relay.js';
import { Device, envelope, preKeys, Status, type Response, Wire } from './device.js';
import { running } from './running.js';

const { DeliveryClass } = relay;

const named = (response: Response) => ({ status: response.status, reason: response.reason });

/** Mail of one delivery class. */
function classed(from: Device, to: Device, text: string, delivery: number) {
  const { send } = from.mail(to, envelope(to, text));
  return { send: { ...send, delivery } };
}

test('ephemeral mail reaches who is connected, has no number, and is never delivered again', async () => {
  const { url } = await running();
  const [alice, bob] = [await Device.online(url), await Device.online(url)];
  expect(await alice.wire.status(classed(alice, bob, 'typing', DeliveryClass.EPHEMERAL))).toBe('OK');
  expect(await bob.receive()).toMatchObject([{ text: 'typing', seq: 0 }]);
  await bob.reconnect(url);
  await bob.wire.next('queueEmpty');
  expect(bob.wire.pending).toEqual([]);
});

test('ephemeral mail for who is away is answered OK and lost, and takes no number', async () => {
  const { url } = await running();
  const [alice, bob] = [await Device.online(url), await Device.online(url)];
  bob.wire.socket.close();
  await bob.wire.closed;
  expect(await alice.wire.status(classed(alice, bob, 'typing', DeliveryClass.EPHEMERAL))).toBe('OK');
  expect(await alice.send(bob, 'kept')).toBe('OK');
  await bob.reconnect(url);
  expect(await bob.receive()).toMatchObject([{ text: 'kept', seq: 1 }]);
});

test('ephemeral mail is held against the log as any other', async () => {
  const { url } = await running();
  const [alice, bob, nobody] = [await Device.online(url), await Device.online(url), await Device.make()];
  const typing = classed(alice, bob, 'typing', DeliveryClass.EPHEMERAL);
  await Device.online(url, bob);
  expect(await alice.wire.status(typing)).toBe('LOG_CHANGED');
  expect(await alice.wire.status(classed(alice, nobody, 'x', DeliveryClass.EPHEMERAL))).toBe(
    'UNKNOWN_ACCOUNT',
  );
  expect(await alice.wire.status(classed(alice, bob, 'x', 3))).toBe('MALFORMED');
});

test('durable mail is answered when it is on disk, and delivered as ordinary mail is', async () => {
  const { url } = await running();
  const [alice, bob] = [await Device.online(url), await Device.online(url)];
  expect(await alice.wire.status(classed(alice, bob, 'paid', DeliveryClass.DURABLE))).toBe('OK');
  expect(await bob.receive()).toMatchObject([{ text: 'paid', seq: 1 }]);
});

test('an acknowledgement up to a number takes all that was delivered up to it and nothing that was not', async () => {
  const { url } = await running({ limits: { windowEnvelopes: 3 } });
  const [alice, bob] = [await Device.online(url), await Device.online(url)];
  for (const text of ['a', 'b', 'c', 'd', 'e']) await alice.send(bob, text);
  const first = await bob.receiveMany(3);
  expect(await bob.wire.status({ acknowledge: { upTo: 1000n } })).toBe('OK');
  expect(first.map(({ text }) => text)).toEqual(['a', 'b', 'c']);
  expect((await bob.receiveMany(2)).map(({ text }) => text)).toEqual(['d', 'e']);
  await bob.reconnect(url);
  expect((await bob.receiveMany(2)).map(({ text }) => text)).toEqual(['d', 'e']);
  expect(await bob.wire.status({ acknowledge: { upTo: 4n, seqs: [5n] } })).toBe('OK');
  await bob.wire.next('queueEmpty');
});

test('who sends is told which devices are full and which the log does not hold', async () => {
  const { url } = await running({ limits: { mailboxEnvelopes: 1, mailboxShare: 1 } });
  const alice = await Device.online(url);
  const phone = await Device.online(url);
  const laptop = await Device.online(url, phone);
  expect(await alice.send(laptop, 'first')).toBe('OK');
  const both = () => [envelope(phone, 'second'), envelope(laptop, 'second')];
  const partly = await alice.wire.ask(alice.mail(laptop, ...both()));
  expect(partly).toMatchObject({ status: Status.OK, report: { fullDevices: [laptop.id] } });
  const none = await alice.wire.ask(alice.mail(laptop, ...both()));
  expect(none).toMatchObject({ status: Status.QUOTA, retryAfter: 60 });
  expect(none.report!.fullDevices).toEqual([phone.id, laptop.id]);
  const strays = [55, 99].map((deviceId) => ({ ...envelope(phone, 'x'), deviceId }));
  const unknown = await alice.wire.ask(alice.mail(laptop, envelope(phone, 'x'), ...strays));
  expect(unknown).toMatchObject({ status: Status.UNKNOWN_DEVICE, report: { unknownDevices: [55, 99] } });
});

test('one account cannot fill more than a quarter of a mailbox that others need', async () => {
  const { url } = await running({ limits: { mailboxEnvelopes: 8 } });
  const [flooder, alice, bob] = [
    await Device.online(url),
    await Device.online(url),
    await Device.online(url),
  ];
  const statuses: string[] = [];
  for (let i = 0; i < 6; i++) statuses.push(await flooder.send(bob, `flood ${i}`));
  expect(statuses).toEqual(['OK', 'OK', 'OK', 'OK', 'QUOTA', 'QUOTA']);
  for (let i = 0; i < 2; i++) expect(await alice.send(bob, `news ${i}`)).toBe('OK');
  expect(await alice.send(bob, 'news 2')).toBe('QUOTA');
});

test('the other devices of an account hear that its log has a new entry', async () => {
  const { url } = await running();
  const phone = await Device.online(url);
  const laptop = await Device.online(url, phone);
  const { account } = await phone.wire.next('devicesChanged');
  expect(Buffer.from(account!)).toEqual(Buffer.from(phone.account));
  expect(laptop.wire.pending).not.toContain('devicesChanged');
});

test('every refusal says why, and those that pass say when', async () => {
  const { url } = await running({ limits: { strangerRequests: 3, storedKeys: 1 } });
  const bob = await Device.online(url);
  const nobody = { account: new Uint8Array(32) };
  const refusals = [
    await bob.wire.ask({ challenge: {} }),
    await bob.wire.ask({ readLog: nobody }),
    await bob.wire.ask({ claimKeys: nobody }),
    await bob.wire.ask({ authenticate: await bob.signed(randomBytes(32)) }),
    await bob.wire.ask({ send: { account: nobody.account, logHead: randomBytes(32), envelopes: [] } }),
    await bob.wire.ask({ appendLog: { ...(await Device.make(bob)).appendLog(), previous: randomBytes(32) } }),
  ];
  for (const refusal of refusals) expect(named(refusal).reason).not.toBe('');
  const full = await bob.wire.ask({ publishKeys: preKeys(2) });
  expect(full).toMatchObject({ status: Status.QUOTA, retryAfter: 60 });
  const wire = await Wire.open(url);
  const answers = await Promise.all([1, 2, 3, 4].map(() => wire.ask({ countKeys: {} })));
  expect(answers.map(named)[0]).toEqual({ status: Status.UNAUTHENTICATED, reason: 'authenticate first' });
  expect(answers[3]).toMatchObject({ status: Status.RATE_LIMITED, retryAfter: 5 });
});

test('a relay that leaves says when to come back, and answers what was asked before it closes', async () => {
  const relay = await running();
  const bob = await Device.online(relay.url);
  await bob.wire.next('queueEmpty');
  const answers = Array.from({ length: 20 }, (_, i) => bob.send(bob, `${i}`));
  // All of them are with the relay, or about to be read by it together with this one.
  await bob.wire.ask({ ping: {} });
  const closed = relay.close();
  expect((await bob.wire.next('reconnect')).after).toBeLessThan(2);
  expect(new Set(await Promise.all(answers))).toEqual(new Set(['OK']));
  expect((await bob.wire.closed).code).toBe(1012);
  await closed;
});

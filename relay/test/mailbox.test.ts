import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { Device, envelope, hex, Status } from './device.js';
import { folder, running } from './running.js';

const texts = (count: number) => Array.from({ length: count }, (_, i) => `message ${i}`);

test('an envelope reaches a connected device with its sender, whatever the frame said', async () => {
  const { url } = await running();
  const [alice, bob] = [await Device.online(url), await Device.online(url)];
  const id = randomBytes(16);
  const before = Math.floor(Date.now() / 1000);
  expect(await alice.wire.status(alice.mail(bob, envelope(bob, 'hello', id)))).toBe('OK');
  const [received] = await bob.receive();
  expect(received).toMatchObject({
    text: 'hello',
    id: hex(id),
    from: hex(alice.account),
    fromDevice: alice.id,
  });
  expect(received!.receivedAt).toBeGreaterThanOrEqual(before);
  expect(received!.receivedAt).toBeLessThan(before + 60);
});

test('an envelope that is not acknowledged comes again on the next connection, an acknowledged one never', async () => {
  const { url } = await running();
  const [alice, bob] = [await Device.online(url), await Device.online(url)];
  for (const text of ['a', 'b', 'c']) await alice.send(bob, text);
  const [, b] = await bob.receiveMany(3);
  expect(await bob.acknowledge(b!)).toBe('OK');
  await bob.reconnect(url);
  expect((await bob.receiveMany(2)).map(({ text }) => text)).toEqual(['a', 'c']);
});

test('what waits while a device is away is delivered in order, and then the queue is empty', async () => {
  const { url } = await running();
  const [alice, bob] = [await Device.online(url), await Device.online(url)];
  bob.wire.socket.close();
  await bob.wire.closed;
  for (const text of texts(20)) expect(await alice.send(bob, text)).toBe('OK');
  await bob.reconnect(url);
  const received = await bob.receiveMany(20);
  expect(received.map(({ text }) => text)).toEqual(texts(20));
  expect(await bob.acknowledge(...received.slice(0, 19))).toBe('OK');
  expect(bob.wire.pending).not.toContain('queueEmpty');
  expect(await bob.acknowledge(received[19]!)).toBe('OK');
  await bob.wire.next('queueEmpty');
});

test('a device for which nothing waits is told at once, and only once', async () => {
  const { url } = await running();
  const bob = await Device.online(url);
  await bob.wire.next('queueEmpty');
  await bob.send(bob, 'to myself');
  expect(await bob.acknowledge(...(await bob.receive()))).toBe('OK');
  expect(await bob.wire.status({ ping: {} })).toBe('OK');
  expect(bob.wire.pending).toEqual([]);
});

test('what arrives during the first drain does not delay the empty queue', async () => {
  const { url } = await running();
  const [alice, bob] = [await Device.online(url), await Device.online(url)];
  await alice.send(bob, 'waited');
  await bob.reconnect(url);
  const [waited] = await bob.receive();
  await alice.send(bob, 'live');
  await bob.receive();
  expect(await bob.acknowledge(waited!)).toBe('OK');
  await bob.wire.next('queueEmpty');
});

test('no more than 256 envelopes are in flight; each acknowledgement lets as many follow', async () => {
  const { url } = await running();
  const [alice, bob] = [await Device.online(url), await Device.online(url)];
  const all = texts(300);
  await Promise.all(all.map((text) => alice.send(bob, text)));
  const received = await bob.receiveMany(256);
  expect(await bob.wire.status({ ping: {} })).toBe('OK');
  expect(bob.wire.pending).not.toContain('deliver');
  expect(received).toHaveLength(256);
  // A slow device: one acknowledgement, one envelope more.
  for (let i = 0; i < 10; i++) {
    expect(await bob.acknowledge(received[i]!)).toBe('OK');
    const next = await bob.receive();
    expect(next).toHaveLength(1);
    received.push(...next);
  }
  expect(await bob.acknowledge(...received.slice(10))).toBe('OK');
  received.push(...(await bob.receiveMany(34)));
  expect(received.map(({ text }) => text)).toEqual(all);
});

test('no more than one mebibyte is in flight, in frames that stay below 200 KiB', async () => {
  const { url } = await running();
  const [alice, bob] = [await Device.online(url), await Device.online(url)];
  let largest = 0;
  bob.wire.socket.on('message', (data: Buffer) => (largest = Math.max(largest, data.length)));
  const content = 'x'.repeat(90 * 1024);
  for (let i = 0; i < 14; i++) expect(await alice.send(bob, content)).toBe('OK');
  const first = await bob.receiveMany(11);
  expect(await bob.wire.status({ ping: {} })).toBe('OK');
  expect(bob.wire.pending).not.toContain('deliver');
  expect(await bob.acknowledge(...first)).toBe('OK');
  expect(await bob.receiveMany(3)).toHaveLength(3);
  expect(largest).toBeLessThan(200 * 1024);
});

test('an envelope sent again while it is held is stored once', async () => {
  const { url } = await running();
  const [alice, bob] = [await Device.online(url), await Device.online(url)];
  const mail = alice.mail(bob, envelope(bob, 'once'));
  const statuses = await Promise.all([mail, mail, mail].map((again) => alice.wire.status(again)));
  expect(statuses).toEqual(['OK', 'OK', 'OK']);
  await alice.send(bob, 'after');
  const received = await bob.receiveMany(2);
  expect(received.map(({ text }) => text)).toEqual(['once', 'after']);
});

test('an envelope sent again after it was acknowledged is a new one', async () => {
  const { url } = await running();
  const [alice, bob] = [await Device.online(url), await Device.online(url)];
  const mail = alice.mail(bob, envelope(bob, 'twice'));
  await alice.wire.ask(mail);
  const [first] = await bob.receive();
  await bob.acknowledge(first!);
  await alice.wire.ask(mail);
  expect((await bob.receive())[0]!.seq).toBeGreaterThan(first!.seq);
});

test('sequence numbers rise for every device by itself, over deletion and restart', async () => {
  const data = folder();
  const before = await running({ data });
  const [alice, bob] = [await Device.online(before.url), await Device.online(before.url)];
  for (const text of texts(3)) await alice.send(bob, text);
  const received = await bob.receiveMany(3);
  expect(received.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  await bob.acknowledge(...received);
  await before.close();
  const after = await running({ data });
  await Promise.all([alice.reconnect(after.url), bob.reconnect(after.url)]);
  await alice.send(bob, 'later');
  await alice.send(alice, 'own');
  expect((await bob.receive())[0]!.seq).toBe(4);
  expect((await alice.receive())[0]!.seq).toBe(1);
});

test('what was answered OK is delivered after a restart', async () => {
  const data = folder();
  const before = await running({ data });
  const [alice, bob] = [await Device.online(before.url), await Device.online(before.url)];
  bob.wire.socket.close();
  const statuses = await Promise.all(texts(100).map((text) => alice.send(bob, text)));
  expect(new Set(statuses)).toEqual(new Set(['OK']));
  await before.close();
  const after = await running({ data });
  await bob.reconnect(after.url);
  expect((await bob.receiveMany(100)).map(({ text }) => text)).toEqual(texts(100));
});

test('a sender that knows an older log gets the new one and nothing is stored', async () => {
  const { url } = await running();
  const [alice, bob] = [await Device.online(url), await Device.online(url)];
  const mail = alice.mail(bob, envelope(bob, 'stale'));
  const laptop = await Device.online(url, bob);
  const answer = await alice.wire.ask(mail);
  expect(answer.status).toBe(Status.LOG_CHANGED);
  expect(answer.log!.entries!.map(({ text }) => text)).toEqual(laptop.log.entries.map(({ text }) => text));
  await alice.send(bob, 'fresh');
  expect((await bob.receive()).map(({ text }) => text)).toEqual(['fresh']);
});

test('envelopes for several devices are taken all or none', async () => {
  const { url } = await running();
  const [alice, phone] = [await Device.online(url), await Device.online(url)];
  const laptop = await Device.online(url, phone);
  const nobody = { ...envelope(phone, 'x'), deviceId: 99 };
  const wrong = [
    [envelope(phone, 'no'), nobody],
    [envelope(phone, 'no'), envelope(laptop, 'no'), envelope(phone, 'no')],
  ];
  for (const envelopes of wrong) {
    expect(await alice.wire.status(alice.mail(phone, ...envelopes))).toBe('UNKNOWN_DEVICE');
  }
  const right = alice.mail(phone, envelope(phone, 'yes'), envelope(laptop, 'yes'));
  expect(await alice.wire.status(right)).toBe('OK');
  for (const device of [phone, laptop]) {
    expect((await device.receive()).map(({ text, seq }) => [text, seq])).toEqual([['yes', 1]]);
  }
});

test('an account without a log gets no mail', async () => {
  const { url } = await running();
  const [alice, nobody] = [await Device.online(url), await Device.make()];
  expect(await alice.send(nobody, 'hello')).toBe('UNKNOWN_ACCOUNT');
});

test('a request for a message that could not be decrypted is handed on like mail', async () => {
  const { url } = await running();
  const [alice, bob] = [await Device.online(url), await Device.online(url)];
  expect(await alice.wire.status(alice.mail(bob, { ...envelope(bob, 'plain'), type: 8 }))).toBe('OK');
  expect((await bob.receive()).map(({ text }) => text)).toEqual(['plain']);
});

test('mail that breaks a rule is malformed and nothing is stored', async () => {
  const { url } = await running();
  const bob = await Device.online(url);
  const good = envelope(bob, 'x');
  const changes = [
    { id: new Uint8Array(15) },
    { deviceId: 0 },
    { deviceId: 128 },
    { type: 7 },
    { content: new Uint8Array(0) },
    { content: new Uint8Array(96 * 1024 + 1) },
  ];
  for (const change of changes) {
    expect(await bob.wire.status(bob.mail(bob, { ...good, ...change }))).toBe('MALFORMED');
  }
  for (const change of [{ account: new Uint8Array(5) }, { logHead: new Uint8Array(31) }]) {
    const { send } = bob.mail(bob, good);
    expect(await bob.wire.status({ send: { ...send, ...change } })).toBe('MALFORMED');
  }
  const largest = { ...good, content: randomBytes(96 * 1024) };
  expect(await bob.wire.status(bob.mail(bob, largest))).toBe('OK');
  expect((await bob.receive()).map(({ seq }) => seq)).toEqual([1]);
});

test('an acknowledgement of nothing, of too much or of no number is malformed; of what is gone is OK', async () => {
  const { url } = await running();
  const bob = await Device.online(url);
  const many = Array.from({ length: 1001 }, (_, i) => BigInt(i + 1));
  for (const seqs of [[], [0n], many]) {
    expect(await bob.wire.status({ acknowledge: { seqs } })).toBe('MALFORMED');
  }
  expect(await bob.wire.status({ acknowledge: { seqs: [1n, 2n, 1n] } })).toBe('OK');
});

test('a device cannot acknowledge what waits for another', async () => {
  const { url } = await running();
  const [alice, bob] = [await Device.online(url), await Device.online(url)];
  await alice.send(bob, 'stays');
  const [received] = await bob.receive();
  expect(await alice.acknowledge(received!)).toBe('OK');
  await bob.reconnect(url);
  expect((await bob.receive()).map(({ text }) => text)).toEqual(['stays']);
});

test('a full mailbox takes no more until something is acknowledged', async () => {
  for (const limits of [{ mailboxEnvelopes: 3 }, { mailboxBytes: 3 * 'message 0'.length }]) {
    const { url } = await running({ limits: { ...limits, mailboxShare: 1 } });
    const [alice, bob] = [await Device.online(url), await Device.online(url)];
    const held = alice.mail(bob, envelope(bob, 'message 0'));
    expect(await alice.wire.status(held)).toBe('OK');
    expect(await alice.send(bob, 'message 1')).toBe('OK');
    expect(await alice.send(bob, 'message 2')).toBe('OK');
    expect(await alice.send(bob, 'message 3')).toBe('QUOTA');
    expect(await alice.wire.status(held)).toBe('OK');
    await bob.acknowledge((await bob.receive())[0]!);
    expect(await alice.send(bob, 'message 3')).toBe('OK');
  }
});

test('an envelope that is acknowledged again and again makes room once', async () => {
  const { url } = await running({ limits: { mailboxEnvelopes: 6, mailboxShare: 1 } });
  const [alice, bob] = [await Device.online(url), await Device.online(url)];
  for (const text of texts(6)) expect(await alice.send(bob, text)).toBe('OK');
  const [first, second] = await bob.receiveMany(6);
  expect(await bob.acknowledge(first!, first!, first!)).toBe('OK');
  const upTo = { acknowledge: { seqs: [BigInt(second!.seq)], upTo: BigInt(second!.seq) } };
  const again = [upTo, upTo, upTo].map((one) => bob.wire.status(one));
  expect(new Set(await Promise.all(again))).toEqual(new Set(['OK']));
  const statuses: string[] = [];
  for (const text of texts(4)) statuses.push(await alice.send(bob, text));
  expect(statuses).toEqual(['OK', 'OK', 'QUOTA', 'QUOTA']);
});

test('a device that nobody opens any more keeps no mail from the others of its account', async () => {
  const { url } = await running({ limits: { mailboxEnvelopes: 2, mailboxShare: 1 } });
  const alice = await Device.online(url);
  const away = await Device.online(url);
  const bob = await Device.online(url, away);
  away.wire.socket.close();
  for (const text of texts(4)) {
    const mail = alice.mail(bob, envelope(bob, text), envelope(away, text));
    expect(await alice.wire.status(mail)).toBe('OK');
    const [received] = await bob.receive();
    expect(received!.text).toBe(text);
    await bob.acknowledge(received!);
  }
  await away.reconnect(url);
  expect((await away.receiveMany(2)).map(({ text }) => text)).toEqual(texts(2));
});

test('a message to an offline device survives the death of the socket it was being delivered to', async () => {
  const { url } = await running();
  const [alice, bob] = [await Device.online(url), await Device.online(url)];
  for (const text of texts(5)) await alice.send(bob, text);
  await bob.receiveMany(5);
  bob.wire.socket.terminate();
  await bob.reconnect(url);
  expect((await bob.receiveMany(5)).map(({ text }) => text)).toEqual(texts(5));
});

/**
 * Envelopes that were handed over from memory: the relay is killed, or the connection falls, before they are
 * acknowledged or on disk. Whoever was answered was answered for good; whoever was not sends again.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Device, DeliveryClass, envelope, Status } from '../../relay/test/device.js';
import { RelayProcess } from '../support/relay-process.js';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'coming-relay-memory-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function start(data: string): Promise<RelayProcess> {
  const relay = await RelayProcess.start('--data', data);
  onTestFinished(async () => {
    relay.kill();
    await relay.gone;
  });
  return relay;
}

/** Two devices; the second is caught up, and has had one envelope, so that numbers are reserved for it. */
async function pair(relay: RelayProcess): Promise<[Device, Device]> {
  const [alice, bob] = [await Device.online(relay.url), await Device.online(relay.url)];
  await bob.wire.next('queueEmpty');
  expect(await alice.send(bob, 'first')).toBe('OK');
  expect(await bob.acknowledge(...(await bob.receive()))).toBe('OK');
  return [alice, bob];
}

/** The answer if it is there within so many ms. */
function within<T>(ms: number, answer: Promise<T>): Promise<T | 'none'> {
  return Promise.race([answer, new Promise<'none'>((resolve) => setTimeout(() => resolve('none'), ms))]);
}

test('killed before anybody acknowledged: the sender has no answer, sends again, and is heard once more', async () => {
  const data = folder();
  const before = await start(data);
  const [alice, bob] = await pair(before);
  const mail = alice.mail(bob, envelope(bob, 'hello'));
  const answer = alice.wire.ask(mail);
  const [seen] = await bob.receive();
  before.kill();
  await before.gone;
  expect(await within(0, answer)).toBe('none');
  const after = await start(data);
  await Promise.all([alice.reconnect(after.url), bob.reconnect(after.url)]);
  await bob.wire.next('queueEmpty');
  expect(bob.wire.pending).toEqual([]);
  const again = alice.wire.ask(mail);
  const [repeated] = await bob.receive();
  expect(repeated).toMatchObject({ text: 'hello', id: seen!.id });
  expect(repeated!.seq).toBeGreaterThan(seen!.seq);
  expect(await bob.acknowledge(repeated!)).toBe('OK');
  expect((await again).status).toBe(Status.OK);
});

test('killed after the answer that nobody acknowledged: it is delivered again', async () => {
  const data = folder();
  const before = await start(data);
  const [alice, bob] = await pair(before);
  const sent = performance.now();
  expect(await alice.send(bob, 'kept')).toBe('OK');
  expect(performance.now() - sent).toBeGreaterThan(240);
  before.kill();
  await before.gone;
  const after = await start(data);
  await bob.reconnect(after.url);
  expect((await bob.receive()).map(({ text }) => text)).toEqual(['kept']);
});

test('acknowledged at once, it is answered at once, never returns, and was never on disk', async () => {
  const data = folder();
  const before = await start(data);
  const [alice, bob] = await pair(before);
  const sent = performance.now();
  const answer = alice.send(bob, 'only in memory');
  const [envelope] = await bob.receive();
  const acknowledged = bob.acknowledge(envelope!);
  expect(await answer).toBe('OK');
  expect(performance.now() - sent).toBeLessThan(200);
  expect(await acknowledged).toBe('OK');
  before.kill();
  await before.gone;
  for (const name of readdirSync(data)) {
    const path = join(data, name);
    if (name.startsWith('relay.db')) expect(readFileSync(path).includes('only in memory')).toBe(false);
  }
  const after = await start(data);
  await bob.reconnect(after.url);
  await bob.wire.next('queueEmpty');
  expect(bob.wire.pending).toEqual([]);
});

test('torn from its receiver, it is written at once and comes again, in its order', async () => {
  const relay = await start(folder());
  const [alice, bob] = await pair(relay);
  const texts = Array.from({ length: 60 }, (_, i) => `${i}`);
  const classes = [DeliveryClass.ORDINARY, DeliveryClass.DURABLE];
  const answers = texts.map((text, i) => {
    const { send } = alice.mail(bob, envelope(bob, text));
    return alice.wire.ask({ send: { ...send, delivery: classes[i % 2]! } });
  });
  const first = await bob.receiveMany(30);
  bob.wire.socket.terminate();
  expect(new Set((await Promise.all(answers)).map(({ status }) => status))).toEqual(new Set([Status.OK]));
  await bob.reconnect(relay.url);
  const all = await bob.receiveMany(60);
  expect(first.map(({ text }) => text)).toEqual(texts.slice(0, first.length));
  expect(all.map(({ text }) => text)).toEqual(texts);
  expect(all.map(({ seq }) => seq).slice(0, first.length)).toEqual(first.map(({ seq }) => seq));
});

test('a newer connection of the same device gets what the older one left, and then what is new', async () => {
  const relay = await start(folder());
  const [alice, bob] = await pair(relay);
  const early = ['a', 'b', 'c'].map((text) => alice.send(bob, text));
  await bob.receiveMany(3);
  await bob.reconnect(relay.url);
  const late = ['d', 'e', 'f'].map((text) => alice.send(bob, text));
  const received = await bob.receiveMany(6);
  expect(received.map(({ text }) => text)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  expect(await bob.acknowledge(...received)).toBe('OK');
  expect(await Promise.all([...early, ...late])).toEqual(Array.from({ length: 6 }, () => 'OK'));
});

test('told to stop, the relay writes what is only in memory before it answers and ends', async () => {
  const data = folder();
  const before = await start(data);
  const [alice, bob] = await pair(before);
  const answer = alice.send(bob, 'kept');
  await bob.receive();
  before.stop();
  expect(await answer).toBe('OK');
  expect(await before.gone).toEqual([0, null]);
  const after = await start(data);
  await bob.reconnect(after.url);
  expect((await bob.receive()).map(({ text }) => text)).toEqual(['kept']);
});

test.skipIf(process.platform !== 'linux')(
  'what waits for devices that stop reading is not in the memory of the relay',
  async () => {
    const relay = await start(folder());
    const alice = await Device.online(relay.url);
    const stalled = await Promise.all(Array.from({ length: 16 }, () => Device.online(relay.url)));
    const send = (content: string, count: number) =>
      Promise.all(
        stalled.map(async (bob) => {
          for (let i = 0; i < count; i++) expect(await alice.send(bob, content)).toBe('OK');
        }),
      );
    for (const bob of stalled) bob.wire.socket.pause();
    const content = 'x'.repeat(64 * 1024);
    // A mebibyte for each is under way to it, and the first of it is what everything needs once.
    await send(content, 24);
    const before = relay.memory!;
    // As much again as would be eight times the windows.
    await send(content, 128);
    expect(relay.memory! - before, 'growth in bytes').toBeLessThan(64 * 1024 * 1024);
  },
);

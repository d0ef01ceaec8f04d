/**
 * The network tears in the middle of anything, people stop listening, disks fill up and clocks jump: what was
 * answered is kept, nothing is delivered twice under two numbers, and nobody else notices.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Device, envelope, hex, Status } from '../../relay/test/device.js';
import { running } from '../../relay/test/running.js';
import { CuttingProxy } from '../support/cutting-proxy.js';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'coming-relay-faults-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('a frame that is cut anywhere is stored whole or not at all, and its repeat once', async () => {
  const relay = await running();
  const proxy = await CuttingProxy.start(relay.port);
  const [alice, bob] = [await Device.online(relay.url), await Device.online(relay.url)];
  const sent: string[] = [];
  for (let bytes = 0; bytes < 320; bytes += 16) {
    const mail = alice.mail(bob, envelope(bob, `cut after ${bytes}`));
    await reconnectThrough(alice, proxy);
    proxy.cutAfter(bytes);
    const answer = alice.wire.ask(mail);
    const outcome = await Promise.race([
      answer.then(({ status }) => status),
      alice.wire.closed.then(() => 'cut'),
    ]);
    if (outcome === 'cut') {
      await alice.reconnect(relay.url);
      expect((await alice.wire.ask(mail)).status).toBe(Status.OK);
    }
    sent.push(`cut after ${bytes}`);
  }
  const received = await bob.receiveMany(sent.length);
  expect(received.map(({ text }) => text)).toEqual(sent);
  expect(received.map(({ seq }) => seq)).toEqual(sent.map((_, i) => i + 1));
});

test('an acknowledgement that is cut anywhere counts whole or not at all', async () => {
  const relay = await running();
  const proxy = await CuttingProxy.start(relay.port);
  const [alice, bob] = [await Device.online(relay.url), await Device.online(relay.url)];
  for (const bytes of [0, 1, 4, 9, 16, 20, 22, 24, 400]) {
    for (const text of ['a', 'b', 'c']) expect(await alice.send(bob, text)).toBe('OK');
    await reconnectThrough(bob, proxy);
    const received = await bob.receiveMany(3);
    proxy.cutAfter(bytes);
    const answer = bob.acknowledge(...received);
    const outcome = await Promise.race([answer, bob.wire.closed.then(() => 'cut')]);
    await bob.reconnect(relay.url);
    await bob.send(bob, 'end');
    const left = await untilEnd(bob);
    expect(['', 'abc'], `cut after ${bytes}`).toContain(left.map(({ text }) => text).join(''));
    if (outcome === 'OK') expect(left).toEqual([]);
  }
});

test('somebody who stops reading costs no more than the window, and nobody else time', async () => {
  const relay = await running();
  const [alice, bob, carol] = [
    await Device.online(relay.url),
    await Device.online(relay.url),
    await Device.online(relay.url),
  ];
  let taken = 0;
  bob.wire.socket.on('message', (data: Buffer) => (taken += data.length));
  bob.wire.socket.pause();
  const content = 'x'.repeat(64 * 1024);
  // Sixteen mebibytes, of which one may be under way.
  for (let i = 0; i < 256; i++) expect(await alice.send(bob, content)).toBe('OK');
  expect(await alice.send(carol, 'still')).toBe('OK');
  expect((await carol.receive()).map(({ text }) => text)).toEqual(['still']);
  bob.wire.socket.resume();
  expect(await bob.wire.status({ ping: {} })).toBe('OK');
  expect(taken).toBeLessThan(1.1 * 1024 * 1024);
  // With each acknowledgement comes more.
  for (let i = 0; i < 3; i++) expect(await bob.acknowledge(...(await bob.receiveMany(10)))).toBe('OK');
});

test('a disk that is nearly full takes acknowledgements and no mail, and mail again when there is room', async () => {
  const data = folder();
  const before = await running({ data });
  const [alice, bob] = [await Device.online(before.url), await Device.online(before.url)];
  for (const text of ['a', 'b']) await alice.send(bob, text);
  await before.close();
  const full = await running({ data, limits: { diskReserve: Number.MAX_SAFE_INTEGER } });
  await Promise.all([alice.reconnect(full.url), bob.reconnect(full.url)]);
  const refused = await alice.wire.ask(alice.mail(bob, envelope(bob, 'c')));
  expect(refused).toMatchObject({ status: Status.UNAVAILABLE, reason: 'no room', retryAfter: 60 });
  const [a] = await bob.receiveMany(2);
  expect(await bob.acknowledge(a!)).toBe('OK');
  await full.close();
  const after = await running({ data });
  await Promise.all([alice.reconnect(after.url), bob.reconnect(after.url)]);
  expect(await alice.send(bob, 'c')).toBe('OK');
  expect((await bob.receiveMany(2)).map(({ text }) => text)).toEqual(['b', 'c']);
});

test('a clock that jumps ends no connection and loses no mail', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const relay = await running({ limits: { idleTime: 1000 } });
  const [alice, bob] = [await Device.online(relay.url), await Device.online(relay.url)];
  const now = Date.now();
  for (const hours of [24, -48, 0]) {
    vi.setSystemTime(now + hours * 3_600_000);
    expect(await alice.send(bob, `${hours}`)).toBe('OK');
    await bob.wire.ask({ ping: {} });
  }
  expect((await bob.receiveMany(3)).map(({ text }) => text)).toEqual(['24', '-48', '0']);
  await bob.reconnect(relay.url);
  expect((await bob.receiveMany(3)).map(({ text }) => text)).toEqual(['24', '-48', '0']);
});

test('of what was acknowledged nothing is left in the files', async () => {
  const data = folder();
  const relay = await running({ data });
  const [alice, bob] = [await Device.online(relay.url), await Device.online(relay.url)];
  const small = envelope(bob, 'a small secret');
  const large = { ...envelope(bob, ''), content: Buffer.from('a large secret '.repeat(5000)) };
  for (const one of [small, large]) expect(await alice.wire.status(alice.mail(bob, one))).toBe('OK');
  await bob.acknowledge(...(await bob.receiveMany(2)));
  await relay.close();
  expect(readdirSync(data)).toEqual(['relay.db']);
  const file = readFileSync(join(data, 'relay.db'));
  for (const one of [small, large]) expect(file.includes(Buffer.from(one.id))).toBe(false);
  for (const text of ['a small secret', 'a large secret']) expect(file.includes(text)).toBe(false);
  // Whose log it is, and which device: nothing says who wrote to whom.
  expect(places(file, alice.account)).toBe(places(file, bob.account));
  expect(hex(file)).not.toContain(hex(alice.account) + hex(bob.account));
});

/** How often bytes stand in a file. */
function places(file: Buffer, bytes: Uint8Array): number {
  let count = 0;
  const wanted = Buffer.from(bytes);
  for (let at = file.indexOf(wanted); at >= 0; at = file.indexOf(wanted, at + 1)) count += 1;
  return count;
}

async function reconnectThrough(device: Device, proxy: CuttingProxy): Promise<void> {
  proxy.cutAfter(Infinity);
  await device.reconnect(proxy.url);
}

/** What is delivered before the text `end`; all of it is acknowledged. */
async function untilEnd(device: Device) {
  const all = [];
  for (;;) {
    const batch = await device.receive();
    expect(await device.acknowledge(...batch)).toBe('OK');
    all.push(...batch);
    if (batch.at(-1)!.text === 'end') return all.slice(0, -1);
  }
}

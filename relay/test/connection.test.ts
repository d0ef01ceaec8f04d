import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { relay } from '../../proto/gen/relay.js';
import { readFrame } from '../src/frames.js';
import { SqlStore } from '../src/store/sql-store.js';
import { Device, Status, Wire } from './device.js';
import { running } from './running.js';

test('health is answered over HTTP and nothing else is', async () => {
  const { url } = await running();
  const http = url.replace('ws:', 'http:');
  const health = await fetch(`${http}/healthz`);
  expect([health.status, await health.text()]).toEqual([200, 'ok\n']);
  for (const path of ['/', '/healthz/x', '/metrics']) expect((await fetch(http + path)).status).toBe(404);
  expect((await fetch(`${http}/healthz`, { method: 'POST' })).status).toBe(404);
});

test('a WebSocket opens at the root path only', async () => {
  const { url } = await running();
  await Wire.open(`${url}/?anything`);
  await expect(Wire.open(`${url}/elsewhere`)).rejects.toThrow('404');
});

test('with a list of origins no other page can connect', async () => {
  const { url } = await running({ allowedOrigins: ['https://shop.example'] });
  await Wire.open(url, { origin: 'https://shop.example' });
  await expect(Wire.open(url, { origin: 'https://evil.example' })).rejects.toThrow('403');
  await expect(Wire.open(url)).rejects.toThrow('403');
});

test('sockets beyond the limit are refused, authenticated or not', async () => {
  const { url } = await running({ limits: { strangers: 2, sockets: 3 } });
  const bob = await Device.online(url);
  const strangers = [await Wire.open(url), await Wire.open(url)];
  await expect(Wire.open(url)).rejects.toThrow('503');
  strangers[0]!.socket.terminate();
  await expect
    .poll(() =>
      Wire.open(url).then(
        () => 'open',
        () => 'refused',
      ),
    )
    .toBe('open');
  expect(await bob.wire.status({ ping: {} })).toBe('OK');
});

test('a frame that is no request closes the socket as malformed', async () => {
  const { url } = await running();
  const frames: (string | Uint8Array)[] = [
    'text',
    new Uint8Array(0),
    Uint8Array.of(0xff, 0xff, 0xff),
    relay.Frame.encode({ request: { id: 1 } }).finish(),
    Uint8Array.of(0x0a, 0x7f),
  ];
  for (const frame of frames) {
    const wire = await Wire.open(url);
    wire.socket.send(frame);
    expect(await wire.closed).toEqual({ code: 1007, reason: 'malformed' });
  }
});

test('a request that only the relay may make is malformed', async () => {
  const { url } = await running();
  const bob = await Device.online(url);
  for (const verb of [{ challenge: {} }, { deliver: {} }, { queueEmpty: {} }, { keysLow: {} }]) {
    expect(await bob.wire.status(verb)).toBe('MALFORMED');
  }
});

test('answers from a device are ignored, also to what was never asked', async () => {
  const { url } = await running();
  const bob = await Device.online(url);
  for (const id of [0, 1, 4_000_000_000]) {
    bob.wire.socket.send(relay.Frame.encode({ response: { id, status: Status.OK } }).finish());
  }
  expect(await bob.wire.status({ ping: {} })).toBe('OK');
});

test('a frame of more than 4 KiB is too large before log-in', async () => {
  const { url } = await running();
  const wire = await Wire.open(url);
  wire.socket.send(new Uint8Array(4097));
  expect((await wire.closed).code).toBe(1009);
});

test('a frame of more than 256 KiB is too large after log-in', async () => {
  const { url } = await running();
  const bob = await Device.online(url);
  bob.wire.socket.send(new Uint8Array(261 * 1024));
  expect((await bob.wire.closed).code).toBe(1009);
});

test('no more than 64 requests are worked at, also when many arrive at once, and each is answered', async () => {
  const { url } = await running();
  const bob = await Device.online(url);
  const { countKeys } = SqlStore.prototype;
  let [open, most] = [0, 0];
  vi.spyOn(SqlStore.prototype, 'countKeys').mockImplementation(async function (this: SqlStore, device) {
    most = Math.max(most, (open += 1));
    return countKeys.call(this, device).finally(() => (open -= 1));
  });
  onTestFinished(() => void vi.restoreAllMocks());
  const answers = Array.from({ length: 3000 }, (_, i) =>
    bob.wire.status(i % 3 ? { countKeys: {} } : { ping: {} }),
  );
  expect(new Set(await Promise.all(answers))).toEqual(new Set(['OK']));
  expect(most).toBeLessThanOrEqual(64);
  expect(await bob.send(bob, 'on it goes')).toBe('OK');
});

test('a frame in too many pieces is refused, and one in a few is read', async () => {
  const { url } = await running();
  const bob = await Device.online(url);
  const ping = relay.Frame.encode({ request: { ping: {}, id: 0 } }).finish();
  for (let i = 0; i < ping.length; i++) {
    bob.wire.socket.send(ping.subarray(i, i + 1), { fin: i === ping.length - 1 });
  }
  expect(await bob.wire.status({ ping: {} })).toBe('OK');
  for (let i = 0; i < 100; i++) bob.wire.socket.send(new Uint8Array(1), { fin: false });
  expect((await bob.wire.closed).code).toBe(1008);
});

const noise = fc.uint8Array({ maxLength: 300 });
// Bytes that begin like a request get further than noise alone.
const nearly = fc.tuple(fc.integer({ min: 2, max: 18 }), noise).map(([verb, bytes]) => {
  const tag = (verb << 3) | 2;
  const body = Buffer.concat([varint(tag), varint(bytes.length), bytes]);
  return Buffer.concat([Uint8Array.of(0x0a), varint(body.length), body]);
});

test('no bytes whatever make the reader of frames throw', () => {
  fc.assert(
    fc.property(fc.oneof(noise, nearly), (bytes) => {
      const frame = readFrame(bytes);
      return frame === undefined || frame === 'response' || frame.verb !== undefined;
    }),
    { numRuns: 20_000 },
  );
});

test('every frame of noise is answered or closes its socket as malformed, and nobody else notices', async () => {
  const { url } = await running();
  const [alice, bob] = [await Device.online(url), await Device.online(url)];
  await fc.assert(
    fc.asyncProperty(fc.oneof(noise, nearly), async (frame) => {
      const socket = new WebSocket(url);
      const closed = new Promise((resolve) => socket.on('close', resolve));
      await once(socket, 'open');
      const pong = new Promise((resolve) => socket.on('pong', () => resolve('alive')));
      socket.send(frame);
      socket.ping();
      const end = await Promise.race([closed, pong]);
      socket.terminate();
      return end === 'alive' || end === 1007;
    }),
    { numRuns: 1000 },
  );
  expect(await alice.send(bob, 'still here')).toBe('OK');
  expect((await bob.receive()).map(({ text }) => text)).toEqual(['still here']);
}, 15_000);

test('a device that sends nonsense without end is answered as long as it is readable', async () => {
  const { url } = await running();
  const [alice, mallory] = [await Device.online(url), await Device.online(url)];
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(noise, nearly), { minLength: 40, maxLength: 50 }), async (frames) => {
      for (const frame of frames.filter(isRequest)) mallory.wire.socket.send(withoutId(frame));
      return (await mallory.wire.status({ ping: {} })) === 'OK';
    }),
    { numRuns: 100 },
  );
  expect(await alice.send(mallory, 'still here')).toBe('OK');
  expect(await mallory.receive()).toHaveLength(1);
}, 15_000);

test('a newer connection of a device displaces the older one', async () => {
  const { url } = await running();
  const [alice, bob] = [await Device.online(url), await Device.online(url)];
  const older = bob.wire;
  await bob.reconnect(url);
  expect(await older.closed).toEqual({ code: 4409, reason: 'connected elsewhere' });
  await alice.send(bob, 'to the newer');
  expect((await bob.receive()).map(({ text }) => text)).toEqual(['to the newer']);
});

test('two devices of one account do not displace each other', async () => {
  const { url } = await running();
  const phone = await Device.online(url);
  const laptop = await Device.online(url, phone);
  expect(await phone.send(laptop, 'from the phone')).toBe('OK');
  expect((await laptop.receive())[0]!.fromDevice).toBe(phone.id);
  expect(await phone.wire.status({ ping: {} })).toBe('OK');
});

test('a silent socket is kept while it answers pings and ended when it does not', async () => {
  const { url } = await running({ limits: { idleTime: 1000 } });
  const [living, dead] = [await Wire.open(url), await Wire.open(url, { autoPong: false })];
  const { code } = await dead.closed;
  expect(code).toBe(1006);
  expect(await living.status({ ping: {} })).toBe('OK');
});

test('a device that asks and does not listen is closed as too slow', async () => {
  const { url } = await running({ limits: { unsent: 64 * 1024 } });
  const bob = await Device.online(url);
  for (let i = 0; i < 20; i++) await bob.wire.ask({ appendLog: (await Device.make(bob)).appendLog() });
  bob.wire.socket.pause();
  // Twice what the system buffers for a socket, in answers of some 10 KB.
  for (let i = 0; i < 2000; i++) void bob.wire.ask({ readLog: { account: bob.account } });
  await expect.poll(() => bob.wire.socket.bufferedAmount).toBe(0);
  bob.wire.socket.resume();
  expect((await bob.wire.closed).code).toBe(1013);
});

test('a connection that ends half-open or in the middle of a frame hurts nobody', async () => {
  const { url, port } = await running();
  const bob = await Device.online(url);
  const socket = connect(port, '127.0.0.1');
  socket.write(
    'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  await once(socket, 'data');
  socket.write(Uint8Array.of(0x82, 0xfe, 0x0f));
  socket.destroy();
  await once(socket, 'close');
  expect(await bob.send(bob, 'fine')).toBe('OK');
});

test('a relay that closes says that it is going away', async () => {
  const running_ = await running();
  const [bob, stranger] = [await Device.online(running_.url), await Wire.open(running_.url)];
  await running_.close();
  for (const wire of [bob.wire, stranger]) expect((await wire.closed).code).toBe(1012);
  await expect(Wire.open(running_.url)).rejects.toThrow();
});

test('a relay that is closing takes nobody in, over a connection that was there before either', async () => {
  const relay_ = await running({ drainSeconds: 1 });
  const bob = await Device.online(relay_.url);
  const early = connect(relay_.port, '127.0.0.1');
  early.on('error', () => {});
  await once(early, 'connect');
  // Half of a request keeps it open.
  early.write('GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n');
  expect(await bob.wire.status({ ping: {} })).toBe('OK');
  const closed = relay_.close();
  await bob.wire.next('reconnect');
  early.write('Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n');
  const [answer] = (await once(early, 'data')) as [Buffer];
  expect(String(answer)).toMatch(/^HTTP\/1.1 503 [^]*Retry-After: 5/);
  await closed;
});

test('a port that is taken is an error and leaves the folder free', async () => {
  const { port } = await running();
  await expect(running({ port })).rejects.toThrow('EADDRINUSE');
});

function isRequest(frame: Uint8Array): boolean {
  return typeof readFrame(frame) === 'object';
}

/** The same request under the id 0, which no test waits for. */
function withoutId(frame: Uint8Array): Uint8Array {
  const { request } = relay.Frame.decode(frame);
  return relay.Frame.encode({ request: { ...request, id: 0 } }).finish();
}

function varint(value: number): Uint8Array {
  return value < 128 ? Uint8Array.of(value) : Uint8Array.of((value & 127) | 128, value >> 7);
}

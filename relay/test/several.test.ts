/**
 * Several relays with one database and one bus are one relay.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasPostgres, hasRedis, PostgresServer, RedisServer } from '../../test/support/servers.js';
import { RATES, scaled } from '../src/rates.js';
import type { RelayOptions } from '../src/server.js';
import { Device, envelope, preKeys, Wire } from './device.js';
import { running } from './running.js';

let postgres: PostgresServer;
let redis: RedisServer;

describe.skipIf(!hasPostgres || !hasRedis)('two relays', () => {
  beforeAll(async () => {
    [postgres, redis] = await Promise.all([PostgresServer.launch(), RedisServer.launch()]);
  }, 60_000);
  afterAll(() => Promise.all([postgres.remove(), redis.remove()]));

  async function pair(options: Partial<RelayOptions> = {}) {
    const shared = { data: '', postgres: postgres.newDatabase(), redis: redis.url, ...options };
    return Promise.all([running(shared), running(shared)]);
  }

  test('deliver at once what was sent over the other one, in its order', async () => {
    const [one, two] = await pair();
    const [alice, bob] = [await Device.online(one.url), await Device.online(two.url)];
    await bob.wire.next('queueEmpty');
    const texts = Array.from({ length: 50 }, (_, i) => `message ${i}`);
    const statuses = await Promise.all(texts.map((text) => alice.send(bob, text)));
    expect(new Set(statuses)).toEqual(new Set(['OK']));
    const received = await bob.receiveMany(50);
    expect(received.map(({ text }) => text)).toEqual(texts);
    expect(await bob.acknowledge(...received)).toBe('OK');
  });

  test('pass on what nobody keeps, and what concerns the device itself', async () => {
    const [one, two] = await pair();
    const [alice, bob] = [await Device.online(one.url), await Device.online(two.url)];
    const { send } = alice.mail(bob, envelope(bob, 'typing'));
    await expect
      .poll(async () => {
        // The subscription is made beside the log-in.
        await alice.wire.ask({ send: { ...send, delivery: 2 } });
        return bob.wire.pending;
      })
      .toContain('deliver');
    expect(await bob.receive()).toMatchObject([{ text: 'typing', seq: 0 }]);
    await bob.wire.ask({ publishKeys: preKeys(20) });
    await alice.wire.ask({ claimKeys: { account: bob.account } });
    expect((await bob.wire.next('keysLow')).counts).toMatchObject({ oneTimeKeys: 19 });
    await Device.online(one.url, bob);
    await bob.wire.next('devicesChanged');
  });

  test('hold one connection of a device between them: the newer displaces the older', async () => {
    const [one, two] = await pair();
    const bob = await Device.online(one.url);
    const older = bob.wire;
    await bob.reconnect(two.url);
    expect((await older.closed).code).toBe(4409);
    const newer = bob.wire;
    await bob.reconnect(one.url);
    expect((await newer.closed).code).toBe(4409);
    expect(await bob.wire.status({ ping: {} })).toBe('OK');
  });

  test('count for the limits together', async () => {
    const few = { burst: 3, perSecond: 1 / 3600 };
    const [one, two] = await pair({ rates: { ...scaled(RATES, 1e6), messages: few } });
    const [alice, bob] = [await Device.online(one.url), await Device.online(two.url)];
    for (let i = 0; i < 2; i++) expect(await alice.send(bob, `${i}`)).toBe('OK');
    await alice.reconnect(two.url);
    expect(await alice.send(bob, '2')).toBe('OK');
    const refused = await alice.wire.ask(alice.mail(bob, envelope(bob, '3')));
    expect(refused.retryAfter).toBeGreaterThan(3500);
    expect(refused.retryAfter).toBeLessThanOrEqual(3600);
  });

  test('go on when one of them leaves: what it took is delivered by the other', async () => {
    const [one, two] = await pair();
    const [alice, bob] = [await Device.online(one.url), await Device.online(one.url)];
    for (const text of ['a', 'b', 'c']) expect(await alice.send(bob, text)).toBe('OK');
    await one.close();
    await bob.reconnect(two.url);
    expect((await bob.receiveMany(3)).map(({ text }) => text)).toEqual(['a', 'b', 'c']);
  });

  test('lose no message with the bus: it is found on the next keepalive', async () => {
    const own = await RedisServer.launch();
    const [one, two] = await pair({ redis: own.url });
    const [alice, bob] = [await Device.online(one.url), await Device.online(two.url)];
    await bob.wire.next('queueEmpty');
    await own.kill();
    expect(await alice.send(bob, 'without')).toBe('OK');
    await bob.wire.ask({ ping: {} });
    expect((await bob.receive()).map(({ text }) => text)).toEqual(['without']);
    // And by itself when the bus is there again.
    expect(await alice.send(bob, 'while away')).toBe('OK');
    await own.start();
    expect((await bob.receive()).map(({ text }) => text)).toEqual(['while away']);
    await own.remove();
  });

  test('go on without a bus that hangs', async () => {
    const own = await RedisServer.launch();
    const [one, two] = await pair({ redis: own.url });
    const [alice, bob] = [await Device.online(one.url), await Device.online(two.url)];
    await bob.wire.next('queueEmpty');
    process.kill(own.pid, 'SIGSTOP');
    const texts = Array.from({ length: 20 }, (_, i) => `${i}`);
    const statuses = await Promise.all(texts.map((text) => alice.send(bob, text)));
    expect(new Set(statuses)).toEqual(new Set(['OK']));
    await bob.wire.ask({ ping: {} });
    expect((await bob.receiveMany(20)).map(({ text }) => text)).toEqual(texts);
    process.kill(own.pid, 'SIGCONT');
    await own.remove();
  });

  test('find what was said before the bus took them in', async () => {
    const own = await RedisServer.launch();
    const options = { data: '', postgres: postgres.newDatabase() };
    const [deaf, two] = await Promise.all([running(options), running({ ...options, redis: own.url })]);
    const [alice, bob] = [await Device.online(deaf.url), await Device.online(deaf.url)];
    process.kill(own.pid, 'SIGSTOP');
    await bob.reconnect(two.url);
    await bob.wire.next('queueEmpty');
    // Nobody wakes bob on the other relay.
    expect(await alice.send(bob, 'unheard')).toBe('OK');
    process.kill(own.pid, 'SIGCONT');
    expect((await bob.receive()).map(({ text }) => text)).toEqual(['unheard']);
    await own.remove();
  });

  test('end a device that was removed while the bus was away', async () => {
    const own = await RedisServer.launch();
    const [one, two] = await pair({ redis: own.url });
    const phone = await Device.online(one.url);
    const laptop = await Device.online(two.url, phone);
    await own.kill();
    await phone.remove(laptop);
    expect(await phone.wire.status({ appendLog: phone.appendLog() })).toBe('OK');
    expect(await laptop.wire.status({ ping: {} })).toBe('OK');
    await own.start();
    expect((await laptop.wire.closed).code).toBe(4401);
    expect(await phone.wire.status({ ping: {} })).toBe('OK');
    await own.remove();
  });

  test('do not start without their bus', async () => {
    const options = { data: '', postgres: postgres.newDatabase(), redis: 'redis://127.0.0.1:1' };
    await expect(running(options)).rejects.toMatchObject({ code: 'storage-unavailable' });
    await Wire.open((await running()).url);
  });
});

/**
 * The servers behind several relays die, and one of the relays does: what was answered is delivered, once and
 * in order, by whoever is left.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Device, envelope, Status, type Received } from '../../relay/test/device.js';
import { running } from '../../relay/test/running.js';
import { RelayProcess } from '../support/relay-process.js';
import { hasPostgres, hasRedis, PostgresServer, RedisServer } from '../support/servers.js';

describe.skipIf(!hasPostgres || !hasRedis)('several relays', () => {
  let postgres: PostgresServer;
  let redis: RedisServer;
  beforeAll(async () => {
    [postgres, redis] = await Promise.all([PostgresServer.launch(), RedisServer.launch()]);
  }, 60_000);
  afterAll(() => Promise.all([postgres.remove(), redis.remove()]));

  test('go on after PostgreSQL was killed, and have lost nothing that they answered', async () => {
    const relay = await running({ data: '', postgres: postgres.newDatabase() });
    const [alice, bob] = [await Device.online(relay.url), await Device.online(relay.url)];
    const texts = Array.from({ length: 60 }, (_, i) => `message ${i}`);
    let refused = 0;
    for (const [i, text] of texts.entries()) {
      if (i === 20) await postgres.kill();
      const mail = alice.mail(bob, envelope(bob, text));
      for (;;) {
        const { status } = await alice.wire.ask(mail);
        if (status === Status.OK) break;
        expect(status).toBe(Status.UNAVAILABLE);
        // Back after the first refusal: whoever repeats gets through.
        if ((refused += 1) === 1) await postgres.start();
      }
    }
    expect(refused).toBeGreaterThan(0);
    expect(await alice.send(bob, 'end')).toBe('OK');
    expect(textsOf(await untilEnd(await bob.reconnect(relay.url)))).toEqual([...texts, 'end']);
  });

  test('hold no request longer than a device waits while PostgreSQL hangs, and go on when it does', async () => {
    const own = await PostgresServer.launch();
    const relay = await running({ data: '', postgres: own.newDatabase(), ops: { port: 0 } });
    const [alice, bob] = [await Device.online(relay.url), await Device.online(relay.url)];
    expect(await alice.send(bob, 'before')).toBe('OK');
    own.freeze();
    const ready = await fetch(`http://127.0.0.1:${relay.opsPort}/readyz`);
    expect([ready.status, await ready.text()]).toEqual([503, 'not ready: store\n']);
    const began = performance.now();
    const asked = Array.from({ length: 60 }, (_, i) => alice.send(bob, `${i}`));
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['UNAVAILABLE']));
    expect(performance.now() - began).toBeLessThan(15_000);
    own.thaw();
    expect(await alice.send(bob, 'after')).toBe('OK');
    const texts = textsOf(await bob.receiveMany(2));
    expect([texts[0], texts.at(-1)]).toEqual(['before', 'after']);
    await own.remove();
  });

  test('take over the devices of one that was killed under load', async () => {
    const flags = ['--postgres', postgres.newDatabase(), '--redis', redis.url];
    const [one, two] = await Promise.all([RelayProcess.start(...flags), RelayProcess.start(...flags)]);
    const [alice, bob] = [await Device.online(one.url), await Device.online(one.url)];
    const carol = await Device.online(two.url);
    const mails = Array.from({ length: 300 }, (_, i) => alice.mail(bob, envelope(bob, `message ${i}`)));
    const countDown = one.killAfter(100);
    const answered = new Set<number>();
    for (const [i, mail] of mails.entries()) {
      void alice.wire.ask(mail).then(({ status }) => {
        expect(status).toBe(Status.OK);
        answered.add(i);
        countDown();
      });
    }
    await alice.wire.closed;
    expect(answered.size).toBeGreaterThan(99);
    await Promise.all([alice.reconnect(two.url), bob.reconnect(two.url)]);
    // As a client does: whatever has no answer goes out again, in its order.
    const repeats = mails.filter((_, i) => !answered.has(i)).map((mail) => alice.wire.status(mail));
    expect(new Set(await Promise.all(repeats))).toEqual(new Set(['OK']));
    expect(await carol.send(bob, 'end')).toBe('OK');
    const received = await untilEnd(bob);
    expect(textsOf(received)).toEqual([...mails.map((_, i) => `message ${i}`), 'end']);
  });

  test('deliver across each other again once Redis is back, and lost nothing meanwhile', async () => {
    const shared = { data: '', postgres: postgres.newDatabase(), redis: redis.url };
    const [one, two] = [await running(shared), await running(shared)];
    const [alice, bob] = [await Device.online(one.url), await Device.online(two.url)];
    await redis.kill();
    for (const text of ['a', 'b']) expect(await alice.send(bob, text)).toBe('OK');
    await redis.start();
    expect(textsOf(await bob.receiveMany(2))).toEqual(['a', 'b']);
    expect(await alice.send(bob, 'c')).toBe('OK');
    // By the bus or, had it not subscribed again, by the keepalive; either way it comes.
    await bob.wire.ask({ ping: {} });
    expect(textsOf(await bob.receiveMany(1))).toEqual(['c']);
  });
});

function textsOf(received: readonly Received[]): string[] {
  return received.map(({ text }) => text);
}

/** Everything up to the text `end`, each envelope once, as a device counts them. */
async function untilEnd(device: Device): Promise<Received[]> {
  const seen = new Map<string, Received>();
  for (;;) {
    const batch = await device.receive();
    for (const one of batch) if (!seen.has(one.id)) seen.set(one.id, one);
    expect(await device.acknowledge(...batch)).toBe('OK');
    if (batch.at(-1)!.text === 'end') return [...seen.values()];
  }
}

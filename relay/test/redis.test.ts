/**
 * The bus over Redis, and the limits in it, when Redis is slow, hangs or forgets.
 */
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { hasRedis, RedisServer } from '../../test/support/servers.js';
import { RedisBus } from '../src/redis-bus.js';

describe.skipIf(!hasRedis)('with Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => void (redis = await RedisServer.launch()), 60_000);
  afterAll(() => redis.remove());

  async function open(): Promise<RedisBus> {
    const bus = await RedisBus.open(redis.url);
    onTestFinished(() => bus.close());
    return bus;
  }

  /** How often Redis was told something. */
  async function published(): Promise<number> {
    const client = await createClient({ url: redis.url }).connect();
    const stats = await client.info('commandstats');
    client.destroy();
    return Number(/cmdstat_spublish:calls=(\d+)/.exec(stats)?.[1] ?? 0);
  }

  test('what cannot be said while Redis hangs is kept in bounds, and the bus goes on after it', async () => {
    const bus = await open();
    process.kill(redis.pid, 'SIGSTOP');
    for (let device = 1; device <= 50_000; device++) bus.publish(device, { kind: 'devices' });
    process.kill(redis.pid, 'SIGCONT');
    await expect.poll(() => bus.check().then(() => 'well', String)).toBe('well');
    expect(await published()).toBeLessThan(20_000);
    const heard = new Promise((resolve) => bus.subscribe(7, resolve));
    const other = await open();
    await expect
      .poll(() => {
        other.publish(7, { kind: 'devices' });
        return Promise.race([heard, undefined]);
      })
      .toEqual({ kind: 'devices' });
  });
});

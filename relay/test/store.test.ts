import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { GroupCommit } from '../src/group-commit.js';
import { LIMITS } from '../src/limits.js';
import { migrate } from '../src/migrations.js';
import { SqliteStore } from '../src/sqlite-store.js';
import { Sql } from '../src/sql.js';
import type { Mail } from '../src/store.js';
import { Device } from './device.js';
import { folder, running } from './running.js';

/** A store with one device in it. */
async function storeWith(device: Device, data = ':memory:'): Promise<SqliteStore> {
  const store = new SqliteStore(data, LIMITS);
  onTestFinished(() => store.close());
  await store.appendLog(device.log, undefined);
  return store;
}

function mail(to: Device, receivedAt: number, content = randomBytes(10)): Mail {
  return {
    ...{
      receiver: to.account,
      head: to.log.head,
      senderAccount: to.account,
      senderDevice: to.id,
      receivedAt,
    },
    envelopes: [{ id: randomBytes(16), deviceId: to.id, type: 2, content }],
  };
}

test('all steps of one turn share one transaction and are answered after it', async () => {
  const events: string[] = [];
  const commits = new GroupCommit({
    begin: () => events.push('begin'),
    commit: () => events.push('commit'),
    rollback: () => events.push('rollback'),
  });
  const steps = ['a', 'b', 'c'].map((name) =>
    commits.run(() => events.push(name)).then(() => events.push(`answer ${name}`)),
  );
  await Promise.all(steps);
  expect(events).toEqual(['begin', 'a', 'b', 'c', 'commit', 'answer a', 'answer b', 'answer c']);
});

test('a step that cannot be done fails alone', async () => {
  const sql = new Sql(':memory:');
  onTestFinished(() => sql.close());
  sql.script('CREATE TABLE t (a INTEGER PRIMARY KEY)');
  const commits = new GroupCommit(sql);
  const insert = (value: number) => commits.run(() => sql.run('INSERT INTO t (a) VALUES ($1)', value));
  const results = await Promise.allSettled([insert(1), insert(1), insert(2)]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(sql.rows('SELECT a FROM t ORDER BY a').map(({ a }) => a)).toEqual([1, 2]);
});

test('the same migrations are applied once and a later version is not opened', () => {
  const sql = new Sql(':memory:');
  onTestFinished(() => sql.close());
  const steps = ['CREATE TABLE a (x INTEGER)', 'CREATE TABLE b (x INTEGER)'];
  migrate(sql, steps.slice(0, 1));
  migrate(sql, steps);
  migrate(sql, steps);
  expect(sql.rows('SELECT x FROM b')).toEqual([]);
  expect(() => migrate(sql, steps.slice(0, 1))).toThrow('later version');
});

test('a migration that fails changes nothing', () => {
  const sql = new Sql(':memory:');
  onTestFinished(() => sql.close());
  expect(() => migrate(sql, ['CREATE TABLE a (x INTEGER); CREATE TABLE a (x INTEGER)'])).toThrow();
  migrate(sql, ['CREATE TABLE a (x INTEGER)']);
});

test('a folder that another relay uses is not opened', { timeout: 10_000 }, async () => {
  const data = folder();
  await running({ data });
  await expect(running({ data })).rejects.toMatchObject({ code: 'storage-unavailable' });
});

test('a folder that cannot be made is an error of its own', async () => {
  const data = folder();
  await running({ data });
  await expect(running({ data: join(data, 'relay.db') })).rejects.toMatchObject({
    code: 'storage-unavailable',
  });
});

test('expiry deletes in slices what is older than it may be, and frees the quota', async () => {
  const device = await Device.make();
  const store = await storeWith(device);
  const { ref } = (await store.findDevice(device.account, device.id))!;
  for (let second = 0; second < 25; second++) await store.put(mail(device, second));
  expect(await store.expire(20, 15)).toBe(15);
  expect(await store.expire(20, 15)).toBe(5);
  expect(await store.expire(20, 15)).toBe(0);
  const left = await store.page(ref, 0, 100, 10_000);
  expect(left.map(({ receivedAt }) => receivedAt)).toEqual([20, 21, 22, 23, 24]);
});

test('what expired while the relay was down is not delivered', async () => {
  const data = folder();
  const device = await Device.make();
  const store = await storeWith(device, data);
  const now = Math.floor(Date.now() / 1000);
  await store.put(mail(device, now - 31 * 24 * 60 * 60, Buffer.from('old')));
  await store.put(mail(device, now - 29 * 24 * 60 * 60, Buffer.from('recent')));
  await store.close();
  const { url } = await running({ data });
  const online = await device.reconnect(url);
  expect((await online.receive()).map(({ text }) => text)).toEqual(['recent']);
});

test('a page holds no more content than asked for', async () => {
  const device = await Device.make();
  const store = await storeWith(device);
  const { ref } = (await store.findDevice(device.account, device.id))!;
  for (let i = 0; i < 150; i++) await store.put(mail(device, i, randomBytes(100)));
  const seqs = async (after: number, count: number, bytes: number) =>
    (await store.page(ref, after, count, bytes)).map(({ seq }) => seq);
  expect(await seqs(0, 5, 10_000)).toEqual([1, 2, 3, 4, 5]);
  expect(await seqs(3, 100, 250)).toEqual([4, 5]);
  expect(await seqs(3, 100, 99)).toEqual([]);
  expect(await seqs(0, 200, 100_000)).toHaveLength(150);
});

test('a device that its log no longer holds loses its mailbox and its keys; its numbers are not used again', async () => {
  const device = await Device.make();
  const store = await storeWith(device);
  const { ref } = (await store.findDevice(device.account, device.id))!;
  await store.put(mail(device, 1));
  const [logged] = device.log.devices;
  const [entry] = device.log.entries;
  const without = { ...device.log, head: randomBytes(32), entries: [entry!, entry!], devices: [] };
  expect(await store.appendLog(without, device.log.head)).toEqual({ ended: [ref], others: [] });
  expect(await store.findDevice(device.account, device.id)).toBeUndefined();
  const again = {
    ...device.log,
    head: randomBytes(32),
    entries: [entry!, entry!, entry!],
    devices: [{ ...logged!, identityKey: randomBytes(33) }],
  };
  expect(await store.appendLog(again, without.head)).toEqual({ ended: [], others: [] });
  expect(await store.page(ref, 0, 10, 1000)).toEqual([]);
  await store.put({ ...mail(device, 2), head: again.head });
  expect((await store.page(ref, 0, 10, 1000)).map(({ seq }) => seq)).toEqual([2]);
});

test('a closed store takes nothing more and keeps what it took', async () => {
  const data = folder();
  const device = await Device.make();
  const store = await storeWith(device, data);
  const last = store.put(mail(device, 1));
  await store.close();
  expect((await last).outcome).toBe('stored');
  await expect(store.put(mail(device, 2))).rejects.toMatchObject({ code: 'closed' });
  expect(readdirSync(data)).toEqual(['relay.db']);
});

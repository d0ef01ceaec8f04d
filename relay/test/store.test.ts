import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { GroupCommit } from '../src/store/group-commit.js';
import { LIMITS } from '../src/limits.js';
import { openStore } from '../src/store/open-store.js';
import { rows, run } from '../src/store/steps.js';
import { Sql } from '../src/store/sqlite.js';
import type { Store } from '../src/store/store.js';
import { Device } from './device.js';
import { mail } from './mail.js';
import { folder, running } from './running.js';

/** A store with one device in it. */
async function storeWith(device: Device, data: string): Promise<Store> {
  const store = await openStore({ data }, LIMITS);
  onTestFinished(() => store.close());
  await store.appendLog(device.log, undefined);
  return store;
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
  const insert = (value: number) =>
    commits.run(() => sql.perform(run('INSERT INTO t (a) VALUES ($1)', value)));
  const results = await Promise.allSettled([insert(1), insert(1), insert(2)]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(sql.perform(rows('SELECT a FROM t ORDER BY a')).map(({ a }) => a)).toEqual([1, 2]);
});

test('the same migrations are applied once and a later version is not opened', () => {
  const sql = new Sql(':memory:');
  onTestFinished(() => sql.close());
  const steps = ['CREATE TABLE a (x INTEGER)', 'CREATE TABLE b (x INTEGER)'];
  sql.migrate(steps.slice(0, 1));
  sql.migrate(steps);
  sql.migrate(steps);
  expect(sql.perform(rows('SELECT x FROM b'))).toEqual([]);
  expect(() => sql.migrate(steps.slice(0, 1))).toThrow('later version');
});

test('a migration that fails changes nothing', () => {
  const sql = new Sql(':memory:');
  onTestFinished(() => sql.close());
  expect(() => sql.migrate(['CREATE TABLE a (x INTEGER);\nCREATE TABLE a (x INTEGER)'])).toThrow();
  sql.migrate(['CREATE TABLE a (x INTEGER)']);
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

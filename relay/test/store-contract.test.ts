/**
 * What every store must do, whichever engine is below.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { hasPostgres, PostgresServer } from '../../test/support/servers.js';
import { LIMITS, type Limits } from '../src/limits.js';
import { openStore, type StoreOptions } from '../src/store/open-store.js';
import type { DeviceRef, PreKey, PublishedKeys, Store } from '../src/store/store.js';
import { Device, hex } from './device.js';
import { mail } from './mail.js';
import { folder } from './running.js';

/** Opens a new place; `again` opens the same. */
type Open = (limits?: Partial<Limits>) => Promise<{ store: Store; again: () => Promise<Store> }>;

async function openAndAgain(options: StoreOptions, limits: Partial<Limits> = {}) {
  const again = async () => {
    const store = await openStore(options, { ...LIMITS, ...limits });
    onTestFinished(() => store.close());
    return store;
  };
  return { store: await again(), again };
}

describe('in the embedded database', () => {
  contract((limits) => openAndAgain({ data: folder() }, limits));
});

describe.skipIf(!hasPostgres)('in PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => void (server = await PostgresServer.launch()), 60_000);
  afterAll(() => server.remove());

  contract((limits) => openAndAgain({ data: '', postgres: server.newDatabase() }, limits));

  test('two relays that start together make the tables once', async () => {
    const postgres = server.newDatabase();
    const stores = await Promise.all([1, 2, 3].map(() => openStore({ data: '', postgres }, LIMITS)));
    const device = await Device.make();
    await stores[0]!.appendLog(device.log, undefined);
    expect(await stores[1]!.findDevice(device.account, device.id)).toBeDefined();
    await Promise.all(stores.map((store) => store.close()));
  });

  test("two relays give no number twice, and each sees the other's mail in order", async () => {
    const postgres = server.newDatabase();
    const [one, two] = [
      await openStore({ data: '', postgres }, LIMITS),
      await openStore({ data: '', postgres }, LIMITS),
    ];
    const device = await Device.make();
    const ref = await known(one, device);
    const puts = Array.from({ length: 200 }, (_, i) => (i % 2 ? one : two).put(mail(device, i)));
    expect((await Promise.all(puts)).every(({ outcome }) => outcome === 'stored')).toBe(true);
    const seqs = (await two.page(ref, 0, 1000, 100_000)).map(({ seq }) => seq);
    expect(seqs).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
    await Promise.all([one.close(), two.close()]);
  });

  test('what two relays count is what is there, whatever they do at the same time', async () => {
    const postgres = server.newDatabase();
    const limits = { ...LIMITS, mailboxEnvelopes: 30 };
    const stores = [
      await openStore({ data: '', postgres }, limits),
      await openStore({ data: '', postgres }, limits),
    ];
    const device = await Device.make();
    const first = device.log.head;
    await known(stores[0]!, device);
    const other = await Device.make(device);
    await stores[0]!.appendLog(other.log, first);
    const ids = other.log.devices.map(({ id }) => id);
    const refs = await Promise.all(
      ids.map(async (id) => (await stores[0]!.findDevice(device.account, id))!.ref),
    );
    const work = async (store: Store, worker: number) => {
      for (let i = 0; i < 30; i++) {
        const kind = (worker + i) % 5;
        const one = mail(other, (worker * i) % 20);
        const envelopes = ids.map((deviceId) => ({ ...one.envelopes[0]!, deviceId }));
        if (kind < 3) await store.put({ ...one, envelopes });
        else if (kind === 4) await store.expire(5, 20);
        else {
          const ref = refs[i % 2]!;
          const page = await store.page(ref, 0, 10, 10_000);
          await store.acknowledge(ref, [...page.map(({ seq }) => seq), 1]);
        }
      }
    };
    await Promise.all(Array.from({ length: 10 }, (_, worker) => work(stores[worker % 2]!, worker)));
    await Promise.all(stores.map((store) => store.close()));
    const client = new pg.Client(postgres);
    await client.connect();
    const { rows } = await client.query<Record<string, string>>(
      `SELECT held, held_bytes, COUNT(seq) AS number, COALESCE(SUM(LENGTH(content)), 0) AS size
       FROM devices LEFT JOIN envelopes USING (device) GROUP BY device`,
    );
    await client.end();
    expect(rows).toHaveLength(2);
    for (const { held, held_bytes, number, size } of rows) {
      expect([held, held_bytes]).toEqual([number, size]);
      expect(Number(held)).toBeLessThanOrEqual(30);
    }
  });

  test('of what was acknowledged or expired no table holds anything, not even who wrote', async () => {
    const postgres = server.newDatabase();
    const store = await openStore({ data: '', postgres }, LIMITS);
    const device = await Device.make();
    const ref = await known(store, device);
    const sender = randomBytes(32);
    const [taken, old] = [mail(device, 100), mail(device, 1)].map((one) => ({
      ...one,
      senderAccount: sender,
    }));
    for (const one of [taken!, old!]) await store.put(one);
    const secrets = [taken!, old!].flatMap(({ envelopes: [one] }) => [hex(one!.id), hex(one!.content)]);
    const client = new pg.Client(postgres);
    await client.connect();
    const everything = async () => {
      const tables = await client.query<{ name: string }>(
        "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
      );
      const texts = tables.rows.map(({ name }) => client.query(`SELECT one::text FROM ${name} AS one`));
      return (await Promise.all(texts)).map(({ rows }) => JSON.stringify(rows)).join();
    };
    const before = await everything();
    for (const secret of [...secrets, hex(sender)]) expect(before).toContain(secret);
    await store.acknowledge(ref, [1]);
    await store.expire(50, 10);
    const after = await everything();
    for (const secret of [...secrets, hex(sender)]) expect(after).not.toContain(secret);
    expect(after).toContain(hex(device.account));
    await client.end();
    await store.close();
  });

  test('a one-time key is given out once, whichever relay is asked', async () => {
    const postgres = server.newDatabase();
    const [one, two] = [
      await openStore({ data: '', postgres }, LIMITS),
      await openStore({ data: '', postgres }, LIMITS),
    ];
    const device = await Device.make();
    await one.publishKeys(await known(one, device), keys(30));
    const claims = Array.from({ length: 30 }, (_, i) =>
      (i % 2 ? one : two).claimKeys(device.account, new Set(), true),
    );
    const ids = (await Promise.all(claims)).map((bundles) => bundles![0]!.oneTimeKey?.id);
    expect(new Set(ids).size).toBe(30);
    expect(ids).not.toContain(undefined);
    await Promise.all([one.close(), two.close()]);
  });

  test('a server that dies in the middle of everything fails what was asked, and nothing else', async () => {
    const own = await PostgresServer.launch();
    const postgres = own.newDatabase();
    const store = await openStore({ data: '', postgres }, LIMITS);
    const device = await Device.make();
    const ref = await known(store, device);
    let [answered, failed] = [0, 0];
    const ask = async (i: number) => {
      while (failed < 50) {
        const work = i % 2 ? store.put(mail(device, i)) : store.publishKeys(ref, keys(2));
        await work.then(
          () => (answered += 1),
          () => (failed += 1),
        );
      }
    };
    const load = Promise.all(Array.from({ length: 20 }, (_, i) => ask(i)));
    await expect.poll(() => answered).toBeGreaterThan(100);
    await own.kill();
    await load;
    await own.start();
    expect((await store.put(mail(device, 1))).outcome).toBe('stored');
    await store.close();
    await own.remove();
  });

  test('a server that is not there is an error of its own', async () => {
    const opened = openStore({ data: '', postgres: 'postgres://nobody@127.0.0.1:1/none' }, LIMITS);
    await expect(opened).rejects.toMatchObject({ code: 'storage-unavailable' });
  });
});

function contract(open: Open): void {
  test('expiry deletes in slices what is older than it may be, and frees the quota', async () => {
    const device = await Device.make();
    const { store } = await open();
    const ref = await known(store, device);
    for (let second = 0; second < 25; second++) await store.put(mail(device, second));
    expect(await store.expire(20, 15)).toBe(15);
    expect(await store.expire(20, 15)).toBe(5);
    expect(await store.expire(20, 15)).toBe(0);
    const left = await store.page(ref, 0, 100, 10_000);
    expect(left.map(({ receivedAt }) => receivedAt)).toEqual([20, 21, 22, 23, 24]);
  });

  test('what one account puts at once gets no more than its share, once half is full', async () => {
    const device = await Device.make();
    const { store } = await open({ mailboxEnvelopes: 20, mailboxShare: 0.25 });
    await known(store, device);
    const puts = Array.from({ length: 30 }, (_, i) => store.put(mail(device, i)));
    const outcomes = (await Promise.all(puts)).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'stored')).toHaveLength(10);
    expect((await store.put({ ...mail(device, 31), senderAccount: randomBytes(32) })).outcome).toBe('stored');
  });

  test('a page holds no more content than asked for', async () => {
    const device = await Device.make();
    const { store } = await open();
    const ref = await known(store, device);
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
    const { store } = await open();
    const ref = await known(store, device);
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
    const [later, ...others] = await store.page(ref, 0, 10, 1000);
    expect(later!.seq).toBeGreaterThan(1);
    expect(others).toEqual([]);
  });

  test('what was answered is there after the store was opened again', async () => {
    const device = await Device.make();
    const { store, again } = await open();
    const ref = await known(store, device);
    await Promise.all([0, 1, 2].map((second) => store.put(mail(device, second))));
    await store.publishKeys(ref, keys(2));
    await store.close();
    const later = await again();
    expect((await later.page(ref, 0, 10, 1000)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(await later.countKeys(ref)).toEqual({ oneTimeKeys: 2, oneTimeKyberKeys: 2 });
    const log = await later.readLog(device.account);
    expect(log!.entries).toEqual(device.log.entries);
    expect(hex(log!.head)).toBe(hex(device.log.head));
  });

  test('an envelope comes back as it was put', async () => {
    const device = await Device.make();
    const { store } = await open();
    const ref = await known(store, device);
    const sent = mail(device, 1_700_000_000, randomBytes(5000));
    expect(await store.put(sent)).toEqual({ outcome: 'stored', devices: [ref], full: [] });
    const [one] = sent.envelopes;
    const [envelope] = await store.page(ref, 0, 10, 10_000);
    expect(envelope).toMatchObject({ seq: 1, type: 2, senderDevice: device.id, receivedAt: 1_700_000_000 });
    expect(hex(envelope!.content)).toBe(hex(one!.content));
    expect(hex(envelope!.id)).toBe(hex(one!.id));
    expect(hex(envelope!.senderAccount)).toBe(hex(device.account));
    expect(await store.newestSeq(ref)).toBe(1);
  });

  test('mail is taken in the order in which it was handed over, and each envelope once', async () => {
    const device = await Device.make();
    const { store } = await open();
    const ref = await known(store, device);
    const all = Array.from({ length: 150 }, (_, i) => mail(device, i));
    await Promise.all([...all, ...all].map((one) => store.put(one)));
    const page = await store.page(ref, 0, 1000, 100_000);
    expect(page.map(({ receivedAt }) => receivedAt)).toEqual(all.map((_, i) => i));
    expect(page.map(({ seq }) => seq)).toEqual(all.map((_, i) => i + 1));
  });

  test('acknowledging deletes what was named, or all up to a number, and makes room', async () => {
    const device = await Device.make();
    const { store } = await open({ mailboxEnvelopes: 5, mailboxShare: 1 });
    const ref = await known(store, device);
    for (let i = 0; i < 5; i++) await store.put(mail(device, i));
    expect((await store.put(mail(device, 6))).outcome).toBe('quota');
    await Promise.all([store.acknowledge(ref, [2, 4, 2, 99]), store.acknowledge(ref, [4])]);
    expect((await store.page(ref, 0, 10, 1000)).map(({ seq }) => seq)).toEqual([1, 3, 5]);
    await store.acknowledge(ref, [3, 2, 1]);
    expect((await store.page(ref, 0, 10, 1000)).map(({ seq }) => seq)).toEqual([5]);
    for (let i = 0; i < 4; i++) expect((await store.put(mail(device, i))).outcome).toBe('stored');
    expect((await store.put(mail(device, 6))).outcome).toBe('quota');
  });

  test('a log is extended by the one who knows its head, and by nobody else', async () => {
    const device = await Device.make();
    const { store } = await open();
    const ref = await known(store, device);
    expect(await store.appendLog(device.log, undefined)).toBeUndefined();
    const first = device.log;
    const second = await Device.make(device);
    expect(await store.appendLog(second.log, randomBytes(32))).toBeUndefined();
    const both = [1, 2].map(() => store.appendLog(second.log, first.head));
    const results = await Promise.all(both);
    expect(results.filter(Boolean)).toEqual([{ ended: [], others: [ref] }]);
    const stale = await store.put({ ...mail(device, 1), head: first.head });
    expect(stale).toMatchObject({ outcome: 'log-changed' });
    expect((await store.put(mail(second, 1))).outcome).toBe('stored');
  });

  test('mail for nobody is stored nowhere', async () => {
    const [device, stranger] = [await Device.make(), await Device.make()];
    const { store } = await open();
    const ref = await known(store, device);
    expect(await store.put(mail(stranger, 1))).toEqual({ outcome: 'unknown-account' });
    const good = mail(device, 1);
    const bad = { ...good, envelopes: [...good.envelopes, { ...good.envelopes[0]!, deviceId: 99 }] };
    expect(await store.put(bad)).toEqual({ outcome: 'unknown-device', unknown: [99] });
    expect(await store.address(bad)).toEqual({ outcome: 'unknown-device', unknown: [99] });
    expect(await store.address(good)).toEqual({ outcome: 'found', devices: [ref] });
    expect(await store.newestSeq(ref)).toBe(0);
  });

  test('one-time keys go out once each, the oldest first, and then the last-resort key answers', async () => {
    const device = await Device.make();
    const { store } = await open();
    const ref = await known(store, device);
    const published = keys(3);
    await store.publishKeys(ref, published);
    const claim = async (oneTime = true) => (await store.claimKeys(device.account, new Set(), oneTime))![0]!;
    expect((await claim(false)).oneTimeKey).toBeUndefined();
    const claimed = await Promise.all([claim(), claim(), claim(), claim()]);
    expect(claimed.map(({ oneTimeKey }) => oneTimeKey?.id)).toEqual([10, 11, 12, undefined]);
    expect(claimed[3]!.kyberPreKey.id).toBe(2);
    expect(claimed[3]!.left).toEqual({ oneTimeKeys: 0, oneTimeKyberKeys: 0 });
    expect(hex(claimed[0]!.signedPreKey.publicKey)).toBe(hex(published.signedPreKey!.publicKey));
    expect(await store.claimKeys(randomBytes(32), new Set(), true)).toBeUndefined();
  });

  test('a store that answers says so', async () => {
    const { store } = await open();
    await store.check();
  });
}

async function known(store: Store, device: Device): Promise<DeviceRef> {
  await store.appendLog(device.log, undefined);
  return (await store.findDevice(device.account, device.id))!.ref;
}

function keys(count: number): PublishedKeys {
  const key = (id: number): PreKey => ({ id, publicKey: randomBytes(33), signature: randomBytes(64) });
  const ids = Array.from({ length: count }, (_, i) => 10 + i);
  return {
    registrationId: 7,
    signedPreKey: key(1),
    lastResortKyberKey: key(2),
    oneTimeKeys: ids.map((id) => ({ ...key(id), signature: undefined })),
    oneTimeKyberKeys: ids.map(key),
  };
}

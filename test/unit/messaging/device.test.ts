import { describe, expect, it } from 'vitest';
import { enrolDevice, guestAccount, guestSigner } from '../../../core/identity/index.js';
import { changeLog } from '../../../core/identity/log-changes.js';
import { Device } from '../../../core/messaging/index.js';
import { platformPrimitives } from '../../../core/ratchet/index.js';
import { MemoryDatabase, put } from '../../../core/store/index.js';
import type { KeyServer, PreKeyPublication } from '../../../core/transport/index.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A device, and a key server that counts what it is given and forgets as it is told. */
async function setting() {
  const db = new MemoryDatabase();
  await db.takeOwnership();
  const primitives = await platformPrimitives();
  const guest = await guestAccount(primitives.randomBytes(32));
  const identity = await primitives.generateKeyPair();
  const log = await enrolDevice(undefined, guestSigner(guest), {
    identityKey: identity.publicKey,
    name: 'a test',
    origin: 'app:test',
    relays: [],
    validFrom: 0,
  });
  const clock = { now: 0 };
  const device = await Device.enrol(db, primitives, () => clock.now, {
    log,
    kind: 'guest',
    seed: guest.seed,
    entropy: undefined,
    backedUp: false,
    identity,
  });
  const published: PreKeyPublication[] = [];
  const counts = { oneTime: 0, oneTimeKyber: 0 };
  const server = {
    publishKeys: (keys: PreKeyPublication) => {
      published.push(keys);
      counts.oneTime += keys.oneTime.length;
      counts.oneTimeKyber += keys.oneTimeKyber.length;
      return Promise.resolve({ ...counts });
    },
  } as unknown as KeyServer;
  return { db, device, guest, server, published, counts, clock };
}

it('a list of devices that arrives while a newer one is being verified does not replace it', async () => {
  const { device, db, guest } = await setting();
  const lists = [await device.log()];
  for (const name of ['second', 'third']) {
    lists.push(await changeLog(lists.at(-1), guestSigner(guest), { kind: 'rename', deviceId: 1, name }));
  }
  const [, older, newer] = lists.map(({ entries }) => entries);
  // At any moment of the other's way: each turn is a little later.
  for (let turns = 0; turns < 40; turns += 1) {
    const restored = await Device.load(db, await platformPrimitives(), () => 0);
    const outcome = restored!.learn(newer!);
    for (let turn = 0; turn < turns; turn += 1) await undefined;
    await restored!.learn(older!);
    expect(await outcome).toBe('current');
    expect(restored!.row, `${turns}`).toMatchObject({ deviceName: 'third', log: { length: 3 } });
    await device.update({});
  }
});

describe('the pre-keys of a device', () => {
  it('are filled up to a hundred of each kind, with the signed ones first', async () => {
    const { device, server, published, counts } = await setting();
    await device.fillUp({ oneTime: 0, oneTimeKyber: 0 }, server);
    expect(counts).toEqual({ oneTime: 100, oneTimeKyber: 100 });
    expect(published[0]).toMatchObject({ signed: { id: 0 }, lastResort: { id: 1 } });
    expect(published.slice(1).every(({ signed, lastResort }) => !signed && !lastResort)).toBe(true);
  });

  it('are not made for whoever claims them without end', async () => {
    const { db, device, server, published, counts, clock } = await setting();
    await device.fillUp({ oneTime: 0, oneTimeKyber: 0 }, server);
    const before = (await db.list('preKeys')).length;
    for (let claims = 0; claims < 5; claims += 1) {
      Object.assign(counts, { oneTime: 3, oneTimeKyber: 3 });
      await device.fillUp(counts, server);
    }
    expect(await db.list('preKeys')).toHaveLength(before);
    clock.now += 11 * MINUTE;
    await device.fillUp(counts, server);
    expect(counts).toEqual({ oneTime: 100, oneTimeKyber: 100 });
    expect(published.at(-1)!.signed).toBeUndefined();
  });

  it('are there again at once for a server that lost everything: the ones that always answer', async () => {
    const { device, server, published, counts } = await setting();
    await device.fillUp({ oneTime: 0, oneTimeKyber: 0 }, server);
    const before = published.length;
    Object.assign(counts, { oneTime: 0, oneTimeKyber: 0 });
    await device.fillUp({ ...counts }, server);
    expect(published).toHaveLength(before + 1);
    expect(published.at(-1)).toMatchObject({ signed: { id: 0 }, lastResort: { id: 1 }, oneTime: [] });
  });

  it('that always answer are replaced weekly, and published even when enough of the others is there', async () => {
    const { device, server, published, counts, clock } = await setting();
    await device.fillUp({ oneTime: 0, oneTimeKyber: 0 }, server);
    const before = published.length;
    clock.now = 6 * DAY;
    await device.fillUp({ ...counts }, server);
    expect(published).toHaveLength(before);
    clock.now = 7 * DAY;
    await device.fillUp({ ...counts }, server);
    await device.fillUp({ ...counts }, server);
    expect(published).toHaveLength(before + 1);
    const { signed, lastResort, oneTime } = published.at(-1)!;
    expect(oneTime).toEqual([]);
    expect(signed!.id).not.toBe(0);
    expect(lastResort!.id).not.toBe(1);
    expect(await device.preKey('signed', signed!.id)).toMatchObject({ publicKey: signed!.publicKey });
    expect(await device.preKey('last-resort', lastResort!.id)).toBeDefined();
  });

  it('that could not be published are published at the next sign-in, by whoever opens the profile then', async () => {
    const { db, device, server, published, counts, clock } = await setting();
    await device.fillUp({ oneTime: 0, oneTimeKyber: 0 }, server);
    clock.now = 8 * DAY;
    const broken = { publishKeys: () => Promise.reject(new Error('gone')) } as unknown as KeyServer;
    await expect(device.fillUp({ ...counts }, broken)).rejects.toThrow('gone');
    const again = await Device.load(db, await platformPrimitives(), () => clock.now);
    const before = published.length;
    await again!.fillUp({ ...counts }, server);
    expect(published).toHaveLength(before + 1);
    expect(published.at(-1)!.signed!.id).not.toBe(0);
    expect((await db.list('preKeys', { prefix: ['signed'] })).length).toBe(2);
  });

  it('that were replaced answer for thirty days more', async () => {
    const { device, server, counts, clock } = await setting();
    await device.fillUp({ oneTime: 0, oneTimeKyber: 0 }, server);
    for (const day of [7, 14, 21, 28, 35]) {
      clock.now = day * DAY;
      await device.fillUp({ ...counts }, server);
      expect(await device.preKey('signed', 0), `day ${day}`).toBeDefined();
      expect(await device.preKey('last-resort', 1), `day ${day}`).toBeDefined();
    }
    clock.now = 42 * DAY;
    await device.fillUp({ ...counts }, server);
    expect(await device.preKey('signed', 0)).toBeUndefined();
    expect(await device.preKey('last-resort', 1)).toBeUndefined();
  });

  it('are dropped, the oldest first, when nobody can claim them any more', async () => {
    const { db, device, server, clock } = await setting();
    const key = new Uint8Array(33);
    const old = Array.from({ length: 600 }, (_, n) => {
      const row = { kind: 'one-time' as const, id: 1000 + n, createdAt: n };
      return put('preKeys', ['one-time', row.id], {
        ...row,
        publicKey: key,
        privateKey: key,
        signature: undefined,
      });
    });
    await db.commit(old);
    clock.now = 11 * MINUTE;
    await device.fillUp({ oneTime: 0, oneTimeKyber: 0 }, server);
    const kept = await db.list('preKeys', { prefix: ['one-time'] });
    expect(kept.length).toBeLessThanOrEqual(510);
    expect(Math.min(...kept.map(({ value }) => value.createdAt))).toBeGreaterThan(150);
    expect(kept.filter(({ value }) => value.createdAt === clock.now)).toHaveLength(100);
    expect(await device.preKey('signed', 0)).toBeDefined();
  });

  it('are renewed a week after a clock that was far ahead was put right, and answer meanwhile', async () => {
    const { device, server, published, clock, db } = await setting();
    await device.fillUp({ oneTime: 0, oneTimeKyber: 0 }, server);
    const full = { oneTime: 100, oneTimeKyber: 100 };
    clock.now = 400 * DAY;
    await device.fillUp(full, server);
    const ahead = published.at(-1)!;
    expect(ahead.signed!.id).not.toBe(0);
    const count = published.length;
    for (const day of [1, 2, 7]) {
      clock.now = day * DAY;
      await device.fillUp(full, server);
    }
    expect(published).toHaveLength(count);
    clock.now = 8 * DAY;
    await device.fillUp(full, server);
    expect(published).toHaveLength(count + 1);
    expect(published.at(-1)!.signed!.id).not.toBe(ahead.signed!.id);
    expect(await device.preKey('signed', ahead.signed!.id)).toBeDefined();
    expect(await device.preKey('last-resort', ahead.lastResort!.id)).toBeDefined();
    expect((await db.list('preKeys', { prefix: ['signed'] })).length).toBeLessThan(4);
  });
});

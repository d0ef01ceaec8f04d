import { describe, expect, it } from 'vitest';
import { enrolDevice, guestAccount, guestSigner } from '../../../core/identity/index.js';
import { Device } from '../../../core/messaging/index.js';
import { platformPrimitives } from '../../../core/ratchet/index.js';
import { MemoryDatabase } from '../../../core/store/index.js';
import type { KeyServer, PreKeyPublication } from '../../../core/transport/index.js';

const MINUTE = 60_000;

/** A device, and a key server that counts what it is given and forgets as it is told. */
async function setting() {
  const db = new MemoryDatabase();
  await db.takeOwnership();
  const primitives = await platformPrimitives();
  const guest = guestAccount(primitives.randomBytes(32));
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
  return { db, device, server, published, counts, clock };
}

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

  it('are dropped, the oldest first, when nobody can claim them any more', async () => {
    const { db, device, server, counts, clock } = await setting();
    for (let times = 0; times < 7; times += 1) {
      Object.assign(counts, { oneTime: 0, oneTimeKyber: 0 });
      await device.fillUp({ ...counts }, server);
      clock.now += 11 * MINUTE;
    }
    const kept = await db.list('preKeys', { prefix: ['one-time'] });
    expect(kept.length).toBeLessThanOrEqual(510);
    expect(Math.min(...kept.map(({ value }) => value.createdAt))).toBeGreaterThan(0);
    expect(await device.preKey('signed', 0)).toBeDefined();
  });
});

/**
 * What locking a device must do, as one suite for every IndexedDB.
 *
 * @module
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ComingClient } from '../../core/client.js';
import { createLocalClient, type LocalClientOptions } from '../../core/local/index.js';
import { createLoopback } from '../../core/transport/index.js';
import { refusal } from './codes.js';
import { DATABASE_2, restore } from './database-fixtures.js';
import { newProfile } from './indexed-databases.js';
import { conversation, guest, hasTexts, lastState, textsOf, type Person } from './people.js';
import { rawRows } from './raw-database.js';
import { waitFor } from './wait.js';

const KEY = { passkey: new Uint8Array(32).fill(7), id: '0badcafe' };

export function describeLocking(place: string): void {
  const relay = createLoopback();
  const clients: ComingClient[] = [];
  let bo: Person;

  beforeAll(async () => {
    bo = await guest({ relay });
  });

  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });

  async function started(profile: string, options: Partial<LocalClientOptions> = {}): Promise<ComingClient> {
    const client = createLocalClient({ relay, profile, ...options });
    clients.push(client);
    await waitFor(client.status, ({ phase }) => phase !== 'starting' && phase !== 'waiting');
    return client;
  }

  async function talked(profile: string) {
    const client = await started(profile);
    const ada = { client, me: await client.becomeGuest({ deviceName: 'Ada-at-home' }) };
    const [adas, bos] = await Promise.all([conversation(ada, bo), conversation(bo, ada)]);
    await adas.setPetname('Bo-the-baker');
    await adas.send('meet-me-at-noon');
    await waitFor(bos.snapshot, hasTexts('meet-me-at-noon'));
    await bos.send('I-will-be-there');
    await waitFor(adas.snapshot, ({ messages }) => messages.length === 2);
    return { client, me: ada.me, adas, bos };
  }

  describe(`a device that is locked, in ${place},`, () => {
    it('shows nothing, does nothing, and goes on when it is unlocked', async () => {
      const profile = newProfile();
      const { client, me, adas, bos } = await talked(profile);
      expect(client.status.value).toMatchObject({ protection: 'none', passkeyId: undefined });
      expect(await refusal(() => client.lock())).toBe('not-protected');
      await client.protect(KEY);
      expect(client.status.value).toMatchObject({ protection: 'passkey', passkeyId: KEY.id });
      await client.lock();
      expect(client.status.value).toMatchObject({ phase: 'locked', me: undefined, connection: 'idle' });
      expect(client.conversations.value).toEqual([]);
      expect(adas.snapshot.value).toMatchObject({ messages: [], petname: '' });
      expect(await refusal(() => client.openConversation(bo.me.comingId))).toBe('not-ready');
      expect(await refusal(() => client.becomeGuest())).toBe('locked');
      expect(await refusal(() => adas.send('while locked'))).toBe('locked');
      await bos.send('still-there?');
      await waitFor(bos.snapshot, lastState('sent'));

      expect(await refusal(() => client.unlock({ passkey: new Uint8Array(32) }))).toBe('wrong-passkey');
      expect(await refusal(() => client.unlock({ passphrase: 'of another kind' }))).toBe('wrong-passkey');
      expect(client.status.value.phase).toBe('locked');
      await client.unlock(KEY);
      expect(client.status.value).toMatchObject({ phase: 'ready', me });
      const again = await client.openConversation(bo.me.comingId);
      await waitFor(again.snapshot, ({ messages }) => messages.length === 3);
      expect(again.snapshot.value.petname).toBe('Bo-the-baker');
    });

    it('is unlocked once where two ask for it at the same time', async () => {
      const { client, bos } = await talked(newProfile());
      await client.protect(KEY);
      await client.lock();
      await Promise.all([client.unlock(KEY), client.unlock(KEY), client.unlock(KEY)]);
      expect(client.status.value.phase).toBe('ready');
      const adas = await client.openConversation(bo.me.comingId);
      await bos.send('back?');
      await waitFor(adas.snapshot, ({ messages }) => messages.length === 3);
      await adas.send('back');
      await waitFor(adas.snapshot, lastState('delivered'));
      await waitFor(bos.snapshot, ({ messages }) => messages.at(-1)?.text === 'back');
      expect(bos.snapshot.value.undecryptable + adas.snapshot.value.undecryptable).toBe(0);
      expect(client.status.value.problem).toBeUndefined();
    });

    it('is locked after it was opened anew, and no longer once nothing protects it', async () => {
      const profile = newProfile();
      const { client, me } = await talked(profile);
      await client.protect(KEY);
      await client.close();
      const second = await started(profile);
      expect(second.status.value).toMatchObject({
        phase: 'locked',
        protection: 'passkey',
        passkeyId: KEY.id,
        me: undefined,
      });
      await second.unlock(KEY);
      await second.unprotect();
      await second.close();
      const third = await started(profile);
      expect(third.status.value).toMatchObject({ phase: 'ready', protection: 'none', me });
      const reopened = await third.openConversation(bo.me.comingId);
      expect(textsOf(reopened.snapshot.value)).toEqual(['meet-me-at-noon', 'I-will-be-there']);
    });

    it('can be erased by whoever forgot what unlocks it, and is somebody new’s then', async () => {
      const profile = newProfile();
      const { client, me } = await talked(profile);
      await client.protect(KEY);
      await client.lock();
      await client.erase();
      expect(client.status.value).toMatchObject({ phase: 'signed-out', protection: 'none' });
      const other = await client.becomeGuest();
      expect(other.comingId).not.toBe(me.comingId);
      await client.close();
      expect((await started(profile)).status.value).toMatchObject({ phase: 'ready', me: other });
    });
  });

  describe(`a passphrase, in ${place},`, () => {
    it('locks and unlocks; another one changes nothing', { timeout: 120_000 }, async () => {
      const profile = newProfile();
      const { client, me } = await talked(profile);
      expect(await refusal(() => client.protect({ passphrase: 'short' }))).toBe('weak-passphrase');
      await client.protect({ passphrase: 'correct horse' });
      await client.lock();
      expect(await refusal(() => client.unlock({ passphrase: 'battery staple' }))).toBe('wrong-passphrase');
      expect(client.status.value).toMatchObject({ phase: 'locked', protection: 'passphrase' });
      await client.unlock({ passphrase: 'correct horse' });
      expect(client.status.value).toMatchObject({ phase: 'ready', me });
    });
  });

  describe(`what is on the disk, in ${place},`, () => {
    it('shows no message, no name and no secret key', async () => {
      const profile = newProfile();
      const { client } = await talked(profile);
      const identity = await client.openIdentity();
      const words = (await identity.words()).slice(0, 3);
      await client.close();
      const dump = textOf(await rawRows(profile));
      for (const known of ['meet-me-at-noon', 'I-will-be-there', 'Bo-the-baker', 'Ada-at-home', ...words]) {
        expect(dump).not.toContain(known);
      }
    });

    it('shows none of what version 2 had stored in the clear, once it was opened', async () => {
      const profile = newProfile();
      await restore(profile, DATABASE_2);
      // So the search finds what there is to find.
      expect(secretsIn(textOf(await rawRows(profile)))).toHaveLength(SECRETS.length);
      const client = await started(profile);
      expect(client.status.value.phase).toBe('ready');
      await until(async () => secretsIn(textOf(await rawRows(profile))).length === 0);
      expect(client.conversations.value.map(({ petname }) => petname)).toContain('Bo from work');
    });

    it('is nothing at all after it was erased', async () => {
      const profile = newProfile();
      const { client } = await talked(profile);
      await client.erase();
      expect(client.status.value.storage).toBe('persistent');
      await client.close();
      const left = Object.entries(await rawRows(profile)).filter(([name]) => name !== 'owner');
      expect(left.flatMap(([, rows]) => rows)).toEqual([]);
    });
  });
}

const device = DATABASE_2.stores['meta']![0]![1] as Record<string, Uint8Array>;
const SECRETS = [
  'hello Bo, are you there?',
  'Bo from work',
  'Ada’s laptop',
  bytesToHex(device['seed']!),
  bytesToHex(device['identityPrivate']!),
  bytesToHex(device['entropy']!),
];
const secretsIn = (dump: string) => SECRETS.filter((secret) => dump.includes(secret));

/** Everything in it, also what its bytes say as UTF-8. */
function textOf(rows: unknown): string {
  return JSON.stringify(rows, (_, part: unknown) => {
    if (part instanceof Uint8Array) return [bytesToHex(part), new TextDecoder().decode(part)];
    return typeof part === 'bigint' ? String(part) : part;
  });
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await condition()); tries += 1) expect(tries).toBeLessThan(500);
}

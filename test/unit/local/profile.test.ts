import 'fake-indexeddb/auto';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ComingClient } from '../../../core/client.js';
import { createLocalClient, type LocalClientOptions } from '../../../core/local/index.js';
import { createLoopback } from '../../../core/transport/index.js';
import { TABLE_NAMES } from '../../../core/store/index.js';
import { refusal } from '../../support/codes.js';
import { newProfile } from '../../support/indexed-databases.js';
import { conversation, guest, hasTexts, lastState, textsOf, type Person } from '../../support/people.js';
import { keysPublished } from '../../support/keys.js';
import { rawRows } from '../../support/raw-database.js';
import { waitFor } from '../../support/wait.js';

const relay = createLoopback();
const clients: ComingClient[] = [];
let bo: Person;

beforeAll(async () => {
  bo = await guest({ relay });
  await bo.client.setProfile({ settings: { strangers: 'accept' } });
});

afterEach(async () => {
  relay.online = true;
  vi.unstubAllGlobals();
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

/** A client on a profile, as it is after its start. */
async function started(profile: string, options: Partial<LocalClientOptions> = {}): Promise<ComingClient> {
  const client = createLocalClient({ relay, profile, ...options });
  clients.push(client);
  await waitFor(client.status, ({ phase }) => phase !== 'starting');
  return client;
}

async function startedGuest(profile: string): Promise<Person> {
  const client = await started(profile);
  return { client, me: await client.becomeGuest({ deviceName: 'Test' }) };
}

describe('a profile', () => {
  it('begins signed out, kept in the browser', async () => {
    const client = await started(newProfile());
    expect(client.status.value).toEqual({
      phase: 'signed-out',
      me: undefined,
      connection: 'idle',
      role: 'owner',
      storage: 'persistent',
      persisted: false,
      protection: 'none',
      relay: '',
      problem: undefined,
    });
  });

  it('is the same person with the same conversations after it was closed and opened again', async () => {
    const profile = newProfile();
    const ada = await startedGuest(profile);
    const [adas, bos] = await Promise.all([conversation(ada, bo), conversation(bo, ada)]);
    await adas.setPetname('Bo from work');
    await adas.send('hello');
    await waitFor(bos.snapshot, hasTexts('hello'));
    await bos.send('hi');
    await waitFor(
      adas.snapshot,
      ({ messages }) => messages.length === 2 && messages[0]!.state === 'delivered',
    );
    const before = adas.snapshot.value;
    await ada.client.close();

    const again = await started(profile);
    expect(again.status.value).toMatchObject({ phase: 'ready', me: ada.me, storage: 'persistent' });
    expect(again.conversations.value).toMatchObject([
      { petname: 'Bo from work', unread: 1, lastMessage: { text: 'hi' } },
    ]);
    const reopened = await again.openConversation(bo.me.comingId);
    expect(reopened.snapshot.value).toEqual(before);
    await reopened.send('back again');
    await waitFor(bos.snapshot, hasTexts('hello', 'hi', 'back again'));
  });

  it('sends after it was opened again what could not be sent before, and gets what came meanwhile', async () => {
    const profile = newProfile();
    const ada = await startedGuest(profile);
    const bos = await conversation(bo, ada);
    await keysPublished(relay, ada.me);
    relay.online = false;
    const adas = await conversation(ada, bo);
    await adas.send('written in a tunnel');
    await ada.client.close();
    relay.online = true;
    await bos.send('are you there?');
    await waitFor(bos.snapshot, lastState('sent'));

    const again = await started(profile);
    const reopened = await again.openConversation(bo.me.comingId);
    await waitFor(reopened.snapshot, ({ messages }) => messages.length === 2);
    await waitFor(bos.snapshot, ({ messages }) => messages.length === 2);
    expect(textsOf(bos.snapshot.value)).toEqual(['are you there?', 'written in a tunnel']);
  });

  it('shows the latest sixty messages, and the earlier ones when asked', async () => {
    const ada = await startedGuest(newProfile());
    relay.online = false;
    const adas = await conversation(ada, bo);
    const sent = Array.from({ length: 70 }, (_, n) => `message ${n}`);
    for (const text of sent) await adas.send(text);
    const fresh = await conversation(ada, bo);
    expect(textsOf(fresh.snapshot.value)).toEqual(sent.slice(10));
    expect(fresh.snapshot.value.hasEarlier).toBe(true);
    await fresh.loadEarlier();
    expect(textsOf(fresh.snapshot.value)).toEqual(sent);
    expect(fresh.snapshot.value.hasEarlier).toBe(false);
  });

  it('says so when nothing can be stored, and works all the same', async () => {
    vi.stubGlobal('indexedDB', undefined);
    const client = await started(newProfile());
    expect(client.status.value).toMatchObject({ phase: 'signed-out', storage: 'memory', problem: undefined });
    const me = await client.becomeGuest();
    const toBo = await client.openConversation(bo.me.comingId);
    await toBo.send('from a private window');
    const fromThem = await bo.client.openConversation(me.comingId);
    await waitFor(fromThem.snapshot, hasTexts('from a private window'));
  });

  it('that a later version wrote is left alone, and everything says why', async () => {
    const profile = newProfile();
    const request = indexedDB.open(`coming:${profile}`, 99);
    await new Promise((resolve) => (request.onsuccess = resolve));
    request.result.close();
    const client = await started(profile);
    expect(client.status.value).toMatchObject({ phase: 'failed', problem: 'newer-database' });
    expect(await refusal(() => client.becomeGuest())).toBe('newer-database');
    expect(await refusal(() => client.openConversation(bo.me.comingId))).toBe('newer-database');
    expect(await refusal(() => client.erase())).toBe('newer-database');
  });

  it('that another client took over cannot be written to, or erased, by the former owner', async () => {
    const profile = newProfile();
    const ada = await startedGuest(profile);
    const adas = await conversation(ada, bo);
    // Node has no Web Locks, so nothing makes the second one wait; as with an owner that was frozen.
    const successor = await started(profile);
    expect(successor.status.value).toMatchObject({ phase: 'ready', me: ada.me });
    expect(await refusal(() => adas.send('from the past'))).toBe('not-owner');
    expect(await refusal(() => ada.client.erase())).toBe('not-owner');
    expect(ada.client.status.value).toMatchObject({ phase: 'failed', problem: 'not-owner' });
    const reopened = await successor.openConversation(bo.me.comingId);
    expect(reopened.snapshot.value.messages).toEqual([]);
    await reopened.send('from the successor');
    await waitFor(reopened.snapshot, lastState('delivered'));
  });

  it.each(['', 'a b', 'a/b', 'x'.repeat(65), '../other'])('cannot be named %j', (profile) => {
    expect(() => createLocalClient({ relay, profile })).toThrow(RangeError);
  });
});

describe('erasing a profile', () => {
  async function expectNothingLeft(profile: string): Promise<void> {
    const { owner, ...tables } = await rawRows(profile);
    expect(Object.keys(tables)).toHaveLength(TABLE_NAMES.length);
    for (const [name, rows] of Object.entries(tables)) expect(rows, name).toEqual([]);
    expect(owner).toEqual([expect.any(Number)]); // how often the profile was taken over
  }

  it('leaves nothing of what was said and who one was', async () => {
    const profile = newProfile();
    const ada = await startedGuest(profile);
    const adas = await conversation(ada, bo);
    await adas.send('secret');
    await waitFor(adas.snapshot, lastState('delivered'));
    await ada.client.erase();
    await expectNothingLeft(profile);
    expect(ada.client.status.value).toMatchObject({ phase: 'signed-out', me: undefined, connection: 'idle' });
    expect(ada.client.conversations.value).toEqual([]);
    expect(await refusal(() => ada.client.openConversation(bo.me.comingId))).toBe('not-ready');
  });

  it('is not undone by what was still under way: keys being made, messages going out and coming in', async () => {
    const profile = newProfile();
    const ada = await startedGuest(profile);
    const [adas, bos] = await Promise.all([conversation(ada, bo), conversation(bo, ada)]);
    const underWay = [adas.send('going out'), bos.send('coming in'), ada.client.erase()];
    await Promise.allSettled(underWay);
    expect(ada.client.status.value).toMatchObject({ phase: 'signed-out', problem: undefined });
    // As long as it takes somebody else to make all their keys, anything of Ada's would have ended.
    const other = await guest({ relay });
    await keysPublished(relay, other.me);
    await other.client.close();
    await expectNothingLeft(profile);
    expect(ada.client.status.value).toMatchObject({ phase: 'signed-out', me: undefined, problem: undefined });
    await ada.client.close();
    const again = await started(profile);
    expect(again.status.value).toMatchObject({ phase: 'signed-out', me: undefined });
  });

  it('makes room for somebody new', async () => {
    const profile = newProfile();
    const ada = await startedGuest(profile);
    await ada.client.erase();
    const me = await ada.client.becomeGuest();
    expect(me.comingId).not.toBe(ada.me.comingId);
    await waitFor(ada.client.status, ({ connection }) => connection === 'online');
    const toBo = await ada.client.openConversation(bo.me.comingId);
    await toBo.send('hello from somebody else');
    await waitFor(toBo.snapshot, lastState('delivered'));
  });

  it('is the end of a conversation that was open', async () => {
    const ada = await startedGuest(newProfile());
    const adas = await conversation(ada, bo);
    await ada.client.erase();
    expect(await refusal(() => adas.send('too late'))).toBe('closed');
    expect(await refusal(() => adas.setPetname('Nobody'))).toBe('closed');
  });
});

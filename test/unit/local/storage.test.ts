import 'fake-indexeddb/auto';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ComingClient } from '../../../core/client.js';
import { createLocalClient, type LocalClientOptions } from '../../../core/local/index.js';
import { createLoopback } from '../../../core/transport/index.js';
import { refusal } from '../../support/codes.js';
import { keysPublished } from '../../support/keys.js';
import { newProfile } from '../../support/indexed-databases.js';
import { conversation, guest, hasTexts, textsOf, type Person } from '../../support/people.js';
import { until } from '../../support/until.js';
import { waitFor } from '../../support/wait.js';

const relay = createLoopback();
const clients: ComingClient[] = [];
let bo: Person;

beforeAll(async () => {
  bo = await guest({ relay });
});

afterEach(async () => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

async function started(profile: string, options: Partial<LocalClientOptions> = {}): Promise<ComingClient> {
  const client = createLocalClient({ relay, profile, ...options });
  clients.push(client);
  await waitFor(client.status, ({ phase }) => phase !== 'starting');
  return client;
}

async function startedGuest(profile: string): Promise<Person> {
  const client = await started(profile);
  const me = await client.becomeGuest({ deviceName: 'Test' });
  await keysPublished(relay, me);
  return { client, me };
}

/** From now on the disk is full; returns what makes room again. */
function fillDisk(): () => void {
  const spy = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  return () => spy.mockRestore();
}

describe('persistent storage', () => {
  it('is asked for once somebody enrols, and not before', async () => {
    const persist = vi.fn(() => Promise.resolve(true));
    vi.stubGlobal('navigator', { storage: { persist, persisted: () => Promise.resolve(false) } });
    const client = await started(newProfile());
    expect(client.status.value.persisted).toBe(false);
    expect(persist).not.toHaveBeenCalled();
    await client.becomeGuest();
    await waitFor(client.status, ({ persisted }) => persisted);
    expect(persist).toHaveBeenCalledTimes(1);
  });

  it('is not asked for when the browser has granted it already, nor in memory', async () => {
    const persist = vi.fn(() => Promise.resolve(true));
    vi.stubGlobal('navigator', { storage: { persist, persisted: () => Promise.resolve(true) } });
    const client = await started(newProfile());
    expect(client.status.value.persisted).toBe(true);
    await client.becomeGuest();
    const inMemory = await started(newProfile(), { storage: 'memory' });
    await inMemory.becomeGuest();
    expect(inMemory.status.value.persisted).toBe(false);
    expect(persist).not.toHaveBeenCalled();
  });
});

describe('a browser that cannot keep anything', () => {
  it('has a client in memory where there is no WebCrypto to seal with', async () => {
    const profile = newProfile();
    vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) });
    const client = await started(profile);
    expect(client.status.value).toMatchObject({ phase: 'signed-out', storage: 'memory' });
  });

  it('has one in memory where it has no room for somebody new', async () => {
    fillDisk();
    const client = await started(newProfile());
    expect(client.status.value).toMatchObject({ phase: 'signed-out', storage: 'memory', problem: undefined });
    await client.becomeGuest();
  });

  it('has one in memory where it does not keep keys', async () => {
    const put = IDBObjectStore.prototype.put;
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...args) {
      if (this.name === 'vault') throw new DOMException('no keys here', 'DataCloneError');
      return put.apply(this, args);
    });
    const client = await started(newProfile());
    expect(client.status.value).toMatchObject({ phase: 'signed-out', storage: 'memory' });
  });

  it('is not taken for that of nobody when it is full: who is kept there is told to make room', async () => {
    const profile = newProfile();
    const { client } = await startedGuest(profile);
    await client.close();
    const makeRoom = fillDisk();
    expect((await started(profile)).status.value).toMatchObject({ phase: 'failed', problem: 'storage-full' });
    makeRoom();
    expect((await started(profile)).status.value.phase).toBe('ready');
  });
});

describe('a disk that becomes full', () => {
  it('refuses a message, which was then never there, and takes it when there is room again', async () => {
    const ada = await startedGuest(newProfile());
    const [adas, bos] = await Promise.all([conversation(ada, bo), conversation(bo, ada)]);
    const makeRoom = fillDisk();
    expect(await refusal(() => adas.send('no room for this'))).toBe('storage-full');
    expect(adas.snapshot.value.messages).toEqual([]);
    expect(ada.client.status.value.storage).toBe('persistent');
    makeRoom();
    await adas.send('now there is');
    await waitFor(bos.snapshot, hasTexts('now there is'));
  });

  it('leaves at the relay what comes, says so, and takes it by itself when there is room again', async () => {
    const ada = await startedGuest(newProfile());
    const [adas, bos] = await Promise.all([conversation(ada, bo), conversation(bo, ada)]);
    const makeRoom = fillDisk();
    await bos.send('too much');
    await waitFor(ada.client.status, ({ problem }) => problem === 'storage-full');
    expect(adas.snapshot.value.messages).toEqual([]);
    makeRoom();
    await waitFor(adas.snapshot, hasTexts('too much'));
    await waitFor(ada.client.status, ({ problem }) => problem === undefined);
  });
});

describe('a database that is deleted while it is open', () => {
  const deleteUnder = (profile: string) => {
    indexedDB.deleteDatabase(`coming:${profile}`);
  };

  it('leaves the chat going on in memory, as the same device, and says so', async () => {
    const profile = newProfile();
    const ada = await startedGuest(profile);
    const [adas, bos] = await Promise.all([conversation(ada, bo), conversation(bo, ada)]);
    await adas.send('before');
    await waitFor(bos.snapshot, hasTexts('before'));
    // Else some are made before, and the others never: the relay has enough.
    await keysPublished(relay, ada.me);
    deleteUnder(profile);
    await waitFor(ada.client.status, ({ problem }) => problem === 'storage-cleared');
    expect(ada.client.status.value).toMatchObject({ phase: 'ready', storage: 'memory', me: ada.me });
    await waitFor(ada.client.status, ({ connection }) => connection === 'online');
    expect(ada.client.status.value.problem).toBe('storage-cleared');
    await adas.send('after');
    await waitFor(bos.snapshot, hasTexts('before', 'after'));
    await bos.send('I see');
    await waitFor(adas.snapshot, hasTexts('after', 'I see'));
    const cy = await guest({ relay });
    const [adasToCy, cys] = await Promise.all([conversation(ada, cy), conversation(cy, ada)]);
    await adasToCy.send('hello Cy');
    await waitFor(cys.snapshot, hasTexts('hello Cy'));
    await ada.client.close();
    expect((await started(profile)).status.value.phase).toBe('signed-out');
  });

  it('uses no key again that was used before', async () => {
    const profile = newProfile();
    const ada = await startedGuest(profile);
    const [adas, bos] = await Promise.all([conversation(ada, bo), conversation(bo, ada)]);
    for (const text of ['1', '2', '3']) await adas.send(text);
    await waitFor(bos.snapshot, hasTexts('1', '2', '3'));
    deleteUnder(profile);
    await waitFor(ada.client.status, ({ storage }) => storage === 'memory');
    for (const text of ['4', '5', '6']) await adas.send(text);
    // Had a key come twice, the receiver would have dropped what was encrypted with it.
    await waitFor(bos.snapshot, hasTexts('1', '2', '3', '4', '5', '6'));
    expect(bos.snapshot.value.undecryptable).toBe(0);
  });

  it('leaves nobody where nobody was signed in', async () => {
    const profile = newProfile();
    const client = await started(profile);
    deleteUnder(profile);
    await waitFor(client.status, ({ storage }) => storage === 'memory');
    expect(client.status.value.phase).toBe('signed-out');
    await client.becomeGuest();
  });
});

describe('a later version of the kit in another tab', () => {
  it('gets the database; this one says that it is outdated', async () => {
    const profile = newProfile();
    const ada = await startedGuest(profile);
    const request = indexedDB.open(`coming:${profile}`, 99);
    await new Promise((resolve) => (request.onsuccess = resolve));
    request.result.close();
    await waitFor(ada.client.status, ({ phase }) => phase === 'failed');
    expect(ada.client.status.value.problem).toBe('newer-database');
    expect(await refusal(() => ada.client.openConversation(bo.me.comingId))).toBe('newer-database');
  });

  it('waits, and says so, while an earlier one does not make way', async () => {
    const profile = newProfile();
    const request = indexedDB.open(`coming:${profile}`, 1);
    await new Promise((resolve) => (request.onsuccess = resolve));
    const client = createLocalClient({ relay, profile });
    clients.push(client);
    await waitFor(client.status, ({ problem }) => problem === 'database-blocked');
    expect(client.status.value.phase).toBe('starting');
    request.result.close();
    await waitFor(client.status, ({ phase }) => phase === 'signed-out');
    expect(client.status.value.problem).toBeUndefined();
  });
});

describe('the list of conversations', () => {
  it('shows a page of the latest, the next one when asked, and whoever was heard from first', async () => {
    const ada = await startedGuest(newProfile());
    relay.online = false;
    const { peers } = await import('../../support/peers.js');
    for (const peer of peers(205)) await ada.client.openConversation(peer);
    relay.online = true;
    await until(() => ada.client.conversations.value.length === 100);
    expect(ada.client.conversations.value.map(({ peer }) => peer)).toEqual(
      peers(205).reverse().slice(0, 100),
    );
    expect(await ada.client.loadMoreConversations()).toBe(true);
    expect(ada.client.conversations.value).toHaveLength(200);
    expect(await ada.client.loadMoreConversations()).toBe(false);
    expect(ada.client.conversations.value.map(({ peer }) => peer)).toEqual(peers(205).reverse());
    const first = await ada.client.openConversation(peers(1)[0]!);
    await first.send('up');
    await until(() => ada.client.conversations.value[0]?.peer === peers(1)[0]);
    expect(textsOf(first.snapshot.value)).toEqual(['up']);
    expect(ada.client.conversations.value).toHaveLength(205);
  });
});

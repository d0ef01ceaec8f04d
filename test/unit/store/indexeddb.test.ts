import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openIndexedDatabase, put, type TransferRow } from '../../../core/store/index.js';
import { refusal } from '../../support/codes.js';
import { describeDatabase } from '../../support/database-contract.js';
import { deleteProfile, indexedDatabase, newProfile } from '../../support/indexed-databases.js';

describeDatabase('a database in IndexedDB', indexedDatabase);

describe('opening a database in IndexedDB', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  /** Opens the raw database at a version, as another version of the kit would. */
  function openRaw(profile: string, version: number): Promise<IDBDatabase> {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(`coming:${profile}`, version);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error!);
    });
  }

  it('finds what was committed before', async () => {
    const profile = newProfile();
    const before = await openIndexedDatabase(profile);
    await before.takeOwnership();
    await before.commit([put('people', 'ada', { log: [], noticed: 0 })]);
    before.close();
    const after = await openIndexedDatabase(profile);
    expect(await after.get('people', 'ada')).toEqual({ log: [], noticed: 0 });
    after.close();
  });

  it('adds the tables that an earlier version did not have, and keeps the rows of the others', async () => {
    const profile = newProfile();
    await new Promise<void>((resolve, reject) => {
      const request = indexedDB.open(`coming:${profile}`, 1);
      request.onupgradeneeded = () => {
        for (const name of ['people', 'owner']) request.result.createObjectStore(name);
        request.transaction!.objectStore('people').put({ log: [], noticed: 0 }, 'ada');
      };
      request.onsuccess = () => {
        request.result.close();
        resolve();
      };
      request.onerror = () => reject(request.error!);
    });
    const after = await openIndexedDatabase(profile);
    await after.takeOwnership();
    expect(await after.get('people', 'ada')).toEqual({ log: [], noticed: 0 });
    const transfer = { id: 'x', amount: 2n ** 127n } as TransferRow;
    await after.commit([put('transfers', 'x', transfer)]);
    expect(await after.get('transfers', 'x')).toEqual(transfer);
    after.close();
  });

  it('keeps the rows of two profiles apart', async () => {
    const [one, two] = await Promise.all([
      openIndexedDatabase(newProfile()),
      openIndexedDatabase(newProfile()),
    ]);
    await one.takeOwnership();
    await two.takeOwnership();
    await one.commit([put('people', 'ada', { log: [], noticed: 0 })]);
    expect(await two.list('people')).toEqual([]);
    await two.erase();
    expect(await one.list('people')).toHaveLength(1);
    one.close();
    two.close();
  });

  it('refuses what a later version of the kit wrote, and leaves it alone', async () => {
    const profile = newProfile();
    (await openRaw(profile, 99)).close();
    expect(await refusal(() => openIndexedDatabase(profile))).toBe('newer-database');
    const raw = await openRaw(profile, 99);
    expect(raw.version).toBe(99);
    raw.close();
  });

  it('makes way for a later version of the kit in another tab, and is closed from then on', async () => {
    const profile = newProfile();
    const old = await openIndexedDatabase(profile);
    await old.takeOwnership();
    const newer = await openRaw(profile, 99);
    expect(await refusal(() => old.commit([]))).toBe('closed');
    expect(await refusal(() => old.get('people', 'ada'))).toBe('closed');
    newer.close();
    await deleteProfile(profile);
  });

  it('says so when there is no IndexedDB here', async () => {
    vi.stubGlobal('indexedDB', undefined);
    expect(await refusal(() => openIndexedDatabase(newProfile()))).toBe('storage-unavailable');
  });

  it('says so when IndexedDB is denied', async () => {
    vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('denied', 'SecurityError');
    });
    expect(await refusal(() => openIndexedDatabase(newProfile()))).toBe('storage-unavailable');
  });

  it('says so when there is no more room, and has written nothing', async () => {
    const db = await openIndexedDatabase(newProfile());
    await db.takeOwnership();
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    expect(await refusal(() => db.commit([put('people', 'ada', { log: [], noticed: 0 })]))).toBe(
      'storage-full',
    );
    vi.restoreAllMocks();
    expect(await db.list('people')).toEqual([]);
    db.close();
  });

  it('asks that a commit is on disk before it counts', async () => {
    const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction');
    const db = await openIndexedDatabase(newProfile());
    await db.takeOwnership();
    await db.commit([put('people', 'ada', { log: [], noticed: 0 })]);
    await db.erase();
    const writes = transaction.mock.calls.filter(([, mode]) => mode === 'readwrite');
    expect(writes).toHaveLength(3);
    expect(writes.map(([, , options]) => options)).toEqual(writes.map(() => ({ durability: 'strict' })));
    db.close();
  });
});

import { openIndexedDatabase, SealedDatabase, type Database } from '../../core/store/index.js';
import type { DatabaseUnderTest } from './database-contract.js';

let count = 0;

/** The name of a profile that nobody used yet. */
export function newProfile(): string {
  count += 1;
  return `test-${count}-${crypto.randomUUID().slice(0, 8)}`;
}

/** Removes a profile's database. */
export function deleteProfile(profile: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(`coming:${profile}`);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error!);
  });
}

/** An IndexedDB database of its own. */
export const indexedDatabase = (): Promise<DatabaseUnderTest> => underTest(openIndexedDatabase);

/** The same, sealed. */
export const sealedIndexedDatabase = (): Promise<DatabaseUnderTest> =>
  underTest(async (profile) => new SealedDatabase(await openIndexedDatabase(profile)));

function underTest(openProfile: (profile: string) => Promise<Database>): Promise<DatabaseUnderTest> {
  const profile = newProfile();
  const opened: Database[] = [];
  return Promise.resolve({
    async open() {
      const db = await openProfile(profile);
      opened.push(db);
      return db;
    },
    async destroy() {
      for (const db of opened) db.close();
      await deleteProfile(profile);
    },
  });
}

/**
 * What opening a database of an earlier version must do, as one suite for every IndexedDB.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { openIndexedDatabase, SealedDatabase, TABLE_NAMES, type TableName } from '../../core/store/index.js';
import { sealAnew } from '../../core/store/protection.js';
import { DATABASE_2, restore } from './database-fixtures.js';
import { deleteProfile, newProfile } from './indexed-databases.js';
import { rawRows } from './raw-database.js';

export function describeMigrations(place: string): void {
  describe(`a database of version 2 in ${place}`, () => {
    async function opened(profile: string): Promise<SealedDatabase> {
      const db = new SealedDatabase(await openIndexedDatabase(profile));
      await db.takeOwnership();
      await db.prepare();
      return db;
    }

    async function expectEverything(db: SealedDatabase): Promise<void> {
      for (const [name, rows] of Object.entries(DATABASE_2.stores)) {
        if (name === 'owner') continue;
        const found = await db.list(name as TableName);
        expect(found.map(({ key, value }) => [key, value])).toEqual(rows);
        for (const [key, value] of rows) expect(await db.get(name as TableName, key as never)).toEqual(value);
      }
    }

    it('has everything in it after it was opened, while it is sealed, and afterwards', async () => {
      const profile = newProfile();
      await restore(profile, DATABASE_2);
      const db = await opened(profile);
      expect(db.isUnfinished).toBe(true);
      await expectEverything(db);
      await sealAnew(db);
      expect(db.isUnfinished).toBe(false);
      await expectEverything(db);
      db.close();
      const again = await opened(profile);
      expect(again.isUnfinished).toBe(false);
      await expectEverything(again);
      again.close();
      await deleteProfile(profile);
    });

    it('has every row sealed in the end', async () => {
      const profile = newProfile();
      await restore(profile, DATABASE_2);
      const db = await opened(profile);
      await sealAnew(db);
      db.close();
      const raw = await rawRows(profile);
      const sealed = TABLE_NAMES.filter((name) => name !== 'vault').flatMap((name) => raw[name]!);
      expect(sealed.length).toBeGreaterThan(25);
      expect(sealed.every((value) => value instanceof Uint8Array)).toBe(true);
      await deleteProfile(profile);
    });

    it('has its conversations in the order of their list', async () => {
      const profile = newProfile();
      await restore(profile, DATABASE_2);
      const db = await opened(profile);
      const conversations = (await db.list('conversations')).map(({ value }) => value);
      const sorted = conversations.sort((a, b) => a.lastActivity - b.lastActivity);
      expect((await db.list('recent')).map(({ value }) => value)).toEqual(
        sorted.map(({ peer }) => ({ peer })),
      );
      expect(sorted).toHaveLength(2);
      db.close();
      await deleteProfile(profile);
    });

    it('goes on being sealed where it was interrupted', async () => {
      const profile = newProfile();
      await restore(profile, DATABASE_2);
      const first = await opened(profile);
      const sealing = sealAnew(first);
      await first.get('meta', 'device');
      first.close();
      await expect(sealing).rejects.toThrow();
      const second = await opened(profile);
      expect(second.isUnfinished).toBe(true);
      await expectEverything(second);
      await sealAnew(second);
      await expectEverything(second);
      expect(second.isUnfinished).toBe(false);
      second.close();
      await deleteProfile(profile);
    });
  });
}

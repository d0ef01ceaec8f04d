import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import { openIndexedDatabase, TABLE_NAMES } from '../../../core/store/index.js';
import { DATABASE_2, restore } from '../../support/database-fixtures.js';
import { newProfile } from '../../support/indexed-databases.js';
import { describeMigrations } from '../../support/migration-contract.js';
import { rawRows } from '../../support/raw-database.js';

describeMigrations('fake-indexeddb');

describe('a database of an earlier version', () => {
  // Version 1 differs from 2 in nothing but the tables that it lacks.
  const LATER = ['transfers', 'payments', 'paidEvents'];
  const stores = Object.fromEntries(
    Object.entries(DATABASE_2.stores).filter(([name]) => !LATER.includes(name)),
  );

  it('has all tables, and all rows of those that it had, after it was opened', async () => {
    const profile = newProfile();
    await restore(profile, { version: 1, stores });
    const db = await openIndexedDatabase(profile);
    for (const table of TABLE_NAMES) {
      const expected = table === 'recent' ? 2 : (stores[table]?.length ?? 0);
      expect([table, (await db.list(table)).length]).toEqual([table, expected]);
    }
    db.close();
  });

  it('is as it was when a step fails', async () => {
    const profile = newProfile();
    // No kit wrote a conversation without a peer.
    const broken = { ...DATABASE_2.stores, conversations: [['x', {}]] } as typeof DATABASE_2.stores;
    await restore(profile, { version: 2, stores: broken });
    await expect(openIndexedDatabase(profile)).rejects.toMatchObject({ code: 'storage-unavailable' });
    const raw = await rawRows(profile);
    expect(Object.keys(raw).sort()).toEqual(Object.keys(DATABASE_2.stores).sort());
  });
});

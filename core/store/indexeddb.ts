/**
 * The database of a browser profile: IndexedDB, one object store per table.
 *
 * Commits ask for strict durability: with the relaxed default a power cut after sending could
 * bring an old ratchet state back, and with it a used key.
 *
 * @module
 */
import { openDB, type IDBPDatabase, type IDBPObjectStore } from 'idb';
import { ComingError } from '../errors.js';
import { notOwner, type Change, type Database, type Key, type Range, type Row } from './database.js';
import { TABLE_NAMES, type TableName, type Tables } from './records.js';

// 2: transfers, payments, paidEvents; 3: imports
const VERSION = 3;
// The owner's epoch stands in a store of its own, which `erase` leaves alone.
const OWNER = 'owner';

/**
 * Opens the database of a profile.
 *
 * @throws ComingError `storage-unavailable` (no IndexedDB here, or denied), `newer-database`
 */
export async function openIndexedDatabase(profile: string): Promise<Database> {
  try {
    const connection: IDBPDatabase = await openDB(`coming:${profile}`, VERSION, {
      upgrade(db) {
        for (const name of [...TABLE_NAMES, OWNER]) {
          if (!db.objectStoreNames.contains(name)) db.createObjectStore(name);
        }
      },
      // A later version of the kit in another tab wants to migrate: make way.
      blocking: () => connection.close(),
    });
    return new IndexedDatabase(connection);
  } catch (error) {
    throw translate(error);
  }
}

/** The store of a table in the transaction that is open. */
type StoreOf = (table: TableName) => IDBPObjectStore<unknown, string[], TableName, 'readwrite'>;

class IndexedDatabase implements Database {
  readonly kind = 'persistent';
  #epoch = -1;

  constructor(private readonly db: IDBPDatabase) {}

  get<T extends TableName>(table: T, key: Key): Promise<Tables[T] | undefined> {
    return guard(this.db.get(table, key as IDBValidKey));
  }

  async list<T extends TableName>(table: T, range: Range = {}): Promise<Row<Tables[T]>[]> {
    return guard(this.#list(table, range));
  }

  async #list<T extends TableName>(table: T, range: Range): Promise<Row<Tables[T]>[]> {
    const rows: Row<Tables[T]>[] = [];
    const limit = range.limit ?? Infinity;
    if (limit <= 0) return rows;
    const store = this.db.transaction(table).store;
    const bounds = boundsOf(range);
    if (bounds === 'none') return rows;
    let cursor = await store.openCursor(bounds, range.reverse ? 'prev' : 'next');
    while (cursor) {
      rows.push({ key: cursor.key as Key, value: cursor.value as Tables[T] });
      if (rows.length >= limit) break;
      cursor = await cursor.continue();
    }
    return rows;
  }

  commit(changes: readonly Change[]): Promise<void> {
    const tables = new Set(changes.map(({ table }) => table));
    return guard(
      this.#write([...tables], (storeOf) => {
        for (const change of changes) {
          const key = change.key as IDBValidKey;
          // Not awaited one by one: the transaction reports the first failure.
          if ('put' in change)
            storeOf(change.table)
              .put(change.put, key)
              .catch(() => undefined);
          else
            storeOf(change.table)
              .delete(key)
              .catch(() => undefined);
        }
      }),
    );
  }

  /** One transaction, for the owner alone: everything that `write` asks for happens, or nothing. */
  async #write(tables: readonly TableName[], write: (storeOf: StoreOf) => void): Promise<void> {
    const names: string[] = [...tables, OWNER];
    const tx = this.db.transaction(names, 'readwrite', { durability: 'strict' });
    const done = tx.done;
    try {
      if ((await tx.objectStore(OWNER).get('epoch')) !== this.#epoch) throw notOwner();
      write((table) => tx.objectStore(table));
    } catch (error) {
      done.catch(() => undefined);
      tx.abort();
      throw error;
    }
    await done;
  }

  takeOwnership(): Promise<void> {
    return guard(this.#takeOwnership());
  }

  async #takeOwnership(): Promise<void> {
    const tx = this.db.transaction(OWNER, 'readwrite', { durability: 'strict' });
    const epoch = (((await tx.store.get('epoch')) as number | undefined) ?? 0) + 1;
    await tx.store.put(epoch, 'epoch');
    await tx.done;
    this.#epoch = epoch;
  }

  erase(): Promise<void> {
    return guard(
      this.#write(TABLE_NAMES, (storeOf) => {
        for (const name of TABLE_NAMES)
          storeOf(name)
            .clear()
            .catch(() => undefined);
      }),
    );
  }

  close(): void {
    this.db.close();
  }
}

/** The keys of a range; `none` when there can be none, which an IDBKeyRange cannot say. */
function boundsOf({ prefix, before }: Range): IDBKeyRange | null | 'none' {
  const upperOpen = true;
  if (!prefix) return before === undefined ? null : IDBKeyRange.upperBound(before, upperOpen);
  // An array sorts after every number and string, so [...prefix, []] ends the prefix's rows.
  const end = [...prefix, []];
  const upper = before === undefined || indexedDB.cmp(end, before) < 0 ? end : before;
  if (indexedDB.cmp(prefix, upper) >= 0) return 'none';
  return IDBKeyRange.bound(prefix, upper, false, upperOpen);
}

async function guard<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw translate(error);
  }
}

function translate(error: unknown): unknown {
  if (error instanceof ComingError) return error;
  const name = error instanceof Error ? error.name : '';
  switch (name) {
    case 'QuotaExceededError':
      return new ComingError('storage-full', 'the browser has no more room for this site', { cause: error });
    case 'VersionError':
      return new ComingError('newer-database', 'the database was written by a later version', {
        cause: error,
      });
    case 'InvalidStateError':
      return new ComingError('closed', 'the database is closed', { cause: error });
    default:
      return new ComingError('storage-unavailable', `IndexedDB failed: ${name}`, { cause: error });
  }
}

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
import { migrate, OWNER, VERSION, type Upgrade } from './migrations.js';
import { TABLE_NAMES, type TableName, type Tables } from './records.js';

/** What may happen to a database while it is opened and afterwards. */
export interface OpeningEvents {
  /** Another tab has an earlier version open; opening goes on when that one closes it. */
  readonly blocked?: () => void;
  /**
   * It was closed, not by its owner. `cleared`: the browser or the person deleted what is stored here; `newer-database`:
   * a later version of the kit in another tab needs it, and this one made way.
   */
  readonly ended?: (why: 'cleared' | 'newer-database') => void;
}

/**
 * Opens the database of a profile, and brings it to this version. What is stored is as the caller has it: see
 * {@link SealedDatabase}.
 *
 * @throws ComingError `storage-unavailable` (no IndexedDB here, or denied), `storage-full`, `newer-database`
 */
export async function openIndexedDatabase(
  profile: string,
  { blocked, ended }: OpeningEvents = {},
): Promise<Database> {
  try {
    const connection: IDBPDatabase = await openDB(nameOf(profile), VERSION, {
      upgrade: (_, from, __, upgrade) => {
        migrate(upgrade as Upgrade, from).catch(() => {
          // Opening fails, and nothing has changed.
          upgrade.done.catch(() => undefined);
          upgrade.abort();
        });
      },
      blocked: () => blocked?.(),
      // Somebody wants to migrate or to delete it: make way.
      blocking: (_, wanted) => {
        connection.close();
        ended?.(wanted === null ? 'cleared' : 'newer-database');
      },
      terminated: () => ended?.('cleared'),
    });
    return new IndexedDatabase(connection);
  } catch (error) {
    throw translate(error);
  }
}

/** How long others have to close what is to be deleted. */
const DELETION_PATIENCE_MS = 2000;

/** Deletes the database of a profile; false when somebody has it open and keeps it so. */
export async function deleteIndexedDatabase(profile: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(nameOf(profile));
    request.onsuccess = () => resolve(true);
    request.onerror = () => resolve(false);
    // A connection that is closing counts as open until its last transaction has ended.
    request.onblocked = () => setTimeout(() => resolve(false), DELETION_PATIENCE_MS);
  });
}

const nameOf = (profile: string) => `coming:${profile}`;

/** Of IndexedDB 3.1: one answer instead of one for each row, which takes a tenth of the time where there are many. */
interface AllRecords {
  getAllRecords(options: {
    readonly query: IDBKeyRange | null;
    readonly direction: IDBCursorDirection;
    readonly count?: number;
  }): Promise<readonly { readonly key: IDBValidKey; readonly value: unknown }[]>;
}

/** The store of a table in the transaction that is open. */
type StoreOf = (table: TableName) => IDBPObjectStore<unknown, string[], TableName, 'readwrite'>;

class IndexedDatabase implements Database {
  readonly kind = 'persistent';
  #epoch = -1;

  constructor(private readonly db: IDBPDatabase) {}

  get<T extends TableName>(table: T, key: Key): Promise<Tables[T] | undefined> {
    return guard(this.#get(table, key));
  }

  async #get<T extends TableName>(table: T, key: Key): Promise<Tables[T] | undefined> {
    return (await this.#reading(table).get(key as IDBValidKey)) as Tables[T] | undefined;
  }

  #reading(table: TableName) {
    const { store, done } = this.db.transaction(table);
    // What goes wrong is said by the request that it goes wrong with.
    done.catch(() => undefined);
    return store;
  }

  async list<T extends TableName>(table: T, range: Range = {}): Promise<Row<Tables[T]>[]> {
    return guard(this.#list(table, range));
  }

  async #list<T extends TableName>(table: T, range: Range): Promise<Row<Tables[T]>[]> {
    const rows: Row<Tables[T]>[] = [];
    const limit = range.limit ?? Infinity;
    if (limit <= 0) return rows;
    const bounds = boundsOf(range);
    if (bounds === 'none') return rows;
    const direction: IDBCursorDirection = range.reverse ? 'prev' : 'next';
    const store = this.#reading(table);
    if (hasAllRecords(store)) {
      const query = { query: bounds, direction, ...(limit < Infinity && { count: limit }) };
      const records = await store.getAllRecords(query);
      return records.map(({ key, value }) => ({ key: key as Key, value: value as Tables[T] }));
    }
    let cursor = await store.openCursor(bounds, direction);
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
    done.catch(() => undefined);
    try {
      if ((await tx.objectStore(OWNER).get('epoch')) !== this.#epoch) throw notOwner();
      write((table) => tx.objectStore(table));
    } catch (error) {
      abort(tx);
      throw error;
    }
    await done;
  }

  takeOwnership(): Promise<void> {
    return guard(this.#takeOwnership());
  }

  async #takeOwnership(): Promise<void> {
    const tx = this.db.transaction(OWNER, 'readwrite', { durability: 'strict' });
    tx.done.catch(() => undefined);
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

function hasAllRecords(store: object): store is AllRecords {
  return 'getAllRecords' in store;
}

/** The keys of a range; `none` when there can be none, which an IDBKeyRange cannot say. */
function boundsOf({ prefix, before, after }: Range): IDBKeyRange | null | 'none' {
  const isAfter = after !== undefined && (!prefix || indexedDB.cmp(after, prefix) >= 0);
  const lower = isAfter ? after : prefix;
  // An array sorts after every number and string, so [...prefix, []] ends the prefix's rows.
  const end = prefix && [...prefix, []];
  const upper = end && (before === undefined || indexedDB.cmp(end, before) < 0) ? end : before;
  if (lower === undefined) return upper === undefined ? null : IDBKeyRange.upperBound(upper, true);
  if (upper === undefined) return IDBKeyRange.lowerBound(lower, isAfter);
  return indexedDB.cmp(lower, upper) >= 0 ? 'none' : IDBKeyRange.bound(lower, upper, isAfter, true);
}

/** A transaction that its connection took along has ended already. */
function abort(tx: { abort(): void }): void {
  try {
    tx.abort();
  } catch {
    // nothing to undo
  }
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

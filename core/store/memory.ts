/**
 * A database that lives as long as the page: for private windows, tests and stories.
 *
 * @module
 */
import { ComingError } from '../errors.js';
import { notOwner, type Change, type Database, type Key, type Range, type Row } from './database.js';
import { compareKeys, isBeforeEnd, isBelow } from './keys.js';
import { TABLE_NAMES, type TableName, type Tables } from './records.js';

type Rows = Row<unknown>[];

/** Rows that several memory databases share, as several connections to one database would. */
export class MemoryStorage {
  readonly tables = new Map<TableName, Rows>(TABLE_NAMES.map((name) => [name, []]));
  epoch = 0;
}

export class MemoryDatabase implements Database {
  readonly kind = 'memory';
  #epoch = -1;
  #closed = false;

  constructor(private readonly storage: MemoryStorage = new MemoryStorage()) {}

  get<T extends TableName>(table: T, key: Key): Promise<Tables[T] | undefined> {
    return this.#run(() => {
      const rows = this.#rows(table);
      const row = rows[lowerBound(rows, key)];
      if (!row || compareKeys(row.key, key) !== 0) return undefined;
      return structuredClone(row.value) as Tables[T];
    });
  }

  list<T extends TableName>(table: T, range: Range = {}): Promise<Row<Tables[T]>[]> {
    return this.#run(() => {
      const rows = this.#rows(table);
      const start = firstNot(rows, (key) => isBelow(key, range));
      const end = Math.max(
        start,
        firstNot(rows, (key) => isBeforeEnd(key, range)),
      );
      const limit = Math.min(end - start, Math.max(0, range.limit ?? Infinity));
      const found = range.reverse ? rows.slice(end - limit, end).reverse() : rows.slice(start, start + limit);
      return structuredClone(found) as Row<Tables[T]>[];
    });
  }

  commit(changes: readonly Change[]): Promise<void> {
    return this.#run(() => {
      this.#requireOwnership();
      // Cloned first: a value that cannot be cloned must not leave half a batch behind.
      for (const change of structuredClone(changes) as Change[]) {
        const rows = this.#rows(change.table);
        const at = lowerBound(rows, change.key);
        const found = rows[at] !== undefined && compareKeys(rows[at].key, change.key) === 0;
        const replacement = 'put' in change ? [{ key: change.key, value: change.put }] : [];
        rows.splice(at, found ? 1 : 0, ...replacement);
      }
    });
  }

  takeOwnership(): Promise<void> {
    return this.#run(() => {
      this.storage.epoch += 1;
      this.#epoch = this.storage.epoch;
    });
  }

  erase(): Promise<void> {
    return this.#run(() => {
      this.#requireOwnership();
      for (const rows of this.storage.tables.values()) rows.length = 0;
    });
  }

  close(): void {
    this.#closed = true;
  }

  #rows(table: TableName): Rows {
    return this.storage.tables.get(table)!;
  }

  #requireOwnership(): void {
    if (this.storage.epoch !== this.#epoch) throw notOwner();
  }

  async #run<T>(work: () => T): Promise<T> {
    if (this.#closed) throw new ComingError('closed', 'the database is closed');
    return work();
  }
}

/** The index of the first row whose key is not less than `key`. */
function lowerBound(rows: Rows, key: Key): number {
  return firstNot(rows, (other) => compareKeys(other, key) < 0);
}

/** The index of the first row whose key does not hold what all keys before it hold. */
function firstNot(rows: Rows, holds: (key: Key) => boolean): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(rows[middle]!.key)) low = middle + 1;
    else high = middle;
  }
  return low;
}

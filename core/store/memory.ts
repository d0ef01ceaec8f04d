/**
 * A database that lives as long as the page: for private windows, tests and stories.
 *
 * @module
 */
import { ComingError } from '../errors.js';
import { notOwner, type Change, type Database, type Key, type Range, type Row } from './database.js';
import { compareKeys, inRange } from './keys.js';
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
      const found = this.#rows(table).filter(({ key }) => inRange(key, range));
      if (range.reverse) found.reverse();
      return structuredClone(found.slice(0, range.limit)) as Row<Tables[T]>[];
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
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(rows[middle]!.key, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

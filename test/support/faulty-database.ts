import { ComingError } from '../../core/errors.js';
import type { Change, Database, Key, Range, Row, TableName, Tables } from '../../core/store/index.js';

/**
 * `fails`: this one commit is refused, as by a disk that is busy.
 * `dies before`, `dies after`: the process ends just before or just after this commit was written;
 * nothing that it asks of the database from then on is ever answered.
 */
export type Fault = 'fails' | 'dies before' | 'dies after';

/** A database that has its fault at commit number `at`, counted from 1, or at the first that changes such a table. */
export class FaultyDatabase implements Database {
  readonly kind = 'memory';
  commits = 0;
  isDead = false;

  constructor(
    private readonly db: Database,
    public at: number | TableName,
    private readonly fault: Fault,
  ) {}

  async get<T extends TableName>(table: T, key: Key): Promise<Tables[T] | undefined> {
    const row = await this.#alive(() => this.db.get(table, key));
    return this.#alive(() => row);
  }

  async list<T extends TableName>(table: T, range?: Range): Promise<Row<Tables[T]>[]> {
    const rows = await this.#alive(() => this.db.list(table, range));
    return this.#alive(() => rows);
  }

  async commit(changes: readonly Change[]): Promise<void> {
    await this.#alive(async () => {
      this.commits += 1;
      if (this.#isDue(changes)) await this.#falter(changes);
      else await this.db.commit(changes);
    });
  }

  #isDue(changes: readonly Change[]): boolean {
    const { at } = this;
    return typeof at === 'number' ? this.commits === at : changes.some(({ table }) => table === at);
  }

  takeOwnership(): Promise<void> {
    return this.#alive(() => this.db.takeOwnership());
  }

  erase(): Promise<void> {
    return this.#alive(() => this.db.erase());
  }

  close(): void {
    this.db.close();
  }

  async #falter(changes: readonly Change[]): Promise<void> {
    if (this.fault === 'fails') throw new ComingError('storage-unavailable', 'the disk is busy');
    this.isDead = true;
    if (this.fault === 'dies after') await this.db.commit(changes);
    await never();
  }

  async #alive<T>(work: () => T | Promise<T>): Promise<T> {
    return this.isDead ? never() : work();
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

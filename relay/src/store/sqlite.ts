/**
 * The embedded engine: one SQLite file that one process owns.
 *
 * A step is performed within one turn of the event loop, so reads see only what is committed; all steps of a
 * turn share one transaction.
 *
 * @module
 */
import { mkdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { ComingError } from '../../../core/errors.js';
import { DiskReserve } from './disk-reserve.js';
import { GroupCommit, type Transactions } from './group-commit.js';
import { migrate, type Dialect } from './migrations.js';
import type { Engine, Parameter, Query, Row, Step } from './steps.js';

// Much less is written in that time than the reserve holds.
const MEASURE_EVERY = 500;

const DIALECT: Dialect = {
  bytes: 'BLOB',
  integer: 'INTEGER',
  generatedKey: 'INTEGER NOT NULL PRIMARY KEY',
  clustered: 'WITHOUT ROWID',
};

export class SqliteEngine implements Engine {
  readonly #sql: Sql;
  readonly #commits: GroupCommit;
  readonly #reserve: DiskReserve | undefined;
  #measuredAt = -Infinity;
  #isFull = false;
  #isClosed = false;

  /**
   * @param folder - `:memory:` keeps everything in memory
   * @throws ComingError `storage-unavailable`, `newer-database`
   */
  constructor(
    private readonly folder: string,
    private readonly reserve: number,
  ) {
    this.#sql = new Sql(folder);
    this.#sql.migrate();
    this.#commits = new GroupCommit(this.#sql);
    if (folder !== ':memory:') this.#reserve = new DiskReserve(folder);
    this.hasRoom();
  }

  async read<T>(step: () => Step<T>): Promise<T> {
    return this.readNow(step);
  }

  readNow<T>(step: () => Step<T>): T {
    this.#mustBeOpen();
    return this.#sql.perform(step());
  }

  async write<T>(_key: string, step: () => Step<T>): Promise<T> {
    this.#mustBeOpen();
    const run = () => this.#commits.run(() => this.#sql.perform(step()));
    return run().catch((error: unknown) => {
      if (!isFull(error) || this.#isClosed || !this.#reserve?.give()) throw error;
      return run();
    });
  }

  hasRoom(): boolean {
    const now = performance.now();
    if (this.folder !== ':memory:' && now - this.#measuredAt > MEASURE_EVERY) {
      const { bavail, bsize } = statfsSync(this.folder);
      this.#measuredAt = now;
      this.#isFull = bavail * bsize < this.reserve;
      if (!this.#isFull) this.#reserve?.take();
    }
    return !this.#isFull;
  }

  async check(): Promise<void> {
    this.#mustBeOpen();
    this.#sql.script('SELECT 1');
  }

  async close(): Promise<void> {
    this.#commits.flush();
    this.#isClosed = true;
    this.#sql.close();
    this.#reserve?.give();
  }

  /** libsql ends the process when a closed database is used. */
  #mustBeOpen(): void {
    if (this.#isClosed) throw new ComingError('closed', 'the database is closed');
  }
}

/** The few ways in which the relay speaks to SQLite. */
export class Sql implements Transactions {
  readonly #database: Database.Database;
  // One per statement text in the source, so their number is fixed.
  readonly #statements = new Map<string, Database.Statement>();

  constructor(folder: string) {
    try {
      this.#database = new Database(fileIn(folder), { timeout: 2000 });
      // One process owns the folder; a second one must not deliver from the same mailboxes.
      this.#database.pragma('locking_mode = EXCLUSIVE');
      this.#database.pragma('journal_mode = WAL');
      this.#database.pragma('synchronous = FULL');
      // What is deleted is overwritten.
      this.#database.pragma('secure_delete = ON');
    } catch (error) {
      const why = isBusy(error) ? 'another relay uses it' : 'it cannot be opened';
      throw new ComingError('storage-unavailable', `the data folder is unavailable: ${why}`, {
        cause: error,
      });
    }
  }

  migrate(steps?: readonly string[]): void {
    for (const step of migrate(DIALECT, steps)) {
      this.begin();
      try {
        this.perform(step);
        this.commit();
      } catch (error) {
        this.rollback();
        throw error;
      }
    }
  }

  /** Gives a step the rows of each of its queries, until it is done. */
  perform<T>(step: Step<T>): T {
    let next = step.next();
    while (!next.done) next = step.next(this.#answer(next.value));
    return next.value;
  }

  /** Runs statements without parameters or rows. */
  script(text: string): void {
    this.#database.exec(text);
  }

  begin(): void {
    this.#database.exec('BEGIN IMMEDIATE');
  }

  commit(): void {
    this.#database.exec('COMMIT');
  }

  rollback(): void {
    if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
  }

  /** Leaves one file without a journal, free for the next relay. */
  close(): void {
    // libsql keeps the file open until its statements are garbage, so the lock is given back by hand;
    // SQLite does that only outside WAL, at the next read.
    this.#database.pragma('journal_mode = DELETE');
    this.#database.pragma('locking_mode = NORMAL');
    this.#database.pragma('user_version');
    this.#statements.clear();
    this.#database.close();
  }

  #answer({ text, parameters, returns }: Query): Row[] {
    const statement = this.#statement(text);
    // libsql leaves a statement unfinished that returns nothing and is asked for rows, and an unfinished
    // statement keeps the transaction from committing.
    if (returns) return statement.all(parameters as Parameter[]) as Row[];
    return [{ changes: statement.run(parameters as Parameter[]).changes }];
  }

  #statement(text: string): Database.Statement {
    let statement = this.#statements.get(text);
    if (!statement) {
      statement = this.#database.prepare(text.replace(/ FOR UPDATE( SKIP LOCKED)?/g, ''));
      this.#statements.set(text, statement);
    }
    return statement;
  }
}

function fileIn(folder: string): string {
  if (folder === ':memory:') return folder;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, 'relay.db');
}

function isFull(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code === 'SQLITE_FULL';
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

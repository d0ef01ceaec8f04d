/**
 * The few ways in which the relay speaks to its embedded SQLite database.
 *
 * Parameters are numbered in the order in which they first appear (`$1`, `$2`, …), because SQLite
 * binds by appearance and PostgreSQL by number. A statement that returns rows goes through `rows`,
 * one that returns none through `run`: libsql leaves the former unfinished otherwise, and an
 * unfinished statement keeps the transaction from committing.
 *
 * @module
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { ComingError } from '../../core/errors.js';
import type { Transactions } from './group-commit.js';

export type Parameter = number | string | Uint8Array | null;
export type Row = Readonly<Record<string, number | string | ArrayBuffer | null>>;

export class Sql implements Transactions {
  readonly #database: Database.Database;
  // One per statement text in the source, so their number is fixed.
  readonly #statements = new Map<string, Database.Statement>();

  /**
   * Opens the database of a folder, or one in memory for `:memory:`.
   *
   * @throws ComingError `storage-unavailable` when the folder cannot be used or another relay uses it
   */
  constructor(folder: string) {
    try {
      this.#database = new Database(fileIn(folder), { timeout: 2000 });
      // One process owns the folder; a second one must not deliver from the same mailboxes.
      this.#database.pragma('locking_mode = EXCLUSIVE');
      this.#database.pragma('journal_mode = WAL');
      this.#database.pragma('synchronous = FULL');
      // Deleted content is overwritten where that costs no further page write.
      this.#database.pragma('secure_delete = FAST');
    } catch (error) {
      const why = isBusy(error) ? 'another relay uses it' : 'it cannot be opened';
      throw new ComingError('storage-unavailable', `the data folder is unavailable: ${why}`, {
        cause: error,
      });
    }
  }

  rows(text: string, ...parameters: Parameter[]): Row[] {
    return this.#statement(text).all(parameters) as Row[];
  }

  row(text: string, ...parameters: Parameter[]): Row | undefined {
    return this.rows(text, ...parameters)[0];
  }

  run(text: string, ...parameters: Parameter[]): void {
    this.#statement(text).run(parameters);
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

  #statement(text: string): Database.Statement {
    let statement = this.#statements.get(text);
    if (!statement) {
      statement = this.#database.prepare(text);
      this.#statements.set(text, statement);
    }
    return statement;
  }
}

/** A blob column's value. */
export function bytesOf(value: Row[string] | undefined): Uint8Array {
  return new Uint8Array(value as ArrayBuffer);
}

function fileIn(folder: string): string {
  if (folder === ':memory:') return folder;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, 'relay.db');
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

/**
 * The right to write to a database, for as long as somebody is signed in.
 *
 * Work that is still under way when a person signs out must not bring back what was erased.
 *
 * @module
 */
import { ComingError } from '../errors.js';
import type { Change, Database, Key, Range, Row } from './database.js';
import type { TableName, Tables } from './records.js';

/** A database that can be written to until the lease ends; reading goes on. */
export class Lease implements Database {
  #ended = false;

  constructor(private readonly db: Database) {}

  get kind(): Database['kind'] {
    return this.db.kind;
  }

  /** From now on every change is refused with `closed`. */
  end(): void {
    this.#ended = true;
  }

  get<T extends TableName>(table: T, key: Key): Promise<Tables[T] | undefined> {
    return this.db.get(table, key);
  }

  list<T extends TableName>(table: T, range?: Range): Promise<Row<Tables[T]>[]> {
    return this.db.list(table, range);
  }

  async commit(changes: readonly Change[]): Promise<void> {
    this.#requireLease();
    await this.db.commit(changes);
  }

  async takeOwnership(): Promise<void> {
    this.#requireLease();
    await this.db.takeOwnership();
  }

  async erase(): Promise<void> {
    this.#requireLease();
    await this.db.erase();
  }

  close(): void {
    this.#ended = true;
    this.db.close();
  }

  #requireLease(): void {
    if (this.#ended) throw new ComingError('closed', 'whoever was signed in has left');
  }
}

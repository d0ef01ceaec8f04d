/**
 * The Database port: reads one at a time, writes all or nothing.
 *
 * A caller reads what it needs, computes (cryptography is asynchronous, and a database
 * transaction would end meanwhile), then commits every change in one batch. Only the owner of a
 * profile may commit: ownership is an epoch that is checked inside each commit, so that a
 * context that was frozen and lost its lock cannot write over its successor.
 *
 * @module
 */
import { ComingError } from '../errors.js';
import type { TableName, Tables } from './records.js';

export type KeyPart = string | number;
export type Key = KeyPart | readonly KeyPart[];

/** One change of a commit. */
export type Change =
  | { [T in TableName]: { readonly table: T; readonly key: Key; readonly put: Tables[T] } }[TableName]
  | { readonly table: TableName; readonly key: Key; readonly delete: true };

/** Rows whose array key begins with `prefix`, in key order. */
export interface Range {
  readonly prefix?: readonly KeyPart[];
  /** Only rows whose key is less than this one. */
  readonly before?: Key;
  /** Only rows whose key is greater than this one. */
  readonly after?: Key;
  readonly limit?: number;
  /** Greatest key first. */
  readonly reverse?: boolean;
}

export interface Row<T> {
  readonly key: Key;
  readonly value: T;
}

/** Once closed, every method rejects with `closed`. */
export interface Database {
  readonly kind: 'persistent' | 'memory';
  get<T extends TableName>(table: T, key: Key): Promise<Tables[T] | undefined>;
  list<T extends TableName>(table: T, range?: Range): Promise<Row<Tables[T]>[]>;
  /**
   * Writes all changes or none.
   *
   * @throws ComingError `not-owner` when another context took ownership, `storage-full`, `storage-unavailable`
   */
  commit(changes: readonly Change[]): Promise<void>;
  /** Becomes the owner; earlier owners can no longer commit. */
  takeOwnership(): Promise<void>;
  /** Erases every row of every table; who the owner is stays. Throws as {@link commit}. */
  erase(): Promise<void>;
  close(): void;
}

/** A change that puts a row. */
export function put<T extends TableName>(table: T, key: Key, value: Tables[T]): Change {
  return { table, key, put: value } as unknown as Change;
}

/** A change that deletes a row. */
export function remove(table: TableName, key: Key): Change {
  return { table, key, delete: true };
}

export function notOwner(): ComingError {
  return new ComingError('not-owner', 'another tab or window took over this profile');
}

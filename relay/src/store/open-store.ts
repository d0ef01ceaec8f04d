/**
 * Chooses the engine: a PostgreSQL server that is named, else the embedded database.
 *
 * @module
 */
import type { Limits } from '../limits.js';
import { SqlStore } from './sql-store.js';
import { SqliteEngine } from './sqlite.js';
import type { Engine } from './steps.js';
import type { Store } from './store.js';

export interface StoreOptions {
  /** Folder for what is kept, or `:memory:`. */
  readonly data: string;
  /** `postgres://…`: keeps it there instead. */
  readonly postgres?: string | undefined;
}

/** @throws ComingError `storage-unavailable`, `newer-database` */
export async function openStore(options: StoreOptions, limits: Limits): Promise<Store> {
  return new SqlStore(await openEngine(options, limits), limits);
}

export async function openEngine(
  { data, postgres }: StoreOptions,
  { diskReserve }: Pick<Limits, 'diskReserve'>,
): Promise<Engine> {
  if (postgres === undefined) return new SqliteEngine(data, diskReserve);
  // Most relays need no driver for a server.
  const { PostgresEngine } = await import('./postgres.js');
  return PostgresEngine.open(postgres);
}

/**
 * The tables, as numbered steps that are applied once each, in order, when a database is opened.
 *
 * Only this file is SQLite's own dialect. A published step is never changed; a new one is added.
 *
 * @module
 */
import { ComingError } from '../../core/errors.js';
import type { Sql } from './sql.js';

const STEPS: readonly string[] = [
  `
  CREATE TABLE accounts (
    account BLOB NOT NULL PRIMARY KEY,
    head BLOB NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE log_entries (
    account BLOB NOT NULL,
    position INTEGER NOT NULL,
    text TEXT NOT NULL,
    scheme TEXT NOT NULL,
    signature BLOB NOT NULL,
    PRIMARY KEY (account, position)
  ) WITHOUT ROWID;

  -- Rows stay when a device ends, so that neither its number nor a sequence number is given again.
  CREATE TABLE devices (
    device INTEGER NOT NULL PRIMARY KEY,
    account BLOB NOT NULL,
    device_id INTEGER NOT NULL,
    identity_key BLOB NOT NULL,
    live INTEGER NOT NULL,
    registration_id INTEGER NOT NULL DEFAULT 0,
    last_seq INTEGER NOT NULL DEFAULT 0,
    held INTEGER NOT NULL DEFAULT 0,
    held_bytes INTEGER NOT NULL DEFAULT 0,
    UNIQUE (account, device_id)
  );

  CREATE TABLE keys (
    device INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    id INTEGER NOT NULL,
    public_key BLOB NOT NULL,
    signature BLOB,
    PRIMARY KEY (device, kind, id)
  );

  CREATE TABLE envelopes (
    device INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    id BLOB NOT NULL,
    sender_account BLOB NOT NULL,
    sender_device INTEGER NOT NULL,
    type INTEGER NOT NULL,
    content BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (device, seq),
    UNIQUE (device, id)
  );
  CREATE INDEX envelopes_by_age ON envelopes (received_at);
  `,
];

/**
 * Brings a database up to date.
 *
 * @throws ComingError `newer-database` when a later version of the relay has written it
 */
export function migrate(sql: Sql, steps: readonly string[] = STEPS): void {
  sql.script('CREATE TABLE IF NOT EXISTS migrations (number INTEGER NOT NULL PRIMARY KEY)');
  const applied = Number(sql.row('SELECT COALESCE(MAX(number), 0) AS number FROM migrations')!.number);
  if (applied > steps.length) {
    throw new ComingError('newer-database', 'the data folder was written by a later version of the relay');
  }
  for (const [index, step] of steps.entries()) {
    if (index < applied) continue;
    sql.begin();
    try {
      sql.script(step);
      sql.run('INSERT INTO migrations (number) VALUES ($1)', index + 1);
      sql.commit();
    } catch (error) {
      sql.rollback();
      throw error;
    }
  }
}

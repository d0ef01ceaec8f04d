/**
 * The tables, as numbered steps that are applied once each, in order, when a database is opened.
 *
 * Only here do the engines' dialects differ, and only in the words that stand in braces. A published step
 * is never changed; a new one is added.
 *
 * @module
 */
import { ComingError } from '../../../core/errors.js';
import { row, run, type Step } from './steps.js';

/** What the engines call things. */
export interface Dialect {
  readonly bytes: string;
  /** Of 64 bits. */
  readonly integer: string;
  /** A number that the database chooses. */
  readonly generatedKey: string;
  /** Said of a table that is kept in the order of its key. */
  readonly clustered: string;
}

const STEPS: readonly string[] = [
  `
  CREATE TABLE accounts (
    account {bytes} NOT NULL PRIMARY KEY,
    head {bytes} NOT NULL
  ) {clustered};

  CREATE TABLE log_entries (
    account {bytes} NOT NULL,
    position {integer} NOT NULL,
    text TEXT NOT NULL,
    scheme TEXT NOT NULL,
    signature {bytes} NOT NULL,
    PRIMARY KEY (account, position)
  ) {clustered};

  -- Rows stay when a device ends, so that neither its number nor a sequence number is given again.
  CREATE TABLE devices (
    device {generatedKey},
    account {bytes} NOT NULL,
    device_id {integer} NOT NULL,
    identity_key {bytes} NOT NULL,
    live {integer} NOT NULL,
    registration_id {integer} NOT NULL DEFAULT 0,
    last_seq {integer} NOT NULL DEFAULT 0,
    held {integer} NOT NULL DEFAULT 0,
    held_bytes {integer} NOT NULL DEFAULT 0,
    UNIQUE (account, device_id)
  );

  CREATE TABLE keys (
    device {integer} NOT NULL,
    kind {integer} NOT NULL,
    id {integer} NOT NULL,
    public_key {bytes} NOT NULL,
    signature {bytes},
    PRIMARY KEY (device, kind, id)
  );

  CREATE TABLE envelopes (
    device {integer} NOT NULL,
    seq {integer} NOT NULL,
    id {bytes} NOT NULL,
    sender_account {bytes} NOT NULL,
    sender_device {integer} NOT NULL,
    type {integer} NOT NULL,
    content {bytes} NOT NULL,
    received_at {integer} NOT NULL,
    PRIMARY KEY (device, seq),
    UNIQUE (device, id)
  );
  CREATE INDEX envelopes_by_age ON envelopes (received_at);
  `,
  `
  CREATE TABLE blobs (
    hash {bytes} NOT NULL PRIMARY KEY,
    size {integer} NOT NULL,
    expires {integer} NOT NULL
  ) {clustered};
  CREATE INDEX blobs_by_age ON blobs (expires);

  CREATE TABLE secrets (
    name TEXT NOT NULL PRIMARY KEY,
    value {bytes} NOT NULL
  ) {clustered};
  `,
];

/**
 * What brings a database up to date, each to be performed in a transaction of its own.
 *
 * @throws ComingError `newer-database`, by the steps, when a later version of the relay has written it
 */
export function* migrate(dialect: Dialect, steps: readonly string[] = STEPS): Generator<Step<unknown>> {
  yield run('CREATE TABLE IF NOT EXISTS migrations (number INTEGER NOT NULL PRIMARY KEY)');
  yield mustNotBeNewer(steps.length);
  for (const [index, text] of steps.entries()) yield apply(index + 1, translated(text, dialect));
}

function* applied(): Step<number> {
  const last = yield* row('SELECT COALESCE(MAX(number), 0) AS number FROM migrations');
  return Number(last!.number);
}

function* mustNotBeNewer(known: number): Step<void> {
  if ((yield* applied()) <= known) return;
  throw new ComingError('newer-database', 'the database was written by a later version of the relay');
}

function* apply(number: number, text: string): Step<void> {
  // Asked within the transaction: another relay may be at it.
  if ((yield* applied()) >= number) return;
  for (const statement of text.split(/;\s*\n/)) if (statement.trim() !== '') yield* run(statement);
  yield* run('INSERT INTO migrations (number) VALUES ($1)', number);
}

function translated(text: string, dialect: Dialect): string {
  const spoken = text.replace(/\{(\w+)\}/g, (_, word: keyof Dialect) => dialect[word]);
  return spoken.replace(/^\s*--.*\n/gm, '');
}

/**
 * Steps: pieces of work on the database, written once for both engines.
 *
 * A step yields its queries and is given the rows of each. It does not know whether that takes no time, in
 * the embedded database, or a journey to a server; the engine that performs it puts a transaction around it.
 *
 * The SQL is what SQLite and PostgreSQL both understand. Parameters are numbered in the order in which they
 * first appear (`$1`, `$2`, …), because SQLite binds by appearance and PostgreSQL by number. `FOR UPDATE` is
 * left out for SQLite, where there is only one writer.
 *
 * @module
 */
/** Arrays are for PostgreSQL alone. */
export type Parameter = number | string | Uint8Array | null | readonly number[] | readonly Uint8Array[];
export type Row = Readonly<Record<string, number | string | ArrayBuffer | Uint8Array | null>>;

export interface Query {
  readonly text: string;
  readonly parameters: readonly Parameter[];
  /** Whether it returns rows; else it is answered with one, of how many it changed. */
  readonly returns: boolean;
}

export type Step<T> = Generator<Query, T, Row[]>;

/** Performs steps, each whole or not at all. */
export interface Engine {
  /** Performs a step that changes nothing. */
  read<T>(step: () => Step<T>): Promise<T>;
  /** Performs it within this turn of the event loop; only where nobody else changes the database. */
  readNow?<T>(step: () => Step<T>): T;
  /**
   * Performs a step and resolves when it is durable. Steps of the same key take effect in the order in which they
   * were asked for. A step may be begun more than once; it has an effect once.
   *
   * @param key - what the step changes: an account or a device
   */
  write<T>(key: string, step: () => Step<T>): Promise<T>;
  /** Whether there is room for more than what makes room. */
  hasRoom(): boolean;
  /** Resolves when the database answers. */
  check(): Promise<void>;
  /** Finishes what was asked for, then closes. */
  close(): Promise<void>;
}

export function* rows(text: string, ...parameters: Parameter[]): Step<Row[]> {
  return yield { text, parameters, returns: true };
}

export function* row(text: string, ...parameters: Parameter[]): Step<Row | undefined> {
  const [first] = yield { text, parameters, returns: true };
  return first;
}

/** @returns how many rows it changed */
export function* run(text: string, ...parameters: Parameter[]): Step<number> {
  const [answer] = yield { text, parameters, returns: false };
  return Number(answer!.changes);
}

/** A column of bytes. */
export function bytesOf(value: Row[string] | undefined): Uint8Array {
  if (!(value instanceof Uint8Array)) return new Uint8Array(value as ArrayBuffer);
  // Not as a Buffer, whose methods differ.
  return new Uint8Array(value.buffer, value.byteOffset, value.length);
}

/**
 * A database in a folder: every commit is a record of a log, and everything is in memory for reading.
 *
 * One process owns the folder. Connections within it share what is in memory; who may write among them is an epoch, as in
 * every other database. A log that is much larger than what it says is written anew.
 *
 * @module
 */
import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { ComingError } from '../errors.js';
import {
  MemoryDatabase,
  notOwner,
  put,
  TABLE_NAMES,
  type Change,
  type Database,
  type Key,
  type Range,
  type Row,
  type TableName,
  type Tables,
} from '../store/index.js';
import { decodeRow, encodeRow } from '../store/codec.js';
import { CommitLog, damaged, translated } from './commit-log.js';
import { FolderLock } from './folder-lock.js';

/** How the changes of a commit are written. */
export interface CommitCodec {
  /** @throws TypeError when one cannot be stored */
  encode(changes: readonly Change[]): Uint8Array;
  decode(bytes: Uint8Array): readonly Change[];
}

export interface FileDatabaseOptions {
  /** Plain by default. All connections of a process to one folder use that of the first. */
  readonly codec?: CommitCodec;
  /** Bytes that the log may have beyond twice its content before it is written anew; 8 MiB by default. */
  readonly slack?: number;
}

const PLAIN: CommitCodec = {
  encode: encodeRow,
  decode: (bytes) => decodeRow(bytes) as unknown as readonly Change[],
};

const ROWS_AT_ONCE = 200;

/** Folders that this process owns, by their real path. */
const folders = new Map<string, Promise<Folder>>();

/**
 * Opens the database of a folder, which is made if there is none (for its owner alone: mode 0700, files 0600).
 *
 * @throws ComingError `not-owner` (another process has it), `damaged-database`, `newer-database`, `storage-unavailable`,
 *   `storage-full`
 */
export async function openFileDatabase(folder: string, options: FileDatabaseOptions = {}): Promise<Database> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = await realpath(folder);
    // What was closed last may still be on its way to the disk.
    for (let known = folders.get(path); known; known = folders.get(path)) {
      const shared = await known;
      if (!shared.isClosing) return new FileDatabase(shared);
      await shared.closed;
    }
    const opening = Folder.open(path, options);
    folders.set(path, opening);
    opening.catch(() => folders.delete(path));
    return new FileDatabase(await opening);
  } catch (error) {
    throw translated(error);
  }
}

class FileDatabase implements Database {
  readonly kind = 'persistent';
  #epoch = -1;
  #closed = false;

  constructor(private readonly folder: Folder) {
    folder.connections += 1;
  }

  async get<T extends TableName>(table: T, key: Key): Promise<Tables[T] | undefined> {
    this.#requireOpen();
    return this.folder.rows.get(table, key);
  }

  async list<T extends TableName>(table: T, range?: Range): Promise<Row<Tables[T]>[]> {
    this.#requireOpen();
    return this.folder.rows.list(table, range);
  }

  async commit(changes: readonly Change[]): Promise<void> {
    this.#requireOpen();
    await this.folder.write(this.#admit, structuredClone(changes) as Change[]);
  }

  async takeOwnership(): Promise<void> {
    this.#requireOpen();
    await this.folder.alone(() => {
      this.folder.epoch += 1;
      this.#epoch = this.folder.epoch;
      return Promise.resolve();
    });
  }

  async erase(): Promise<void> {
    this.#requireOpen();
    await this.folder.alone(async () => {
      this.#admit();
      await this.folder.clear();
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.folder.leave();
  }

  readonly #admit = (): void => {
    if (this.folder.epoch !== this.#epoch) throw notOwner();
  };

  #requireOpen(): void {
    if (this.#closed) throw new ComingError('closed', 'the database is closed');
  }
}

/** A commit that waits for its turn. */
interface Waiting {
  /** Throws when the writer is no longer the owner. */
  admit(): void;
  readonly changes: readonly Change[];
  readonly bytes: Uint8Array;
  done(): void;
  failed(error: unknown): void;
}

/** What all connections of this process to one folder share. */
class Folder {
  connections = 0;
  epoch = 0;
  isClosing = false;
  readonly closed: Promise<void>;
  #end!: () => void;
  /** Resolves when everything that was asked for so far is done. */
  #last: Promise<unknown> = Promise.resolve();
  /** Commits that go to the disk together, while there is nothing between them. */
  #batch: Waiting[] | undefined;
  /** How long the log may become before it is written anew. */
  #limit: number;

  private constructor(
    private readonly path: string,
    private readonly lock: FolderLock,
    private readonly log: CommitLog,
    readonly rows: MemoryDatabase,
    private readonly codec: CommitCodec,
    private readonly slack: number,
  ) {
    this.closed = new Promise((resolve) => (this.#end = resolve));
    this.#limit = log.size + slack;
  }

  static async open(path: string, { codec = PLAIN, slack = 8 << 20 }: FileDatabaseOptions): Promise<Folder> {
    const lock = FolderLock.take(path);
    try {
      const rows = new MemoryDatabase();
      await rows.takeOwnership();
      const log = await CommitLog.open(join(path, 'log'), (record) => rows.commit(readCommit(codec, record)));
      const folder = new Folder(path, lock, log, rows, codec, slack);
      // Should whoever had the folder be alive after all, it writes to a file that nobody reads.
      if (lock.isTakenOver) await folder.#rewrite();
      return folder;
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** `admit` is asked when its turn has come, and throws when the writer is no longer the owner. */
  write(admit: () => void, changes: readonly Change[]): Promise<void> {
    const bytes = this.codec.encode(changes);
    if (!this.#batch) {
      const batch: Waiting[] = (this.#batch = []);
      void this.#turn(() => {
        if (this.#batch === batch) this.#batch = undefined;
        return this.#flush(batch);
      });
    }
    const batch = this.#batch;
    return new Promise((done, failed) => batch.push({ admit, changes, bytes, done, failed }));
  }

  /** Does something after all that was asked for before, and before all that is asked for later. */
  alone(work: () => Promise<void>): Promise<void> {
    this.#batch = undefined;
    return this.#turn(work);
  }

  /** Throws away everything, what the log said included. */
  async clear(): Promise<void> {
    this.#requireFolder();
    await this.log.rewrite([]);
    await this.rows.erase();
    this.#limit = this.log.size + this.slack;
  }

  /** One connection fewer; the last one gives the folder up, once everything is written. */
  leave(): void {
    this.connections -= 1;
    if (this.connections > 0 || this.isClosing) return;
    this.isClosing = true;
    void this.alone(() => this.log.close())
      .catch(() => undefined)
      .then(() => {
        this.lock.release();
        folders.delete(this.path);
        this.#end();
      });
  }

  #turn(work: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #flush(batch: readonly Waiting[]): Promise<void> {
    const admitted = batch.filter(({ admit, failed }) => {
      try {
        admit();
        return true;
      } catch (error) {
        failed(error);
        return false;
      }
    });
    const written = admitted.filter(({ changes }) => changes.length > 0);
    try {
      this.#requireFolder();
      if (written.length > 0) await this.log.append(written.map(({ bytes }) => bytes));
    } catch (error) {
      for (const { failed } of admitted) failed(error);
      return;
    }
    for (const { changes } of written) await this.rows.commit(changes);
    for (const { done } of admitted) done();
    if (this.log.size > this.#limit) await this.#compact();
  }

  /** Writes the log anew; where that fails, the old one is as good, and it is tried again when that has grown on. */
  async #compact(): Promise<void> {
    try {
      await this.#rewrite();
    } catch {
      this.#limit = this.log.size + this.slack;
    }
  }

  async #rewrite(): Promise<void> {
    this.#requireFolder();
    await this.log.rewrite(this.#commits());
    this.#limit = 2 * this.log.size + this.slack;
  }

  /** All rows, as commits of some at a time. */
  async *#commits(): AsyncIterable<Uint8Array> {
    for (const table of TABLE_NAMES) {
      let before: Key | undefined;
      for (;;) {
        const range: Range = { reverse: true, limit: ROWS_AT_ONCE };
        const rows = await this.rows.list(table, before === undefined ? range : { ...range, before });
        if (rows.length === 0) break;
        yield this.codec.encode(rows.map(({ key, value }) => put(table, key, value)));
        before = rows.at(-1)!.key;
      }
    }
  }

  #requireFolder(): void {
    if (!this.lock.isHeld) throw notOwner();
  }
}

/** @throws ComingError `damaged-database`; `newer-database`: of a table that is not known here */
function readCommit(codec: CommitCodec, record: Uint8Array): readonly Change[] {
  let changes: readonly Change[];
  try {
    changes = codec.decode(record);
  } catch (error) {
    throw error instanceof ComingError ? error : damaged(error);
  }
  if (!changes.every(({ table }) => TABLE_NAMES.includes(table))) {
    throw new ComingError('newer-database', 'the log has a table of a later version');
  }
  return changes;
}

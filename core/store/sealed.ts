/**
 * A database whose rows are sealed before they reach the one below; their keys stay readable.
 *
 * The keys that seal are kept beside the rows, in the table `vault`, wrapped with one that lies there too, or that a
 * passphrase or a passkey makes. As long as that one is not at hand the database is locked: nothing can be read or
 * written, and erasing is all that can be done.
 *
 * @module
 */
import { ComingError } from '../errors.js';
import { encodeRow } from './codec.js';
import { put, type Change, type Database, type Key, type Range, type Row } from './database.js';
import { OpenedRows } from './opened-rows.js';
import { TABLE_NAMES, type TableName, type Tables, type VaultLock } from './records.js';
import {
  damaged,
  keyIdOf,
  newWrappingKey,
  openRow,
  openVault,
  sealRow,
  withNewKey,
  type OpenVault,
} from './sealing.js';

export class SealedDatabase implements Database {
  #open: OpenVault | undefined;
  #lock: VaultLock | undefined;
  /** Counts what changed {@link #open}: what was read before that is no longer true. */
  #changes = 0;
  #reading: Promise<OpenVault | undefined> | undefined;
  readonly #messages = new OpenedRows();
  /** Commits, one after the other: what is sealed with a key is stored before that key can be replaced. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(private readonly inner: Database) {}

  get kind(): Database['kind'] {
    return this.inner.kind;
  }

  /** What it is locked with, as far as was read; undefined before anything was stored. */
  get lock(): VaultLock | undefined {
    return this.#lock;
  }

  get isLocked(): boolean {
    return this.#lock !== undefined && this.#lock.kind !== 'none' && !this.#open;
  }

  /** Whether rows wait to be sealed, or to be sealed anew. */
  get isUnfinished(): boolean {
    return this.#open !== undefined && (this.#open.row.hasPlain || this.#open.row.keys.length > 1);
  }

  async get<T extends TableName>(table: T, key: Key): Promise<Tables[T] | undefined> {
    this.#requireUnlocked();
    const value = await this.inner.get(table, key);
    return value === undefined || table === 'vault' ? value : this.#opened(table, key, value);
  }

  async list<T extends TableName>(table: T, range?: Range): Promise<Row<Tables[T]>[]> {
    this.#requireUnlocked();
    const rows = await this.inner.list(table, range);
    if (table === 'vault') return rows;
    return Promise.all(
      rows.map(async ({ key, value }) => ({ key, value: await this.#opened(table, key, value) })),
    );
  }

  async commit(changes: readonly Change[]): Promise<void> {
    // Now, and not when its turn comes: what the caller does to its rows later is not stored.
    const encoded = changes.map((change) =>
      'put' in change && change.table !== 'vault' ? { ...change, put: encodeRow(change.put) } : change,
    );
    await this.#inTurn(async () => {
      const vault = encoded.some((change) => 'put' in change) ? await this.#keys() : undefined;
      const sealed = await Promise.all(
        encoded.map(async (change) => {
          if (!vault || !('put' in change) || change.table === 'vault') return change as Change;
          const { table, key, put: bytes } = change;
          return put(table, key, (await sealRow(vault, table, key, bytes as Uint8Array)) as never);
        }),
      );
      await this.inner.commit(sealed);
    });
  }

  /** Becomes the owner, and looks for the keys anew: who owned it meanwhile may have changed them. */
  async takeOwnership(): Promise<void> {
    await this.inner.takeOwnership();
    await this.#readNow();
  }

  /** Makes keys if there are none: here it shows whether this browser can keep them. Throws as {@link commit}. */
  async prepare(): Promise<void> {
    await this.#inTurn(() => this.#keys());
  }

  /** Forgets the keys, unless they lie beside the rows. */
  lockAgain(): void {
    if (this.#lock?.kind !== 'none') this.#adopt(undefined, this.#lock);
  }

  /** Rejects when the rows' keys are not wrapped with this one. */
  async unlock(wrapping: CryptoKey): Promise<void> {
    const row = await this.inner.get('vault', 'vault');
    if (row) this.#adopt(await openVault(row, wrapping), row.lock);
  }

  /**
   * Runs between commits, on the database below; the vault that it returns is used from then on, and has to be
   * stored by then.
   */
  async exclusively(work: (inner: Database, vault: OpenVault) => Promise<OpenVault>): Promise<void> {
    await this.#inTurn(async () => {
      const before = await this.#keys();
      const vault = await work(this.inner, before);
      // Locked meanwhile it stays locked.
      this.#adopt(this.#open && vault, vault.row.lock);
    });
  }

  async erase(): Promise<void> {
    await this.#inTurn(async () => {
      await this.inner.erase();
      this.#adopt(undefined, undefined);
    });
  }

  close(): void {
    this.#adopt(undefined, this.#lock);
    this.inner.close();
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(work);
    this.#tail = turn.catch(() => undefined);
    return turn;
  }

  async #opened<T extends TableName>(table: T, key: Key, value: Tables[T]): Promise<Tables[T]> {
    const vault = this.#open ?? (await this.#read());
    this.#requireUnlocked();
    if (!(value instanceof Uint8Array)) {
      if (vault && !vault.row.hasPlain) throw damaged();
      return value;
    }
    // A key that another owner made meanwhile.
    const isKnown = vault?.dataKeys.has(keyIdOf(value));
    const current = isKnown ? vault : await this.#read();
    if (!current) throw damaged();
    if (table !== 'messages') return (await openRow(current, table, key, value)) as Tables[T];
    const name = JSON.stringify(key);
    const known = this.#messages.find(name, value) as Tables[T] | undefined;
    if (known) return known;
    const row = (await openRow(current, table, key, value)) as Tables[T];
    if (this.#open) this.#messages.keep(name, value, row);
    return row;
  }

  /** Reads the vault, and opens it as far as its key is at hand. */
  #read(): Promise<OpenVault | undefined> {
    this.#reading ??= this.#readNow().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #readNow(): Promise<OpenVault | undefined> {
    const since = this.#changes;
    const row = await this.inner.get('vault', 'vault');
    const wrapping = row?.lock.kind === 'none' ? row.lock.key : this.#open?.wrapping;
    const vault = row && wrapping && (await openVault(row, wrapping).catch(() => undefined));
    if (since === this.#changes) this.#adopt(vault, row?.lock);
    return this.#open;
  }

  #adopt(vault: OpenVault | undefined, lock: VaultLock | undefined): void {
    this.#changes += 1;
    this.#open = vault;
    this.#messages.clear();
    this.#lock = lock;
  }

  #requireUnlocked(): void {
    if (this.isLocked) throw locked();
  }

  /** The keys; new ones, stored, if there are none. @throws ComingError `locked` */
  async #keys(): Promise<OpenVault> {
    const known = this.#open ?? (await this.#read());
    if (known) return known;
    // Keys that do not open are no reason to make others.
    if (this.#lock) throw this.isLocked ? locked() : damaged();
    const wrapping = await newWrappingKey();
    const lock: VaultLock = { kind: 'none', key: wrapping };
    const found = await Promise.all(TABLE_NAMES.map((table) => this.inner.list(table, { limit: 1 })));
    const vault = await withNewKey(undefined, { lock, hasPlain: found.flat().length > 0 }, wrapping);
    await this.inner.commit([put('vault', 'vault', vault.row)]);
    this.#adopt(vault, lock);
    return vault;
  }
}

function locked(): ComingError {
  return new ComingError('locked', 'a passphrase or a passkey is needed first');
}

/**
 * The store in an embedded SQLite database: one file, one process, durable before it answers.
 *
 * Reads see only what is committed: a transaction begins and ends within one turn of the event loop.
 *
 * @module
 */
import { ComingError } from '../../core/errors.js';
import type { DeviceLog } from '../../core/identity/index.js';
import { DeviceLogTables } from './device-log-tables.js';
import { GroupCommit } from './group-commit.js';
import { KeyTables } from './key-tables.js';
import type { Limits } from './limits.js';
import { MailboxTables } from './mailbox-tables.js';
import { migrate } from './migrations.js';
import { Sql } from './sql.js';
import type { Addresses, DeviceRef, Mail, PublishedKeys, PutResult, Store } from './store.js';

export class SqliteStore implements Store {
  readonly #sql: Sql;
  readonly #logs: DeviceLogTables;
  readonly #keys: KeyTables;
  readonly #mailboxes: MailboxTables;
  readonly #commits: GroupCommit;
  #closed = false;

  /**
   * @param folder - `:memory:` keeps everything in memory
   * @throws ComingError `storage-unavailable`, `newer-database`
   */
  constructor(folder: string, limits: Limits) {
    this.#sql = new Sql(folder);
    migrate(this.#sql);
    this.#commits = new GroupCommit(this.#sql);
    this.#logs = new DeviceLogTables(this.#sql);
    this.#keys = new KeyTables(this.#sql, limits);
    this.#mailboxes = new MailboxTables(this.#sql, limits);
  }

  readLog(account: Uint8Array) {
    return this.#read(() => this.#logs.read(account));
  }

  appendLog(log: DeviceLog, previous: Uint8Array | undefined) {
    return this.#write(() => this.#logs.append(log, previous));
  }

  findDevice(account: Uint8Array, deviceId: number) {
    return this.#read(() => this.#logs.findDevice(account, deviceId));
  }

  publishKeys(device: DeviceRef, keys: PublishedKeys) {
    return this.#write(() => this.#keys.publish(device, keys));
  }

  countKeys(device: DeviceRef) {
    return this.#read(() => this.#keys.count(device));
  }

  claimKeys(account: Uint8Array, deviceIds: ReadonlySet<number>, oneTime: boolean) {
    return this.#write(() =>
      this.#logs.head(account) ? this.#keys.claim(account, deviceIds, oneTime) : undefined,
    );
  }

  put(mail: Mail) {
    return this.#write((): PutResult => {
      const head = this.#logs.head(mail.receiver);
      if (!head) return { outcome: 'unknown-account' };
      if (Buffer.compare(head, mail.head) === 0) return this.#mailboxes.put(mail);
      return { outcome: 'log-changed', log: this.#logs.read(mail.receiver)! };
    });
  }

  address(mail: Mail) {
    return this.#read((): Addresses => {
      const head = this.#logs.head(mail.receiver);
      if (!head) return { outcome: 'unknown-account' };
      if (Buffer.compare(head, mail.head) === 0) return this.#mailboxes.address(mail);
      return { outcome: 'log-changed', log: this.#logs.read(mail.receiver)! };
    });
  }

  newestSeq(device: DeviceRef) {
    return this.#read(() => this.#mailboxes.newestSeq(device));
  }

  page(device: DeviceRef, after: number, count: number, bytes: number) {
    return this.#read(() => this.#mailboxes.page(device, after, count, bytes));
  }

  acknowledge(device: DeviceRef, seqs: readonly number[]) {
    return this.#write(() => this.#mailboxes.acknowledge(device, seqs));
  }

  acknowledgeUpTo(device: DeviceRef, seq: number) {
    return this.#write(() => this.#mailboxes.acknowledgeUpTo(device, seq));
  }

  expire(before: number, slice: number) {
    return this.#write(() => this.#mailboxes.expire(before, slice));
  }

  close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#closed = true;
    this.#commits.flush();
    this.#sql.close();
    return Promise.resolve();
  }

  async #read<T>(step: () => T): Promise<T> {
    this.#mustBeOpen();
    return step();
  }

  async #write<T>(step: () => T): Promise<T> {
    this.#mustBeOpen();
    return this.#commits.run(step);
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new ComingError('closed', 'the store is closed');
  }
}

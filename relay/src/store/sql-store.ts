/**
 * The store in SQL, whichever engine is below: durable before it answers.
 *
 * @module
 */
import { ComingError } from '../../../core/errors.js';
import type { DeviceLog } from '../../../core/identity/index.js';
import type { Limits } from '../limits.js';
import * as logs from './device-log-tables.js';
import * as keys from './key-tables.js';
import * as mailboxes from './mailbox-tables.js';
import type { Engine, Step } from './steps.js';
import type { Addresses, DeviceRef, Mail, Misaddressed, PublishedKeys, PutResult, Store } from './store.js';

export class SqlStore implements Store {
  #closed: Promise<void> | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly limits: mailboxes.MailboxLimits & Pick<Limits, 'storedKeys'>,
  ) {}

  readLog(account: Uint8Array) {
    return this.#read(() => logs.readLog(account));
  }

  appendLog(log: DeviceLog, previous: Uint8Array | undefined) {
    return this.#add(log.account, () => logs.appendLog(log, previous));
  }

  findDevice(account: Uint8Array, deviceId: number) {
    return this.#read(() => logs.findDevice(account, deviceId));
  }

  publishKeys(device: DeviceRef, published: PublishedKeys) {
    return this.#add(device, () => keys.publishKeys(device, published, this.limits));
  }

  countKeys(device: DeviceRef) {
    return this.#read(() => keys.countKeys(device));
  }

  claimKeys(account: Uint8Array, deviceIds: ReadonlySet<number>, oneTime: boolean) {
    return this.#write(account, function* () {
      const head = yield* logs.readHead(account);
      return head && (yield* keys.claimKeys(account, deviceIds, oneTime));
    });
  }

  put(mail: Mail): Promise<PutResult> {
    return this.#add(mail.receiver, () => addressed(mail, () => mailboxes.put(mail, this.limits)));
  }

  address(mail: Mail): Promise<Addresses> {
    return this.#read(() => addressed(mail, () => mailboxes.address(mail)));
  }

  newestSeq(device: DeviceRef) {
    return this.#read(() => mailboxes.newestSeq(device));
  }

  page(device: DeviceRef, after: number, count: number, bytes: number) {
    return this.#read(() => mailboxes.page(device, after, count, bytes));
  }

  acknowledge(device: DeviceRef, seqs: readonly number[]) {
    return this.#write(device, () => mailboxes.acknowledge(device, seqs));
  }

  acknowledgeUpTo(device: DeviceRef, seq: number) {
    return this.#write(device, () => mailboxes.acknowledgeUpTo(device, seq));
  }

  expire(before: number, slice: number) {
    return this.#write('expiry', () => mailboxes.expire(before, slice));
  }

  async check(): Promise<void> {
    this.#mustBeOpen();
    await this.engine.check();
  }

  close(): Promise<void> {
    return (this.#closed ??= this.engine.close());
  }

  async #read<T>(step: () => Step<T>): Promise<T> {
    this.#mustBeOpen();
    return this.engine.read(step);
  }

  async #write<T>(what: Uint8Array | DeviceRef | string, step: () => Step<T>): Promise<T> {
    this.#mustBeOpen();
    const key = what instanceof Uint8Array ? Buffer.from(what).toString('base64') : String(what);
    return this.engine.write(key, step);
  }

  /** Writes what needs room. What makes room is written as long as anything can be. */
  async #add<T>(what: Uint8Array | DeviceRef, step: () => Step<T>): Promise<T> {
    if (!this.engine.hasRoom()) throw new ComingError('storage-full', 'too little room is left');
    return this.#write(what, step);
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new ComingError('closed', 'the store is closed');
  }
}

/** Goes on if mail names the log that is stored. */
function* addressed<T>(mail: Mail, goOn: () => Step<T>): Step<T | Misaddressed> {
  const head = yield* logs.readHead(mail.receiver);
  if (head && Buffer.compare(head, mail.head) === 0) return yield* goOn();
  const log = head && (yield* logs.readLog(mail.receiver));
  return log ? { outcome: 'log-changed', log } : { outcome: 'unknown-account' };
}

/**
 * The store in SQL, whichever engine is below: durable before it answers.
 *
 * @module
 */
import { ComingError } from '../../../core/errors.js';
import type { DeviceLog } from '../../../core/identity/index.js';
import { bytesKey } from '../bytes-key.js';
import type { Limits } from '../limits.js';
import { addressed } from './address.js';
import * as logs from './device-log-tables.js';
import * as keys from './key-tables.js';
import * as mailboxes from './mailbox-tables.js';
import { OwnMailboxes, type OwnEngine } from './own-mailboxes.js';
import { SharedMailboxes } from './shared-mailboxes.js';
import type { Engine, Step } from './steps.js';
import type { Addresses, DeviceRef, Mail, PublishedKeys, PutResult, Store } from './store.js';

export class SqlStore implements Store {
  readonly own: OwnMailboxes | undefined;
  readonly #shared: SharedMailboxes;
  #closed: Promise<void> | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly limits: mailboxes.MailboxLimits &
      Pick<Limits, 'storedKeys' | 'cachedMailboxes' | 'unwrittenTime'>,
  ) {
    if (isOwn(engine)) this.own = new OwnMailboxes(engine, limits);
    this.#shared = new SharedMailboxes(engine, limits);
  }

  readLog(account: Uint8Array) {
    return this.#read(() => logs.readLog(account));
  }

  appendLog(log: DeviceLog, previous: Uint8Array | undefined) {
    const { own } = this;
    return this.#add(log.account, function* () {
      const appended = yield* logs.appendLog(log, previous);
      if (appended) own?.changed(log.account, appended.ended);
      return appended;
    });
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

  async put(mail: Mail, isOrdinary = false): Promise<PutResult> {
    this.#mustHaveRoom();
    return this.own ? this.own.put(mail, isOrdinary) : this.#shared.put(mail);
  }

  async address(mail: Mail): Promise<Addresses> {
    if (this.own) {
      this.#mustBeOpen();
      const found = this.own.address(mail);
      return found.outcome === 'found'
        ? { outcome: 'found', devices: found.mailboxes.map(({ device }) => device) }
        : found;
    }
    return this.#read(() => addressed(mail, () => mailboxes.address(mail)));
  }

  async newestSeq(device: DeviceRef) {
    this.#mustBeOpen();
    if (this.own) return this.#write(device, () => mailboxes.newestSeq(device));
    return this.#shared.newestSeq(device);
  }

  async page(device: DeviceRef, after: number, count: number, bytes: number) {
    this.#mustBeOpen();
    if (this.own) return this.engine.read(() => mailboxes.page(device, after, count, bytes));
    return this.#shared.page({ device, after, count, bytes });
  }

  async acknowledge(device: DeviceRef, seqs: readonly number[]) {
    this.#mustBeOpen();
    if (!this.own) return this.#shared.acknowledge(device, seqs);
    const bytes = this.own.leave(device, seqs);
    const released = await this.#write(device, () =>
      bytes === undefined
        ? mailboxes.acknowledge(device, seqs)
        : mailboxes.acknowledgeKnown(device, seqs, bytes),
    );
    this.own.released(released);
  }

  async expire(before: number, slice: number) {
    this.#mustBeOpen();
    if (!this.own) return this.#shared.expire(before, slice);
    const released = await this.#write('expiry', () => mailboxes.expire(before, slice));
    for (const one of released) this.own.released(one);
    return released.reduce((sum, { count }) => sum + count, 0);
  }

  async check(): Promise<void> {
    this.#mustBeOpen();
    await this.engine.check();
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    await this.own?.close();
    await this.#shared.settled();
    await this.engine.close();
  }

  async #read<T>(step: () => Step<T>): Promise<T> {
    this.#mustBeOpen();
    return this.engine.read(step);
  }

  async #write<T>(what: Uint8Array | DeviceRef | string, step: () => Step<T>): Promise<T> {
    this.#mustBeOpen();
    const key = what instanceof Uint8Array ? bytesKey(what) : String(what);
    return this.engine.write(key, step);
  }

  /** Writes what needs room. What makes room is written as long as anything can be. */
  async #add<T>(what: Uint8Array | DeviceRef, step: () => Step<T>): Promise<T> {
    this.#mustHaveRoom();
    return this.#write(what, step);
  }

  #mustHaveRoom(): void {
    this.#mustBeOpen();
    if (!this.engine.hasRoom()) throw new ComingError('storage-full', 'too little room is left');
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new ComingError('closed', 'the store is closed');
  }
}

function isOwn(engine: Engine): engine is Engine & OwnEngine {
  return engine.readNow !== undefined;
}

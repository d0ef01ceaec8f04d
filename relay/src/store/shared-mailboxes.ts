/**
 * The mailboxes of relays that share a database: what devices ask for goes to it in rounds.
 *
 * @module
 */
import type { MailboxLimits } from './mailbox-tables.js';
import { newestSeq } from './mailbox-tables.js';
import { Rounds } from '../rounds.js';
import { acknowledgeAll, expireAll, pageAll, putAll, type PageOrder } from './shared-tables.js';
import type { Engine } from './steps.js';
import type { DeviceRef, Mail, PutResult, StoredEnvelope } from './store.js';

/** Orders in one round. A mail is at most a frame, a page 168 KiB: all of a round are in memory several times over. */
const MAILS = 64;
const ACKNOWLEDGEMENTS = 256;
const PAGES = 32;

export class SharedMailboxes {
  readonly #puts: Rounds<Mail, PutResult>;
  readonly #taken: Rounds<{ readonly device: DeviceRef; readonly seqs: readonly number[] }, undefined>;
  readonly #pages: Rounds<PageOrder, readonly StoredEnvelope[]>;

  constructor(
    private readonly engine: Engine,
    limits: MailboxLimits,
  ) {
    this.#puts = new Rounds((mails) => engine.write('mail', () => putAll(mails, limits)), MAILS);
    this.#taken = new Rounds(async (taken) => {
      await engine.write('taken', () => acknowledgeAll(taken));
      return taken.map(() => undefined);
    }, ACKNOWLEDGEMENTS);
    this.#pages = new Rounds((orders) => engine.read(() => pageAll(orders)), PAGES);
  }

  put(mail: Mail): Promise<PutResult> {
    return this.#puts.ask(mail);
  }

  acknowledge(device: DeviceRef, seqs: readonly number[]): Promise<void> {
    return this.#taken.ask({ device, seqs });
  }

  page(order: PageOrder): Promise<readonly StoredEnvelope[]> {
    return this.#pages.ask(order);
  }

  expire(before: number, slice: number): Promise<number> {
    return this.engine.write('expiry', () => expireAll(before, slice));
  }

  /** Resolves when all that was asked for is done. */
  async settled(): Promise<void> {
    await Promise.all([this.#puts.doneSoFar(), this.#taken.doneSoFar(), this.#pages.doneSoFar()]);
  }

  /** Of all that was asked to be put. */
  async newestSeq(device: DeviceRef): Promise<number> {
    await this.#puts.doneSoFar();
    return this.engine.read(() => newestSeq(device));
  }
}

/**
 * The mailboxes of a relay that is the only one at its database: whose they are, which numbers they gave and how full
 * they are is known in memory, so that mail finds its way without a question to the database.
 *
 * Numbers are reserved on disk in blocks before they are given, so that none is given twice, whatever becomes of the
 * process; numbers of a block that nobody got are left out.
 *
 * @module
 */
import { bytesKey } from '../bytes-key.js';
import type { Limits } from '../limits.js';
import { readHead, readLog } from './device-log-tables.js';
import { Letter, OwnMailbox, type Taker } from './letters.js';
import { Unwritten } from './unwritten.js';
import * as tables from './mailbox-tables.js';
import { bytesOf, type Row, type Step } from './steps.js';
import type { DeviceRef, Mail, Misaddressed, OutgoingMail, PutResult } from './store.js';

/** Numbers that are reserved at once. */
const BLOCK = 1024;

interface Account {
  readonly head: Uint8Array;
  readonly mailboxes: ReadonlyMap<number, OwnMailbox>;
  /** Its log has changed. */
  isStale: boolean;
}

/** What the engine below can do. */
export interface OwnEngine {
  /** Reads what is committed, within this turn of the event loop. */
  readNow<T>(step: () => Step<T>): T;
  write<T>(key: string, step: () => Step<T>): Promise<T>;
}

type Numbered =
  | {
      readonly outcome: 'numbered';
      /** Have a number, and are nowhere yet. */
      readonly fresh: readonly Letter[];
      /** Are on their way already. */
      readonly known: readonly Letter[];
      readonly full: readonly number[];
    }
  | Exclude<PutResult, { readonly outcome: 'stored' }>;

type MailboxLimits = tables.MailboxLimits & Pick<Limits, 'cachedMailboxes' | 'unwrittenTime'>;

export class OwnMailboxes {
  readonly #accounts = new Map<string, Account>();
  readonly #byDevice = new Map<DeviceRef, OwnMailbox>();
  readonly #unwritten: Unwritten;

  constructor(
    private readonly engine: OwnEngine,
    private readonly limits: MailboxLimits,
  ) {
    this.#unwritten = new Unwritten(limits.unwrittenTime, (letters) => this.write(letters));
  }

  /** From now on a device takes envelopes itself. Undefined when it is in no log. */
  attach(account: Uint8Array, deviceId: number, taker: Taker): OwnMailbox | undefined {
    const mailbox = this.#find(account)?.mailboxes.get(deviceId);
    if (!mailbox) return undefined;
    mailbox.taker = taker;
    mailbox.unoffered = mailbox.queued;
    return mailbox;
  }

  /**
   * Puts mail into its mailboxes, all or nothing. Whoever is connected is handed it at once; it is written to disk all
   * the same, unless it is of the ordinary class and acknowledged soon.
   */
  put(mail: Mail, isOrdinary: boolean): Promise<PutResult> {
    const numbered = this.#number(mail);
    if (numbered.outcome !== 'numbered') return Promise.resolve(numbered);
    const { fresh, known, full } = numbered;
    const offered = fresh.filter((letter) => letter.offer() && isOrdinary);
    this.write(offered.length === 0 ? fresh : fresh.filter((letter) => !offered.includes(letter)));
    for (const letter of offered) this.#unwritten.add(letter);
    const devices = fresh.map(({ mailbox }) => mailbox.device);
    return whenKept([...fresh, ...known], { outcome: 'stored', devices, full });
  }

  /** Gives envelopes their numbers; in this order they have to be offered and written. */
  #number(mail: Mail): Numbered {
    const found = this.address(mail);
    if (found.outcome !== 'found') return found;
    const known: Letter[] = [];
    const full: number[] = [];
    const fitting: [OwnMailbox, OutgoingMail][] = [];
    for (const [index, envelope] of mail.envelopes.entries()) {
      const mailbox = found.mailboxes[index]!;
      const former = mailbox.taker?.find(envelope.id);
      if (former === 'stored') continue;
      if (former) known.push(former);
      else if (this.#hasRoom(mailbox, envelope, mail.senderAccount)) fitting.push([mailbox, envelope]);
      else if (!this.engine.readNow(() => tables.holds(mailbox.device, envelope.id)))
        full.push(envelope.deviceId);
    }
    // One device that nobody opens any more must not keep mail from the others.
    if (full.length > 0 && full.length === mail.envelopes.length) return { outcome: 'quota', full };
    const fresh = fitting.map(([mailbox, envelope]) => new Letter(mailbox, mail, envelope));
    return { outcome: 'numbered', fresh, known, full };
  }

  /** The mailboxes that mail is for, one for each envelope. */
  address(
    mail: Mail,
  ): Misaddressed | { readonly outcome: 'found'; readonly mailboxes: readonly OwnMailbox[] } {
    const account = this.#find(mail.receiver);
    if (!account) return { outcome: 'unknown-account' };
    if (Buffer.compare(account.head, mail.head) !== 0) {
      return { outcome: 'log-changed', log: this.engine.readNow(() => readLog(mail.receiver))! };
    }
    const unknown = tables.unknownIn(mail, account.mailboxes);
    if (unknown.length > 0) return { outcome: 'unknown-device', unknown };
    return {
      outcome: 'found',
      mailboxes: mail.envelopes.map(({ deviceId }) => account.mailboxes.get(deviceId)!),
    };
  }

  /** Puts letters on disk, and settles each of them. */
  write(letters: readonly Letter[]): void {
    if (letters.length === 0) return;
    for (const letter of letters) letter.queue();
    this.engine
      .write('', () => insertAll(letters))
      .then(
        ({ reserved, repeated }) => {
          for (const [mailbox, last] of reserved) mailbox.reserved = Math.max(mailbox.reserved, last);
          for (const letter of letters) letter.stored();
          for (const { mailbox, size } of repeated) mailbox.release(1, size);
        },
        (error: unknown) => {
          for (const letter of letters) letter.failed(error);
        },
      );
  }

  /** An entry of a device log was written; called before it is committed. */
  changed(account: Uint8Array, ended: readonly DeviceRef[]): void {
    const known = this.#accounts.get(bytesKey(account));
    if (known) known.isStale = true;
    for (const device of ended) {
      const mailbox = this.#byDevice.get(device);
      if (mailbox) mailbox.isEnded = true;
      this.#byDevice.delete(device);
    }
  }

  /** As {@link Taker.leave}, of whoever is connected. */
  leave(device: DeviceRef, seqs: readonly number[]): number | undefined {
    return this.#byDevice.get(device)?.taker?.leave(seqs);
  }

  /** Envelopes of a device were deleted. */
  released({ device, count, bytes }: tables.Released): void {
    this.#byDevice.get(device)?.release(count, bytes);
  }

  /** Writes what is only in memory, and gives back the numbers that were reserved and not given. */
  async close(): Promise<void> {
    this.#unwritten.flush();
    const open = [...this.#byDevice.values()].filter(({ reserved, lastSeq }) => reserved > lastSeq);
    if (open.length === 0) return;
    await this.engine.write('', function* () {
      for (const { device, lastSeq } of open) yield* tables.reserve(device, lastSeq);
    });
  }

  #find(account: Uint8Array): Account | undefined {
    const key = bytesKey(account);
    const known = this.#accounts.get(key);
    if (known && !known.isStale) return known;
    const loaded = this.engine.readNow(() => load(account, this.#byDevice));
    this.#accounts.delete(key);
    if (!loaded) return undefined;
    this.#accounts.set(key, loaded);
    for (const mailbox of loaded.mailboxes.values()) this.#byDevice.set(mailbox.device, mailbox);
    if (this.#accounts.size > this.limits.cachedMailboxes) this.#forgetOne();
    return loaded;
  }

  /** The account that was loaded longest ago, of those that nobody uses. */
  #forgetOne(): void {
    for (const [key, account] of this.#accounts) {
      const mailboxes = [...account.mailboxes.values()];
      this.#accounts.delete(key);
      if (mailboxes.every(({ isIdle }) => isIdle)) {
        for (const { device } of mailboxes) this.#byDevice.delete(device);
        return;
      }
      this.#accounts.set(key, account);
    }
  }

  /** A mailbox takes what fits; one that is more than half full, from nobody more than a share. */
  #hasRoom(mailbox: OwnMailbox, { content }: OutgoingMail, sender: Uint8Array): boolean {
    const room = tables.roomFor(mailbox.held + 1, mailbox.heldBytes + content.length, this.limits);
    if (room !== 'by share') return room === 'yes';
    mailbox.shares ??= sharesOf(this.engine.readNow(() => tables.shares(mailbox.device)));
    const own = mailbox.shareOf(bytesKey(sender));
    return tables.isShare(own.count + 1, own.bytes + content.length, this.limits);
  }
}

/** Resolves once all are settled, and fails with the first that is lost. */
function whenKept(letters: readonly Letter[], result: PutResult): Promise<PutResult> {
  return new Promise((resolve, reject) => {
    let left = letters.length;
    if (left === 0) resolve(result);
    const waiting = { kept: () => (left -= 1) === 0 && resolve(result), lost: reject };
    for (const letter of letters) letter.wait(waiting);
  });
}

function* load(account: Uint8Array, former: ReadonlyMap<DeviceRef, OwnMailbox>): Step<Account | undefined> {
  const head = yield* readHead(account);
  if (!head) return undefined;
  const mailboxes = new Map<number, OwnMailbox>();
  for (const { deviceId, device, lastSeq } of yield* tables.liveDevices(account)) {
    const { count, bytes } = yield* tables.heldBy(device);
    mailboxes.set(deviceId, former.get(device) ?? new OwnMailbox(device, lastSeq, count, bytes));
  }
  return { head, mailboxes, isStale: false };
}

interface Inserted {
  readonly reserved: ReadonlyMap<OwnMailbox, number>;
  /** Are in their mailboxes under another number. */
  readonly repeated: readonly Letter[];
}

function* insertAll(letters: readonly Letter[]): Step<Inserted> {
  const reserved = new Map<OwnMailbox, number>();
  const repeated: Letter[] = [];
  for (const letter of letters) {
    const { mailbox, envelope } = letter;
    // Its account has taken the device out of its log.
    if (mailbox.isEnded) continue;
    if (envelope.seq > (reserved.get(mailbox) ?? mailbox.reserved)) {
      reserved.set(mailbox, envelope.seq + BLOCK);
      yield* tables.reserve(mailbox.device, envelope.seq + BLOCK);
    }
    if (!(yield* tables.insert(mailbox.device, envelope))) repeated.push(letter);
  }
  return { reserved, repeated };
}

function sharesOf(found: readonly Row[]) {
  return new Map(
    found.map((one) => [
      bytesKey(bytesOf(one.sender_account)),
      { count: Number(one.number), bytes: Number(one.size) },
    ]),
  );
}

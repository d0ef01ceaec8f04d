/**
 * Sends what is stored for sending: in order per peer, each content once, again after every passing fault.
 *
 * A content is encrypted once; its envelopes are stored with the ratchet's new state before they
 * leave, so that after a crash the same bytes go out again and no key is used twice.
 *
 * @module
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import { codeOf, ComingError } from '../errors.js';
import { mayReceive, type DeviceLog, type LoggedDevice } from '../identity/index.js';
import {
  put,
  remove,
  type AccountHex,
  type Change,
  type IdHex,
  type OutboxRow,
  type StoredEnvelope,
} from '../store/index.js';
import { Backoff } from '../transport/index.js';
import { decodeContent, encodeContent, MAX_RECEIPT_IDS, type Content } from './content.js';
import { isPassing, type MessagingContext } from './context.js';
import { advanceMessages, conversationWith, setOutcome } from './rows.js';

/** An outbox row whose envelopes are made. */
type ReadyRow = OutboxRow & { readonly encrypted: NonNullable<OutboxRow['encrypted']> };

interface Wait {
  readonly backoff: Backoff;
  readonly timer: ReturnType<typeof setTimeout>;
}

// How often the receiver's devices may change under one sending before it waits.
const MAX_CORRECTIONS = 5;

export class Outbox {
  /** Peers that are being served; true: look again when done. */
  readonly #serving = new Map<AccountHex, boolean>();
  readonly #served = new Set<Promise<void>>();
  /** Peers for whom something could not be sent; each waits by itself. */
  readonly #waiting = new Map<AccountHex, Wait>();
  #stopped = false;

  constructor(private readonly context: MessagingContext) {}

  /** The change that queues a content behind what waits for this peer. The caller holds the peer's lock. */
  async queue(peer: AccountHex, content: Content, messageId: IdHex | undefined): Promise<Change> {
    const { db, device } = this.context;
    const [last] = await db.list('outbox', { prefix: [peer], reverse: true, limit: 1 });
    const seq = (last?.value.seq ?? 0) + 1;
    const origin = (await db.get('conversations', peer))?.origin;
    const bytes = encodeContent(content, origin ?? device.row.origin);
    const row: OutboxRow = { peer, seq, messageId, content: bytes, origin, encrypted: undefined };
    return put('outbox', [peer, seq], row);
  }

  /** Serves everybody something waits for. */
  async wakeAll(): Promise<void> {
    const waiting = [...(await this.context.db.list('outbox')), ...(await this.context.db.list('receipts'))];
    for (const peer of new Set(waiting.map(({ value }) => value.peer))) this.wake(peer);
  }

  /** Serves one peer. */
  wake(peer: AccountHex): void {
    if (this.#stopped) return;
    clearTimeout(this.#waiting.get(peer)?.timer);
    const isServed = this.#serving.has(peer);
    this.#serving.set(peer, isServed);
    if (isServed) return;
    const served = this.#serve(peer).finally(() => this.#served.delete(served));
    this.#served.add(served);
  }

  /** Resolves when nobody is being served. */
  async settled(): Promise<void> {
    while (this.#served.size > 0) await Promise.all(this.#served);
  }

  stop(): void {
    this.#stopped = true;
    for (const { timer } of this.#waiting.values()) clearTimeout(timer);
  }

  async #serve(peer: AccountHex): Promise<void> {
    try {
      let row = await this.#next(peer);
      while (row && !this.#stopped) {
        await this.#send(row);
        row = await this.#next(peer);
      }
      this.#waiting.delete(peer);
    } catch (error) {
      // Coming online wakes everybody; a fault of another kind passes with time.
      this.context.failed(error);
      if (isPassing(error)) this.#retryLater(peer, error as Partial<ComingError>);
    } finally {
      const again = this.#serving.get(peer);
      this.#serving.delete(peer);
      if (again) this.wake(peer);
    }
  }

  #retryLater(peer: AccountHex, { retryAfter }: Partial<ComingError>): void {
    if (this.#stopped) return;
    const backoff = this.#waiting.get(peer)?.backoff ?? new Backoff(1000, 60_000);
    const pause = backoff.next() + Math.min(retryAfter ?? 0, 300) * 1000;
    this.#waiting.set(peer, { backoff, timer: setTimeout(() => this.wake(peer), pause) });
  }

  /** The oldest waiting content, else one made of the receipts that wait. */
  async #next(peer: AccountHex): Promise<OutboxRow | undefined> {
    const { db, lock } = this.context;
    return lock.run(peer, async () => {
      const [first] = await db.list('outbox', { prefix: [peer], limit: 1 });
      if (first) return first.value;
      // A stranger learns nothing before they are accepted.
      if ((await db.get('conversations', peer))?.request) return undefined;
      const [receipt] = await db.list('receipts', { prefix: [peer], limit: 1 });
      if (!receipt) return undefined;
      const { kind } = receipt.value;
      const receipts = await db.list('receipts', { prefix: [peer, kind], limit: MAX_RECEIPT_IDS });
      const contentIds = receipts.map(({ value }) => value.contentId);
      const content: Content = {
        id: this.context.newId(),
        sentAt: this.context.now(),
        body: { kind: 'receipt', receipt: kind, contentIds },
      };
      const change = await this.queue(peer, content, undefined);
      await db.commit([change, ...receipts.map(({ key }) => remove('receipts', key))]);
      return 'put' in change ? (change.put as OutboxRow) : undefined;
    });
  }

  async #send(row: OutboxRow): Promise<void> {
    try {
      await this.#handOver(row);
    } catch (error) {
      if (isPassing(error)) throw error;
      await this.#finish(row, (db) =>
        row.messageId
          ? setOutcome(db, row.peer, row.messageId, 'failed', codeOf(error))
          : Promise.resolve([]),
      );
      return;
    }
    await this.#finish(row, (db) =>
      row.messageId
        ? advanceMessages(db, row.peer, [row.messageId], 'sent', this.context.now())
        : Promise.resolve([]),
    );
  }

  /** Gives the envelopes to the carrier, corrected until they fit the receiver's devices. */
  async #handOver(row: OutboxRow): Promise<void> {
    const { carrier, device, directory } = this.context;
    const { peer } = row;
    if (peer === device.row.account) return; // nobody else's to have
    await directory.requireTrust(peer);
    let log = await directory.find(peer);
    let ready = await this.#encrypt(row, log);
    for (let correction = 0; correction < MAX_CORRECTIONS; correction += 1) {
      const { logHead, envelopes } = ready.encrypted;
      // Payments have to be durable, and no other message may look different; receipts do not.
      const delivery = row.messageId ? 'durable' : 'ordinary';
      const result = await carrier.send(hexToBytes(peer), logHead, envelopes, delivery);
      if (result.status === 'accepted') return;
      if (result.status === 'unknown-account') {
        throw new ComingError('unknown-account', 'the relay does not know the receiver');
      }
      log =
        result.entries.length > 0
          ? await directory.learn(peer, result.entries)
          : await directory.refresh(peer);
      ready = await this.#encrypt(ready, log);
    }
    throw new ComingError('rate-limited', "the receiver's devices keep changing");
  }

  /**
   * Makes the envelopes that are missing for those devices of this log that have a part in the conversation, and
   * stores them.
   */
  async #encrypt(waiting: OutboxRow, log: DeviceLog): Promise<ReadyRow> {
    const { db, directory, lock, sessions } = this.context;
    const { peer } = waiting;
    const row = await this.#placed(waiting);
    const devices = await sessions.withoutSilent(peer, participants(log, row.origin));
    const kept = (row.encrypted?.envelopes ?? []).filter(({ deviceId }) =>
      devices.some(({ id }) => id === deviceId),
    );
    const missing = devices.filter(({ id }) => !kept.some(({ deviceId }) => deviceId === id));
    // The network comes first: nobody should hold the lock while waiting for it.
    const bundles = await directory.bundles(peer, await sessions.withoutSession(peer, missing));
    return lock.run(peer, async () => {
      const changes: Change[] = [];
      const envelopes: StoredEnvelope[] = [...kept];
      for (const device of missing) {
        const bundle = bundles.find(({ deviceId }) => deviceId === device.id);
        const step = await sessions.encrypt(peer, device, bundle, row.content);
        if (!step) continue; // it has published no keys yet
        const { type, bytes } = step.message;
        envelopes.push({ id: hexToBytes(this.context.newId()), deviceId: device.id, type, content: bytes });
        changes.push(...step.changes);
      }
      if (envelopes.length === 0)
        throw new ComingError('no-devices', 'no device of the account has keys yet');
      const ready: ReadyRow = { ...row, encrypted: { logHead: log.head, envelopes } };
      const conversation = await conversationWith(db, peer, this.context.now());
      // From here on others may have some of it: the conversation stays where it is.
      if (conversation.origin === undefined) {
        changes.push(put('conversations', peer, { ...conversation, origin: row.origin }));
      }
      await db.commit([...changes, put('outbox', [peer, row.seq], ready)]);
      return ready;
    });
  }

  /** The row with its origin: that of the conversation by now, else this device's. */
  async #placed(row: OutboxRow): Promise<OutboxRow & { readonly origin: string }> {
    if (row.origin !== undefined) return { ...row, origin: row.origin };
    const { db, device } = this.context;
    const origin = (await db.get('conversations', row.peer))?.origin ?? device.row.origin;
    return { ...row, origin, content: encodeContent(decodeContent(row.content), origin) };
  }

  /** Takes a content out of the outbox together with what its end means. */
  async #finish(row: OutboxRow, outcome: (db: MessagingContext['db']) => Promise<Change[]>): Promise<void> {
    const { db, lock, changed } = this.context;
    await lock.run(row.peer, async () => {
      await db.commit([remove('outbox', [row.peer, row.seq]), ...(await outcome(db))]);
    });
    if (row.messageId) changed(row.peer);
  }
}

/** @throws ComingError `no-devices`, `no-device-here` */
function participants({ devices }: DeviceLog, origin: string): LoggedDevice[] {
  if (devices.length === 0) throw new ComingError('no-devices', 'the account has no device');
  const here = devices.filter((device) => mayReceive(device, origin));
  if (here.length === 0)
    throw new ComingError('no-device-here', 'no device of the account has a part in this');
  return here;
}

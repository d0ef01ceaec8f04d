/**
 * Sends what is stored for sending: in order per peer, each content once, again after every passing fault. What one's own
 * other devices are told waits in the queue of one's own account.
 *
 * A content is encrypted once; its envelopes are stored with the ratchet's new state before they
 * leave, so that after a crash the same bytes go out again and no key is used twice.
 *
 * @module
 */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
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
import { Backoff, type CarrierState } from '../transport/index.js';
import { decodeContent, encodeContent, MAX_RECEIPT_IDS, type Body, type Content } from './content.js';
import { isPassing, type MessagingContext } from './context.js';
import { advanceMessages, conversationWith, setOutcome } from './rows.js';

/** An outbox row whose envelopes are made. */
type ReadyRow = OutboxRow & {
  readonly origin: string;
  readonly encrypted: NonNullable<OutboxRow['encrypted']>;
};

interface Wait {
  readonly backoff: Backoff;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** Contents after which nothing shows in the conversation; everything else that is said goes to one's own devices too. */
const UNSEEN: ReadonlySet<Body['kind']> = new Set<Body['kind']>(['receipt', 'hand-over', 'resent']);

// Devices for which something is encrypted before others get a turn.
const SLICE = 4;
const CONNECTED: ReadonlySet<CarrierState> = new Set<CarrierState>(['catching-up', 'online']);
// How often the receiver's devices may change under one sending before it waits.
const MAX_CORRECTIONS = 5;

export class Outbox {
  /** Peers that are being served; true: look again when done. */
  readonly #serving = new Map<AccountHex, boolean>();
  /** Peers for whom something could not be sent; each waits by itself. */
  readonly #waiting = new Map<AccountHex, Wait>();
  /** The greatest number that was given away, by peer. */
  readonly #seqs = new Map<AccountHex, number>();
  #ownWaits = false;
  #stopped = false;
  /** Whether the own log is known as the relay has it; until then there may be more devices. */
  isOwnLogKnown = false;

  constructor(private readonly context: MessagingContext) {}

  /** The change that queues a content behind what waits for this peer. The caller holds the peer's lock. */
  async queue(
    peer: AccountHex,
    content: Content,
    messageId: IdHex | undefined,
    options: Pick<OutboxRow, 'to' | 'broken'> & { origin?: string; contentId?: IdHex } = {},
  ): Promise<Change> {
    const { db, device } = this.context;
    const [last] = await db.list('outbox', { prefix: [peer], reverse: true, limit: 1 });
    // Others may queue for one's own account at the same moment, under the locks of other peers.
    const seq = Math.max(last?.value.seq ?? 0, this.#seqs.get(peer) ?? 0) + 1;
    this.#seqs.set(peer, seq);
    const origin = options.origin ?? (await db.get('conversations', peer))?.origin;
    const bytes = encodeContent(content, origin ?? device.row.origin);
    const row = { peer, seq, messageId, content: bytes, origin, encrypted: undefined };
    return put('outbox', [peer, seq], { contentId: content.id, ...options, ...row });
  }

  /**
   * The change that queues something for one's own other devices that have a part in what was started on this origin;
   * none where there is no other. Needs no lock; {@link wakeOwn} sends it.
   */
  async queueOwn(
    body: Body,
    origin: string,
    { id, sentAt }: Pick<Content, 'id' | 'sentAt'> = { id: this.context.newId(), sentAt: this.context.now() },
  ): Promise<Change[]> {
    const { account } = this.context.device.row;
    if (await this.#isAlone(origin)) return [];
    this.#ownWaits = true;
    return [await this.queue(account, { id, sentAt, body }, undefined, { origin })];
  }

  /** Sends what was queued for one's own devices. */
  wakeOwn(): void {
    if (!this.#ownWaits) return;
    this.#ownWaits = false;
    this.wake(this.context.device.row.account);
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
    void this.#serve(peer);
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
    let sent: ReadyRow | undefined;
    try {
      sent = await this.#handOver(row);
    } catch (error) {
      // What is sent again for one device must not keep the others waiting.
      if (isPassing(error) && !(row.to && codeOf(error) === 'no-devices')) throw error;
      await this.#finish(row, (db) =>
        row.messageId
          ? setOutcome(db, row.peer, row.messageId, 'failed', codeOf(error))
          : Promise.resolve([]),
      );
      return;
    }
    await this.#finish(row, async (db) => [
      ...(row.messageId
        ? await advanceMessages(db, row.peer, [row.messageId], 'sent', this.context.now())
        : []),
      ...(sent ? await this.#copy(sent) : []),
    ]);
    this.wakeOwn();
  }

  /** Tells one's own other devices what was said; only now, for they show it as sent. */
  async #copy({ peer, content, contentId, to, origin }: ReadyRow): Promise<Change[]> {
    if (peer === this.context.device.row.account || contentId === undefined || to !== undefined) return [];
    if (UNSEEN.has(decodeContent(content).body.kind)) return [];
    return this.queueOwn({ kind: 'sent-copy', peer, content }, origin);
  }

  /**
   * Gives the envelopes to the carrier, corrected until they fit the receiver's devices.
   *
   * @returns undefined when it was taken back before it was encrypted, or is for nobody
   */
  async #handOver(row: OutboxRow): Promise<ReadyRow | undefined> {
    const { carrier, directory, device } = this.context;
    const { peer } = row;
    const isOwn = peer === device.row.account;
    // A note to self is where it belongs already.
    if (isOwn && (await this.#isAlone(row.origin ?? device.row.origin))) return undefined;
    await directory.requireTrust(peer);
    // What is not encrypted yet can still be taken back.
    if (!CONNECTED.has(carrier.state.value)) throw new ComingError('relay-unreachable', 'not connected');
    let log = await (isOwn && !this.isOwnLogKnown ? directory.refresh(peer) : directory.find(peer));
    let ready = await this.#encrypt(row, log);
    for (let correction = 0; correction < MAX_CORRECTIONS; correction += 1) {
      if (!ready || ready.encrypted.envelopes.length === 0) return undefined;
      const { logHead, envelopes } = ready.encrypted;
      // Payments have to be durable, and no other message may look different; receipts do not.
      const isDurable = Boolean(row.messageId) || isOwn || row.to !== undefined;
      const delivery = isDurable ? 'durable' : 'ordinary';
      const result = await carrier.send(hexToBytes(peer), logHead, envelopes, delivery);
      if (result.status === 'accepted') return ready;
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
  async #encrypt(waiting: OutboxRow, log: DeviceLog): Promise<ReadyRow | undefined> {
    const { db, directory, lock, sessions } = this.context;
    const { peer, broken } = waiting;
    const row = await this.#placed(waiting);
    const devices = await this.#receivers(row, log);
    const before = row.encrypted?.envelopes ?? [];
    // An id may have gone to another device since.
    const had = await sessions.known(
      peer,
      devices.filter(({ id }) => before.some(({ deviceId }) => deviceId === id)),
    );
    const kept = before.filter(({ deviceId }) => had.some(({ id }) => id === deviceId));
    const missing = devices.filter((device) => !had.includes(device));
    // The network comes first: nobody should hold the lock while waiting for it.
    const bundles = await directory.bundles(peer, await sessions.withoutSession(peer, missing, broken));
    return lock.run(peer, async () => {
      // It was taken back meanwhile.
      if (!(await db.get('outbox', [peer, row.seq]))) return undefined;
      const changes: Change[] = [];
      const envelopes: StoredEnvelope[] = [...kept];
      for (const [n, device] of missing.entries()) {
        if (n % SLICE === SLICE - 1) await breath();
        const bundle = bundles.find(({ deviceId }) => deviceId === device.id);
        const step = await sessions.encrypt(peer, device, bundle, row.content, broken);
        if (!step) continue; // it has published no keys yet
        const { type, bytes } = step.message;
        envelopes.push({ id: hexToBytes(this.context.newId()), deviceId: device.id, type, content: bytes });
        changes.push(...step.changes);
      }
      if (envelopes.length === 0 && devices.length > 0)
        throw new ComingError('no-devices', 'no device of the account has keys yet');
      const ready: ReadyRow = { ...row, encrypted: { logHead: log.head, envelopes } };
      if (peer !== this.context.device.row.account) {
        const conversation = await conversationWith(db, peer, this.context.now());
        // From here on others may have some of it: the conversation stays where it is.
        if (conversation.origin === undefined) {
          changes.push(put('conversations', peer, { ...conversation, origin: row.origin }));
        }
      }
      changes.push(...(await this.#keep(ready)));
      await db.commit([...changes, put('outbox', [peer, row.seq], ready)]);
      return ready;
    });
  }

  /** Those devices of this log that a row is for. */
  async #receivers(row: OutboxRow & { readonly origin: string }, log: DeviceLog): Promise<LoggedDevice[]> {
    const { peer, origin, to } = row;
    if (to === undefined) {
      const devices = this.#others(peer, log.devices, origin);
      const heard = await this.context.sessions.withoutSilent(peer, devices);
      if (peer === this.context.device.row.account) return heard;
      requireSome(log.devices, devices);
      // What is said to somebody who was away for long has to go somewhere.
      return heard.length > 0 ? heard : devices;
    }
    return log.devices.filter((device) => device.id === to && mayReceive(device, origin));
  }

  /** Whether no other device of one's own has a part in what was started on this origin, as far as the relay said. */
  async #isAlone(origin: string): Promise<boolean> {
    const { account } = this.context.device.row;
    const { devices } = await this.context.directory.find(account);
    return this.isOwnLogKnown && this.#others(account, devices, origin).length === 0;
  }

  /** The devices of an account that have a part in what was started on this origin; of one's own, the others. */
  #others(peer: AccountHex, devices: readonly LoggedDevice[], origin: string): LoggedDevice[] {
    const { account, deviceId } = this.context.device.row;
    return devices.filter(
      (device) => mayReceive(device, origin) && !(peer === account && device.id === deviceId),
    );
  }

  /** Keeps a content for devices that will not be able to decrypt it. */
  async #keep({ peer, contentId, content, to, origin, encrypted }: ReadyRow): Promise<Change[]> {
    if (contentId === undefined) return [];
    const { db, now } = this.context;
    const key = [peer, contentId];
    const kept = await db.get('sentContents', key);
    const envelopes = encrypted.envelopes.map(({ id, deviceId }) => ({ id: bytesToHex(id), deviceId }));
    const others =
      kept?.envelopes.filter(({ id }) => !envelopes.some((envelope) => envelope.id === id)) ?? [];
    return [
      put('sentContents', key, {
        // What is sent again stands in another content.
        ...(to === undefined ? { content } : { content: kept?.content }),
        ...{ peer, contentId, origin, at: now(), envelopes: [...others, ...envelopes] },
        acknowledged: to === undefined ? (kept?.acknowledged ?? []) : [],
      }),
    ];
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
function requireSome(devices: readonly LoggedDevice[], here: readonly LoggedDevice[]): void {
  if (devices.length === 0) throw new ComingError('no-devices', 'the account has no device');
  if (here.length === 0)
    throw new ComingError('no-device-here', 'no device of the account has a part in this');
}

/** Lets whatever else waits have its turn: much of the cryptography does not yield by itself. */
function breath(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/**
 * A relay inside the page: people whose clients share it reach each other without a server.
 *
 * For stories, demos without a network and tests. It keeps what a relay keeps (logs, public
 * pre-keys, envelopes until they are acknowledged) and, like one, sees only ciphertext.
 *
 * @module
 */
import { signal } from '@preact/signals-core';
import { bytesToHex } from '@noble/hashes/utils.js';
import { ComingError } from '../errors.js';
import { compareLogs, extendLog, verifyLog, type DeviceLog, type SignedEntry } from '../identity/index.js';
import { Backoff } from './backoff.js';
import type {
  AppendResult,
  CarrierState,
  ClaimedBundle,
  Credentials,
  Delivery,
  IncomingEnvelope,
  KeyCounts,
  OutgoingEnvelope,
  PreKeyPublication,
  PublicPreKey,
  Receiver,
  Relay,
  SendResult,
  Watchable,
} from './carrier.js';

interface Mailbox {
  nextSeq: bigint;
  waiting: IncomingEnvelope[];
  keys: { registrationId: number; signed: PublicPreKey; lastResort: PublicPreKey } | undefined;
  oneTime: PublicPreKey[];
  oneTimeKyber: PublicPreKey[];
  connection: LoopbackConnection | undefined;
}

interface Session {
  readonly credentials: Credentials;
  readonly receiver: Receiver;
  readonly mailbox: Mailbox;
}

/** The shared part: what a relay would keep in its database. */
export class LoopbackRelay {
  readonly #logs = new Map<string, DeviceLog>();
  readonly #mailboxes = new Map<string, Mailbox>();
  readonly #connections = new Set<LoopbackConnection>();
  #online = true;

  /** A connection for one client. */
  connect(): Relay {
    const connection = new LoopbackConnection(this);
    this.#connections.add(connection);
    return connection;
  }

  /** Cuts everybody off, or lets them back in; what was sent meanwhile waits at the senders. */
  set online(online: boolean) {
    this.#online = online;
    for (const connection of this.#connections) connection.reachable(online);
  }

  get online(): boolean {
    return this.#online;
  }

  /** @internal */
  logOf(account: Uint8Array): DeviceLog | undefined {
    return this.#logs.get(bytesToHex(account));
  }

  /** @internal */
  setLog(log: DeviceLog): void {
    this.#logs.set(bytesToHex(log.account), log);
    for (const connection of this.#connections) void connection.devicesChanged(log.account);
  }

  /** @internal */
  mailboxOf(account: Uint8Array, deviceId: number): Mailbox {
    const name = `${bytesToHex(account)}.${deviceId}`;
    let mailbox = this.#mailboxes.get(name);
    if (!mailbox) {
      mailbox = {
        nextSeq: 1n,
        waiting: [],
        keys: undefined,
        oneTime: [],
        oneTimeKyber: [],
        connection: undefined,
      };
      this.#mailboxes.set(name, mailbox);
    }
    return mailbox;
  }

  /** @internal */
  forget(connection: LoopbackConnection): void {
    this.#connections.delete(connection);
  }
}

const KEYS_LOW = 20;

class LoopbackConnection implements Relay {
  readonly url = 'wss://loopback.invalid/';
  readonly #state = signal<CarrierState>('idle');
  readonly #backoff = new Backoff(500, 30_000);
  #session: Session | undefined;
  #draining = false;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly relay: LoopbackRelay) {}

  get state(): Watchable<CarrierState> {
    return this.#state;
  }

  signIn(credentials: Credentials, receiver: Receiver): void {
    const mailbox = this.relay.mailboxOf(credentials.account, credentials.deviceId);
    this.#session = { credentials, receiver, mailbox };
    this.reconnect();
  }

  reconnect(): void {
    if (this.#state.value === 'displaced') this.#state.value = 'offline';
    this.reachable(this.relay.online);
  }

  reachable(online: boolean): void {
    if (!this.#session || this.#state.value === 'displaced') return;
    if (online) void this.#connect();
    else this.#state.value = 'offline';
  }

  close(): void {
    if (this.#session?.mailbox.connection === this) this.#session.mailbox.connection = undefined;
    this.#session = undefined;
    clearTimeout(this.#retry);
    this.#state.value = 'idle';
    this.relay.forget(this);
  }

  /** The log of somebody went on. */
  async devicesChanged(account: Uint8Array): Promise<void> {
    const session = this.#session;
    if (!session || this.#state.value === 'displaced' || !this.relay.online) return;
    const { credentials, receiver } = session;
    const log = this.relay.logOf(account);
    if (!log || bytesToHex(account) !== bytesToHex(credentials.account)) return;
    if (await receiver.ownLog(log.entries)) this.relay.setLog(await verifyLog(account, credentials.log()));
  }

  /** The same device connected elsewhere. */
  displace(): void {
    clearTimeout(this.#retry);
    this.#state.value = 'displaced';
  }

  async readLog(account: Uint8Array): Promise<readonly SignedEntry[] | undefined> {
    await this.#crossing();
    return this.relay.logOf(account)?.entries;
  }

  async appendLog(
    account: Uint8Array,
    previous: Uint8Array | undefined,
    entry: SignedEntry,
  ): Promise<AppendResult> {
    await this.#crossing();
    const log = this.relay.logOf(account);
    if (log?.entries.at(-1)?.text === entry.text) return { status: 'appended' };
    if (headText(log?.head) !== headText(previous)) {
      return { status: 'log-changed', entries: log?.entries ?? [] };
    }
    this.relay.setLog(await extendLog(log, account, entry));
    return { status: 'appended' };
  }

  async replaceLog(
    account: Uint8Array,
    previous: Uint8Array,
    entries: readonly SignedEntry[],
  ): Promise<void> {
    await this.#crossing();
    const log = this.relay.logOf(account);
    const repaired = await verifyLog(account, entries);
    const isRepair =
      log && headText(log.head) === headText(previous) && compareLogs(log, repaired) === 'newer';
    if (!isRepair) throw new ComingError('relay-refused', 'not a repair of the log that is here');
    this.relay.setLog(repaired);
  }

  async publishKeys(keys: PreKeyPublication): Promise<KeyCounts> {
    await this.#crossing();
    const { mailbox } = this.#signedIn();
    const signed = keys.signed ?? mailbox.keys?.signed;
    const lastResort = keys.lastResort ?? mailbox.keys?.lastResort;
    if (!signed || !lastResort) throw new ComingError('relay-refused', 'no signed pre-key');
    mailbox.keys = { registrationId: keys.registrationId, signed, lastResort };
    mailbox.oneTime.push(...keys.oneTime);
    mailbox.oneTimeKyber.push(...keys.oneTimeKyber);
    return countsOf(mailbox);
  }

  async claimKeys(account: Uint8Array, deviceIds: readonly number[]): Promise<readonly ClaimedBundle[]> {
    await this.#crossing();
    return deviceIds.flatMap((deviceId) => {
      const mailbox = this.relay.mailboxOf(account, deviceId);
      if (!mailbox.keys) return [];
      const { registrationId, signed, lastResort } = mailbox.keys;
      const kyber = mailbox.oneTimeKyber.shift() ?? lastResort;
      const oneTime = mailbox.oneTime.shift();
      if (mailbox.oneTime.length < KEYS_LOW) mailbox.connection?.keysLow(countsOf(mailbox));
      return [{ deviceId, registrationId, signed, kyber, oneTime }];
    });
  }

  async send(
    account: Uint8Array,
    logHead: Uint8Array,
    envelopes: readonly OutgoingEnvelope[],
    delivery: Delivery,
  ): Promise<SendResult> {
    await this.#crossing();
    const { credentials } = this.#signedIn();
    const log = this.relay.logOf(account);
    if (!log) return { status: 'unknown-account' };
    const known = envelopes.every(({ deviceId }) => log.devices.some(({ id }) => id === deviceId));
    if (!known || headText(log.head) !== headText(logHead)) {
      return { status: 'log-changed', entries: log.entries };
    }
    for (const { id, deviceId, type, content } of envelopes) {
      const mailbox = this.relay.mailboxOf(account, deviceId);
      if (mailbox.waiting.some((waiting) => bytesToHex(waiting.id) === bytesToHex(id))) continue;
      const isKept = delivery !== 'ephemeral';
      const envelope: IncomingEnvelope = {
        seq: isKept ? mailbox.nextSeq : 0n,
        id,
        senderAccount: credentials.account,
        senderDevice: credentials.deviceId,
        type,
        content,
        receivedAt: Math.floor(Date.now() / 1000),
      };
      if (!isKept) {
        void mailbox.connection?.pass(envelope);
        continue;
      }
      mailbox.waiting.push(envelope);
      mailbox.nextSeq += 1n;
      void mailbox.connection?.drain();
    }
    return { status: 'accepted' };
  }

  keysLow(counts: KeyCounts): void {
    this.#session?.receiver.keysLow(counts);
  }

  /** Delivers something that is never kept. */
  async pass(envelope: IncomingEnvelope): Promise<void> {
    if (this.relay.online) await this.#session?.receiver.deliver([envelope]).catch(() => undefined);
  }

  /** Delivers what waits, in order; what the receiver could not store comes again after a pause. */
  async drain(): Promise<void> {
    if (this.#draining || !this.#session) return;
    this.#draining = true;
    clearTimeout(this.#retry);
    const { mailbox, receiver } = this.#session;
    try {
      while (mailbox.waiting.length > 0 && this.relay.online && mailbox.connection === this) {
        const batch = mailbox.waiting.slice(0, 256);
        const stored = new Set(await receiver.deliver(batch));
        mailbox.waiting = mailbox.waiting.filter(({ seq }) => !stored.has(seq));
        if (stored.size < batch.length) throw new ComingError('internal', 'not everything was stored');
      }
      this.#backoff.reset();
    } catch {
      if (this.#session) this.#retry = setTimeout(() => void this.drain(), this.#backoff.next());
    } finally {
      this.#draining = false;
    }
  }

  async #connect(): Promise<void> {
    const session = this.#session!;
    this.#state.value = 'connecting';
    const { account, log } = session.credentials;
    if (!this.relay.logOf(account)) this.relay.setLog(await verifyLog(account, log()));
    if (this.#session !== session || !this.relay.online) return;
    if (session.mailbox.connection !== this) session.mailbox.connection?.displace();
    session.mailbox.connection = this;
    this.#state.value = 'catching-up';
    session.receiver.signedIn(countsOf(session.mailbox));
    await this.devicesChanged(account);
    await this.drain();
    if (this.#session === session && this.#state.value === 'catching-up') this.#state.value = 'online';
  }

  #signedIn(): Session {
    const isAway = ['idle', 'offline', 'displaced'].includes(this.#state.value);
    if (!this.#session || isAway) throw unreachable();
    return this.#session;
  }

  /** Every request takes a turn of the event loop, as it would over a network. */
  async #crossing(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve));
    if (!this.relay.online) throw unreachable();
  }
}

/** Makes an in-page relay. */
export function createLoopback(): LoopbackRelay {
  return new LoopbackRelay();
}

function countsOf({ oneTime, oneTimeKyber }: Mailbox): KeyCounts {
  return { oneTime: oneTime.length, oneTimeKyber: oneTimeKyber.length };
}

function headText(head: Uint8Array | undefined): string {
  return head ? bytesToHex(head) : '';
}

function unreachable(): ComingError {
  return new ComingError('relay-unreachable', 'the loopback relay is switched off');
}

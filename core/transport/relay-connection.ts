/**
 * A relay that a device stays signed in to: connects, proves the device key, comes back after every fall.
 *
 * @module
 */
import { signal } from '@preact/signals-core';
import { relay as wire } from '../../proto/gen/relay.js';
import { fromTime, toTime, toUint64 } from '../../proto/int64.js';
import { ComingError } from '../errors.js';
import { headOf, signRelayAuth, toWireEntry, type SignedEntry } from '../identity/index.js';
import { Backoff } from './backoff.js';
import type {
  AppendResult,
  CarrierState,
  ClaimedBundle,
  Credentials,
  Delivery,
  KeyCounts,
  OutgoingEnvelope,
  PreKeyPublication,
  Receiver,
  Relay,
  SendResult,
  Watchable,
} from './carrier.js';
import { RelaySocket, unreachable, type WebSocketConstructor } from './relay-socket.js';
import { readBundle, readCounts, readEntries, readEnvelope, writePublication } from './relay-wire.js';

export interface RelayConnectionOptions {
  readonly url: string;
  readonly randomBytes: (length: number) => Uint8Array;
  /** The platform's `WebSocket` by default; Node passes the one of `ws`. */
  readonly webSocket?: WebSocketConstructor | undefined;
}

interface Session {
  readonly credentials: Credentials;
  readonly receiver: Receiver;
}

type Request = Omit<wire.Request.$Properties, 'id'>;

const { Status } = wire;
/** As on the wire. */
const CLASSES: readonly Delivery[] = ['ordinary', 'durable', 'ephemeral'];
const PROTOCOL = 1;
const CONNECT_TIMEOUT_MS = 15_000;
const PING_EVERY_MS = 25_000;
const DISPLACED = 4409;
// Frames hold at most 256 KiB; this leaves room for ids and lengths.
const SEND_BATCH_BYTES = 200 * 1024;

export class RelayConnection implements Relay {
  readonly url: string;
  readonly #state = signal<CarrierState>('idle');
  readonly #backoff = new Backoff(500, 30_000);
  #session: Session | undefined;
  #socket: RelaySocket | undefined;
  #signedIn = false;
  /** The relay said when to come back. */
  #leaving = false;
  /** What the next pause lasts at least, in ms. */
  #pause = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #deliveries: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(private readonly options: RelayConnectionOptions) {
    this.url = new URL(options.url).href;
  }

  get state(): Watchable<CarrierState> {
    return this.#state;
  }

  signIn(credentials: Credentials, receiver: Receiver): void {
    if (this.#closed) return;
    this.#session = { credentials, receiver };
    this.#connect();
  }

  reconnect(): void {
    if (!this.#session || this.#socket || this.#closed) return;
    this.#backoff.reset();
    this.#connect();
  }

  close(): void {
    this.#closed = true;
    this.#session = undefined;
    this.#letGo();
    this.#state.value = 'idle';
  }

  async readLog(account: Uint8Array): Promise<readonly SignedEntry[] | undefined> {
    const response = await this.#anonymous({ readLog: { account } });
    if (response.status === Status.UNKNOWN_ACCOUNT) return undefined;
    return readEntries(accept(response).log);
  }

  async appendLog(
    account: Uint8Array,
    previous: Uint8Array | undefined,
    entry: SignedEntry,
  ): Promise<AppendResult> {
    const response = await this.#anonymous(appendRequest(account, previous, entry));
    if (response.status === Status.LOG_CHANGED) {
      return { status: 'log-changed', entries: readEntries(response.log) };
    }
    accept(response);
    return { status: 'appended' };
  }

  async replaceLog(
    account: Uint8Array,
    previous: Uint8Array,
    entries: readonly SignedEntry[],
  ): Promise<void> {
    const repaired = entries.map(toWireEntry);
    const response = await this.#anonymous({ appendLog: { account, previous, repaired } });
    // Somebody changed the list meanwhile: what that means has to be looked at first.
    if (response.status === Status.LOG_CHANGED) {
      throw new ComingError('rate-limited', "the account's devices keep changing");
    }
    accept(response);
  }

  async publishKeys(keys: PreKeyPublication): Promise<KeyCounts> {
    return readCounts(accept(await this.#request({ publishKeys: writePublication(keys) })).counts);
  }

  async claimKeys(account: Uint8Array, deviceIds: readonly number[]): Promise<readonly ClaimedBundle[]> {
    const response = await this.#request({ claimKeys: { account, deviceIds: [...deviceIds] } });
    return (accept(response).keys?.bundles ?? []).map(readBundle);
  }

  async send(
    account: Uint8Array,
    logHead: Uint8Array,
    envelopes: readonly OutgoingEnvelope[],
    delivery: Delivery,
  ): Promise<SendResult> {
    // Several frames are as good as one: a repeat after a failure in between is harmless.
    for (const batch of inBatches(envelopes)) {
      const response = await this.#request({
        send: { account, logHead, envelopes: batch, delivery: CLASSES.indexOf(delivery) },
      });
      switch (response.status) {
        case Status.LOG_CHANGED:
        case Status.UNKNOWN_DEVICE:
          return { status: 'log-changed', entries: readEntries(response.log) };
        case Status.UNKNOWN_ACCOUNT:
          return { status: 'unknown-account' };
        default:
          accept(response);
      }
    }
    return { status: 'accepted' };
  }

  /** A request of a signed-in device. */
  #request(request: Request): Promise<wire.Response.$Shape> {
    return this.#socket && this.#signedIn ? this.#socket.request(request) : Promise.reject(unreachable());
  }

  /** A request that needs no signing in; makes a socket for itself when there is no session. */
  async #anonymous(request: Request): Promise<wire.Response.$Shape> {
    if (this.#session || this.#closed) return this.#request(request);
    const challenged = gate();
    const socket = this.#open({
      request: ({ challenge }) => challenge && challenged.open(),
      closed: () => challenged.fail(unreachable()),
    });
    const timer = setTimeout(() => socket.close(), CONNECT_TIMEOUT_MS);
    try {
      await challenged.passed;
      return await socket.request(request);
    } finally {
      clearTimeout(timer);
      socket.close();
    }
  }

  #open(handlers: ConstructorParameters<typeof RelaySocket>[2]): RelaySocket {
    return new RelaySocket(this.url, this.options.webSocket ?? WebSocket, handlers);
  }

  #connect(): void {
    this.#letGo();
    this.#leaving = false;
    this.#pause = 0;
    this.#state.value = 'connecting';
    const socket = this.#open({
      request: (request) => void this.#handle(socket, request),
      closed: (code) => this.#fell(socket, code),
    });
    this.#socket = socket;
    this.#timer = setTimeout(() => socket.close(), CONNECT_TIMEOUT_MS);
  }

  /** Gives up the socket, if there is one, and whatever was planned with it. */
  #letGo(): void {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    // First forgotten, then closed: it did not fall, so nothing should follow.
    this.#socket = undefined;
    this.#signedIn = false;
    socket?.close();
  }

  #fell(socket: RelaySocket, code: number): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    this.#signedIn = false;
    if (code === DISPLACED) {
      clearTimeout(this.#timer);
      this.#state.value = 'displaced';
      return;
    }
    this.#state.value = 'offline';
    if (!this.#leaving) this.#comeBack();
  }

  #comeBack(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), this.#backoff.next() + this.#pause);
  }

  async #handle(socket: RelaySocket, request: wire.Request.$Shape): Promise<void> {
    if (this.#socket !== socket) return;
    try {
      if (request.challenge) await this.#signIn(socket, request.challenge);
      else if (request.deliver) await this.#deliver(socket, request.deliver);
      else if (request.queueEmpty) this.#caughtUp();
      else if (request.devicesChanged) await this.#showOwnLog(socket);
      else if (request.keysLow) this.#session?.receiver.keysLow(readCounts(request.keysLow.counts));
      else if (request.reconnect) {
        // The socket is used until then.
        this.#leaving = true;
        this.#pause = pauseOf(request.reconnect.after);
        this.#comeBack();
      }
    } catch (error) {
      this.#pause = pauseOf((error as Partial<ComingError>).retryAfter);
      // Whatever it was, the way out is the same: a new connection, after a pause.
      this.#session?.receiver.failed(error);
      socket.close();
    }
  }

  #caughtUp(): void {
    this.#state.value = 'online';
    // Only now: a relay that lets devices in and then fails must not be hammered.
    this.#backoff.reset();
  }

  async #signIn(socket: RelaySocket, { nonce, protocol, time }: wire.Challenge.$Properties): Promise<void> {
    const session = this.#session;
    if (!session) return;
    if (protocol !== PROTOCOL || nonce?.length !== 32) {
      throw new ComingError('relay-refused', 'not a relay, or of another protocol version');
    }
    const authenticate = await this.#authentication(session.credentials, nonce, fromTime(time));
    let response = await socket.request({ authenticate });
    if (response.status === Status.UNKNOWN_DEVICE) {
      // It is new there, or was removed.
      await this.#showOwnLog(socket);
      if (this.#socket !== socket) return;
      await introduce(socket, session.credentials);
      response = await socket.request({ authenticate });
    }
    const { authenticated } = accept(response);
    if (this.#socket !== socket) return;
    clearTimeout(this.#timer);
    this.#signedIn = true;
    this.#timer = setTimeout(() => this.#ping(socket), PING_EVERY_MS);
    if (this.#state.value === 'connecting') this.#state.value = 'catching-up';
    session.receiver.signedIn(readCounts(authenticated?.counts));
    await this.#showOwnLog(socket);
  }

  async #showOwnLog(socket: RelaySocket): Promise<void> {
    const session = this.#session;
    if (!session) return;
    const response = await socket.request({ readLog: { account: session.credentials.account } });
    if (response.status !== Status.OK || this.#socket !== socket) return;
    const entries = readEntries(response.log);
    const isBehind = entries.length === 0 || (await session.receiver.ownLog(entries));
    if (isBehind && this.#socket === socket) await introduce(socket, session.credentials);
  }

  async #authentication(
    { account, deviceId, identityPrivate }: Credentials,
    relayNonce: Uint8Array,
    // The relay's own: a device whose clock is wrong must get in all the same.
    time: number,
  ): Promise<wire.Authenticate.$Properties> {
    const domain = new URL(this.url).host;
    const clientNonce = this.options.randomBytes(32);
    const auth = { domain, relayNonce, clientNonce, account, deviceId, time };
    const signature = await signRelayAuth(identityPrivate, auth);
    return { account, deviceId, clientNonce, time: toTime(time), signature, domain };
  }

  #ping(socket: RelaySocket): void {
    if (this.#socket !== socket) return;
    // A socket that stays silent closes itself.
    socket.request({ ping: {} }).then(
      () => {
        if (this.#socket === socket && !this.#leaving)
          this.#timer = setTimeout(() => this.#ping(socket), PING_EVERY_MS);
      },
      () => undefined,
    );
  }

  /** One delivery at a time, in order; acknowledges what was stored. */
  #deliver(socket: RelaySocket, { envelopes }: wire.Deliver.$Properties): Promise<void> {
    const delivery = this.#deliveries.then(async () => {
      const session = this.#session;
      if (!session || this.#socket !== socket) return;
      const incoming = (envelopes ?? []).map(readEnvelope);
      const stored = await session.receiver.deliver(incoming);
      // What has no number was never kept.
      const seqs = stored.filter((seq) => seq).map(toUint64);
      if (seqs.length > 0) accept(await socket.request({ acknowledge: { seqs } }));
      // What was not stored comes again on a new connection; why not is the receiver's to say.
      if (stored.length < incoming.length) socket.close();
    });
    this.#deliveries = delivery.catch(() => undefined);
    return delivery;
  }
}

/** Tells a relay that does not know the device (it is new, or forgot) about it. */
async function introduce(socket: RelaySocket, { account, log }: Credentials): Promise<void> {
  let previous: Uint8Array | undefined;
  for (const entry of log()) {
    const response = await socket.request(appendRequest(account, previous, entry));
    // It may know a part of the log already.
    if (response.status !== Status.LOG_CHANGED) accept(response);
    previous = headOf(entry.text);
  }
}

function appendRequest(account: Uint8Array, previous: Uint8Array | undefined, entry: SignedEntry): Request {
  return { appendLog: { account, previous: previous ?? new Uint8Array(), entry: toWireEntry(entry) } };
}

/** In ms. No relay keeps a device away for longer than five minutes. */
function pauseOf(seconds: number | null = 0): number {
  return Math.min(seconds ?? 0, 300) * 1000;
}

/** The response if it says OK. */
function accept(response: wire.Response.$Shape): wire.Response.$Shape {
  switch (response.status) {
    case Status.OK:
      return response;
    case Status.RATE_LIMITED:
    case Status.QUOTA:
      throw new ComingError(
        'rate-limited',
        'the relay asks for patience',
        undefined,
        response.retryAfter ?? 0,
      );
    case Status.UNAVAILABLE:
      throw unreachable(response.retryAfter ?? 0);
    default:
      throw new ComingError('relay-refused', `the relay refused (status ${response.status ?? 0})`);
  }
}

function* inBatches(envelopes: readonly OutgoingEnvelope[]): Generator<OutgoingEnvelope[]> {
  let batch: OutgoingEnvelope[] = [];
  let bytes = 0;
  for (const envelope of envelopes) {
    if (batch.length > 0 && bytes + envelope.content.length > SEND_BATCH_BYTES) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(envelope);
    bytes += envelope.content.length + 64;
  }
  if (batch.length > 0) yield batch;
}

/** A promise that is settled from outside. */
function gate(): { passed: Promise<void>; open(): void; fail(error: Error): void } {
  let open!: () => void;
  let fail!: (error: Error) => void;
  const passed = new Promise<void>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { passed, open, fail };
}

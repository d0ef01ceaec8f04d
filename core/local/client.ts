/**
 * The client that owns a device's sessions: opens the profile, signs in, and publishes what happens.
 *
 * @module
 */
import { batch, effect, signal } from '@preact/signals-core';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import type {
  AccountSigner,
  Capability,
  ClientStatus,
  ComingClient,
  Contact,
  Conversation,
  ConversationSummary,
  Export,
  GuestSecret,
  Identity,
  Import,
  LinkOffer,
  Me,
  Payments,
  Watchable,
} from '../client.js';
import { codeOf, ComingError, type ErrorCode } from '../errors.js';
import { encodeAddress, parseComingId } from '../identity/index.js';
import type { Asset } from '../ledger/assets.js';
import { Device, Messaging } from '../messaging/index.js';
import { platformPrimitives } from '../ratchet/index.js';
import {
  Lease,
  MemoryDatabase,
  notOwner,
  openIndexedDatabase,
  type AccountHex,
  type Change,
  type Database,
  type DeviceRow,
} from '../store/index.js';
import {
  RelayConnection,
  type LoopbackRelay,
  type Relay,
  type WebSocketConstructor,
} from '../transport/index.js';
import { ConversationView, toSummary } from './conversation-view.js';
import { Accounts, loadAccounts, type PendingLink } from './accounts.js';
import { enrolGuest, enrolWith, OF_WALLET, type NewDeviceOptions } from '../accounts/enrolment.js';
import { ownProfile, type Ownership } from './owner-lock.js';
import { chosenChain, Paying, type ChainChoice, type ChosenChain } from './paying.js';
import { Refresher } from '../refresher.js';
import type { ImportContext } from '../transfer/index.js';
import { Transferring } from './transferring.js';

export interface LocalClientOptions {
  /** WebSocket address of the relay, e.g. `wss://relay.example`, or a relay in the page. */
  readonly relay: string | LoopbackRelay;
  /** What to pay on; without it the client cannot pay, nor check what others paid. */
  readonly chain?: ChainChoice | undefined;
  /** Names the identity on this origin; several people can live on one. `default` when absent. */
  readonly profile?: string;
  /** `memory` keeps nothing; `persistent`, the default, falls back to memory where storage is denied. */
  readonly storage?: 'persistent' | 'memory';
  /** Keeps everything instead of what `storage` says; for this client alone, which closes it. */
  readonly database?: Database;
  /** The platform's by default. */
  readonly webSocket?: WebSocketConstructor;
  /** What a device log names as this device's place; the page's origin by default. */
  readonly origin?: string;
  readonly now?: () => number;
}

const SHOWN_ELSEWHERE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'relay-unreachable',
  'rate-limited',
  'no-devices',
  'chain-unreachable',
  'wrong-chain',
  'closed',
]);

/** Everything that exists only while somebody is signed in. */
interface SignedIn {
  readonly device: Device;
  readonly messaging: Messaging;
  readonly paying: Paying;
  readonly accounts: Accounts;
}

/**
 * Makes a client and begins to open its profile; `status` tells how far it is.
 *
 * @throws RangeError when `relay` is not a WebSocket address, `profile` not a short name, or `chain` none
 */
export function createLocalClient(options: LocalClientOptions): ComingClient {
  return new LocalClient(options);
}

class LocalClient implements ComingClient {
  readonly #status;
  readonly #conversations = signal<readonly ConversationSummary[]>([]);
  readonly #views = new Set<ConversationView>();
  readonly #listRefresher = new Refresher(() => this.#readList());
  readonly #transferring = new Transferring();
  readonly #closing = new AbortController();
  readonly #relayUrl: string;
  readonly #profile: string;
  readonly #now: () => number;
  readonly #chain: ChosenChain | undefined;
  readonly #opened: Promise<void>;
  #relay: Relay;
  #unwatchRelay: (() => void) | undefined;
  #ownership: Ownership | undefined;
  #db: Database | undefined;
  /** The right to write of whoever signs in; ends with {@link erase}. */
  #lease: Lease | undefined;
  #signedIn: SignedIn | undefined;
  /** What this device offered to be linked with. */
  #pendingLink: PendingLink | undefined;
  /** An enrolment under way; a second one must not start beside it. */
  #enrolling = false;

  constructor(private readonly options: LocalClientOptions) {
    const { relay, profile = 'default', now = Date.now } = options;
    if (!/^[\w.-]{1,64}$/.test(profile)) throw new RangeError('a profile is a short name');
    this.#profile = profile;
    this.#now = now;
    this.#chain = options.chain && chosenChain(options.chain);
    this.#relay = this.#newRelay();
    this.#relayUrl = typeof relay === 'string' ? this.#relay.url : '';
    this.#status = signal<ClientStatus>({
      phase: 'starting',
      me: undefined,
      connection: 'idle',
      storage: options.database?.kind ?? options.storage ?? 'persistent',
      relay: this.#relayUrl,
      chain: this.#chain?.name,
      problem: undefined,
    });
    this.#opened = this.#open();
  }

  get status(): Watchable<ClientStatus> {
    return this.#status;
  }

  get conversations(): Watchable<readonly ConversationSummary[]> {
    return this.#conversations;
  }

  async becomeGuest({ secret, ...options }: { deviceName?: string; secret?: GuestSecret } = {}): Promise<Me> {
    return this.#enrol(async (db, device) => {
      if (!secret) return enrolGuest(db, device);
      const { restoreGuest } = await loadAccounts();
      return restoreGuest(db, device, this.#relay, secret);
    }, options.deviceName);
  }

  async useWallet(
    signer: AccountSigner,
    { access = 'origin', ...options }: { deviceName?: string; access?: Capability } = {},
  ): Promise<Me> {
    return this.#enrol(
      (db, device) => enrolWith(db, device, signer, this.#relay, OF_WALLET, access),
      options.deviceName,
    );
  }

  async openConversation(peer: string): Promise<Conversation> {
    await this.#openedHere();
    const { messaging } = this.#requireSignedIn();
    const account = await messaging.directory.successorOf(bytesToHex(parseComingId(peer)));
    await messaging.ensureConversation(account);
    const view = new ConversationView(account, this.#db!, messaging, this.#assets, (closed) =>
      this.#views.delete(closed),
    );
    this.#views.add(view);
    await view.refresh();
    return view;
  }

  async openPayments(): Promise<Payments> {
    await this.#openedHere();
    return this.#requireSignedIn().paying.open();
  }

  async offerLink({ deviceName }: { deviceName?: string } = {}): Promise<LinkOffer> {
    await this.#openedHere();
    this.#requireOwner();
    if (this.#signedIn) throw alreadySignedIn();
    const { offerLink } = await loadAccounts();
    this.#pendingLink = await offerLink(this.#newDevice(deviceName));
    return this.#pendingLink.offer;
  }

  async joinLink(answer: string): Promise<Me> {
    return this.#enrol(async (db, { now }) => {
      const { joinLink } = await loadAccounts();
      return joinLink(db, now, this.#relay, this.#pendingLink, answer);
    });
  }

  async openIdentity(): Promise<Identity> {
    await this.#openedHere();
    return this.#requireSignedIn().accounts.identity();
  }

  async openContact(peer: string): Promise<Contact> {
    await this.#openedHere();
    const { accounts, messaging } = this.#requireSignedIn();
    return accounts.contact(await messaging.directory.successorOf(bytesToHex(parseComingId(peer))));
  }

  async openExport(passphrase: string): Promise<Export> {
    await this.#openedHere();
    const { device } = this.#requireSignedIn();
    const deviceChanged = () => this.#update({ me: toMe(device.row) });
    return this.#transferring.openExport(
      { db: this.#lease!, device, now: this.#now, deviceChanged },
      passphrase,
    );
  }

  async openImport(passphrase: string): Promise<Import> {
    await this.#openedHere();
    return this.#transferring.openImport(this.#importInto(this.#requireOwner()), passphrase);
  }

  #importInto(db: Lease): ImportContext {
    return {
      db,
      account: () => this.#signedIn?.device.row.account,
      messaging: () => this.#requireSignedIn().messaging,
      enrol: (make) => this.#enrol((lease, device) => make(lease, device, this.#relay)),
      merged: () => this.#signedIn?.paying.resume(),
    };
  }

  async reconnect(): Promise<void> {
    await this.#openedHere();
    const { device } = this.#requireSignedIn();
    if (this.#status.value.connection === 'displaced') {
      // Whoever displaced this device wrote in the meantime: take over from them, and from where they are.
      await this.#requireOwner().takeOwnership();
      if (!(await device.reload())) throw new ComingError('not-ready', 'this profile was erased elsewhere');
    }
    this.#relay.reconnect();
  }

  async erase(): Promise<void> {
    await this.#openedHere();
    this.#requireOwner();
    const db = this.#db!;
    this.#leave();
    try {
      await db.erase();
    } catch (error) {
      this.#update({ phase: 'failed', me: undefined, connection: 'idle', problem: codeOf(error) });
      throw error;
    }
    this.#lease = new Lease(db);
    this.#conversations.value = [];
    this.#relay = this.#newRelay();
    this.#update({ phase: 'signed-out', me: undefined, connection: 'idle', problem: undefined });
  }

  /** Goes on with what is stored here as a device of another account. */
  async #become(changes: readonly Change[]): Promise<void> {
    const views = [...this.#views];
    this.#views.clear();
    this.#leave();
    const lease = (this.#lease = new Lease(this.#db!));
    this.#relay = this.#newRelay();
    await lease.commit(changes);
    const device = await Device.load(lease, await platformPrimitives(), this.#now);
    await this.#enter(device!, lease);
    const { messaging } = this.#signedIn!;
    for (const view of views) {
      view.messaging = messaging;
      this.#views.add(view);
    }
  }

  /** The account removed this device. */
  async #removed(): Promise<void> {
    await this.erase();
    this.#update({ problem: 'device-removed' });
  }

  async close(): Promise<void> {
    this.#closing.abort(new ComingError('closed', 'the client was closed'));
    this.#leave();
    this.#update({ phase: 'closed', connection: 'idle' });
    await this.#opened;
    this.#db?.close();
    this.#ownership?.release();
  }

  async #open(): Promise<void> {
    try {
      if (this.options.database) this.#db = this.options.database;
      else if (this.options.storage === 'memory') this.#db = new MemoryDatabase();
      else {
        this.#ownership = await ownProfile(
          this.#profile,
          () => this.#update({ phase: 'waiting' }),
          this.#closing.signal,
        );
        this.#db = await this.#openDatabase();
      }
      await this.#db.takeOwnership();
      this.#lease = new Lease(this.#db);
      const primitives = await platformPrimitives();
      const device = await Device.load(this.#lease, primitives, this.#now);
      if (this.#closing.signal.aborted) return;
      if (device) {
        const lease = this.#lease;
        await this.#enter(device, lease);
        this.#inBackground(this.#transferring.resume(lease, () => this.#importInto(lease)));
      } else this.#update({ phase: 'signed-out' });
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      this.#update({ phase: 'failed', problem: codeOf(error) });
    }
  }

  /** Waits until the profile is open, but not until another tab gives it up. */
  async #openedHere(): Promise<void> {
    if (this.#status.value.phase === 'waiting') throw notOwner();
    await this.#opened;
  }

  async #openDatabase(): Promise<Database> {
    try {
      return await openIndexedDatabase(this.#profile);
    } catch (error) {
      if (codeOf(error) !== 'storage-unavailable') throw error;
      this.#update({ storage: 'memory' });
      return new MemoryDatabase();
    }
  }

  async #enrol(
    enrol: (db: Database, device: NewDeviceOptions) => Promise<Device>,
    deviceName?: string,
  ): Promise<Me> {
    await this.#openedHere();
    const db = this.#requireOwner();
    if (this.#signedIn || this.#enrolling) throw alreadySignedIn();
    this.#enrolling = true;
    try {
      const device = await enrol(db, this.#newDevice(deviceName));
      return await this.#enter(device, db);
    } catch (error) {
      throw this.#closing.signal.aborted ? this.#closing.signal.reason : error;
    } finally {
      this.#enrolling = false;
    }
  }

  #newDevice(deviceName: string | undefined): NewDeviceOptions {
    return {
      name: deviceName ?? 'Web browser',
      origin: this.options.origin ?? globalThis.location?.origin ?? 'app:headless',
      relays: [this.#relay.url],
      now: this.#now,
    };
  }

  async #enter(device: Device, db: Lease): Promise<Me> {
    const shared = {
      db,
      now: this.#now,
      changed: (peer: AccountHex) => this.#changed(peer),
      failed: (error: unknown) => {
        if (this.#signedIn?.device === device) this.#note(error);
      },
    };
    const messaging = new Messaging({
      ...shared,
      relay: this.#relay,
      primitives: await platformPrimitives(),
      device,
      claimed: (peer, id) => paying.claimed(peer, id),
      devicesChanged: () => {
        if (this.#signedIn?.device !== device) return;
        this.#update({ me: toMe(device.row) });
        this.#signedIn.accounts.show();
      },
      removed: () => this.#inBackground(this.#removed()),
    });
    const paying = new Paying(this.#chain, { ...shared, messaging, device: device.row });
    const accounts = new Accounts({
      ...shared,
      relay: this.#relay,
      device,
      messaging,
      chainName: this.#chain?.name,
      coin: this.#assets.find(({ ledger }) => ledger.kind === 'balances'),
      chain: () => paying.openChain(),
      deviceChanged: () => this.#update({ me: toMe(device.row) }),
      leave: () => this.#removed(),
      become: (changes) => this.#become(changes),
    });
    const me = toMe(device.row);
    await this.#listRefresher.refresh();
    if (this.#closing.signal.aborted || this.#lease !== db) {
      throw new ComingError('closed', 'the client was closed or erased meanwhile');
    }
    this.#signedIn = { device, messaging, paying, accounts };
    batch(() => {
      this.#update({ phase: 'ready', me, problem: undefined });
      this.#unwatchRelay = this.#watchRelay();
    });
    messaging.start();
    paying.resume();
    return me;
  }

  #leave(): void {
    this.#unwatchRelay?.();
    this.#unwatchRelay = undefined;
    this.#signedIn?.messaging.stop();
    this.#signedIn?.paying.close();
    this.#signedIn?.accounts.close();
    this.#signedIn = undefined;
    this.#lease?.end();
    this.#lease = undefined;
    for (const view of [...this.#views]) view.close();
    this.#relay.close();
  }

  #newRelay(): Relay {
    const { relay, webSocket } = this.options;
    if (typeof relay !== 'string') return relay.connect();
    if (!isRelayAddress(relay)) {
      throw new RangeError('a relay is a ws: or wss: address without credentials, query or fragment');
    }
    return new RelayConnection({
      url: relay,
      webSocket,
      randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    });
  }

  /** Publishes the relay's state, and tries at once when the platform says that the network is back. */
  #watchRelay(): () => void {
    const relay = this.#relay;
    const dispose = effect(() => {
      const connection = relay.state.value;
      const { problem } = this.#status.peek();
      // Whatever stood in the way of connecting and catching up is over.
      this.#update({ connection, problem: connection === 'online' ? undefined : problem });
    });
    const retry = () => relay.reconnect();
    globalThis.addEventListener?.('online', retry);
    return () => {
      dispose();
      globalThis.removeEventListener?.('online', retry);
    };
  }

  #changed(peer: AccountHex): void {
    const id = encodeAddress(hexToBytes(peer));
    for (const view of this.#views) if (view.peer === id) this.#inBackground(view.refresh());
    this.#signedIn?.accounts.changed(peer);
    this.#inBackground(this.#listRefresher.refresh());
  }

  async #readList(): Promise<void> {
    const db = this.#db!;
    const rows = await db.list('conversations');
    const summaries = await Promise.all(rows.map(({ value }) => toSummary(db, value, this.#assets)));
    this.#conversations.value = summaries.sort((a, b) => b.lastActivity - a.lastActivity);
  }

  get #assets(): readonly Asset[] {
    return this.#chain?.assets ?? [];
  }

  #inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => {
      if (this.#signedIn) this.#note(error);
    });
  }

  #requireOwner(): Lease {
    if (this.#closing.signal.aborted) throw new ComingError('closed', 'the client was closed');
    const { phase, problem } = this.#status.value;
    if (phase === 'ready' && !this.#lease) throw new ComingError('not-ready', 'it is being erased');
    if (!this.#lease || phase === 'failed') {
      throw new ComingError(problem ?? 'not-owner', 'this profile could not be opened');
    }
    return this.#lease;
  }

  #requireSignedIn(): SignedIn {
    this.#requireOwner();
    if (!this.#signedIn) throw new ComingError('not-ready', 'an identity is needed first');
    return this.#signedIn;
  }

  /** Publishes a problem, unless it shows elsewhere: in the connection's state or at a message that waits. */
  #note(error: unknown): void {
    const problem = codeOf(error);
    if (!SHOWN_ELSEWHERE.has(problem)) this.#update({ problem });
  }

  #update(change: Partial<ClientStatus>): void {
    // Whatever was still under way: closed is closed.
    if (this.#status.peek().phase === 'closed') return;
    this.#status.value = { ...this.#status.peek(), ...change };
  }
}

function isRelayAddress(relay: string): boolean {
  if (!/^wss?:\/\/[^?#@\s]+$/.test(relay)) return false;
  return URL.canParse(relay);
}

function alreadySignedIn(): ComingError {
  return new ComingError('already-signed-in', 'this profile has an identity');
}

function toMe({ account, kind, deviceId, deviceName, access, backedUp }: DeviceRow): Me {
  return { comingId: encodeAddress(hexToBytes(account)), kind, deviceId, deviceName, access, backedUp };
}

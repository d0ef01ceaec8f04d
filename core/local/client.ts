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
  DidDocument,
  Export,
  GuestSecret,
  Identity,
  Import,
  LinkOffer,
  Me,
  MyProfile,
  Payments,
  ProfileChange,
  SearchOptions,
  SearchPage,
  StorageSecret,
  UnlockSecret,
  Watchable,
} from '../client.js';
import { codeOf, ComingError, type ErrorCode } from '../errors.js';
import { encodeAddress, parseComingId } from '../identity/index.js';
import type { Asset } from '../ledger/assets.js';
import { loaded } from '../lazy.js';
import { Device, Messaging } from '../messaging/index.js';
import { platformPrimitives } from '../ratchet/index.js';
import {
  Lease,
  notOwner,
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
import { ConversationList } from './conversation-list.js';
import { ConversationView, toProfile } from './conversation-view.js';
import { Accounts, loadAccounts, loadEnrolment, type PendingLink } from './accounts.js';
import type { NewDeviceOptions } from '../accounts/enrolment.js';
import { checkOptions } from './options.js';
import { ownProfile, type Ownership } from './owner-lock.js';
import { chosenChain, Paying, type ChainChoice, type ChosenChain } from './paying.js';
import type { ImportContext } from '../transfer/index.js';
import { ProfileStorage, type StorageEvents } from './storage.js';
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
  /** The caller sees to it that no other context owns this profile meanwhile. */
  readonly isOwner?: boolean;
  /** Keeps everything instead of what `storage` says; for this client alone, which closes it. */
  readonly database?: Database;
  /** The platform's by default. */
  readonly webSocket?: WebSocketConstructor;
  /** What a device log names as this device's place; the page's origin by default. */
  readonly origin?: string;
  readonly now?: () => number;
  /** Calls back once after so many ms; what it returns takes that back. The platform's timers by default. */
  readonly after?: (ms: number, work: () => void) => () => void;
}

/** Of whom nothing is known. */
const NO_PROFILE: MyProfile = { name: '', picture: undefined, settings: {} };

const SHOWN_ELSEWHERE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'relay-unreachable',
  'rate-limited',
  'no-devices',
  'chain-unreachable',
  'wrong-chain',
  'closed',
  'locked',
]);

/** What a connection does not end. */
const STANDING: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['own-log-refused', 'storage-cleared']);

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
  readonly #list: ConversationList;
  readonly #myProfile = signal<MyProfile>(NO_PROFILE);
  readonly #views = new Set<ConversationView>();
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
  #storage: ProfileStorage | undefined;
  /** The right to write of whoever signs in; ends with {@link erase}. */
  #lease: Lease | undefined;
  #signedIn: SignedIn | undefined;
  /** What this device offered to be linked with. */
  #pendingLink: PendingLink | undefined;
  /** An enrolment under way; a second one must not start beside it. */
  #enrolling = false;

  constructor(private readonly options: LocalClientOptions) {
    const { relay, profile = 'default', now = Date.now } = options;
    checkOptions({ relay, profile });
    this.#profile = profile;
    this.#now = now;
    this.#chain = options.chain && chosenChain(options.chain);
    this.#list = new ConversationList(this.#assets);
    this.#relay = this.#newRelay();
    this.#relayUrl = typeof relay === 'string' ? this.#relay.url : '';
    this.#status = signal<ClientStatus>({
      phase: 'starting',
      me: undefined,
      connection: 'idle',
      role: 'owner',
      storage: options.database?.kind ?? options.storage ?? 'persistent',
      persisted: false,
      protection: 'none',
      passkeyId: undefined,
      relay: this.#relayUrl,
      chain: this.#chain?.name,
      problem: undefined,
    });
    this.#opened = this.#open();
  }

  get status(): Watchable<ClientStatus> {
    return this.#status;
  }

  get conversations(): ComingClient['conversations'] {
    return this.#list.snapshot;
  }

  get unread(): ComingClient['unread'] {
    return this.#list.unread;
  }

  get profile(): Watchable<MyProfile> {
    return this.#myProfile;
  }

  async becomeGuest({ secret, ...options }: { deviceName?: string; secret?: GuestSecret } = {}): Promise<Me> {
    return this.#enrol(async (db, device) => {
      if (!secret) return (await loadEnrolment()).enrolGuest(db, device);
      const { restoreGuest } = await loadAccounts();
      return restoreGuest(db, device, this.#relay, secret);
    }, options.deviceName);
  }

  async useWallet(
    signer: AccountSigner,
    { access = 'origin', ...options }: { deviceName?: string; access?: Capability } = {},
  ): Promise<Me> {
    return this.#enrol(async (db, device) => {
      const { enrolWith, OF_WALLET } = await loadEnrolment();
      return enrolWith(db, device, signer, this.#relay, OF_WALLET, access);
    }, options.deviceName);
  }

  async openConversation(peer: string): Promise<Conversation> {
    await this.#openedHere();
    const { messaging } = this.#requireSignedIn();
    const account = await messaging.directory.successorOf(bytesToHex(parseComingId(peer)));
    await messaging.ensureConversation(account);
    const view = new ConversationView(account, this.#storage!.db, messaging, this.#assets, (closed) =>
      this.#views.delete(closed),
    );
    this.#views.add(view);
    await view.refresh();
    return view;
  }

  async setProfile(change: ProfileChange): Promise<void> {
    await this.#openedHere();
    await (await this.#requireSignedIn().messaging.actions()).setProfile(change);
    await this.#showProfile(this.#storage!.db);
    if (!change.settings) return;
    // What holds where nothing else was chosen.
    await this.#list.readAnew();
    for (const view of this.#views) await view.refresh();
  }

  async pictureOf(account: string): Promise<Uint8Array | undefined> {
    const peer = bytesToHex(parseComingId(account));
    await this.#openedHere();
    const { messaging } = this.#requireSignedIn();
    return (await this.#storage!.db.get('profiles', peer === messaging.account ? 'own' : peer))?.picture;
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

  async resolveDid(did: string): Promise<DidDocument> {
    await this.#openedHere();
    return this.#requireSignedIn().accounts.resolveDid(did);
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
      now: this.#now,
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

  async loadMoreConversations(): Promise<boolean> {
    await this.#openedHere();
    this.#requireSignedIn();
    return this.#list.loadMore();
  }

  async search(query: string, options: SearchOptions = {}): Promise<SearchPage> {
    await this.#openedHere();
    this.#requireSignedIn();
    const { search } = await loaded(import('./search.js'));
    const peer = options.peer === undefined ? undefined : bytesToHex(parseComingId(options.peer));
    return search(this.#storage!.db, query, { ...options, peer });
  }

  protect(secret: StorageSecret): Promise<void> {
    return this.#protect(secret);
  }

  unprotect(): Promise<void> {
    return this.#protect(undefined);
  }

  async lock(): Promise<void> {
    await this.#openedHere();
    this.#requireOwner();
    this.#storage!.lock();
    for (const view of [...this.#views]) view.forget();
    this.#leave();
    this.#startAnew('locked');
  }

  async unlock(secret: UnlockSecret): Promise<void> {
    await this.#openedHere();
    this.#requireOwner();
    if (!this.#storage!.isLocked) return;
    const lease = this.#lease;
    await this.#storage!.unlock(secret);
    // Whoever was unlocked, or erased, meanwhile has begun: two would use the same keys.
    if (this.#lease === lease) await this.#begin();
  }

  async erase(): Promise<void> {
    await this.#openedHere();
    this.#requireOwner();
    this.#leave();
    try {
      this.#storage = await this.#storage!.erase(this.#storageEvents);
    } catch (error) {
      this.#update({ phase: 'failed', me: undefined, connection: 'idle', problem: codeOf(error) });
      throw error;
    }
    this.#startAnew('signed-out');
  }

  /** After {@link #leave}: nobody is here, or nobody who can be seen. */
  #startAnew(phase: 'signed-out' | 'locked'): void {
    this.#lease = new Lease(this.#storage!.db);
    this.#list.clear();
    this.#myProfile.value = NO_PROFILE;
    this.#relay = this.#newRelay();
    const { state } = this.#storage!;
    this.#update({ phase, me: undefined, connection: 'idle', problem: undefined, ...state });
  }

  async #protect(secret: StorageSecret | undefined): Promise<void> {
    await this.#openedHere();
    this.#requireSignedIn();
    const storage = this.#storage!;
    await storage.protect(secret);
    this.#update(storage.state);
    this.#inBackground(storage.finish());
  }

  /** Goes on with what is stored here as a device of another account. */
  async #become(changes: readonly Change[]): Promise<void> {
    const views = [...this.#views];
    this.#views.clear();
    this.#leave();
    const { db } = this.#storage!;
    const lease = (this.#lease = new Lease(db));
    this.#relay = this.#newRelay();
    await lease.commit(changes);
    const device = await Device.load(lease, await platformPrimitives(), this.#now);
    await this.#enter(device!, lease);
    const { messaging } = this.#signedIn!;
    for (const view of views) {
      view.messaging = messaging;
      view.db = db;
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
    this.#storage?.close();
    this.#ownership?.release();
  }

  async #open(): Promise<void> {
    try {
      const { database, storage } = this.options;
      if (database) this.#storage = await ProfileStorage.of(database);
      else if (storage === 'memory') this.#storage = await ProfileStorage.inMemory();
      else {
        if (!this.options.isOwner) this.#ownership = await this.#own();
        this.#storage = await ProfileStorage.open(this.#profile, this.#storageEvents);
      }
      await this.#begin();
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      this.#update({ phase: 'failed', problem: codeOf(error) });
    }
  }

  /** Goes on as whoever is stored here. */
  async #begin(): Promise<void> {
    const storage = this.#storage!;
    const lease = (this.#lease = new Lease(storage.db));
    this.#update(storage.state);
    if (storage.isLocked) {
      this.#update({ phase: 'locked' });
      return;
    }
    const device = await Device.load(lease, await platformPrimitives(), this.#now);
    if (this.#closing.signal.aborted) return;
    if (device) await this.#enter(device, lease);
    else {
      this.#update({ phase: 'signed-out' });
      // Whoever decides to begin need not wait for it, nor have the network any more.
      loadEnrolment().catch(() => undefined);
    }
    this.#inBackground(storage.finish());
    if (!device) return;
    this.#inBackground(storage.prune(this.#now()));
    this.#inBackground(this.#transferring.resume(lease, () => this.#importInto(lease)));
  }

  readonly #storageEvents: StorageEvents = {
    blocked: (isBlocked) => this.#update({ problem: isBlocked ? 'database-blocked' : undefined }),
    ended: (why) => {
      if (this.#closing.signal.aborted) return;
      this.#inBackground(why === 'cleared' ? this.#cleared() : this.#makeWay());
    },
  };

  /**
   * What was stored is gone: goes on in memory, as the same device with new keys. Its sessions are gone as well, so
   * nothing is encrypted with a key that was used before; with everybody they are set up anew.
   */
  async #cleared(): Promise<void> {
    const { row } = this.#signedIn?.device ?? {};
    this.#storage = await ProfileStorage.inMemory();
    if (row) await this.#become(await Device.renewed(row, await platformPrimitives(), this.#now));
    else {
      this.#leave();
      this.#startAnew('signed-out');
    }
    this.#update({ ...this.#storage.state, problem: 'storage-cleared' });
  }

  /** A later version of the kit has the database now. */
  async #makeWay(): Promise<void> {
    this.#leave();
    this.#update({ phase: 'failed', me: undefined, connection: 'idle', problem: 'newer-database' });
  }

  #own(): Promise<Ownership> {
    return ownProfile(this.#profile, {
      waiting: () => this.#update({ phase: 'waiting' }),
      lost: () => {
        this.#leave();
        this.#update({ phase: 'failed', connection: 'idle', problem: 'not-owner' });
      },
      signal: this.#closing.signal,
    });
  }

  /** Waits until the profile is open, but not until another tab gives it up. */
  async #openedHere(): Promise<void> {
    if (this.#status.value.phase === 'waiting') throw notOwner();
    await this.#opened;
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
      const me = await this.#enter(device, db);
      const storage = this.#storage!;
      this.#inBackground(storage.persist().then(() => this.#update(storage.state)));
      return me;
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
    const deviceChanged = () => {
      const { problem } = this.#status.peek();
      // The relay has a list now that continues the one here.
      this.#update({ me: toMe(device.row), problem: problem === 'own-log-refused' ? undefined : problem });
    };
    const messaging = new Messaging({
      ...shared,
      after: this.options.after,
      relay: this.#relay,
      primitives: await platformPrimitives(),
      device,
      claimed: (peer, id) => paying.claimed(peer, id),
      devicesChanged: () => {
        if (this.#signedIn?.device !== device) return;
        deviceChanged();
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
      deviceChanged,
      leave: () => this.#removed(),
      become: (changes) => this.#become(changes),
    });
    const me = toMe(device.row);
    // What should have disappeared while nobody was here is never shown.
    await messaging.eraseDue();
    await this.#list.open(db, messaging);
    await this.#showProfile(db);
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
    this.#signedIn = this.#pendingLink = undefined;
    this.#lease?.end();
    this.#lease = undefined;
    for (const view of [...this.#views]) view.close();
    this.#relay.close();
  }

  #newRelay(): Relay {
    const { relay, webSocket } = this.options;
    if (typeof relay !== 'string') return relay.connect();
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
      // Whatever stood in the way of connecting and catching up is over; these stood in no way.
      const isOver = connection === 'online' && !(problem && STANDING.has(problem));
      this.#update({ connection, problem: isOver ? undefined : problem });
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
    this.#inBackground(this.#list.changed(peer));
    if (peer === this.#signedIn?.messaging.account) this.#inBackground(this.#showProfile(this.#storage!.db));
    // It was stored, so there is room again.
    if (this.#status.peek().problem === 'storage-full') this.#update({ problem: undefined });
  }

  async #showProfile(db: Database): Promise<void> {
    const own = await db.get('profiles', 'own');
    this.#myProfile.value = own ? { ...toProfile(own), settings: own.settings ?? {} } : NO_PROFILE;
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

function alreadySignedIn(): ComingError {
  return new ComingError('already-signed-in', 'this profile has an identity');
}

function toMe({ account, kind, deviceId, deviceName, access, backedUp }: DeviceRow): Me {
  return { comingId: encodeAddress(hexToBytes(account)), kind, deviceId, deviceName, access, backedUp };
}

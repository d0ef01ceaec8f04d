/**
 * This device: its keys, its account's log, and the pre-keys others start sessions with.
 *
 * Private halves are stored before the public ones are published, so that whatever somebody
 * claims can be answered.
 *
 * @module
 */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { ComingError } from '../errors.js';
import { compareLogs, serviceIdOf, verifyLog, type DeviceLog, type SignedEntry } from '../identity/index.js';
import type { KeyPair, LocalIdentity, Primitives } from '../ratchet/index.js';
import {
  MemoryDatabase,
  put,
  remove,
  type Change,
  type Database,
  type DeviceRow,
  type PreKeyKind,
  type PreKeyRow,
} from '../store/index.js';
import type { Credentials, KeyCounts, KeyServer } from '../transport/index.js';

/** One-time keys of each kind that the key server should hold. */
const FULL = 100;
/** Fewer than this and they are filled up. */
const LOW = 20;
/** Between two fillings; claims in between are answered with the last-resort key. */
const FILL_PAUSE_MS = 10 * 60 * 1000;
/** One-time keys of each kind that are kept: a relay holds at most 200, and messages that used some may be on their way. */
const MAX_KEPT = 500;
/** Keys made in one go; making a Kyber key takes about a millisecond and the page should stay responsive. */
const BATCH = 10;
/** The signed and the last-resort key are replaced when they are older; what they were answers for a while. */
const ROTATED_MS = 7 * 24 * 60 * 60 * 1000;
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;
// Ids 0 and 1 belong to the first signed and last-resort key; ids have 24 bits, as in Signal's clients.
const FIRST_ONE_TIME_ID = 2;
const MAX_ID = 0xffffff;

/** Whose device it is, and what of the account's secret is here. */
export type Owner = Pick<DeviceRow, 'kind' | 'seed' | 'entropy' | 'backedUp'>;

/** What enrolling a new device stores at once. */
export interface Enrolment extends Owner {
  readonly log: DeviceLog;
  readonly identity: KeyPair;
}

export class Device {
  #log: Promise<DeviceLog> | undefined;
  #filling = false;
  #filledAt = -Infinity;

  private constructor(
    private readonly db: Database,
    private readonly primitives: Primitives,
    private readonly now: () => number,
    /** As stored. */
    private current: DeviceRow,
  ) {}

  /** The device of this profile; undefined before somebody signed in. */
  static async load(db: Database, primitives: Primitives, now: () => number): Promise<Device | undefined> {
    const row = await db.get('meta', 'device');
    return row && new Device(db, primitives, now, row);
  }

  /** Stores a device that was just signed into its account's log. */
  static async enrol(
    db: Database,
    primitives: Primitives,
    now: () => number,
    { log, kind, seed, entropy, backedUp, identity }: Enrolment,
  ): Promise<Device> {
    const logged = deviceIn(log, identity.publicKey)!;
    const [random = 0, more = 0] = primitives.randomBytes(2);
    const row: DeviceRow = {
      account: bytesToHex(log.account),
      kind,
      seed,
      entropy,
      backedUp,
      deviceId: logged.id,
      deviceName: logged.name,
      origin: logged.origin,
      access: logged.capability,
      identityPublic: identity.publicKey,
      identityPrivate: identity.privateKey,
      // 14 bits and never 0, as sealed sender wants them.
      registrationId: ((random << 8) | more) & 0x3fff || 1,
      log: log.entries,
      nextPreKeyId: FIRST_ONE_TIME_ID,
    };
    const device = new Device(db, primitives, now, row);
    const keys = [await device.#make('signed', 0), await device.#make('last-resort', 1)];
    await db.commit([put('meta', 'device', row), ...keys.map(stored)]);
    return device;
  }

  /**
   * What makes a device of which nothing but this row is left one that others can start sessions with: new keys in the
   * place of those that are gone, under ids that none had. They are published at the next sign-in.
   */
  static async renewed(row: DeviceRow, primitives: Primitives, now: () => number): Promise<Change[]> {
    const staged = new MemoryDatabase();
    await staged.takeOwnership();
    const device = new Device(staged, primitives, now, row);
    const keys = [
      await device.#make('signed', device.#nextId()),
      await device.#make('last-resort', device.#nextId()),
    ];
    return [put('meta', 'device', device.row), ...keys.map(stored)];
  }

  get row(): DeviceRow {
    return this.current;
  }

  get local(): LocalIdentity {
    const { account, deviceId, identityPublic, identityPrivate, registrationId } = this.current;
    return {
      keyPair: { publicKey: identityPublic, privateKey: identityPrivate },
      registrationId,
      address: { name: serviceIdOf(hexToBytes(account)), deviceId },
    };
  }

  get credentials(): Credentials {
    const { account, deviceId, identityPrivate } = this.current;
    return { account: hexToBytes(account), deviceId, identityPrivate, log: () => this.current.log };
  }

  /** Reads again what is stored, after another context may have written it; false when nothing is. */
  async reload(): Promise<boolean> {
    const row = await this.db.get('meta', 'device');
    if (row) this.current = row;
    this.#log = undefined;
    return row !== undefined;
  }

  /** The account's own log, as far as this device knows. */
  log(): Promise<DeviceLog> {
    this.#log ??= verifyLog(hexToBytes(this.current.account), this.current.log);
    return this.#log;
  }

  /**
   * Takes over what somebody has as the account's own log, if it continues what is known here.
   *
   * @returns `behind` when it lacks entries that are known here; `removed` when this device was removed
   * @throws ComingError `own-log-refused`
   */
  async learn(entries: readonly SignedEntry[]): Promise<'current' | 'behind' | 'removed'> {
    const before = this.log();
    const known = await before;
    const log = await verifyOwnLog(known.account, entries);
    // Another one was taken over meanwhile, and this one may be older.
    if (this.#log !== before) return this.learn(entries);
    const relation = compareLogs(known, log);
    if (relation === 'forked') throw ownLogRefused();
    if (relation === 'older') return 'behind';
    if (relation === 'same') return 'current';
    const logged = deviceIn(log, this.current.identityPublic);
    if (!logged) return 'removed';
    this.#log = Promise.resolve(log);
    await this.update({ log: log.entries, deviceName: logged.name, access: logged.capability });
    return 'current';
  }

  async update(change: Partial<DeviceRow>): Promise<void> {
    this.current = { ...this.current, ...change };
    await this.db.commit([put('meta', 'device', this.current)]);
  }

  /** A pre-key's private half; undefined when it was used up or never existed. */
  async preKey(kind: PreKeyKind, id: number): Promise<PreKeyRow | undefined> {
    return this.db.get('preKeys', [kind, id]);
  }

  /** Fills up what the key server has left; does nothing while enough is there. */
  async fillUp(counts: KeyCounts, keyServer: KeyServer): Promise<void> {
    if (this.#filling) return;
    this.#filling = true;
    try {
      await this.#fill(counts, keyServer);
    } finally {
      this.#filling = false;
    }
  }

  async #fill(counts: KeyCounts, keyServer: KeyServer): Promise<void> {
    const signed = await this.#standing('signed');
    const lastResort = await this.#standing('last-resort');
    const isRotated = signed.id !== (this.current.signedPreKeyId ?? 0);
    if (!isRotated && counts.oneTime >= LOW && counts.oneTimeKyber >= LOW) return;
    // Whoever claims keys without end gets the last-resort key, and does not make this device work for it.
    // Either way: a clock that was put back is no reason to wait for it.
    const isTooSoon = Math.abs(this.now() - this.#filledAt) < FILL_PAUSE_MS;
    if (!isTooSoon) this.#filledAt = this.now();
    // A server without any may have none of the others either.
    let left = counts;
    let withSigned = isRotated || counts.oneTime === 0 || counts.oneTimeKyber === 0;
    // Counted, for a server that forgets every key would have them made for ever.
    for (let batch = 0; batch < FULL / BATCH; batch += 1) {
      if (!withSigned && (isTooSoon || (left.oneTime >= FULL && left.oneTimeKyber >= FULL))) break;
      const oneTime = isTooSoon ? [] : await this.#makeBatch('one-time', FULL - left.oneTime);
      const oneTimeKyber = isTooSoon ? [] : await this.#makeBatch('one-time-kyber', FULL - left.oneTimeKyber);
      await this.#store([...oneTime, ...oneTimeKyber]);
      left = await keyServer.publishKeys({
        registrationId: this.current.registrationId,
        signed: withSigned ? published(signed) : undefined,
        lastResort: withSigned ? published(lastResort) : undefined,
        oneTime: oneTime.map(published),
        oneTimeKyber: oneTimeKyber.map(published),
      });
      withSigned = false;
    }
    if (!isRotated) return;
    this.current = { ...this.current, signedPreKeyId: signed.id };
    await this.db.commit([put('meta', 'device', this.current)]);
  }

  /** The key that always answers; a new one when it is old. */
  async #standing(kind: 'signed' | 'last-resort'): Promise<PreKeyRow> {
    const now = this.now();
    await this.#makePast(kind, now);
    const kept = (await this.db.list('preKeys', { prefix: [kind] })).sort(byAge);
    const newest = kept.at(-1)!.value;
    if (now - newest.createdAt < ROTATED_MS) return newest;
    const row = await this.#make(kind, this.#nextId());
    // A key was replaced when the next one was made.
    const ended = kept.filter((_, n) => now - (kept[n + 1]?.value.createdAt ?? now) > KEPT_MS);
    await this.db.commit([
      put('meta', 'device', this.current),
      stored(row),
      ...ended.map(({ key }) => remove('preKeys', key)),
    ]);
    return row;
  }

  /**
   * A key that was made in the future was made while the clock was wrong, and counts as made now: else it would be the newest
   * one, and stay, until then.
   */
  async #makePast(kind: PreKeyKind, now: number): Promise<void> {
    const rows = (await this.db.list('preKeys', { prefix: [kind] })).map(({ value }) => value);
    const future = rows.filter(({ createdAt }) => createdAt > now);
    if (future.length > 0) await this.db.commit(future.map((row) => stored({ ...row, createdAt: now })));
  }

  #nextId(): number {
    const id = this.current.nextPreKeyId;
    this.current = { ...this.current, nextPreKeyId: id === MAX_ID ? FIRST_ONE_TIME_ID : id + 1 };
    return id;
  }

  /** Stores new one-time keys, and drops the oldest where there are more than anybody can still claim. */
  async #store(rows: readonly PreKeyRow[]): Promise<void> {
    const surplus: Change[] = [];
    for (const kind of ['one-time', 'one-time-kyber'] as const) {
      const kept = await this.db.list('preKeys', { prefix: [kind] });
      surplus.push(
        ...kept
          .sort(byAge)
          .slice(0, -MAX_KEPT)
          .map(({ key }) => remove('preKeys', key)),
      );
    }
    await this.db.commit([put('meta', 'device', this.current), ...rows.map(stored), ...surplus]);
  }

  async #makeBatch(kind: PreKeyKind, missing: number): Promise<PreKeyRow[]> {
    const rows: PreKeyRow[] = [];
    while (rows.length < Math.min(missing, BATCH)) {
      rows.push(await this.#make(kind, this.#nextId()));
      // Noble's KEM does not yield by itself.
      await new Promise((resolve) => setTimeout(resolve));
    }
    return rows;
  }

  async #make(kind: PreKeyKind, id: number): Promise<PreKeyRow> {
    const isKyber = kind === 'last-resort' || kind === 'one-time-kyber';
    const { publicKey, privateKey } = isKyber
      ? await this.primitives.generateKemKeyPair()
      : await this.primitives.generateKeyPair();
    const signature =
      kind === 'one-time' ? undefined : await this.primitives.sign(this.current.identityPrivate, publicKey);
    return { kind, id, publicKey, privateKey, signature, createdAt: this.now() };
  }
}

/**
 * Verifies a log that a relay has of this device's own account.
 *
 * @throws ComingError `own-log-refused`
 */
export function verifyOwnLog(account: Uint8Array, entries: readonly SignedEntry[]): Promise<DeviceLog> {
  return verifyLog(account, entries).catch((cause: unknown) => {
    throw ownLogRefused(cause);
  });
}

export function ownLogRefused(cause?: unknown): ComingError {
  return new ComingError('own-log-refused', "the relay's log of the own devices", { cause });
}

function deviceIn({ devices }: DeviceLog, key: Uint8Array) {
  return devices.find(({ identityKey }) => bytesToHex(identityKey) === bytesToHex(key));
}

/** Oldest first; of the same moment, in the order of their ids. */
function byAge({ value: a }: { value: PreKeyRow }, { value: b }: { value: PreKeyRow }): number {
  return a.createdAt - b.createdAt || a.id - b.id;
}

function stored(row: PreKeyRow): Change {
  return put('preKeys', [row.kind, row.id], row);
}

/** The public half, and nothing else, for the key server. */
function published({ id, publicKey, signature }: PreKeyRow) {
  return { id, publicKey, signature };
}

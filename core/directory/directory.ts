/**
 * Finds people's devices and keys, and lets nothing through that the account did not sign.
 *
 * The key server is not trusted: a device log must verify and must continue the log that was
 * seen before, and a bundle's identity key is taken from the log, never from the server.
 *
 * @module
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import { ComingError, type ErrorCode } from '../errors.js';
import {
  compareLogs,
  verifyLog,
  type DeviceLog,
  type LoggedDevice,
  type SignedEntry,
} from '../identity/index.js';
import type { PreKeyBundle } from '../ratchet/index.js';
import { put, type AccountHex, type Change, type Database, type PersonRow } from '../store/index.js';
import type { KeyServer } from '../transport/index.js';
import { KeyedLock } from '../keyed-lock.js';

/** The account of this device, whose log is kept with the device. */
export interface OwnLog {
  readonly account: AccountHex;
  log(): Promise<DeviceLog>;
  /** Takes over what somebody has as the own log, if it continues what is known. */
  learn(entries: readonly SignedEntry[]): Promise<unknown>;
}

type LogProblem = 'device-log-forked' | 'device-log-stepped-back';

export class Directory {
  /** Logs by account, verified in this session. */
  readonly #logs = new Map<AccountHex, DeviceLog>();
  readonly #lock = new KeyedLock();

  constructor(
    private readonly db: Database,
    private readonly keyServer: KeyServer,
    private readonly own: OwnLog,
  ) {}

  /**
   * The device log of an account, from here or from the key server.
   *
   * @throws ComingError `unknown-account`, `invalid-log-entry`, `device-log-forked`, `device-log-stepped-back`,
   *   `relay-unreachable`, `relay-refused`, `rate-limited`
   */
  async find(account: AccountHex): Promise<DeviceLog> {
    if (account === this.own.account) return this.own.log();
    return (await this.#known(account)) ?? this.refresh(account);
  }

  /** Asks the key server anew. Throws as {@link find}. */
  async refresh(account: AccountHex): Promise<DeviceLog> {
    const entries = await this.keyServer.readLog(hexToBytes(account));
    if (!entries) throw unknownAccount();
    return this.learn(account, entries);
  }

  /**
   * Takes over a log that somebody showed, if it is true and nothing is missing from it. One that contradicts what is
   * known makes the account count as changed; so does one that lacks something, if it does when asked for once more, for
   * it may only be late.
   *
   * @throws ComingError `invalid-log-entry`, `device-log-forked`, `device-log-stepped-back`
   */
  async learn(account: AccountHex, entries: readonly SignedEntry[]): Promise<DeviceLog> {
    if (account === this.own.account) {
      await this.own.learn(entries);
      return this.own.log();
    }
    let taken = await this.#take(account, entries);
    if (taken === 'device-log-stepped-back') {
      taken = await this.#take(account, (await this.keyServer.readLog(hexToBytes(account))) ?? entries);
    }
    if (typeof taken !== 'string') return taken;
    await this.update(account, { changed: taken });
    throw changed(taken);
  }

  /**
   * Believes the log that the key server has now, whatever was known; a comparison no longer counts where it is another.
   *
   * @throws as {@link refresh}
   */
  async accept(account: AccountHex): Promise<DeviceLog> {
    const entries = await this.keyServer.readLog(hexToBytes(account));
    const log = await this.#lock.run(account, async () => {
      const known = await this.#known(account);
      const served = entries && (await verifyLog(hexToBytes(account), entries));
      const isContinued = !served || (known && ['same', 'newer'].includes(compareLogs(known, served)));
      const now = served ?? known;
      if (!now) throw unknownAccount();
      await this.#store(account, {
        log: now.entries,
        changed: undefined,
        ...(!isContinued && { compared: undefined, noticed: now.entries.length }),
      });
      this.#logs.set(account, now);
      return now;
    });
    return log;
  }

  /**
   * Nothing is said to somebody whose devices changed as they should not, nor to somebody who is blocked.
   *
   * @throws ComingError `device-log-forked`, `device-log-stepped-back`, `blocked`
   */
  async requireTrust(account: AccountHex): Promise<void> {
    const person = await this.db.get('people', account);
    if (person?.blocked) throw new ComingError('blocked', 'this account is blocked');
    if (person?.changed) throw changed(person.changed);
  }

  /** The account that continues this one, else this one. */
  async successorOf(account: AccountHex): Promise<AccountHex> {
    return (await this.db.get('people', account))?.continuedBy ?? account;
  }

  /**
   * Stores what the person decided about somebody.
   *
   * @param beside - Committed along with it.
   */
  update(account: AccountHex, change: Partial<PersonRow>, beside: readonly Change[] = []): Promise<void> {
    return this.#lock.run(account, () => this.#store(account, change, beside));
  }

  /** Commits what `changesOf` makes of what is stored about somebody; nothing else changes it meanwhile. */
  revise(
    account: AccountHex,
    changesOf: (person: PersonRow | undefined) => Promise<readonly Change[]>,
  ): Promise<void> {
    return this.#lock.run(account, async () => {
      await this.db.commit(await changesOf(await this.db.get('people', account)));
      this.#logs.delete(account);
    });
  }

  async #store(
    account: AccountHex,
    change: Partial<PersonRow>,
    beside: readonly Change[] = [],
  ): Promise<void> {
    const row = (await this.db.get('people', account)) ?? { log: [], noticed: 0 };
    await this.db.commit([...beside, put('people', account, { ...row, ...change })]);
  }

  /** One at a time, so that of two answers the later one is compared with the earlier one. */
  #take(account: AccountHex, entries: readonly SignedEntry[]): Promise<DeviceLog | LogProblem> {
    return this.#lock.run(account, async () => {
      const log = await verifyLog(hexToBytes(account), entries);
      const known = await this.#known(account);
      const relation = known ? compareLogs(known, log) : 'newer';
      if (relation === 'forked') return 'device-log-forked';
      if (relation === 'older') return 'device-log-stepped-back';
      if (relation === 'newer') {
        await this.#store(account, { log: log.entries, ...(!known && { noticed: log.entries.length }) });
      }
      this.#logs.set(account, log);
      return log;
    });
  }

  /**
   * The device that a message says it came from.
   *
   * @throws ComingError `identity-mismatch` when the account has no such device; else as {@link find}
   */
  async device(account: AccountHex, deviceId: number): Promise<LoggedDevice> {
    const isIt = ({ id }: LoggedDevice) => id === deviceId;
    const device =
      (await this.find(account)).devices.find(isIt) ?? (await this.refresh(account)).devices.find(isIt);
    if (!device) throw new ComingError('identity-mismatch', 'the account has no such device');
    return device;
  }

  /** How many devices somebody has that came since the person looked at them last, as far as is known here. */
  async newDevices(account: AccountHex): Promise<number> {
    const log = await this.#known(account).catch(() => undefined);
    // Read after the log, which may become known meanwhile, and is stored with this.
    const person = await this.db.get('people', account);
    if (!log || !person) return 0;
    return log.devices.filter(({ since }) => since >= person.noticed).length;
  }

  /**
   * Pre-key bundles of some devices; those that have published none yet are missing.
   *
   * @throws ComingError `relay-unreachable`, `relay-refused`, `rate-limited`
   */
  async bundles(account: AccountHex, devices: readonly LoggedDevice[]): Promise<PreKeyBundle[]> {
    if (devices.length === 0) return [];
    const claimed = await this.keyServer.claimKeys(
      hexToBytes(account),
      devices.map(({ id }) => id),
    );
    return devices.flatMap((device) => {
      const keys = claimed.find(({ deviceId }) => deviceId === device.id);
      if (!keys) return [];
      const { signed, kyber, oneTime } = keys;
      const bundle: PreKeyBundle = {
        registrationId: keys.registrationId,
        deviceId: device.id,
        identityKey: device.identityKey,
        signedPreKey: { id: signed.id, publicKey: signed.publicKey, signature: signed.signature! },
        kyberPreKey: { id: kyber.id, publicKey: kyber.publicKey, signature: kyber.signature! },
        ...(oneTime && { oneTimePreKey: { id: oneTime.id, publicKey: oneTime.publicKey } }),
      };
      return [bundle];
    });
  }

  async #known(account: AccountHex): Promise<DeviceLog | undefined> {
    const cached = this.#logs.get(account);
    if (cached) return cached;
    const stored = await this.db.get('people', account);
    if (!stored?.log.length) return undefined;
    const log = await verifyLog(hexToBytes(account), stored.log);
    this.#logs.set(account, log);
    return log;
  }
}

function unknownAccount(): ComingError {
  return new ComingError('unknown-account', 'the relay has no device log of this account');
}

function changed(code: ErrorCode): ComingError {
  return new ComingError(code, 'a device log does not continue the one seen before');
}

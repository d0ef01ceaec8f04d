/**
 * Finds people's devices and keys, and lets nothing through that the account did not sign.
 *
 * The key server is not trusted: a device log must verify and must continue the log that was
 * seen before, and a bundle's identity key is taken from the log, never from the server.
 *
 * @module
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import { ComingError } from '../errors.js';
import {
  compareLogs,
  verifyLog,
  type DeviceLog,
  type LoggedDevice,
  type SignedEntry,
} from '../identity/index.js';
import type { PreKeyBundle } from '../ratchet/index.js';
import { put, type AccountHex, type Database } from '../store/index.js';
import type { KeyServer } from '../transport/index.js';

export class Directory {
  /** Logs by account, verified in this session. */
  readonly #logs = new Map<AccountHex, DeviceLog>();

  constructor(
    private readonly db: Database,
    private readonly keyServer: KeyServer,
  ) {}

  /**
   * The device log of an account, from here or from the key server.
   *
   * @throws ComingError `unknown-account`, `invalid-log-entry`, `device-log-forked`, `device-log-stepped-back`,
   *   `relay-unreachable`, `relay-refused`, `rate-limited`
   */
  async find(account: AccountHex): Promise<DeviceLog> {
    return (await this.#known(account)) ?? this.refresh(account);
  }

  /** Asks the key server anew. Throws as {@link find}. */
  async refresh(account: AccountHex): Promise<DeviceLog> {
    const entries = await this.keyServer.readLog(hexToBytes(account));
    if (!entries) {
      throw new ComingError('unknown-account', 'the relay has no device log of this account');
    }
    return this.learn(account, entries);
  }

  /**
   * Takes over a log that somebody showed, if it is true and nothing is missing from it.
   *
   * @throws ComingError `invalid-log-entry`, `device-log-forked`, `device-log-stepped-back`
   */
  async learn(account: AccountHex, entries: readonly SignedEntry[]): Promise<DeviceLog> {
    const log = await verifyLog(hexToBytes(account), entries);
    const known = await this.#known(account);
    const relation = known ? compareLogs(known, log) : 'newer';
    if (relation === 'forked') {
      throw new ComingError('device-log-forked', 'a device log contradicts the one seen before');
    }
    if (relation === 'older') {
      throw new ComingError('device-log-stepped-back', 'a device log lacks entries seen before');
    }
    if (relation === 'newer') {
      await this.db.commit([put('people', account, { log: log.entries })]);
    }
    this.#logs.set(account, log);
    return log;
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
    if (!stored) return undefined;
    const log = await verifyLog(hexToBytes(account), stored.log);
    this.#logs.set(account, log);
    return log;
  }
}

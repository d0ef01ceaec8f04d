/**
 * Sessions with remote devices: the ratchet's steps, joined with where its state is kept.
 *
 * Every method computes on what is stored and returns the changes that make its result true;
 * the caller commits them together with the message, while it holds the peer's lock. Until then
 * nothing has happened.
 *
 * @module
 */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { codeOf, ComingError } from '../errors.js';
import { serviceIdOf, type LoggedDevice } from '../identity/index.js';
import {
  decryptMessage,
  decryptPreKeyMessage,
  encryptMessage,
  hasOpenSession,
  initiateSession,
  PRE_KEY_MESSAGE,
  readPreKeyMessage,
  remoteIdentityOf,
  sendingKeyOf,
  SIGNAL_MESSAGE,
  type Address,
  type CiphertextMessage,
  type PreKeyBundle,
  type Primitives,
} from '../ratchet/index.js';
import { put, remove, type AccountHex, type Change, type Database, type SessionRow } from '../store/index.js';
import type { Device } from './device.js';

/** A device that nothing was heard of for so long gets no more messages. */
const SILENT_MS = 60 * 24 * 60 * 60 * 1000;

export class Sessions {
  constructor(
    private readonly db: Database,
    private readonly primitives: Primitives,
    private readonly device: Device,
    private readonly now: () => number,
  ) {}

  /** The same sessions, where another database shows them. */
  in(db: Database): Sessions {
    return new Sessions(db, this.primitives, this.device, this.now);
  }

  /**
   * The devices of which something was heard in the last 60 days: a live device answers every message at least with a
   * receipt, and says something to those of its own account once a week. One that is new counts from the first message
   * to it.
   */
  async withoutSilent(peer: AccountHex, devices: readonly LoggedDevice[]): Promise<LoggedDevice[]> {
    const oldest = this.now() - SILENT_MS;
    const heard: LoggedDevice[] = [];
    for (const device of devices) {
      const row = await this.#row(peer, device.id);
      if (!row || !isOf(row.record, device) || row.heardAt > oldest) heard.push(device);
    }
    return heard;
  }

  /**
   * The devices that nothing can be encrypted for without a bundle.
   *
   * @param broken - The own ratchet key of a session that counts as none.
   */
  async withoutSession(
    peer: AccountHex,
    devices: readonly LoggedDevice[],
    broken?: Uint8Array,
  ): Promise<LoggedDevice[]> {
    const missing: LoggedDevice[] = [];
    for (const device of devices) if (!(await this.#open(peer, device, broken))) missing.push(device);
    return missing;
  }

  /** Those devices of which the session is, and not an earlier device of the same id. */
  async known(peer: AccountHex, devices: readonly LoggedDevice[]): Promise<LoggedDevice[]> {
    const known: LoggedDevice[] = [];
    for (const device of devices) {
      const row = await this.#row(peer, device.id);
      if (row && isOf(row.record, device)) known.push(device);
    }
    return known;
  }

  /** When something was encrypted for a device last; 0 before that. */
  async toldAt(peer: AccountHex, deviceId: number): Promise<number> {
    return (await this.#row(peer, deviceId))?.toldAt ?? 0;
  }

  /**
   * Encrypts for one device, on its session or on a new one from `bundle`; undefined when there
   * is neither.
   *
   * @param broken - As in {@link withoutSession}: the session is archived, and decrypts what is under way.
   * @throws ComingError `invalid-signature`, `invalid-key`: the bundle is false
   */
  async encrypt(
    peer: AccountHex,
    device: LoggedDevice,
    bundle: PreKeyBundle | undefined,
    plaintext: Uint8Array,
    broken?: Uint8Array,
  ): Promise<{ message: CiphertextMessage; changes: Change[] } | undefined> {
    const { local } = this.device;
    const remote = addressOf(peer, device.id);
    const before = await this.#row(peer, device.id);
    let heardAt = before?.heardAt ?? this.now();
    let record = await this.#open(peer, device, broken);
    if (!record) {
      if (!bundle) return undefined;
      // An id that another device had before: nothing was heard of this one.
      const former = before && intact(before.record);
      if (!former || !isOf(former, device)) heardAt = this.now();
      record = await initiateSession(this.primitives, former, local, remote, bundle, this.now());
    }
    const step = await encryptMessage(this.primitives, record, local, remote, plaintext, this.now());
    const row = { record: step.record, heardAt, toldAt: this.now() };
    return { message: step.message, changes: [put('sessions', [peer, device.id], row)] };
  }

  /**
   * Decrypts what came from one device.
   *
   * @throws ComingError `duplicate-message`, `identity-mismatch` and the ratchet's codes
   */
  async decrypt(
    sender: AccountHex,
    device: LoggedDevice,
    type: number,
    bytes: Uint8Array,
  ): Promise<{ plaintext: Uint8Array; changes: Change[] }> {
    const row = await this.#row(sender, device.id);
    try {
      return await this.#decrypt(sender, device, row, type, bytes);
    } catch (error) {
      // A record that is damaged counts as none, so that the devices agree anew.
      if (codeOf(error) !== 'internal' || !row || intact(row.record)) throw error;
      return this.#decrypt(sender, device, undefined, type, bytes);
    }
  }

  async #decrypt(
    sender: AccountHex,
    device: LoggedDevice,
    stored: SessionRow | undefined,
    type: number,
    bytes: Uint8Array,
  ): Promise<{ plaintext: Uint8Array; changes: Change[] }> {
    switch (type) {
      case SIGNAL_MESSAGE:
        return this.#decryptMessage(sender, device, stored, bytes);
      case PRE_KEY_MESSAGE:
        return this.#decryptPreKeyMessage(sender, device, stored, bytes);
      default:
        throw new ComingError('malformed-message', 'an envelope of an unknown type');
    }
  }

  async #decryptMessage(
    sender: AccountHex,
    device: LoggedDevice,
    stored: SessionRow | undefined,
    bytes: Uint8Array,
  ): Promise<{ plaintext: Uint8Array; changes: Change[] }> {
    if (!stored) throw new ComingError('no-session', 'there is no session with this device');
    const { record, plaintext } = await decryptMessage(
      this.primitives,
      stored.record,
      this.device.local,
      addressOf(sender, device.id),
      bytes,
    );
    requireIdentity(device, remoteIdentityOf(record));
    const row = { ...stored, record, heardAt: this.now() };
    return { plaintext, changes: [put('sessions', [sender, device.id], row)] };
  }

  async #decryptPreKeyMessage(
    sender: AccountHex,
    device: LoggedDevice,
    stored: SessionRow | undefined,
    bytes: Uint8Array,
  ): Promise<{ plaintext: Uint8Array; changes: Change[] }> {
    const header = readPreKeyMessage(bytes);
    requireIdentity(device, header.identityKey);
    const kyberId = header.kyberPreKeyId;
    const oneTimeId = header.oneTimePreKeyId;
    const signed = await this.device.preKey('signed', header.signedPreKeyId);
    const lastResort = await this.device.preKey('last-resort', kyberId);
    const kyber = lastResort ?? (await this.device.preKey('one-time-kyber', kyberId));
    const oneTime = oneTimeId === undefined ? undefined : await this.device.preKey('one-time', oneTimeId);
    const complete = signed && kyber && (oneTimeId === undefined || oneTime);

    const { record, plaintext, established } = await decryptPreKeyMessage(
      this.primitives,
      stored?.record,
      this.device.local,
      addressOf(sender, device.id),
      bytes,
      complete && {
        signedPreKey: signed,
        kyberPreKey: kyber,
        ...(oneTime && { oneTimePreKey: oneTime }),
      },
    );
    const row = { ...stored, record, heardAt: this.now() };
    const changes: Change[] = [put('sessions', [sender, device.id], row)];
    if (!established) return { plaintext, changes };

    if (oneTime) changes.push(remove('preKeys', ['one-time', oneTime.id]));
    if (!lastResort)
      return { plaintext, changes: [...changes, remove('preKeys', ['one-time-kyber', kyberId])] };
    // A last-resort key lives on, so a recorded initiation could be played again once its session is gone.
    const use = [kyberId, bytesToHex(header.baseKey)];
    // Whether this message was read in it nobody can tell any more: its sender is asked.
    if (await this.db.get('lastResortUses', use)) {
      throw new ComingError('no-session', 'this session was started before, and is gone');
    }
    return { plaintext, changes: [...changes, put('lastResortUses', use, { at: this.now() })] };
  }

  /** The record to encrypt with; undefined when there is none, a broken one, or one of an earlier device of this id. */
  async #open(
    peer: AccountHex,
    device: LoggedDevice,
    broken: Uint8Array | undefined,
  ): Promise<Uint8Array | undefined> {
    const record = (await this.#row(peer, device.id))?.record;
    if (!record || !isOf(record, device) || !hasOpenSession(record, this.now())) return undefined;
    return broken && sameKey(sendingKeyOf(record), broken) ? undefined : record;
  }

  #row(account: AccountHex, deviceId: number): Promise<SessionRow | undefined> {
    return this.db.get('sessions', [account, deviceId]);
  }
}

function addressOf(account: AccountHex, deviceId: number): Address {
  return { name: serviceIdOf(hexToBytes(account)), deviceId };
}

function requireIdentity(device: LoggedDevice, identityKey: Uint8Array | undefined): void {
  if (!sameKey(identityKey, device.identityKey)) {
    throw new ComingError('identity-mismatch', 'the identity key is not the one in the device log');
  }
}

/** Whether a record is of this device, and not of an earlier one of its id. */
function isOf(record: Uint8Array, device: LoggedDevice): boolean {
  const identity = identityIn(record);
  return identity !== 'damaged' && sameKey(identity, device.identityKey);
}

/** The record, unless it is damaged. */
function intact(record: Uint8Array): Uint8Array | undefined {
  return identityIn(record) === 'damaged' ? undefined : record;
}

function identityIn(record: Uint8Array): Uint8Array | 'damaged' | undefined {
  try {
    return remoteIdentityOf(record);
  } catch (error) {
    if (codeOf(error) !== 'internal') throw error;
    return 'damaged';
  }
}

function sameKey(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && bytesToHex(a) === bytesToHex(b);
}

/**
 * The device log: an append-only, hash-chained list of an account's devices, each entry signed by the account.
 *
 * Whoever verifies the log knows every device's identity key without trusting the relay that
 * served it. An entry is the exact text that the account signed; its head is the SHA-256 of that
 * text, so two signatures over one entry are one entry.
 *
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { ComingError } from '../errors.js';
import { verifyAccountSignature, type AccountSigner, type SignatureScheme } from './account.js';
import { parseEntryText, writeEntryText, type DeviceEntry } from './log-text.js';
import { decodeAddress } from './ss58.js';

/** One entry as it is stored and sent. */
export interface SignedEntry {
  readonly text: string;
  readonly scheme: SignatureScheme;
  readonly signature: Uint8Array;
}

/** A device that the log says may act for the account. */
export interface LoggedDevice {
  /** 1..127 */
  readonly id: number;
  /** 33 bytes: its Signal identity key. */
  readonly identityKey: Uint8Array;
  readonly name: string;
  readonly origin: string;
  /** ms since 1970, as the device said. */
  readonly validFrom: number;
}

/** A log whose every entry was verified. */
export interface DeviceLog {
  /** 32 bytes */
  readonly account: Uint8Array;
  readonly entries: readonly SignedEntry[];
  /** 32 bytes: names this state of the log. */
  readonly head: Uint8Array;
  /** The live devices. */
  readonly devices: readonly LoggedDevice[];
}

/** What a new device says of itself. */
export interface NewDevice {
  readonly identityKey: Uint8Array;
  readonly name: string;
  readonly origin: string;
  readonly relays: readonly string[];
  readonly validFrom: number;
}

/** More devices than this and an account is being attacked or a program is broken. */
export const MAX_DEVICES = 40;

/**
 * Verifies a whole log.
 *
 * @throws ComingError `invalid-log-entry`
 */
export async function verifyLog(account: Uint8Array, entries: readonly SignedEntry[]): Promise<DeviceLog> {
  let log: DeviceLog | undefined;
  for (const entry of entries) log = await extendLog(log, account, entry);
  if (!log) throw invalid('the log is empty');
  return log;
}

/**
 * Verifies one more entry on top of a verified log; `undefined` when it is the first.
 *
 * @throws ComingError `invalid-log-entry`
 */
export async function extendLog(
  log: DeviceLog | undefined,
  account: Uint8Array,
  signed: SignedEntry,
): Promise<DeviceLog> {
  const entry = parseEntryText(signed.text);
  if (!sameBytes(entry.account, account)) throw invalid('it belongs to another account');
  if (entry.index !== (log?.entries.length ?? 0)) throw invalid('it has the wrong number');
  if (!sameBytes(entry.previous, log?.head)) throw invalid('it does not follow the entry before it');
  const devices = log?.devices ?? [];
  if (devices.length >= MAX_DEVICES) throw invalid('the account has too many devices');
  for (const device of devices) {
    if (device.id === entry.deviceId) throw invalid('the device id is taken');
    if (sameBytes(device.identityKey, entry.identityKey)) throw invalid('the identity key is taken');
  }
  if (!(await verifyAccountSignature(account, signed.scheme, signed.text, signed.signature))) {
    throw invalid('its signature does not verify');
  }
  return {
    account,
    entries: [...(log?.entries ?? []), signed],
    head: headOf(signed.text),
    devices: [...devices, toDevice(entry)],
  };
}

/**
 * Has the account sign a new device into its log.
 *
 * @param log - The account's log so far; undefined when this is its first device.
 * @throws ComingError `wallet-refused` or another of the signer's; `invalid-log-entry` when the signer
 *   signed something else or the log is full
 */
export async function enrolDevice(
  log: DeviceLog | undefined,
  signer: AccountSigner,
  device: NewDevice,
): Promise<DeviceLog> {
  const { account } = decodeAddress(signer.address);
  const taken = new Set(log?.devices.map(({ id }) => id));
  let deviceId = 1;
  while (taken.has(deviceId)) deviceId += 1;
  const text = writeEntryText({
    account,
    index: log?.entries.length ?? 0,
    previous: log?.head,
    deviceId,
    ...device,
  });
  const signature = await signer.signText(text);
  return extendLog(log, account, { text, scheme: signer.scheme, signature });
}

/**
 * Whether `later` is the same log as `earlier` or continues it. When not, somebody shows
 * different people different lists.
 */
export function continuesLog(earlier: DeviceLog, later: DeviceLog): boolean {
  return (
    sameBytes(earlier.account, later.account) &&
    earlier.entries.every((entry, i) => entry.text === later.entries[i]?.text)
  );
}

/** The 32 bytes that name the state of a log whose last entry has this text. */
export function headOf(text: string): Uint8Array {
  return sha256(utf8ToBytes(text));
}

function toDevice({ deviceId, identityKey, name, origin, validFrom }: DeviceEntry): LoggedDevice {
  return { id: deviceId, identityKey, name, origin, validFrom };
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a && b ? bytesToHex(a) === bytesToHex(b) : a === b;
}

function invalid(why: string): ComingError {
  return new ComingError('invalid-log-entry', `a device-log entry was refused: ${why}`);
}

/**
 * The text of a device-log entry: what a person reads in the wallet's prompt before signing.
 *
 * Its first line belongs to this kind of text alone, so that no other signature (a log-in, a
 * payment statement) can be passed off as one. Reading is strict: a text is an entry only if
 * writing what was read gives the same text again.
 *
 * @module
 */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { ComingError } from '../errors.js';
import { encodeAddress, parseComingId } from './ss58.js';

/** An entry that adds one device. */
export interface DeviceEntry {
  /** 32 bytes */
  readonly account: Uint8Array;
  /** Position in the log, from 0. */
  readonly index: number;
  /** 32 bytes: the head that this entry follows; undefined for the first. */
  readonly previous: Uint8Array | undefined;
  /** 1..127 */
  readonly deviceId: number;
  /** 1..64 characters, no control or direction characters. */
  readonly name: string;
  /** 33 bytes */
  readonly identityKey: Uint8Array;
  /** Web origin whose pages run the device, or `app:<name>` for a headless one. */
  readonly origin: string;
  /** WebSocket addresses where the device is reached, at most 8. */
  readonly relays: readonly string[];
  /** ms since 1970 */
  readonly validFrom: number;
}

const FIRST_LINE = 'Coming device log: add a device that can read your messages on ';

/**
 * Writes an entry.
 *
 * @throws ComingError `invalid-log-entry` when a field cannot stand in an entry
 */
export function writeEntryText(entry: DeviceEntry): string {
  const { account, index, previous, deviceId, name, identityKey, origin, relays, validFrom } = entry;
  if (!Number.isInteger(index) || index < 0 || index > 9999) throw invalid('number');
  if (previous ? previous.length !== 32 || index === 0 : index !== 0) throw invalid('previous entry');
  if (!Number.isInteger(deviceId) || deviceId < 1 || deviceId > 127) throw invalid('device');
  if (!isName(name)) throw invalid('name');
  if (identityKey.length !== 33 || identityKey[0] !== 5) throw invalid('identity key');
  if (!isOrigin(origin)) throw invalid('origin');
  if (relays.length > 8 || !relays.every(isRelay)) throw invalid('relays');
  if (!Number.isSafeInteger(validFrom) || validFrom < 0 || validFrom > MAX_TIME) throw invalid('time');
  return [
    FIRST_LINE + origin,
    '',
    `Coming ID: ${encodeAddress(account)}`,
    `Entry: ${index}`,
    `Previous entry: ${previous ? bytesToHex(previous) : 'none'}`,
    `Device: ${deviceId}`,
    `Name: ${name}`,
    `Identity key: ${bytesToHex(identityKey)}`,
    `Relays: ${relays.join(' ') || 'none'}`,
    `Valid from: ${new Date(validFrom).toISOString()}`,
  ].join('\n');
}

/**
 * Reads an entry.
 *
 * @throws ComingError `invalid-log-entry`
 */
export function parseEntryText(text: string): DeviceEntry {
  if (text.length > 4096) throw invalid('text');
  const match = ENTRY.exec(text);
  if (!match) throw invalid('text');
  const [, origin, comingId, index, previous, deviceId, name, identityKey, relays, validFrom] =
    match as unknown as string[];
  const entry: DeviceEntry = {
    account: accountOf(comingId!),
    index: Number(index),
    previous: previous === 'none' ? undefined : hexToBytes(previous!),
    deviceId: Number(deviceId),
    name: name!,
    identityKey: hexToBytes(identityKey!),
    origin: origin!,
    relays: relays === 'none' ? [] : relays!.split(' '),
    validFrom: Date.parse(validFrom!),
  };
  if (writeEntryText(entry) !== text) throw invalid('text');
  return entry;
}

const ENTRY = new RegExp(
  [
    `^${FIRST_LINE}(.+)`,
    '',
    'Coming ID: (\\w+)',
    'Entry: (\\d{1,4})',
    'Previous entry: (none|[0-9a-f]{64})',
    'Device: (\\d{1,3})',
    'Name: (.+)',
    'Identity key: ([0-9a-f]{66})',
    'Relays: (.+)',
    'Valid from: (\\S+)$',
  ].join('\n'),
);

// The last millisecond that toISOString writes with a four-digit year.
const MAX_TIME = Date.UTC(10000, 0, 1) - 1;

// Control, line-separating, direction-changing and invisible characters could make the prompt show another
// text. Named one by one: a log must not become invalid where a later version of Unicode is known.
const UNPRINTABLE =
  /[\p{Cc}\p{Co}\p{Cs}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/u;

/** A text without characters that could make what stands around it look like something else. */
export function withoutUnprintable(text: string): string {
  return [...text].filter((character) => !UNPRINTABLE.test(character)).join('');
}

/** Whether a text can be a device's name. */
export function isName(name: string): boolean {
  return name.length >= 1 && name.length <= 64 && name.trim() === name && !UNPRINTABLE.test(name);
}

function isOrigin(origin: string): boolean {
  if (/^app:[a-z0-9][a-z0-9.-]{0,63}$/.test(origin)) return true;
  return origin.length <= 255 && parses(origin, ['http:', 'https:'], (url) => url.origin === origin);
}

function isRelay(relay: string): boolean {
  return (
    relay.length <= 255 &&
    parses(
      relay,
      ['ws:', 'wss:'],
      // An empty query or fragment leaves its mark in the text only, and a WebSocket refuses fragments.
      (url) => url.href === relay && !url.username && !url.password && !/[?#]/.test(relay),
    )
  );
}

function parses(text: string, protocols: readonly string[], accept: (url: URL) => boolean): boolean {
  if (!/^[\x21-\x7e]+$/.test(text) || !URL.canParse(text)) return false;
  const url = new URL(text);
  return protocols.includes(url.protocol) && accept(url);
}

function accountOf(comingId: string): Uint8Array {
  try {
    return parseComingId(comingId);
  } catch {
    throw invalid('Coming ID');
  }
}

function invalid(field: string): ComingError {
  return new ComingError('invalid-log-entry', `a device-log entry was refused: its ${field} cannot be read`);
}

/**
 * The text of a device-log entry: what a person reads in the wallet's prompt before signing. Here: how
 * any entry is written and read, and what additions say.
 *
 * Each kind of entry has a first line of its own, which no other text that is signed begins with,
 * so that no other signature (a log-in, a payment statement) can be passed off as one. Reading is
 * strict: a text is an entry only if writing what was read gives the same text again.
 *
 * @module
 */
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { ComingError } from '../errors.js';
import { sha256 } from '../ratchet/sha256.js';
import {
  accountField,
  bytesField,
  field,
  numberField,
  optionalField,
  readLines,
  textField,
  timeField,
  writeLines,
  type Fields,
} from './labelled-lines.js';
import { LOG_ENTRIES, RESERVED_LOG_ENTRIES } from './log-limits.js';

/** What every entry says. */
export interface Link {
  /** 32 bytes */
  readonly account: Uint8Array;
  /** Position in the log, from 0. */
  readonly index: number;
  /** 32 bytes: the head that this entry follows; undefined for the first. */
  readonly previous: Uint8Array | undefined;
}

/** The device that an entry is about. */
export interface Subject {
  /** 1..127 */
  readonly deviceId: number;
  /** 1..64 characters, no control or direction characters. */
  readonly name: string;
  /** Web origin whose pages run the device, or `app:<name>` for a headless one. */
  readonly origin: string;
}

export interface Addition extends Link, Subject {
  /** 33 bytes */
  readonly identityKey: Uint8Array;
  /** WebSocket addresses where the device is reached, at most 8. */
  readonly relays: readonly string[];
  /** ms since 1970 */
  readonly validFrom: number;
}

/** Adds a device that takes part in conversations started on its own origin. */
export interface AddEntry extends Addition {
  readonly kind: 'add';
}

/** An entry of any kind; what else it says, its kind knows. */
export interface AnyEntry extends Link {
  readonly kind: string;
  readonly origin?: string;
}

export const LINK = {
  account: accountField('Coming ID'),
  index: numberField('Entry', 0, LOG_ENTRIES + RESERVED_LOG_ENTRIES - 1),
  previous: optionalField(bytesField('Previous entry', 32)),
};
export const SUBJECT = { ...LINK, deviceId: numberField('Device', 1, 127), name: textField('Name', isName) };
export const ADDITION = {
  ...SUBJECT,
  identityKey: field<Uint8Array>(
    'Identity key',
    (key) => key.length === 33 && key[0] === 5,
    bytesToHex,
    hexToBytes,
  ),
  relays: field<readonly string[]>(
    'Relays',
    (relays) => relays.length <= 8 && relays.every(isRelay),
    (relays) => relays.join(' ') || 'none',
    (relays) => (relays === 'none' ? [] : relays.split(' ')),
  ),
  validFrom: timeField('Valid from'),
};
/** Kinds of entries: the first line, up to the origin if it names one, and the other lines. */
export type Kinds = Readonly<Record<string, readonly [first: string, fields: Fields]>>;

const START = 'Coming device log: ';

/** The 32 bytes that name the state of a log whose last entry has this text. */
export function headOf(text: string): Uint8Array {
  return sha256(utf8ToBytes(text));
}

/** Whether a text, which was verified, drops the branch of a fork that has this head. */
export function dropsBranch(text: string, head: Uint8Array): boolean {
  return text.startsWith(`${START}repair`) && text.includes(bytesToHex(head));
}

/**
 * Writes an entry of one of some kinds.
 *
 * @throws ComingError `invalid-log-entry` when a field cannot stand in an entry
 */
export function writeEntry(entry: AnyEntry, kinds: Kinds): string {
  const [first, fields] = kinds[entry.kind]!;
  const { origin, index, previous } = entry;
  if (origin !== undefined && !isOrigin(origin)) throw unreadable('origin');
  // Only the first entry follows none.
  if ((index === 0) !== (previous === undefined)) throw unreadable('previous entry');
  return [START + first + (origin ?? ''), '', ...writeLines(fields, entry, unreadable)].join('\n');
}

/**
 * Reads an entry of one of some kinds.
 *
 * @throws ComingError `invalid-log-entry`
 */
export function parseEntry(text: string, kinds: Kinds): AnyEntry {
  // Longer than any entry, and bounded before anything is done with it.
  const [first = '', , ...lines] = text.length > 4096 ? [] : text.split('\n');
  for (const [kind, [line, fields]] of Object.entries(kinds)) {
    const start = START + line;
    if (!first.startsWith(start)) continue;
    try {
      const origin = line.endsWith(' ') && { origin: first.slice(start.length) };
      const entry = { kind, ...origin, ...readLines(fields, lines) } as AnyEntry;
      if (writeEntry(entry, kinds) === text) return entry;
    } catch {
      // A line that cannot be read, or cannot stand in an entry.
    }
  }
  throw unreadable('text');
}

// Control, line-separating, direction-changing and invisible characters could make the prompt show another
// text. Named one by one: a log must not become invalid where a later version of Unicode is known.
const UNPRINTABLE =
  /[\p{Cc}\p{Co}\p{Cs}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/u;

/** Anything but white space, control and format characters, marks without a letter, and letters drawn as nothing. */
export const VISIBLE = /[^\s\p{Cc}\p{Cf}\p{M}\u115f\u1160\u2800\u3164\uffa0]/u;

/** A text without characters that could make what stands around it look like something else. */
export function withoutUnprintable(text: string): string {
  return [...text].filter((character) => !UNPRINTABLE.test(character)).join('');
}

/** Whether a text can be a device's name. */
export function isName(name: string): boolean {
  return name.length <= 64 && name.trim() === name && VISIBLE.test(name) && !UNPRINTABLE.test(name);
}

/** Whether a text can be a device's origin. */
export function isOrigin(origin: string): boolean {
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

function unreadable(what: string): ComingError {
  return refusedEntry(`its ${what} cannot be read`);
}

/** The error of an entry that breaks a rule; the reason never holds what the entry says. */
export function refusedEntry(why: string): ComingError {
  return new ComingError('invalid-log-entry', `a device-log entry was refused: ${why}`);
}

/**
 * The text of a device-log entry: what a person reads in the wallet's prompt before signing.
 *
 * Each kind of entry has a first line of its own, which no other text that is signed begins with,
 * so that no other signature (a log-in, a payment statement) can be passed off as one. Reading is
 * strict: a text is an entry only if writing what was read gives the same text again.
 *
 * @module
 */
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { ComingError } from '../errors.js';
import { encodeAddress, parseComingId } from './ss58.js';

/** What every entry says. */
interface Link {
  /** 32 bytes */
  readonly account: Uint8Array;
  /** Position in the log, from 0. */
  readonly index: number;
  /** 32 bytes: the head that this entry follows; undefined for the first. */
  readonly previous: Uint8Array | undefined;
}

/** The device that an entry is about. */
interface Subject {
  /** 1..127 */
  readonly deviceId: number;
  /** 1..64 characters, no control or direction characters. */
  readonly name: string;
  /** Web origin whose pages run the device, or `app:<name>` for a headless one. */
  readonly origin: string;
}

/** The word of a device with full access, where the account has one. */
interface Confirmed {
  /** Device id; undefined while no device of the account has full access. */
  readonly confirmedBy: number | undefined;
  /** 64 bytes: XEdDSA signature of {@link confirmationText} by that device. */
  readonly confirmation: Uint8Array | undefined;
}

interface Addition extends Link, Subject {
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

/** Adds a device that takes part in every conversation. */
export interface AddFullEntry extends Addition, Confirmed {
  readonly kind: 'add-full';
}

/** Gives a device another name. */
export interface RenameEntry extends Link, Subject {
  readonly kind: 'rename';
  readonly formerName: string;
}

/** Ends a device for good: its identity key never comes back. */
export interface RevokeEntry extends Link, Subject {
  readonly kind: 'revoke';
}

/** Lets a device that is there take part in every conversation. */
export interface GrantEntry extends Link, Subject, Confirmed {
  readonly kind: 'grant';
}

/** Says which of two branches of a forked log counts: the one that it follows. */
export interface RepairEntry extends Link {
  readonly kind: 'repair';
  /** 32 bytes each, 1 to 8: the heads that the other branch had after the split, oldest first. */
  readonly dropped: readonly Uint8Array[];
}

export type LogEntry = AddEntry | AddFullEntry | RenameEntry | RevokeEntry | GrantEntry | RepairEntry;

const SUBJECT = ['deviceId', 'name'] as const;
const ADDITION = [...SUBJECT, 'identityKey', 'relays', 'validFrom'] as const;
const CONFIRMED = ['confirmedBy', 'confirmation'] as const;

/** The rest of each kind's first line, up to the origin if it names one, and the lines after the common ones. */
const KINDS: Readonly<Record<LogEntry['kind'], readonly [first: string, ...fields: FieldName[]]>> = {
  add: ['add a device that can read your messages on ', ...ADDITION],
  'add-full': ['add a device that can read ALL your messages, made on ', ...ADDITION, ...CONFIRMED],
  rename: ['rename a device made on ', ...SUBJECT, 'formerName'],
  revoke: ['remove a device made on ', ...SUBJECT],
  grant: ['let a device read ALL your messages, made on ', ...SUBJECT, ...CONFIRMED],
  repair: ['repair a list that split in two', 'dropped'],
};

/** Writes a value, `undefined` when it cannot stand in an entry; reads it without judging. */
interface Field<Value> {
  readonly label: string;
  readonly write: (value: Value) => string | undefined;
  readonly read: (text: string) => Value;
}

const field = <Value>(
  label: string,
  isValid: (value: Value) => boolean,
  write: (value: Value) => string,
  read: (text: string) => Value,
): Field<Value> => ({ label, write: (value) => (isValid(value) ? write(value) : undefined), read });

const number = (label: string, min: number, max: number) =>
  field<number>(label, (value) => Number.isInteger(value) && value >= min && value <= max, String, Number);
const bytes = (label: string, isValid: (value: Uint8Array) => boolean) =>
  field(label, isValid, bytesToHex, hexToBytes);
const text = (label: string) => field<string>(label, isName, String, String);
const optional = <Value>({ label, write, read }: Field<Value>): Field<Value | undefined> => ({
  label,
  write: (value) => (value === undefined ? 'none' : write(value)),
  read: (value) => (value === 'none' ? undefined : read(value)),
});

const FIELDS = {
  account: field<Uint8Array>('Coming ID', isHash, encodeAddress, parseComingId),
  index: number('Entry', 0, 9999),
  previous: optional(bytes('Previous entry', isHash)),
  deviceId: number('Device', 1, 127),
  name: text('Name'),
  formerName: text('Former name'),
  identityKey: bytes('Identity key', (key) => key.length === 33 && key[0] === 5),
  relays: field<readonly string[]>(
    'Relays',
    (relays) => relays.length <= 8 && relays.every(isRelay),
    (relays) => relays.join(' ') || 'none',
    (relays) => (relays === 'none' ? [] : relays.split(' ')),
  ),
  validFrom: field<number>(
    'Valid from',
    (time) => Number.isInteger(time) && time >= 0 && time <= MAX_TIME,
    (time) => new Date(time).toISOString(),
    Date.parse,
  ),
  confirmedBy: optional(number('Confirmed by device', 1, 127)),
  confirmation: optional(bytes('Confirmation', (signature) => signature.length === 64)),
  dropped: field<readonly Uint8Array[]>(
    'Dropped entries',
    (heads) => heads.length >= 1 && heads.length <= MAX_DROPPED && heads.every(isHash),
    (heads) => heads.map(bytesToHex).join(' '),
    (heads) => heads.split(' ').map(hexToBytes),
  ),
};
type FieldName = keyof typeof FIELDS;

const START = 'Coming device log: ';
/** Heads that one repair entry can drop; longer branches take more entries. */
export const MAX_DROPPED = 8;

/**
 * Writes an entry.
 *
 * @throws ComingError `invalid-log-entry` when a field cannot stand in an entry
 */
export function writeEntryText(entry: LogEntry): string {
  const values = entry as unknown as Record<string, unknown>;
  const [first, ...names] = KINDS[entry.kind];
  if (entry.kind !== 'repair' && !isOrigin(entry.origin)) throw refusedEntry('its origin cannot be read');
  // Only the first entry follows none, and a confirmation is somebody's.
  if ((entry.index === 0) !== (entry.previous === undefined))
    throw refusedEntry('its previous entry cannot be read');
  if ('confirmedBy' in entry && (entry.confirmedBy === undefined) !== (entry.confirmation === undefined)) {
    throw refusedEntry('its confirmation cannot be read');
  }
  const lines = [...COMMON, ...names].map((name) => {
    const { label, write } = FIELDS[name] as Field<unknown>;
    const written = write(values[name]);
    if (written === undefined) throw refusedEntry(`its ${label} cannot be read`);
    return `${label}: ${written}`;
  });
  return [START + first + (entry.kind === 'repair' ? '' : entry.origin), '', ...lines].join('\n');
}

const COMMON = ['account', 'index', 'previous'] as const;

/**
 * Reads an entry.
 *
 * @throws ComingError `invalid-log-entry`
 */
export function parseEntryText(text: string): LogEntry {
  // Longer than any entry, and bounded before anything is done with it.
  if (text.length > 4096) throw refusedEntry('its text cannot be read');
  const [first = '', , ...lines] = text.split('\n');
  for (const [kind, [start, ...names]] of Object.entries(KINDS)) {
    if (!first.startsWith(START + start)) continue;
    const entry = { kind, ...(kind !== 'repair' && { origin: first.slice(START.length + start.length) }) };
    try {
      [...COMMON, ...names].forEach((name, i) => {
        const { label, read } = FIELDS[name] as Field<unknown>;
        Object.assign(entry, { [name]: read(lines[i]!.slice(label.length + 2)) });
      });
      if (writeEntryText(entry as LogEntry) === text) return entry as LogEntry;
    } catch {
      // A field that cannot be read, or cannot stand in an entry.
    }
    break;
  }
  throw refusedEntry('its text cannot be read');
}

/**
 * The bytes that a device with full access signs to confirm an entry: everything above the confirmation itself,
 * under a line that nothing else which identity keys sign begins with.
 */
export function confirmationText(entryText: string): Uint8Array {
  return utf8ToBytes(`coming-device-confirm-v1\n${entryText.slice(0, entryText.lastIndexOf('\n'))}`);
}

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

function isHash(hash: Uint8Array): boolean {
  return hash.length === 32;
}

/** The error of an entry that breaks a rule; the reason never holds what the entry says. */
export function refusedEntry(why: string): ComingError {
  return new ComingError('invalid-log-entry', `a device-log entry was refused: ${why}`);
}

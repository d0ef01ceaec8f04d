/**
 * The kinds of entries of a device log, their texts and what they do: adding, full access, renaming, removing, repairing.
 *
 * @module
 */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { ComingError } from '../errors.js';
import { platformPrimitives } from '../ratchet/index.js';
import { addDevice, requireLink } from './addition.js';
import type { DeviceLog, Devices, LoggedDevice } from './device-log.js';
import { bytesField, field, numberField, optionalField, textField } from './labelled-lines.js';
import { hasRoom } from './log-limits.js';
import {
  ADDITION,
  headOf,
  isName,
  LINK,
  parseEntry,
  refusedEntry as invalid,
  SUBJECT,
  writeEntry,
  type AddEntry,
  type Addition,
  type Kinds,
  type Link,
  type Subject,
} from './log-text.js';
import { sameBytes } from './same-bytes.js';

/** The word of a device with full access, where the account has one. */
interface Confirmed {
  /** Device id; undefined while no device of the account has full access. */
  readonly confirmedBy: number | undefined;
  /** 64 bytes: XEdDSA signature of {@link confirmationText} by that device. */
  readonly confirmation: Uint8Array | undefined;
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

const head = bytesField('Entry', 32);
const CONFIRMED = {
  confirmedBy: optionalField(numberField('Confirmed by device', 1, 127)),
  confirmation: optionalField(bytesField('Confirmation', 64)),
};

/** Heads that one repair entry can drop. */
export const MAX_DROPPED = 8;

const KINDS: Kinds = {
  add: ['add a device that can read your messages on ', ADDITION],
  'add-full': ['add a device that can read ALL your messages, made on ', { ...ADDITION, ...CONFIRMED }],
  rename: ['rename a device made on ', { ...SUBJECT, formerName: textField('Former name', isName) }],
  revoke: ['remove a device made on ', SUBJECT],
  grant: ['let a device read ALL your messages, made on ', { ...SUBJECT, ...CONFIRMED }],
  repair: [
    'repair a list that split in two',
    {
      ...LINK,
      dropped: field<readonly Uint8Array[]>(
        'Dropped entries',
        (heads) => heads.length >= 1 && heads.length <= MAX_DROPPED && heads.every(head.isValid),
        (heads) => heads.map(head.write).join(' '),
        (heads) => heads.split(' ').map(head.read),
      ),
    },
  ],
};

/**
 * Writes an entry of any kind.
 *
 * @throws ComingError `invalid-log-entry` when a field cannot stand in an entry
 */
export function writeEntryText(entry: LogEntry): string {
  if ('confirmedBy' in entry && (entry.confirmedBy === undefined) !== (entry.confirmation === undefined)) {
    throw invalid("its confirmation is nobody's");
  }
  return writeEntry(entry, KINDS);
}

/**
 * Reads an entry of any kind.
 *
 * @throws ComingError `invalid-log-entry`
 */
export function parseEntryText(text: string): LogEntry {
  const entry = parseEntry(text, KINDS) as LogEntry;
  writeEntryText(entry);
  return entry;
}

/**
 * The bytes that a device with full access signs to confirm an entry: everything above the confirmation itself,
 * under a line that nothing else which identity keys sign begins with.
 */
export function confirmationText(entryText: string): Uint8Array {
  return utf8ToBytes(`coming-device-confirm-v1\n${entryText.slice(0, entryText.lastIndexOf('\n'))}`);
}

/** Devices with full access that an account can have; one more is refused. */
export const MAX_FULL_DEVICES = 8;

/**
 * What an entry of these kinds makes of the devices.
 *
 * @throws ComingError `invalid-log-entry`, `too-many-devices`
 */
export async function applyEntry(
  log: DeviceLog | undefined,
  account: Uint8Array,
  text: string,
): Promise<Devices> {
  const entry = parseEntryText(text);
  requireLink(log, account, entry);
  if (!hasRoom(entry.index, entry.kind)) throw invalid('the log has no room for it');
  const devices = apply(log, entry);
  if ('confirmedBy' in entry) await requireConfirmation(log, entry, text);
  return devices;
}

/** What an entry makes of the devices. */
function apply(log: DeviceLog | undefined, entry: LogEntry): Devices {
  const { devices = [], former = [] } = log ?? {};
  switch (entry.kind) {
    case 'add':
    case 'add-full': {
      const capability = entry.kind === 'add' ? 'origin' : 'full';
      if (capability === 'full') requireRoom(devices);
      return addDevice({ devices, former }, entry, capability);
    }
    case 'repair': {
      const heads = log?.entries.map(({ text }) => headOf(text)) ?? [];
      if (heads.length === 0 || entry.dropped.some((head) => heads.some((own) => sameBytes(head, own)))) {
        throw invalid('it drops what it follows');
      }
      return { devices, former };
    }
    case 'rename':
    case 'revoke':
    case 'grant':
  }
  // What the prompt said of the device must be true.
  const name = entry.kind === 'rename' ? entry.formerName : entry.name;
  const device = devices.find(({ id }) => id === entry.deviceId);
  if (device?.name !== name || device.origin !== entry.origin) throw invalid('there is no such device');
  if (entry.kind === 'revoke') {
    return { devices: devices.filter((other) => other !== device), former: [...former, device] };
  }
  if (entry.kind === 'grant') {
    if (device.capability === 'full') throw invalid('the device has full access');
    requireRoom(devices);
  }
  const changed: LoggedDevice =
    entry.kind === 'rename'
      ? { ...device, name: entry.name }
      : { ...device, capability: 'full', since: entry.index };
  return { devices: devices.map((other) => (other === device ? changed : other)), former };
}

function requireRoom(devices: readonly LoggedDevice[]): void {
  if (devices.filter(({ capability }) => capability === 'full').length >= MAX_FULL_DEVICES) {
    throw new ComingError(
      'too-many-devices',
      'the account has as many devices with full access as it can have',
    );
  }
}

/** Full access comes from a device that has it; the account alone gives it only where no device does. */
async function requireConfirmation(
  log: DeviceLog | undefined,
  { confirmedBy, confirmation }: AddFullEntry | GrantEntry,
  text: string,
): Promise<void> {
  const full = log?.devices.filter(({ capability }) => capability === 'full') ?? [];
  const device = full.find(({ id }) => id === confirmedBy);
  if (device ? !confirmation : full.length > 0 || confirmedBy !== undefined) {
    throw invalid('no device with full access confirms it');
  }
  if (!device) return;
  const { verify } = await platformPrimitives();
  if (!(await verify(device.identityKey, confirmationText(text), confirmation!))) {
    throw invalid('its confirmation does not verify');
  }
}

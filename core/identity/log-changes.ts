/**
 * What an account signs into its device log later than at enrolment: every change is made on top of a verified log, and
 * verified before it is given out.
 *
 * @module
 */
import { platformPrimitives } from '../ratchet/index.js';
import type { AccountSigner } from './account.js';
import { appendEntry, compareLogs, freeId, headOf, type DeviceLog, type NewDevice } from './device-log.js';
import {
  confirmationText,
  MAX_DROPPED,
  writeEntryText,
  type AddFullEntry,
  type GrantEntry,
  type LogEntry,
} from './log-entries.js';
import { refusedEntry } from './log-text.js';
import { sameBytes } from './same-bytes.js';

/** A device with full access that confirms what gives another one full access; this one, or one that is asked. */
export interface Confirmer {
  readonly deviceId: number;
  /** Signs with the device's identity key: 64 bytes. Whoever answers shows the person the text first. */
  confirm(text: Uint8Array): Promise<Uint8Array>;
}

/** What can be said about an account's devices. */
export type LogChange =
  | { readonly kind: 'add' | 'add-full'; readonly device: NewDevice }
  | { readonly kind: 'rename'; readonly deviceId: number; readonly name: string }
  | { readonly kind: 'revoke' | 'grant'; readonly deviceId: number }
  /** `other` is the branch that shall not count. */
  | { readonly kind: 'repair'; readonly other: DeviceLog };

/**
 * Has the account sign a change to its devices.
 *
 * @param log - The account's log so far; undefined when this is its first device.
 * @param confirmer - For full access, where a device has it already.
 * @throws ComingError `wallet-refused` or another of the signer's; `too-many-devices`, `log-full`; `invalid-log-entry` when
 *   the change is none that can be made, a confirmation is missing, or the signer signed something else
 */
export async function changeLog(
  log: DeviceLog | undefined,
  signer: AccountSigner,
  change: LogChange,
  confirmer?: Confirmer,
): Promise<DeviceLog> {
  return appendEntry(log, signer, (link) => {
    if (change.kind === 'repair') {
      return writeEntryText({ ...link, kind: 'repair', dropped: headsToDrop(log, change.other) });
    }
    if ('device' in change) {
      const { kind, device } = change;
      const addition = { ...link, deviceId: freeId(log), ...device };
      return kind === 'add'
        ? writeEntryText({ kind, ...addition })
        : confirmed({ kind, ...addition }, confirmer);
    }
    const device = log?.devices.find(({ id }) => id === change.deviceId);
    if (!device) throw refusedEntry('there is no such device');
    const { id: deviceId, name, origin } = device;
    const subject = { ...link, deviceId, name, origin };
    if (change.kind === 'grant') return confirmed({ ...subject, kind: 'grant' }, confirmer);
    return writeEntryText(
      change.kind === 'rename'
        ? { ...subject, kind: 'rename', name: change.name, formerName: name }
        : { ...subject, kind: 'revoke' },
    );
  });
}

/** A {@link Confirmer} whose identity key is here. */
export function deviceConfirmer(deviceId: number, privateKey: Uint8Array): Confirmer {
  return {
    deviceId,
    confirm: async (text) => (await platformPrimitives()).sign(privateKey, text),
  };
}

type Unconfirmed<Entry> = Omit<Entry, 'confirmedBy' | 'confirmation'>;

async function confirmed(
  entry: Unconfirmed<AddFullEntry> | Unconfirmed<GrantEntry>,
  confirmer: Confirmer | undefined,
): Promise<string> {
  const write = (confirmation: Uint8Array | undefined) =>
    writeEntryText({ ...entry, confirmedBy: confirmer?.deviceId, confirmation } as LogEntry);
  if (!confirmer) return write(undefined);
  // What is confirmed stands above the confirmation and so does not depend on it.
  return write(await confirmer.confirm(confirmationText(write(new Uint8Array(64)))));
}

function headsToDrop(log: DeviceLog | undefined, other: DeviceLog): Uint8Array[] {
  if (!log || !sameBytes(other.account, log.account) || compareLogs(other, log) !== 'forked') {
    throw refusedEntry('there is no fork');
  }
  const split = other.entries.findIndex(({ text }, i) => text !== log.entries[i]?.text);
  // The newest ones, where they are too many: those that were seen last.
  return other.entries
    .slice(split)
    .slice(-MAX_DROPPED)
    .map(({ text }) => headOf(text));
}

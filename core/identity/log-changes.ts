/**
 * What an account signs into its device log: every change is made on top of a verified log, and verified before it is given out.
 *
 * @module
 */
import { platformPrimitives } from '../ratchet/index.js';
import type { AccountSigner } from './account.js';
import { checkEntry, compareLogs, extendLog, headOf, type Capability, type DeviceLog } from './device-log.js';
import { confirmationText, MAX_DROPPED, refusedEntry, writeEntryText, type LogEntry } from './log-text.js';
import { sameBytes } from './same-bytes.js';
import { decodeAddress } from './ss58.js';

/** What a new device says of itself. */
export interface NewDevice {
  readonly identityKey: Uint8Array;
  readonly name: string;
  readonly origin: string;
  readonly relays: readonly string[];
  readonly validFrom: number;
  /** Conversations of its own origin unless said otherwise. */
  readonly capability?: Capability;
}

/** A device with full access that confirms what gives another one full access; this one, or one that is asked. */
export interface Confirmer {
  readonly deviceId: number;
  /** Signs with the device's identity key: 64 bytes. Whoever answers shows the person the text first. */
  confirm(text: Uint8Array): Promise<Uint8Array>;
}

/** What can be said about devices that are in the log. */
export type LogChange =
  | { readonly kind: 'rename'; readonly deviceId: number; readonly name: string }
  | { readonly kind: 'revoke' | 'grant'; readonly deviceId: number }
  /** `other` is the branch that shall not count. */
  | { readonly kind: 'repair'; readonly other: DeviceLog };

/** Without what follows from the log. */
type Draft<Entry = LogEntry> = Entry extends LogEntry
  ? Omit<Entry, 'account' | 'index' | 'previous' | 'confirmedBy' | 'confirmation'>
  : never;

/**
 * Has the account sign a new device into its log.
 *
 * @param log - The account's log so far; undefined when this is its first device.
 * @param confirmer - For full access, where a device has it already.
 * @throws ComingError `wallet-refused` or another of the signer's; `too-many-devices`; `invalid-log-entry` when
 *   the device cannot stand in an entry, a confirmation is missing, or the signer signed something else
 */
export async function enrolDevice(
  log: DeviceLog | undefined,
  signer: AccountSigner,
  { capability, ...device }: NewDevice,
  confirmer?: Confirmer,
): Promise<DeviceLog> {
  const kind = capability === 'full' ? 'add-full' : 'add';
  return append(log, signer, { kind, deviceId: freeId(log), ...device }, confirmer);
}

/**
 * Has the account sign a change to its devices.
 *
 * @param confirmer - For a grant, where a device has full access already.
 * @throws ComingError as {@link enrolDevice}
 */
export async function changeLog(
  log: DeviceLog,
  signer: AccountSigner,
  change: LogChange,
  confirmer?: Confirmer,
): Promise<DeviceLog> {
  if (change.kind === 'repair') {
    return append(log, signer, { kind: 'repair', dropped: headsToDrop(log, change.other) });
  }
  const device = log.devices.find(({ id }) => id === change.deviceId);
  if (!device) throw refusedEntry('there is no such device');
  const { id: deviceId, name, origin } = device;
  return append(
    log,
    signer,
    change.kind === 'rename'
      ? { kind: 'rename', deviceId, name: change.name, formerName: name, origin }
      : { kind: change.kind, deviceId, name, origin },
    confirmer,
  );
}

/** A {@link Confirmer} whose identity key is here. */
export function deviceConfirmer(deviceId: number, privateKey: Uint8Array): Confirmer {
  return {
    deviceId,
    confirm: async (text) => (await platformPrimitives()).sign(privateKey, text),
  };
}

async function append(
  log: DeviceLog | undefined,
  signer: AccountSigner,
  draft: Draft,
  confirmer?: Confirmer,
): Promise<DeviceLog> {
  const { account } = decodeAddress(signer.address);
  const entry = { ...draft, account, index: log?.entries.length ?? 0, previous: log?.head } as LogEntry;
  const text = await write(entry, confirmer);
  // Nobody is asked to sign what will be refused.
  await checkEntry(log, account, text);
  return extendLog(log, account, { text, scheme: signer.scheme, signature: await signer.signText(text) });
}

async function write(entry: LogEntry, confirmer: Confirmer | undefined): Promise<string> {
  if (!confirmer || (entry.kind !== 'grant' && entry.kind !== 'add-full')) return writeEntryText(entry);
  const confirmed = (confirmation: Uint8Array) =>
    writeEntryText({ ...entry, confirmedBy: confirmer.deviceId, confirmation });
  // What is confirmed stands above the confirmation and so does not depend on it.
  const draft = confirmed(new Uint8Array(64));
  return confirmed(await confirmer.confirm(confirmationText(draft)));
}

/** An id that no device ever had, as long as there is one; sessions and envelopes of old ones may still be about. */
function freeId(log: DeviceLog | undefined): number {
  const live = log?.devices.map(({ id }) => id) ?? [];
  const former = log?.former.map(({ id }) => id) ?? [];
  const ids = Array.from({ length: 127 }, (_, i) => i + 1).filter((id) => !live.includes(id));
  return ids.find((id) => !former.includes(id)) ?? ids[0]!;
}

function headsToDrop(log: DeviceLog, other: DeviceLog): Uint8Array[] {
  if (!sameBytes(other.account, log.account) || compareLogs(other, log) !== 'forked')
    throw refusedEntry('there is no fork');
  const split = other.entries.findIndex(({ text }, i) => text !== log.entries[i]?.text);
  // The newest ones, where they are too many: those that were seen last.
  return other.entries
    .slice(split)
    .slice(-MAX_DROPPED)
    .map(({ text }) => headOf(text));
}

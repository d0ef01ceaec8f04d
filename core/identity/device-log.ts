/**
 * The device log: an append-only, hash-chained list of what an account said about its devices, each entry signed by the account.
 *
 * Whoever verifies the log knows every device's identity key, and what it may read, without
 * trusting the relay that served it. An entry is the exact text that the account signed; its head
 * is the SHA-256 of that text, so two signatures over one entry are one entry.
 *
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { ComingError } from '../errors.js';
import { platformPrimitives } from '../ratchet/index.js';
import { verifyAccountSignature, type SignatureScheme } from './account.js';
import {
  confirmationText,
  parseEntryText,
  refusedEntry as invalid,
  type AddEntry,
  type AddFullEntry,
  type GrantEntry,
  type LogEntry,
} from './log-text.js';
import { sameBytes } from './same-bytes.js';

/** One entry as it is stored and sent. */
export interface SignedEntry {
  readonly text: string;
  readonly scheme: SignatureScheme;
  readonly signature: Uint8Array;
}

/** What a device may take part in: the conversations that were started on its origin, or every one. */
export type Capability = 'origin' | 'full';

/** A device that the log says may act for the account. */
export interface LoggedDevice {
  /** 1..127 */
  readonly id: number;
  /** 33 bytes: its Signal identity key. */
  readonly identityKey: Uint8Array;
  readonly name: string;
  readonly origin: string;
  readonly capability: Capability;
  /** WebSocket addresses where it is reached. */
  readonly relays: readonly string[];
  /** ms since 1970, as the device said. */
  readonly validFrom: number;
  /** Position of the entry that gave it its key, or its capability where that came later. */
  readonly since: number;
}

/** A log whose every entry was verified. */
export interface DeviceLog {
  /** 32 bytes */
  readonly account: Uint8Array;
  readonly entries: readonly SignedEntry[];
  /** 32 bytes: names this state of the log. */
  readonly head: Uint8Array;
  /** The live devices, in the order in which they were added. */
  readonly devices: readonly LoggedDevice[];
  /** Devices that were removed or gave way, as they were last, in the order in which they ended. */
  readonly former: readonly LoggedDevice[];
}

/** Devices with full access that an account can have; one more is refused. */
export const MAX_FULL_DEVICES = 8;
/** Devices of one origin each that an account can have; when one more is added, the one that was added first gives way. */
export const MAX_ORIGIN_DEVICES = 32;

/**
 * Verifies a whole log.
 *
 * @throws ComingError `invalid-log-entry`, `too-many-devices`
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
 * @throws ComingError `invalid-log-entry`, `too-many-devices`
 */
export async function extendLog(
  log: DeviceLog | undefined,
  account: Uint8Array,
  signed: SignedEntry,
): Promise<DeviceLog> {
  const devices = await checkEntry(log, account, signed.text);
  if (!(await verifyAccountSignature(account, signed.scheme, signed.text, signed.signature))) {
    throw invalid('its signature does not verify');
  }
  return {
    account,
    entries: [...(log?.entries ?? []), signed],
    head: headOf(signed.text),
    ...devices,
  };
}

/** What an entry would make of the devices, once it is signed. Throws as {@link extendLog}. */
export async function checkEntry(
  log: DeviceLog | undefined,
  account: Uint8Array,
  text: string,
): Promise<Pick<DeviceLog, 'devices' | 'former'>> {
  const entry = parseEntryText(text);
  if (!sameBytes(entry.account, account)) throw invalid('it belongs to another account');
  if (entry.index !== (log?.entries.length ?? 0)) throw invalid('it has the wrong number');
  if (!sameBytes(entry.previous, log?.head)) throw invalid('it does not follow the entry before it');
  const devices = apply(log, entry);
  if ('confirmedBy' in entry) await requireConfirmation(log, entry, text);
  return devices;
}

/** How a log that is served relates to the one that is known. */
export type LogRelation =
  | 'same'
  /** It continues the known one, or repairs the fork that the known one lay on. */
  | 'newer'
  /** The known one continues it: a step back, or somebody who is late. */
  | 'older'
  /** Each says something that the other does not: different people are shown different lists. */
  | 'forked';

/** Compares two verified logs. */
export function compareLogs(known: DeviceLog, served: DeviceLog): LogRelation {
  if (!sameBytes(known.account, served.account)) return 'forked';
  const longer = Math.max(known.entries.length, served.entries.length);
  for (let split = 0; split < longer; split += 1) {
    const [old, now] = [known.entries[split]?.text, served.entries[split]?.text];
    if (old === now) continue;
    if (old === undefined || isDropped(known, served, split)) return 'newer';
    return now === undefined || isDropped(served, known, split) ? 'older' : 'forked';
  }
  return 'same';
}

/** Whether `repaired` says that the branch on which `log` left it does not count. */
function isDropped(log: DeviceLog, repaired: DeviceLog, split: number): boolean {
  return repaired.entries.slice(split).some(({ text }) => {
    const entry = parseEntryText(text);
    return entry.kind === 'repair' && entry.dropped.some((head) => sameBytes(head, log.head));
  });
}

/** The 32 bytes that name the state of a log whose last entry has this text. */
export function headOf(text: string): Uint8Array {
  return sha256(utf8ToBytes(text));
}

type Devices = Pick<DeviceLog, 'devices' | 'former'>;

/** What an entry makes of the devices. */
function apply(log: DeviceLog | undefined, entry: LogEntry): Devices {
  const { devices = [], former = [] } = log ?? {};
  switch (entry.kind) {
    case 'add':
    case 'add-full':
      return add({ devices, former }, entry);
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

function add({ devices, former }: Devices, entry: AddEntry | AddFullEntry): Devices {
  const { deviceId: id, identityKey, name, origin, relays, validFrom, index: since } = entry;
  if (devices.some((device) => device.id === id)) throw invalid('the device id is taken');
  // Not even after the device ended: who kept its key must not come back.
  if ([...devices, ...former].some((device) => sameBytes(device.identityKey, identityKey))) {
    throw invalid('the identity key is taken');
  }
  const capability = entry.kind === 'add' ? 'origin' : 'full';
  const device: LoggedDevice = { id, identityKey, name, origin, capability, relays, validFrom, since };
  if (capability === 'full') {
    requireRoom(devices);
    return { devices: [...devices, device], former };
  }
  const scoped = devices.filter((other) => other.capability === 'origin');
  // By their order in the log, not by the times that they claim: a device's clock can lie, the chain cannot.
  const ended = scoped.slice(0, Math.max(0, scoped.length + 1 - MAX_ORIGIN_DEVICES));
  return {
    devices: [...devices.filter((other) => !ended.includes(other)), device],
    former: [...former, ...ended],
  };
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

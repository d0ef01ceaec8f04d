/**
 * The device log: an append-only, hash-chained list of what an account said about its devices, each entry signed by the account.
 *
 * Whoever verifies the log knows every device's identity key, and what it may read, without
 * trusting the relay that served it. An entry is the exact text that the account signed; its head
 * is the SHA-256 of that text, so two signatures over one entry are one entry.
 *
 * @module
 */
import { ComingError } from '../errors.js';
import { verifyAccountSignature, type AccountSigner, type SignatureScheme } from './account.js';
import { applyEntry, parseEntryText, writeEntryText } from './log-entries.js';
import { hasRoom, LOG_ENTRIES, RESERVED_LOG_ENTRIES } from './log-limits.js';
import { dropsBranch, headOf, refusedEntry as invalid, type Link } from './log-text.js';
import { sameBytes } from './same-bytes.js';
import { decodeAddress } from './ss58.js';

export { headOf };

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

/** Who acts for an account, and who did. */
export type Devices = Pick<DeviceLog, 'devices' | 'former'>;

/** What a new device says of itself. */
export interface NewDevice {
  readonly identityKey: Uint8Array;
  readonly name: string;
  readonly origin: string;
  readonly relays: readonly string[];
  readonly validFrom: number;
}

/**
 * Verifies a whole log.
 *
 * @throws ComingError `invalid-log-entry`, `too-many-devices`
 */
export async function verifyLog(account: Uint8Array, entries: readonly SignedEntry[]): Promise<DeviceLog> {
  if (entries.length > LOG_ENTRIES + RESERVED_LOG_ENTRIES) throw invalid('the log is too long');
  let log: DeviceLog | undefined;
  for (const [n, entry] of entries.entries()) {
    // Signatures are dear, and a stranger chooses how many there are: the page has to stay responsive.
    if (n % 16 === 15) await new Promise((resolve) => setTimeout(resolve));
    log = await extendLog(log, account, entry);
  }
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
  const devices = await applyEntry(log, account, signed.text);
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

/**
 * Has the account sign a new device into its log.
 *
 * @param log - The account's log so far; undefined when this is its first device.
 * @param access - `full` only while no device has it.
 * @throws ComingError `wallet-refused` or another of the signer's; `log-full`; `invalid-log-entry` when the device cannot
 *   stand in an entry or the signer signed something else
 */
export async function enrolDevice(
  log: DeviceLog | undefined,
  signer: AccountSigner,
  device: NewDevice,
  access: Capability = 'origin',
): Promise<DeviceLog> {
  return appendEntry(log, signer, (link) => {
    const addition = { deviceId: freeId(log), ...device, ...link };
    return writeEntryText(
      access === 'origin'
        ? { kind: 'add', ...addition }
        : { kind: 'add-full', ...addition, confirmedBy: undefined, confirmation: undefined },
    );
  });
}

/** Has the account sign an entry that follows what is there. Throws as {@link enrolDevice}. */
export async function appendEntry(
  log: DeviceLog | undefined,
  signer: AccountSigner,
  write: (link: Link) => string | Promise<string>,
): Promise<DeviceLog> {
  const { account } = decodeAddress(signer.address);
  const text = await write({ account, index: log?.entries.length ?? 0, previous: log?.head });
  // Nobody is asked to sign what will be refused.
  const { index, kind } = parseEntryText(text);
  if (!hasRoom(index, kind)) throw new ComingError('log-full', 'the device log has room for removals only');
  await applyEntry(log, account, text);
  return extendLog(log, account, { text, scheme: signer.scheme, signature: await signer.signText(text) });
}

/** An id that no device ever had, as long as there is one: sessions and envelopes of former ones may still be about. */
export function freeId(log: DeviceLog | undefined): number {
  const { devices = [], former = [] } = log ?? {};
  const lowest = (taken: readonly LoggedDevice[]) => {
    let id = 1;
    while (taken.some((device) => device.id === id)) id += 1;
    return id;
  };
  const unused = lowest([...devices, ...former]);
  return unused <= 127 ? unused : lowest(devices);
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
  return repaired.entries.slice(split).some(({ text }) => dropsBranch(text, log.head));
}

/**
 * Changes to the account's own list of devices: signed on top of what the relay has, which must continue what is known here.
 *
 * @module
 */
import { ComingError, type SeldomErrorCode } from '../errors.js';
import {
  compareLogs,
  decodeAddress,
  guestSigner,
  headOf,
  type AccountSigner,
  type DeviceLog,
} from '../identity/index.js';
import { changeLog, deviceConfirmer, type Confirmer, type LogChange } from '../identity/log-changes.js';
import { sameBytes } from '../identity/same-bytes.js';
import { extendAt } from './enrolment.js';
import { ownLogRefused, verifyOwnLog } from '../messaging/index.js';
import type { KeyServer } from '../transport/index.js';
import type { AccountsContext } from './context.js';

/**
 * Has the account sign a change, and the relay accept it.
 *
 * @param change - Decides on top of the newest list. Given anew when another device changes it at the same moment.
 * @throws ComingError `signer-needed`, `own-log-refused`, `needs-full-device`, those of `changeLog` and of the relay
 */
export async function changeOwnLog(
  { device, relay }: Pick<AccountsContext, 'device' | 'relay'>,
  given: AccountSigner | undefined,
  change: (log: DeviceLog) => LogChange,
): Promise<DeviceLog> {
  const known = await device.log();
  const signer = signerOf(device.row, known.account, given);
  return extendAt(relay, known.account, async (served) => {
    const log = await newestOf(relay, known, served);
    const what = change(log);
    const givesAll = what.kind === 'grant' || what.kind === 'add-full';
    return changeLog(log, signer, what, givesAll ? confirmerOf(log, device.row) : undefined);
  });
}

/**
 * Says which branch of a list that split in two counts: the one that this device is on.
 *
 * @throws ComingError `no-fork`, `signer-needed`, and those of the relay
 */
export async function repairOwnLog(
  { device, relay }: Pick<AccountsContext, 'device' | 'relay'>,
  given: AccountSigner | undefined,
  other: DeviceLog,
): Promise<DeviceLog> {
  const known = await device.log();
  const signer = signerOf(device.row, known.account, given);
  const repaired = await changeLog(known, signer, { kind: 'repair', other });
  await relay.replaceLog(known.account, other.head, repaired.entries);
  return repaired;
}

/**
 * The newest list, after the relay was given what it lacks.
 *
 * @throws ComingError `own-log-refused`, and those of the relay
 */
export async function newestOwnLog({
  device,
  relay,
}: Pick<AccountsContext, 'device' | 'relay'>): Promise<DeviceLog> {
  const known = await device.log();
  const entries = await relay.readLog(known.account);
  const served = entries?.length ? await verifyOwnLog(known.account, entries) : undefined;
  return newestOf(relay, known, served);
}

/** Who signs for the account. */
export function signerOf(
  { seed }: { readonly seed: Uint8Array | undefined },
  account: Uint8Array,
  given: AccountSigner | undefined,
): AccountSigner {
  if (seed) return guestSigner({ seed, account });
  if (given && sameBytes(decodeAddress(given.address).account, account)) return given;
  throw new ComingError<SeldomErrorCode>('signer-needed', 'the key of this account is not here');
}

/** What the relay has, after it was given what it lacks. */
async function newestOf(
  relay: KeyServer,
  known: DeviceLog,
  served: DeviceLog | undefined,
): Promise<DeviceLog> {
  const relation = served ? compareLogs(known, served) : 'older';
  if (relation === 'forked') throw ownLogRefused();
  if (relation !== 'older') return served!;
  let previous = served?.head;
  for (const entry of known.entries.slice(served?.entries.length ?? 0)) {
    await relay.appendLog(known.account, previous, entry);
    previous = headOf(entry.text);
  }
  return known;
}

/** Full access comes from a device that has it, where there is one. */
function confirmerOf(
  { devices }: DeviceLog,
  { deviceId, identityPrivate }: { readonly deviceId: number; readonly identityPrivate: Uint8Array },
): Confirmer | undefined {
  const full = devices.filter(({ capability }) => capability === 'full');
  if (full.length === 0) return undefined;
  if (full.some(({ id }) => id === deviceId)) return deviceConfirmer(deviceId, identityPrivate);
  throw new ComingError<SeldomErrorCode>('needs-full-device', 'another device has full access');
}

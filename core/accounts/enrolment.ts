/**
 * Makes this profile a device of an account: a guest's, made on the spot, or one that a wallet holds.
 *
 * @module
 */
import { ComingError, type SeldomErrorCode } from '../errors.js';
import {
  decodeAddress,
  enrolDevice,
  guestOfEntropy,
  guestSigner,
  type AccountSigner,
  type Capability,
  type DeviceLog,
} from '../identity/index.js';
import { Device, verifyOwnLog, type Owner } from '../messaging/index.js';
import { platformPrimitives } from '../ratchet/index.js';
import type { Database } from '../store/index.js';
import type { KeyServer } from '../transport/index.js';

export interface NewDeviceOptions {
  readonly name: string;
  readonly origin: string;
  readonly relays: readonly string[];
  readonly now: () => number;
}

// Two origins that enrol at the same moment are one retry; more is something else.
const MAX_ATTEMPTS = 3;

/**
 * Makes a local ed25519 account, and this the device that reads everything of it. Needs no network: the relay learns of
 * it at the first sign-in.
 */
export async function enrolGuest(db: Database, options: NewDeviceOptions): Promise<Device> {
  const primitives = await platformPrimitives();
  const entropy = primitives.randomBytes(16);
  const guest = await guestOfEntropy(entropy);
  const identity = await primitives.generateKeyPair();
  const log = await enrolDevice(
    undefined,
    guestSigner(guest),
    newDevice(options, identity.publicKey),
    'full',
  );
  const owner: Owner = { kind: 'guest', seed: guest.seed, entropy, backedUp: false };
  return Device.enrol(db, primitives, options.now, { log, identity, ...owner });
}

/** The account's key is in a wallet. */
export const OF_WALLET: Owner = { kind: 'wallet', seed: undefined, entropy: undefined, backedUp: true };

/**
 * Has an account that may have devices already sign this one into its log, and the relay accept it.
 *
 * @param access - `rest`: full where no other device has it.
 * @throws ComingError `invalid-coming-id` (the signer's address), `wallet-refused`, `relay-unreachable`,
 *   `needs-full-device`, `invalid-log-entry` (the relay's log or the signature is false)
 */
export async function enrolWith(
  db: Database,
  options: NewDeviceOptions,
  signer: AccountSigner,
  keyServer: KeyServer,
  owner: Owner,
  access: Capability | 'rest',
): Promise<Device> {
  const primitives = await platformPrimitives();
  const { account } = decodeAddress(signer.address);
  const identity = await primitives.generateKeyPair();
  const log = await extendAt(keyServer, account, (served) => {
    const isTaken = served?.devices.some(({ capability }) => capability === 'full');
    if (isTaken && access === 'full') {
      throw new ComingError<SeldomErrorCode>('needs-full-device', 'another device has full access');
    }
    const allowed = isTaken || access === 'origin' ? 'origin' : 'full';
    return enrolDevice(served, signer, newDevice(options, identity.publicKey), allowed);
  });
  return Device.enrol(db, primitives, options.now, { log, identity, ...owner });
}

/**
 * Adds an entry to an account's log on the key server, made anew when somebody else adds one at the same moment.
 *
 * @throws ComingError `relay-unreachable`, `rate-limited`, `relay-refused`, `own-log-refused`, or what `extend` throws
 */
export async function extendAt(
  keyServer: KeyServer,
  account: Uint8Array,
  extend: (served: DeviceLog | undefined) => Promise<DeviceLog>,
): Promise<DeviceLog> {
  let entries = await keyServer.readLog(account);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const served = entries?.length ? await verifyOwnLog(account, entries) : undefined;
    const extended = await extend(served);
    const result = await keyServer.appendLog(account, served?.head, extended.entries.at(-1)!);
    if (result.status === 'appended') return extended;
    entries = result.entries;
  }
  throw new ComingError('rate-limited', "the account's devices keep changing");
}

export function newDevice({ name, origin, relays, now }: NewDeviceOptions, identityKey: Uint8Array) {
  return { identityKey, name, origin, relays, validFrom: now() };
}

/**
 * Makes this profile a device of an account: a guest's, made on the spot, or one that a wallet holds.
 *
 * @module
 */
import { ComingError } from '../errors.js';
import {
  decodeAddress,
  enrolDevice,
  guestAccount,
  guestSigner,
  verifyLog,
  type AccountSigner,
  type DeviceLog,
} from '../identity/index.js';
import { Device } from '../messaging/index.js';
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

/** Makes a local ed25519 account. Needs no network: the relay learns of it at the first sign-in. */
export async function enrolGuest(db: Database, options: NewDeviceOptions): Promise<Device> {
  const primitives = await platformPrimitives();
  const guest = guestAccount(primitives.randomBytes(32));
  const identity = await primitives.generateKeyPair();
  const log = await enrolDevice(undefined, guestSigner(guest), newDevice(options, identity.publicKey));
  return Device.enrol(db, primitives, options.now, { log, kind: 'guest', seed: guest.seed, identity });
}

/**
 * Has a wallet account sign this device into its log, and the relay accept it.
 *
 * @throws ComingError `invalid-coming-id` (the signer's address), `wallet-refused`, `relay-unreachable`,
 *   `invalid-log-entry` (the relay's log or the signature is false)
 */
export async function enrolWallet(
  db: Database,
  options: NewDeviceOptions,
  signer: AccountSigner,
  keyServer: KeyServer,
): Promise<Device> {
  const primitives = await platformPrimitives();
  const { account } = decodeAddress(signer.address);
  const identity = await primitives.generateKeyPair();
  const served = await keyServer.readLog(account);
  let log: DeviceLog | undefined = served && (await verifyLog(account, served));
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const extended = await enrolDevice(log, signer, newDevice(options, identity.publicKey));
    const result = await keyServer.appendLog(account, log?.head, extended.entries.at(-1)!);
    if (result.status === 'appended') {
      return Device.enrol(db, primitives, options.now, {
        log: extended,
        kind: 'wallet',
        seed: undefined,
        identity,
      });
    }
    log = await verifyLog(account, result.entries);
  }
  throw new ComingError('rate-limited', "the account's devices keep changing");
}

function newDevice({ name, origin, relays, now }: NewDeviceOptions, identityKey: Uint8Array) {
  return { identityKey, name, origin, relays, validFrom: now() };
}

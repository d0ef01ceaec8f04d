/**
 * Makes this a device of a guest's account that was made elsewhere: by its words, or by its file.
 *
 * @module
 */
import { guestOfEntropy, guestSigner, type GuestAccount } from '../identity/index.js';
import { enrolWith, type NewDeviceOptions } from './enrolment.js';
import { loaded } from '../lazy.js';
import type { Device } from '../messaging/index.js';
import type { Database } from '../store/index.js';
import type { KeyServer } from '../transport/index.js';
import type { GuestSecret } from './types.js';

/**
 * The relay is asked for the account's devices, and this one joins them: with full access where no other has it.
 *
 * @throws ComingError as `ComingClient.becomeGuest` says of a secret
 */
export async function restoreGuest(
  db: Database,
  options: NewDeviceOptions,
  keyServer: KeyServer,
  secret: GuestSecret,
): Promise<Device> {
  const { guest, entropy } = await read(secret);
  const owner = { kind: 'guest', seed: guest.seed, entropy, backedUp: true } as const;
  return enrolWith(db, options, guestSigner(guest), keyServer, owner, 'rest');
}

async function read(secret: GuestSecret): Promise<{ guest: GuestAccount; entropy: Uint8Array | undefined }> {
  if (secret.kind === 'keystore') {
    const { readKeystore } = await loaded(import('../identity/keystore.js'));
    return { guest: await readKeystore(secret.json, secret.passphrase), entropy: undefined };
  }
  const { entropyOf, readWords } = await loaded(import('../identity/words.js'));
  const entropy = entropyOf(readWords(secret.words));
  return { guest: await guestOfEntropy(entropy), entropy };
}

/**
 * A guest goes on as a wallet account: both sign, every contact is told, and this device becomes one of the wallet's.
 *
 * Contacts are told before this device changes sides, for only the guest's device can tell them. Whoever is interrupted
 * in between does it again: a statement that says the same is no other.
 *
 * @module
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import { ComingError, type SeldomErrorCode } from '../errors.js';
import { decodeAddress, guestAccount, guestSigner, type AccountSigner } from '../identity/index.js';
import { sameBytes } from '../identity/same-bytes.js';
import { signHandOver } from '../identity/statements.js';
import { MemoryDatabase, put, remove, type Change } from '../store/index.js';
import type { AccountsContext } from './context.js';
import { moved } from './taking-over.js';
import { enrolWith, OF_WALLET } from './enrolment.js';

/**
 * @returns what makes this device one of the other account
 * @throws ComingError as `Identity.handOver`
 */
export async function handOver(context: AccountsContext, signer: AccountSigner): Promise<Change[]> {
  const { db, device, messaging, relay, now } = context;
  const { seed, deviceName: name, origin } = device.row;
  if (!seed) throw new ComingError<SeldomErrorCode>('no-key', 'the key of this account is not here');
  const log = await device.log();
  if (sameBytes(decodeAddress(signer.address).account, log.account)) {
    throw new ComingError('own-account', 'this is the account of this device');
  }
  const statement = await signHandOver(
    { logHead: log.head, time: now() },
    guestSigner(guestAccount(seed)),
    signer,
  );
  // Stored elsewhere until this device changes sides.
  const staged = new MemoryDatabase();
  await staged.takeOwnership();
  await enrolWith(staged, { name, origin, relays: [relay.url], now }, signer, relay, OF_WALLET, 'rest');

  const conversations = await db.list('conversations');
  const own = bytesToHex(log.account);
  for (const { value } of conversations) {
    // Strangers learn nothing, and one's own notes go along.
    if (value.request || value.peer === own) continue;
    await messaging.tell(value.peer, { kind: 'hand-over', statement });
  }
  await messaging.settled();

  const successor = (await staged.get('meta', 'device'))!.account;
  const changes: Change[] = await moved(db, own, successor);
  for (const table of ['preKeys', 'lastResortUses', 'sessions', 'outbox', 'receipts'] as const) {
    changes.push(...(await db.list(table)).map(({ key }) => remove(table, key)));
  }
  for (const table of ['meta', 'preKeys'] as const) {
    changes.push(...(await staged.list(table)).map(({ key, value }) => put(table, key, value)));
  }
  return changes;
}

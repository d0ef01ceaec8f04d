/**
 * A guest goes on as a wallet account: both sign, every contact is told, and this device becomes one of the wallet's.
 *
 * All of it is one commit: this device changes sides, and for every contact the statement waits before whatever else does.
 * Whoever is interrupted is either still the guest, and nobody was told, or tells everybody from then on, for as long as
 * it takes.
 *
 * @module
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import { ComingError, type SeldomErrorCode } from '../errors.js';
import { decodeAddress, guestSigner, type AccountSigner } from '../identity/index.js';
import { sameBytes } from '../identity/same-bytes.js';
import { signHandOver } from '../identity/statements.js';
import { encodeContent } from '../messaging/content.js';
import { MemoryDatabase, put, remove, type Change } from '../store/index.js';
import type { AccountsContext } from './context.js';
import { moved } from './taking-over.js';
import { enrolWith, OF_WALLET } from './enrolment.js';

/** Before everything that was queued. */
const FIRST = 0;

/**
 * @returns what makes this device one of the other account
 * @throws ComingError as `Identity.handOver`
 */
export async function handOver(context: AccountsContext, signer: AccountSigner): Promise<Change[]> {
  const { db, device, relay, now } = context;
  const { seed, deviceName: name, origin } = device.row;
  if (!seed) throw new ComingError<SeldomErrorCode>('no-key', 'the key of this account is not here');
  const log = await device.log();
  if (sameBytes(decodeAddress(signer.address).account, log.account)) {
    throw new ComingError('own-account', 'this is the account of this device');
  }
  const statement = await signHandOver(
    { logHead: log.head, time: now() },
    guestSigner({ seed, account: log.account }),
    signer,
  );
  // Stored elsewhere until this device changes sides.
  const staged = new MemoryDatabase();
  await staged.takeOwnership();
  await enrolWith(staged, { name, origin, relays: [relay.url], now }, signer, relay, OF_WALLET, 'rest');

  const own = bytesToHex(log.account);
  const successor = (await staged.get('meta', 'device'))!.account;
  const changes: Change[] = [];
  for (const table of ['preKeys', 'lastResortUses', 'sessions', 'sentContents'] as const) {
    changes.push(...(await db.list(table)).map(({ key }) => remove(table, key)));
  }
  // What waits is said by the other account; its receivers drop what they have already.
  for (const { key, value } of await db.list('outbox')) {
    changes.push(put('outbox', key, { ...value, encrypted: undefined }));
  }
  // Notes to self go along, and what one's own devices are to be told is told those of the other account.
  changes.push(...(await moved(db, own, successor)));
  for (const { value } of await db.list('conversations')) {
    const { peer, origin: place = origin, request } = value;
    // Strangers learn nothing.
    if (peer === own || request) continue;
    const id = bytesToHex(crypto.getRandomValues(new Uint8Array(16)));
    const told = { id, sentAt: now(), body: { kind: 'hand-over', statement } } as const;
    const content = encodeContent(told, place);
    const row = { peer, seq: FIRST, messageId: undefined, content, origin: place, encrypted: undefined };
    changes.push(put('outbox', [peer, FIRST], row));
  }
  for (const table of ['meta', 'preKeys'] as const) {
    changes.push(...(await staged.list(table)).map(({ key, value }) => put(table, key, value)));
  }
  return changes;
}

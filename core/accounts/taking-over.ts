/**
 * What a contact does when an account hands its conversations over to another: checks the statement, and goes on with the
 * other one in the same conversation.
 *
 * @module
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import { ComingError, type SeldomErrorCode } from '../errors.js';
import { sameBytes } from '../identity/same-bytes.js';
import { verifyHandOver, type SignedHandOver } from '../identity/statements.js';
import type { MessagingContext } from '../messaging/context.js';
import { put, remove, type AccountHex, type Change, type Database, type Key } from '../store/index.js';

/**
 * Follows a statement that came from `sender`, whose lock the caller holds.
 *
 * It counts when it is of the sender's account, of the list of devices that is known, and the first one. Where there is
 * a conversation with the other account already, the two stay apart; the first one is closed.
 *
 * @param beside - Committed along with it.
 * @throws ComingError `invalid-statement`
 */
export async function takeHandOver(
  { db, device, directory, lock, changed }: MessagingContext,
  sender: AccountHex,
  statement: SignedHandOver,
  beside: readonly Change[],
): Promise<void> {
  const { from, to, logHead } = await verifyHandOver(statement);
  const successor = bytesToHex(to);
  const log = await directory.find(sender);
  const isTheirs = bytesToHex(from) === sender && sameBytes(logHead, log.head);
  if (!isTheirs || successor === device.row.account) throw refused();
  await lock.run(successor, async () => {
    const known = await db.get('conversations', successor);
    const person = (await db.get('people', sender))!;
    await db.commit([
      ...beside,
      ...(known ? [] : await moved(db, sender, successor)),
      put('people', sender, { ...person, continuedBy: successor }),
    ]);
  });
  changed(successor);
}

/** The changes that put everything of a conversation under another peer. */
export async function moved(db: Database, from: AccountHex, to: AccountHex): Promise<Change[]> {
  const conversation = await db.get('conversations', from);
  if (!conversation) return [];
  const lastMessage = conversation.lastMessage && { ...conversation.lastMessage, peer: to };
  const changes: Change[] = [
    remove('conversations', from),
    put('conversations', to, { ...conversation, peer: to, lastMessage }),
  ];
  const under = (key: Key): Key => [to, ...(key as readonly (string | number)[]).slice(1)];
  for (const table of ['messages', 'payments', 'receipts'] as const) {
    for (const { key, value } of await db.list(table, { prefix: [from] })) {
      changes.push(remove(table, key), put(table, under(key), { ...value, peer: to } as never));
    }
  }
  for (const { key, value } of await db.list('expiring')) {
    if (value.peer !== from) continue;
    const [expiresAt] = key as readonly number[];
    changes.push(
      remove('expiring', key),
      put('expiring', [expiresAt!, to, value.order], { ...value, peer: to }),
    );
  }
  for (const { key, value } of await db.list('early', { prefix: [from] })) {
    changes.push(remove('early', key), put('early', under(key), value));
  }
  const profile = await db.get('profiles', from);
  if (profile) changes.push(remove('profiles', from), put('profiles', to, profile));
  for (const { key, value } of await db.list('messageOrders', { prefix: [from] })) {
    changes.push(remove('messageOrders', key), put('messageOrders', under(key), value));
  }
  // What waits is made anew for the devices of the other account.
  for (const { key, value } of await db.list('outbox', { prefix: [from] })) {
    changes.push(
      remove('outbox', key),
      put('outbox', under(key), { ...value, peer: to, encrypted: undefined }),
    );
  }
  return changes;
}

function refused(): ComingError<SeldomErrorCode> {
  return new ComingError<SeldomErrorCode>('invalid-statement', 'not a hand-over of this account');
}

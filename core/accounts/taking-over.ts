/**
 * What a contact does when an account hands its conversations over to another: checks the statement, and goes on with the
 * other one in the same conversation.
 *
 * @module
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import { ComingError, type SeldomErrorCode } from '../errors.js';
import type { DeviceLog } from '../identity/index.js';
import { sameBytes } from '../identity/same-bytes.js';
import { verifyHandOver, type SignedHandOver } from '../identity/statements.js';
import type { MessagingContext } from '../messaging/context.js';
import { put, remove, type AccountHex, type Change, type Database, type Key } from '../store/index.js';

/**
 * Follows a statement that came from `sender`, the account that takes over, whose lock the caller holds. That the other one
 * agrees stands in the statement.
 *
 * It counts when it is to the sender's account, of the other one's newest list of devices, and the first one. Where there is
 * a conversation with the other account already, the two stay apart; the first one is closed.
 *
 * @param beside - Committed along with it.
 * @throws ComingError `invalid-statement`, or what `Directory.refresh` throws
 */
export async function takeHandOver(
  { db, device, directory, lock, changed }: MessagingContext,
  sender: AccountHex,
  statement: SignedHandOver,
  beside: readonly Change[],
): Promise<void> {
  const { from, to, logHead } = await verifyHandOver(statement);
  const former = bytesToHex(from);
  if (bytesToHex(to) !== sender || former === device.row.account) throw refused();
  const isLast = ({ head }: DeviceLog) => sameBytes(logHead, head);
  // The list may have gone on since this contact saw it.
  if (!isLast(await directory.find(former)) && !isLast(await directory.refresh(former))) throw refused();
  await lock.run(former, async () => {
    const known = await db.get('conversations', sender);
    const person = (await db.get('people', former))!;
    // Once followed, it leads to where it led first.
    const isFirst = !person.continuedBy && !person.blocked;
    // Whoever has to decide about the one has to decide about the other.
    if (isFirst && person.changed && !known) await directory.update(sender, { changed: person.changed });
    await db.commit([
      ...beside,
      ...(isFirst && !known ? await moved(db, former, sender) : []),
      ...(isFirst ? [put('people', former, { ...person, continuedBy: sender })] : []),
    ]);
  });
  changed(former);
}

/** The changes that put everything of a conversation under another peer. */
export async function moved(db: Database, from: AccountHex, to: AccountHex): Promise<Change[]> {
  const conversation = await db.get('conversations', from);
  const lastMessage = conversation?.lastMessage && { ...conversation.lastMessage, peer: to };
  const changes: Change[] = conversation
    ? [remove('conversations', from), put('conversations', to, { ...conversation, peer: to, lastMessage })]
    : [];
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

/**
 * Erases messages and conversations from this device: what is due, what the person deletes, what strangers left behind.
 *
 * Loaded when there is something to erase.
 *
 * @module
 */
import {
  put,
  remove,
  type AccountHex,
  type Change,
  type Database,
  type IdHex,
  type MessageRow,
  type TableName,
} from '../store/index.js';
import { decodeContent, type Received } from './content.js';
import type { MessagingContext } from './context.js';

type Context = Pick<MessagingContext, 'db' | 'device' | 'lock' | 'now' | 'changed'>;

/** Messages that are erased in one go. */
const BATCH = 500;
/** Strangers who wait to be accepted; of more, those who wrote longest ago give way. */
export const MAX_REQUESTS = 50;

/**
 * Erases messages of one conversation. Their names stay, so that no repeat brings them back.
 *
 * The caller holds the peer's lock.
 */
export async function eraseMessages(
  { db, device }: Pick<Context, 'db' | 'device'>,
  peer: AccountHex,
  messages: readonly MessageRow[],
): Promise<Change[]> {
  const own = new Set(messages.filter(({ mine }) => mine).map(({ id }) => id));
  const changes = messages.flatMap(({ order, expiresAt }) => [
    remove('messages', [peer, order]),
    ...(expiresAt === undefined ? [] : [remove('expiring', [expiresAt, peer, order])]),
  ]);
  if (own.size > 0) changes.push(...(await forgetSent(db, device.row.account, peer, (id) => own.has(id))));
  const conversation = await db.get('conversations', peer);
  if (!conversation) return changes;
  const gone = new Set(messages.map(({ order }) => order));
  let { lastMessage } = conversation;
  if (lastMessage && gone.has(lastMessage.order)) {
    const latest = await db.list('messages', { prefix: [peer], reverse: true, limit: messages.length + 1 });
    lastMessage = latest.find(({ value }) => !gone.has(value.order))?.value;
  }
  const unread = conversation.unread - messages.filter(({ seen }) => !seen).length;
  return [
    ...changes,
    put('conversations', peer, { ...conversation, lastMessage, unread: Math.max(0, unread) }),
  ];
}

/** What is kept of one's own messages to be sent again goes: to the peer, and as copies to one's other devices. */
export async function forgetSent(
  db: Database,
  account: AccountHex,
  peer: AccountHex,
  isGone: (id: IdHex) => boolean,
): Promise<Change[]> {
  const changes: Change[] = [];
  for (const receiver of new Set([peer, account])) {
    for (const { key, value } of await db.list('sentContents', { prefix: [receiver] })) {
      const said = value.content && saidTo(peer, receiver, decodeContent(value.content));
      if (said && isGone(said.body.kind === 'edit' ? said.body.id : said.id)) {
        changes.push(remove('sentContents', key));
      }
    }
  }
  return changes;
}

/** What was said to a peer in a content for this receiver; undefined when that is about somebody else. */
function saidTo(peer: AccountHex, receiver: AccountHex, content: Received): Received | undefined {
  const { body } = content;
  if (body.kind === 'sent-copy') return body.peer === peer ? decodeContent(body.content) : undefined;
  return receiver === peer ? content : undefined;
}

/** Erases every message whose time is over. */
export async function eraseDue({ db, device, lock, now, changed }: Context): Promise<void> {
  for (;;) {
    const due = await db.list('expiring', { before: [now() + 1], limit: BATCH });
    if (due.length === 0) return;
    for (const peer of new Set(due.map(({ value }) => value.peer))) {
      await lock.run(peer, async () => {
        const theirs = due.filter(({ value }) => value.peer === peer);
        const rows = await Promise.all(theirs.map(({ value }) => db.get('messages', [peer, value.order])));
        const running = rows.filter((row) => row?.expiresAt !== undefined) as MessageRow[];
        const over = running.filter((row) => isOver(row, now()));
        const later = running.filter((row) => !over.includes(row));
        await db.commit([
          ...theirs.map(({ key }) => remove('expiring', key)),
          ...later.map(({ expiresAt = 0, order }) =>
            put('expiring', [expiresAt, peer, order], { peer, order }),
          ),
          ...(await eraseMessages({ db, device }, peer, over)),
        ]);
      });
      changed(peer);
    }
  }
}

/** Whether the time of a message is over, or was counted by a clock that was ahead: it was told to go before that. */
function isOver({ expiresAt = 0, expiresAfter = 0 }: MessageRow, now: number): boolean {
  return expiresAt <= now || expiresAt > now + expiresAfter * 1000;
}

/**
 * Everything of a conversation. What was paid, whom the person blocked and how to go on encrypting stays.
 *
 * The caller holds the peer's lock.
 */
export async function eraseConversation(
  { db, device }: Pick<Context, 'db' | 'device'>,
  peer: AccountHex,
): Promise<Change[]> {
  const changes: Change[] = [
    remove('conversations', peer),
    remove('profiles', peer),
    ...(await forgetSent(db, device.row.account, peer, () => true)),
  ];
  const tables: readonly TableName[] = [
    'messageOrders',
    'early',
    'receipts',
    'outbox',
    'undecryptable',
    'sentContents',
  ];
  for (const table of tables) {
    for (const { key } of await db.list(table, { prefix: [peer] })) changes.push(remove(table, key));
  }
  for (const { key, value } of await db.list('messages', { prefix: [peer] })) {
    changes.push(remove('messages', key));
    if (value.expiresAt !== undefined) changes.push(remove('expiring', [value.expiresAt, peer, value.order]));
  }
  return changes;
}

/** Lets the oldest requests give way, their sessions included, until there are no more than can be looked at. */
export async function makeRoom({ db, device, lock, changed }: Context): Promise<void> {
  const requests = (await db.list('conversations')).filter(({ value }) => value.request);
  const oldest = requests
    .toSorted((a, b) => a.value.lastActivity - b.value.lastActivity)
    .slice(0, Math.max(0, requests.length - MAX_REQUESTS));
  for (const { peer } of oldest.map(({ value }) => value)) {
    await lock.run(peer, async () => {
      // Accepted meanwhile.
      if (!(await db.get('conversations', peer))?.request) return;
      const sessions = await db.list('sessions', { prefix: [peer] });
      await db.commit([
        ...(await eraseConversation({ db, device }, peer)),
        ...sessions.map(({ key }) => remove('sessions', key)),
      ]);
    });
    changed(peer);
  }
}

/**
 * How messages and conversations change: each function reads what is stored and returns the changes to commit.
 *
 * The caller holds the peer's lock from the reading to the commit.
 *
 * @module
 */
import type { ErrorCode } from '../errors.js';
import {
  put,
  remove,
  type AccountHex,
  type Change,
  type ConversationRow,
  type Database,
  type IdHex,
  type MessageRow,
  type StoredMessageState,
} from '../store/index.js';
import { takeEarly, withEarly } from './early.js';
import { PROGRESS } from './progress.js';

/** The conversation with a peer, a new one if there is none yet. */
export async function conversationWith(
  db: Database,
  peer: AccountHex,
  now: number,
): Promise<ConversationRow> {
  const stored = await db.get('conversations', peer);
  return (
    stored ?? {
      peer,
      petname: '',
      unread: 0,
      undecryptable: 0,
      lastActivity: now,
      lastMessage: undefined,
      nextOrder: 0,
      origin: undefined,
      elsewhere: undefined,
    }
  );
}

export type NewMessage = Pick<MessageRow, 'peer' | 'id' | 'mine' | 'text' | 'sentAt' | 'state' | 'isPayment'>;

/**
 * Appends a message to its conversation; no changes when it stands there already. What was said about it before is
 * applied.
 *
 * @param origin - where it came from, if it was received
 * @param place - the order of a placeholder in whose place it stands
 */
export async function appendMessage(
  db: Database,
  message: NewMessage,
  now: number,
  origin?: string,
  place?: number,
): Promise<Change[]> {
  const { peer, mine, id } = message;
  if (await db.get('messageOrders', orderKey(peer, mine, id))) return [];
  const conversation = await conversationWith(db, peer, now);
  const order = place ?? conversation.nextOrder;
  const { early, changes } = await takeEarly(db, message);
  const row = early.reduce<MessageRow>(withEarly, {
    ...message,
    order,
    problem: undefined,
    // A placeholder is nothing that a person could have read.
    seen: mine || message.state === 'undecryptable',
  });
  return [
    ...changes,
    put('messages', [peer, order], row),
    put('messageOrders', orderKey(peer, mine, id), { order }),
    put('conversations', peer, {
      ...conversation,
      ...(origin && heardFrom(conversation, origin)),
      nextOrder: Math.max(order + 1, conversation.nextOrder),
      lastMessage: order < (conversation.lastMessage?.order ?? 0) ? conversation.lastMessage : row,
      lastActivity: now,
      unread: conversation.unread + (row.seen ? 0 : 1),
    }),
  ];
}

/**
 * What a message from an origin makes of where a conversation is: it stays where it was started, so that no site can draw
 * to itself what is said on another one.
 */
function heardFrom(
  conversation: ConversationRow,
  heard: string,
): Pick<ConversationRow, 'origin' | 'elsewhere'> {
  const { origin = heard } = conversation;
  return { origin, elsewhere: heard === origin ? undefined : heard };
}

/** A message of one's own; undefined when there is none of this id. */
export async function ownMessage(db: Database, peer: AccountHex, id: IdHex): Promise<MessageRow | undefined> {
  const found = await db.get('messageOrders', orderKey(peer, true, id));
  return found && db.get('messages', [peer, found.order]);
}

/** Moves messages of one's own forward to a state; those that are further already stay. */
export async function advanceMessages(
  db: Database,
  peer: AccountHex,
  ids: readonly IdHex[],
  state: StoredMessageState,
): Promise<Change[]> {
  const moved: MessageRow[] = [];
  for (const id of ids) {
    const message = await ownMessage(db, peer, id);
    if (message && PROGRESS.indexOf(message.state) < PROGRESS.indexOf(state)) {
      moved.push({ ...message, state, problem: undefined });
    }
  }
  return replaceMessages(db, peer, moved);
}

/**
 * Says that a message could not be sent, or that it is tried again; no changes when the receiver
 * has it all the same: a receipt may overtake the relay's answer, or outlive the relay's memory.
 */
export async function setOutcome(
  db: Database,
  peer: AccountHex,
  id: IdHex,
  state: 'failed' | 'queued',
  problem: ErrorCode | undefined,
): Promise<Change[]> {
  const message = await ownMessage(db, peer, id);
  if (!message || PROGRESS.indexOf(message.state) > PROGRESS.indexOf('sent')) return [];
  return replaceMessages(db, peer, [{ ...message, state, problem }]);
}

async function replaceMessages(
  db: Database,
  peer: AccountHex,
  messages: readonly MessageRow[],
): Promise<Change[]> {
  const changes = messages.map((message) => put('messages', [peer, message.order], message));
  const conversation = await db.get('conversations', peer);
  const last = messages.find(({ order }) => order === conversation?.lastMessage?.order);
  if (conversation && last) changes.push(put('conversations', peer, { ...conversation, lastMessage: last }));
  return changes;
}

/** Marks messages that were received as shown; those that are already stay. */
export async function markSeen(db: Database, peer: AccountHex, ids: readonly IdHex[]): Promise<Change[]> {
  const changes: Change[] = [];
  for (const id of ids) {
    const found = await db.get('messageOrders', orderKey(peer, false, id));
    const message = found && (await db.get('messages', [peer, found.order]));
    if (message && !message.seen) {
      changes.push(put('messages', [peer, message.order], { ...message, seen: true }));
    }
  }
  const conversation = await db.get('conversations', peer);
  if (!conversation || changes.length === 0) return [];
  const unread = Math.max(0, conversation.unread - changes.length);
  return [...changes, put('conversations', peer, { ...conversation, unread })];
}

/** Takes messages out of a conversation, as if they had never been there. */
export async function removeMessages(
  db: Database,
  peer: AccountHex,
  messages: readonly MessageRow[],
): Promise<Change[]> {
  const orders = new Set(messages.map(({ order }) => order));
  const changes = messages.flatMap(({ mine, id, order }) => [
    remove('messages', [peer, order]),
    remove('messageOrders', orderKey(peer, mine, id)),
  ]);
  const latest = await db.list('messages', { prefix: [peer], reverse: true, limit: orders.size + 1 });
  const lastMessage = latest.find(({ value }) => !orders.has(value.order))?.value;
  const unseen = messages.filter(({ mine, seen }) => !mine && !seen).length;
  return withConversation(db, peer, changes, (conversation) => ({
    ...conversation,
    lastMessage,
    unread: Math.max(0, conversation.unread - unseen),
  }));
}

/** Changes what is about to be committed of a conversation, or what is stored of it; nothing where there is none. */
export async function withConversation(
  db: Database,
  peer: AccountHex,
  changes: readonly Change[],
  edit: (conversation: ConversationRow) => ConversationRow,
): Promise<Change[]> {
  const last = changes.findLast(({ table, key }) => table === 'conversations' && key === peer);
  const conversation =
    last && 'put' in last ? (last.put as ConversationRow) : await db.get('conversations', peer);
  return conversation
    ? [...changes.filter((change) => change !== last), put('conversations', peer, edit(conversation))]
    : [...changes];
}

function orderKey(peer: AccountHex, mine: boolean, id: IdHex): [string, number, string] {
  return [peer, mine ? 1 : 0, id];
}

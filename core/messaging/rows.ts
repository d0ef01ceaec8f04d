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
  type AccountHex,
  type Change,
  type ConversationRow,
  type Database,
  type IdHex,
  type MessageRow,
  type StoredMessageState,
} from '../store/index.js';

// A receipt may overtake the relay's answer: a state only ever moves to the right.
const PROGRESS: readonly StoredMessageState[] = ['failed', 'queued', 'sent', 'delivered', 'read'];

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
 * Appends a message to its conversation; no changes when it stands there already.
 *
 * @param origin - where it came from, if it was received
 */
export async function appendMessage(
  db: Database,
  message: NewMessage,
  now: number,
  origin?: string,
): Promise<Change[]> {
  const { peer, mine, id } = message;
  if (await db.get('messageOrders', orderKey(peer, mine, id))) return [];
  const conversation = await conversationWith(db, peer, now);
  const order = conversation.nextOrder;
  const row: MessageRow = { ...message, order, problem: undefined, seen: mine };
  return [
    put('messages', [peer, order], row),
    put('messageOrders', orderKey(peer, mine, id), { order }),
    put('conversations', peer, {
      ...conversation,
      ...(origin && heardFrom(conversation, origin)),
      nextOrder: order + 1,
      lastMessage: row,
      lastActivity: now,
      unread: conversation.unread + (mine ? 0 : 1),
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

function orderKey(peer: AccountHex, mine: boolean, id: IdHex): [string, number, string] {
  return [peer, mine ? 1 : 0, id];
}

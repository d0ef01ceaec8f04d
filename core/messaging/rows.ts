/**
 * How messages and conversations change: each function reads what is stored and returns the changes to commit.
 *
 * The caller holds the peer's lock from the reading to the commit.
 *
 * @module
 */
import type { ErrorCode } from '../errors.js';
import { loaded } from '../lazy.js';
import {
  put,
  type AccountHex,
  type Change,
  type ConversationRow,
  type Database,
  type IdHex,
  type MessageRef,
  type MessageRow,
  type StoredMessageState,
} from '../store/index.js';

// A receipt may overtake the relay's answer: a state only ever moves to the right.
const PROGRESS: readonly StoredMessageState[] = ['failed', 'queued', 'sent', 'delivered', 'read'];
/** What a stranger can say before the person accepts: nobody fills this device's disk. */
const MOST_IN_REQUEST = 20;

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

export type NewMessage = Pick<
  MessageRow,
  'peer' | 'id' | 'mine' | 'text' | 'sentAt' | 'state' | 'isPayment' | 'reply' | 'expiresAfter' | 'timer'
>;

/**
 * Appends a message to its conversation; no changes when it stands there already, or did.
 *
 * @param origin - where it came from, if it was received
 * @param beside - what else changes in the conversation
 */
export async function appendMessage(
  db: Database,
  message: NewMessage,
  now: number,
  origin?: string,
  beside?: Partial<ConversationRow>,
): Promise<Change[]> {
  const { peer, mine, timer, state, sentAt } = message;
  if (await db.get('messageOrders', orderKey(message))) return [];
  const known = await db.get('conversations', peer);
  const conversation = known ?? (await conversationWith(db, peer, now));
  const request = !mine && (known ? known.request : await areStrangersAsked(db));
  if (request && conversation.nextOrder >= MOST_IN_REQUEST) return [];
  const order = conversation.nextOrder;
  const isNotice = timer !== undefined;
  const first: MessageRow = { ...message, order, problem: undefined, seen: mine || isNotice };
  const { row, changes } = await withEarly(db, state === 'sent' ? running(first, sentAt) : first);
  return [
    ...changes,
    ...storedMessage(row),
    put('messageOrders', orderKey(message), { order }),
    put('conversations', peer, {
      ...conversation,
      ...(origin && heardFrom(conversation, origin)),
      ...(request && { request }),
      ...(mine && answered),
      nextOrder: order + 1,
      lastMessage: row,
      lastActivity: now,
      unread: conversation.unread + (row.seen ? 0 : 1),
      ...beside,
    }),
  ];
}

/** What it makes of a conversation that the person says something in it. */
const answered = { accepted: true, request: false } as const;

/** Whether somebody whom the person never wrote to has to be accepted. */
async function areStrangersAsked(db: Database): Promise<boolean> {
  return (await db.get('profiles', 'own'))?.settings?.strangers !== 'accept';
}

/** A message that is new, with what came before it. */
async function withEarly(db: Database, row: MessageRow): Promise<{ row: MessageRow; changes: Change[] }> {
  const early = await db.list('early', { prefix: orderKey(row) });
  if (early.length === 0) return { row, changes: [] };
  const { takeEarly } = await loaded(import('./amending.js'));
  return takeEarly(row, early);
}

/** The message with its time running, if it is one that disappears. */
export function running(message: MessageRow, from: number): MessageRow {
  const { expiresAfter, expiresAt } = message;
  if (!expiresAfter || expiresAt !== undefined) return message;
  return { ...message, expiresAt: from + expiresAfter * 1000 };
}

/** The changes that store a message, and where the clock finds it when its time runs. */
export function storedMessage(message: MessageRow): Change[] {
  const { peer, order, expiresAt } = message;
  const change = put('messages', [peer, order], message);
  if (expiresAt === undefined) return [change];
  return [change, put('expiring', [expiresAt, peer, order], { peer, order })];
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

/** A message; undefined when there is none of this name, or no more. */
export async function messageOf(
  db: Database,
  peer: AccountHex,
  ref: MessageRef,
): Promise<MessageRow | undefined> {
  const found = await db.get('messageOrders', orderKey({ peer, ...ref }));
  return found && db.get('messages', [peer, found.order]);
}

/** A message of one's own; undefined when there is none of this id. */
export function ownMessage(db: Database, peer: AccountHex, id: IdHex): Promise<MessageRow | undefined> {
  return messageOf(db, peer, { id, mine: true });
}

/** Moves messages of one's own forward to a state; those that are further already stay. */
export async function advanceMessages(
  db: Database,
  peer: AccountHex,
  ids: readonly IdHex[],
  state: StoredMessageState,
  now: number,
): Promise<Change[]> {
  const moved: MessageRow[] = [];
  for (const id of ids) {
    const message = await ownMessage(db, peer, id);
    if (message && PROGRESS.indexOf(message.state) < PROGRESS.indexOf(state)) {
      moved.push(running({ ...message, state, problem: undefined }, now));
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

/** Stores messages as they are now; `read` of them were unread and no longer are. */
export async function replaceMessages(
  db: Database,
  peer: AccountHex,
  messages: readonly MessageRow[],
  read = 0,
): Promise<Change[]> {
  const changes = messages.flatMap(storedMessage);
  const conversation = await db.get('conversations', peer);
  const last = messages.find(({ order }) => order === conversation?.lastMessage?.order);
  if (!conversation || (!last && read === 0)) return changes;
  const { lastMessage = last, unread } = conversation;
  const row = { ...conversation, lastMessage: last ?? lastMessage, unread: Math.max(0, unread - read) };
  return [...changes, put('conversations', peer, row)];
}

/** Key of a message's order, and prefix of what came before it. */
export function orderKey({
  peer,
  mine,
  id,
}: Pick<MessageRow, 'peer' | 'mine' | 'id'>): [string, number, string] {
  return [peer, mine ? 1 : 0, id];
}

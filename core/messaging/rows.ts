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
  type MessageRef,
  type MessageRow,
  type StoredMessageState,
} from '../store/index.js';
import { takeEarly, withEarly } from './early.js';
import { orderKey } from './message-key.js';
import { PROGRESS, running } from './progress.js';

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

/** What appending a message depends on besides the message. */
interface Appending {
  /** Where it came from, if it was received. */
  readonly origin?: string | undefined;
  /** The order of a placeholder in whose place it stands. */
  readonly place?: number | undefined;
  /** What else changes in the conversation. */
  readonly beside?: Partial<ConversationRow>;
}

/**
 * Appends a message to its conversation; no changes when it stands there already, or did. What was said about it before is
 * applied.
 */
export async function appendMessage(
  db: Database,
  message: NewMessage,
  now: number,
  { origin, place, beside }: Appending = {},
): Promise<Change[]> {
  const { peer, mine, timer, state, sentAt } = message;
  if (await db.get('messageOrders', orderKey(message))) return [];
  const known = await db.get('conversations', peer);
  const conversation = known ?? (await conversationWith(db, peer, now));
  const request = !mine && (known ? known.request : await areStrangersAsked(db));
  if (request && place === undefined && conversation.nextOrder >= MOST_IN_REQUEST) return [];
  const order = place ?? conversation.nextOrder;
  // A notice or a placeholder is nothing that a person could have read.
  const seen = mine || timer !== undefined || state === 'undecryptable';
  const first: MessageRow = { ...message, order, problem: undefined, seen };
  const { early, changes } = await takeEarly(db, message);
  const row = await withEarly(state === 'sent' ? running(first, sentAt) : first, early);
  return [
    ...changes,
    ...storedMessage(row),
    put('messageOrders', orderKey(message), { order }),
    put('conversations', peer, {
      ...conversation,
      ...(origin && heardFrom(conversation, origin)),
      ...(request && { request }),
      ...(mine && answered),
      nextOrder: Math.max(order + 1, conversation.nextOrder),
      lastMessage: order < (conversation.lastMessage?.order ?? 0) ? conversation.lastMessage : row,
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

/** Marks messages that were received as shown; those that are already stay. */
export async function markSeen(
  db: Database,
  peer: AccountHex,
  ids: readonly IdHex[],
  now: number,
): Promise<Change[]> {
  const seen: MessageRow[] = [];
  for (const id of ids) {
    const message = await messageOf(db, peer, { id, mine: false });
    if (message && !message.seen) seen.push(running({ ...message, seen: true }, now));
  }
  return replaceMessages(db, peer, seen, seen.length);
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
    remove('messageOrders', orderKey({ peer, mine, id })),
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

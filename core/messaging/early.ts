/**
 * What is said about a message before the message is here: kept, and applied in the commit that appends it.
 *
 * A receipt for what another device of one's own said may overtake the copy of it, for they come over different ways.
 *
 * @module
 */
import { put, remove, type AccountHex, type Change, type Database, type MessageRow } from '../store/index.js';
import type { IdHex } from '../store/index.js';
import { decodeContent, encodeContent, type Body, type Received } from './content.js';
import { PROGRESS } from './progress.js';

/** A message that something is said about. */
export interface Target {
  readonly peer: AccountHex;
  readonly mine: boolean;
  readonly id: IdHex;
}

/** Who says it, and what. */
export interface Early {
  readonly byMe: boolean;
  readonly content: Received;
}

/** Rows kept of one conversation: what a peer says about messages that never come has to end somewhere. */
const MOST = 1000;

/**
 * Keeps what is said about messages that are not here; no changes for those that are.
 *
 * @param bodyFor - What of the content is about this one message.
 */
export async function keepEarly(
  db: Database,
  targets: readonly Target[],
  { byMe, content }: Early,
  bodyFor: (id: IdHex) => Body,
  now: number,
): Promise<Change[]> {
  const missing: Target[] = [];
  for (const target of targets) if (!(await db.get('messageOrders', keyOf(target)))) missing.push(target);
  const [first] = missing;
  if (!first) return [];
  const kept = await db.list('early', { prefix: [first.peer] });
  const surplus = kept
    .sort((a, b) => a.value.at - b.value.at)
    .slice(0, Math.max(0, kept.length + missing.length - MOST));
  return [
    ...surplus.map(({ key }) => remove('early', key)),
    ...missing.map((target) =>
      put('early', [...keyOf(target), content.id], {
        contentId: content.id,
        content: encodeContent({ ...content, body: bodyFor(target.id) }, content.origin),
        byMe,
        at: now,
      }),
    ),
  ];
}

/** What waits for a message, in the order of its sending, and the changes that take it away. */
export async function takeEarly(
  db: Database,
  target: Target,
): Promise<{ early: Early[]; changes: Change[] }> {
  const rows = await db.list('early', { prefix: keyOf(target) });
  const early = rows.map(({ value }) => ({ byMe: value.byMe, content: decodeContent(value.content) }));
  early.sort((a, b) => a.content.sentAt - b.content.sentAt);
  return { early, changes: rows.map(({ key }) => remove('early', key)) };
}

/** The message after something was said about it. */
export function withEarly(message: MessageRow, { byMe, content: { body } }: Early): MessageRow {
  switch (body.kind) {
    case 'receipt': {
      const { receipt } = body;
      if (byMe || !message.mine || receipt === 'paid') return message;
      const isFurther = PROGRESS.indexOf(message.state) < PROGRESS.indexOf(receipt);
      return isFurther ? { ...message, state: receipt } : message;
    }
    case 'read-on-other':
      return byMe && !message.mine ? { ...message, seen: true } : message;
    default:
      return message;
  }
}

function keyOf({ peer, mine, id }: Target): [string, number, string] {
  return [peer, mine ? 1 : 0, id];
}

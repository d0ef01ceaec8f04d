/**
 * What is said about a message before the message is here: kept, and applied in the commit that appends it.
 *
 * A receipt for what another device of one's own said may overtake the copy of it, for they come over different ways.
 *
 * @module
 */
import { loaded } from '../lazy.js';
import { put, remove, type Change, type Database, type IdHex, type MessageRow } from '../store/index.js';
import { decodeContent, encodeContent, type Body, type Received } from './content.js';
import { orderKey, type Target } from './message-key.js';
import { PROGRESS, running } from './progress.js';

/** Who says it, what, and when. */
export interface Early {
  readonly byMe: boolean;
  readonly content: Received;
  /** When the carrier had it, ms since 1970; undefined of one's own. */
  readonly arrivedAt: number | undefined;
  /** When it was taken here, ms since 1970. */
  readonly at: number;
}

/** Rows kept in one conversation of what a peer says: what is said about messages that never come has to end somewhere. */
const MOST = 200;
/** When it is this account that says it. */
const MOST_OF_OWN = 1000;
/** Of somebody whom the person never wrote to, as far as this device knows. */
const MOST_OF_STRANGER = 5;

/**
 * Keeps what is said about messages that are not here; no changes for those that are.
 *
 * @param bodyFor - What of the content is about this one message.
 */
export async function keepEarly(
  db: Database,
  targets: readonly Target[],
  { byMe, content, arrivedAt, at }: Early,
  bodyFor: (id: IdHex) => Body = () => content.body,
): Promise<Change[]> {
  const [any] = targets;
  if (!any) return [];
  const conversation = await db.get('conversations', any.peer);
  const isKnown = conversation && !conversation.request;
  const most = byMe ? MOST_OF_OWN : isKnown ? MOST : MOST_OF_STRANGER;
  const wanted: Target[] = [];
  for (const target of targets) {
    // Without a conversation all that may be on its way is what another device of this account said in it.
    if (wanted.length === most || (!conversation && !byMe && !target.mine)) continue;
    if (!(await db.get('messageOrders', orderKey(target)))) wanted.push(target);
  }
  if (wanted.length === 0) return [];
  // Each side has room of its own: a peer pushes out nothing that one's own devices said.
  const kept = (await db.list('early', { prefix: [any.peer] })).filter(({ value }) => value.byMe === byMe);
  const surplus = kept
    .sort((a, b) => a.value.at - b.value.at)
    .slice(0, Math.max(0, kept.length + wanted.length - most));
  return [
    ...surplus.map(({ key }) => remove('early', key)),
    ...wanted.map((target) =>
      put('early', [...orderKey(target), content.id], {
        contentId: content.id,
        content: encodeContent({ ...content, body: bodyFor(target.id) }, content.origin),
        byMe,
        at,
        arrivedAt,
      }),
    ),
  ];
}

/** What waits for a message, in the order of its sending, and the changes that take it away. */
export async function takeEarly(
  db: Database,
  target: Target,
): Promise<{ early: Early[]; changes: Change[] }> {
  const rows = await db.list('early', { prefix: orderKey(target) });
  const early = rows.map(({ value: { content, ...row } }): Early => ({
    ...row,
    arrivedAt: row.arrivedAt,
    content: decodeContent(content),
  }));
  early.sort((a, b) => a.content.sentAt - b.content.sentAt);
  return { early, changes: rows.map(({ key }) => remove('early', key)) };
}

/** The message after all that was said about it. */
export async function withEarly(message: MessageRow, early: readonly Early[]): Promise<MessageRow> {
  let row = message;
  for (const one of early) row = await withOne(row, one);
  return row;
}

async function withOne(message: MessageRow, { byMe, content, arrivedAt, at }: Early): Promise<MessageRow> {
  const { body } = content;
  switch (body.kind) {
    case 'receipt': {
      const { receipt } = body;
      if (byMe || !message.mine || receipt === 'paid') return message;
      const isFurther = PROGRESS.indexOf(message.state) < PROGRESS.indexOf(receipt);
      return isFurther ? { ...message, state: receipt } : message;
    }
    case 'read-on-other':
      return byMe && !message.mine ? running({ ...message, seen: true }, at) : message;
    case 'reaction':
    case 'edit':
    case 'deletion': {
      const { amended } = await loaded(import('./amending.js'));
      return amended(message, { mine: byMe, arrivedAt, content: { ...content, body } });
    }
    default:
      return message;
  }
}

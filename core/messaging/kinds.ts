/**
 * What contents about messages, about the conversation and about their author mean for what is stored.
 *
 * Loaded when the first of them is to be taken.
 *
 * @module
 */
import { put, remove, type AccountHex, type Change, type Database } from '../store/index.js';
import { amended, isAmendment, isLater, targetOf, type Amendment } from './amending.js';
import { encodeContent, type Received } from './content.js';
import type { MessagingContext } from './context.js';
import type { KindBody } from './kind-content.js';
import { cleanName, isPicture } from './profile.js';
import { appendMessage, orderKey, replaceMessages } from './rows.js';
import type { Author } from './taking.js';

type Context = Pick<MessagingContext, 'db' | 'now' | 'device'>;
type Of<Kind extends KindBody> = Received & { readonly body: Kind };

/** Contents kept of one peer for messages that are not here yet; of a stranger. */
const MOST_EARLY = 200;
const MOST_EARLY_IN_REQUEST = 5;
/** Whoever's clock is further ahead than this is believed only so far, ms. */
const AHEAD_MS = 24 * 60 * 60 * 1000;

/** As `changesOf`, of which this is a part. */
export async function changesOfKind(
  context: Context,
  author: Author,
  content: Of<KindBody>,
): Promise<Change[]> {
  const { body } = content;
  if (isAmendment(body)) return amend(context, author, { ...content, body });
  if (body.kind === 'timer') return setTimer(context, author, { ...content, body });
  if (body.kind === 'profile') return learnProfile(context, author, body);
  return []; // that somebody is writing is never stored
}

async function amend({ db, now }: Context, author: Author, content: Of<Amendment>): Promise<Change[]> {
  const { peer, mine, arrivedAt } = author;
  const target = { peer, ...targetOf(mine, content.body) };
  const found = await db.get('messageOrders', orderKey(target));
  if (!found) return keepEarly(db, author, [...orderKey(target), content.id], content, now());
  const message = await db.get('messages', [peer, found.order]);
  if (!message) return []; // erased here
  const row = amended(message, { mine, arrivedAt, content });
  return row === message ? [] : replaceMessages(db, peer, [row], row.seen && !message.seen ? 1 : 0);
}

/** Keeps a content until its message is here; where there are too many, the oldest gives way. */
async function keepEarly(
  db: Database,
  { peer, mine, arrivedAt }: Author,
  key: (string | number)[],
  content: Received,
  now: number,
): Promise<Change[]> {
  const conversation = await db.get('conversations', peer);
  if (!conversation) return []; // nobody fills this device's disk without so much as a greeting
  const row = { mine, content: encodeContent(content, content.origin), arrivedAt, storedAt: now };
  const kept = await db.list('early', { prefix: [peer] });
  const most = conversation.request ? MOST_EARLY_IN_REQUEST : MOST_EARLY;
  const oldest = kept
    .toSorted((a, b) => a.value.storedAt - b.value.storedAt)
    .slice(0, Math.max(0, kept.length + 1 - most));
  return [...oldest.map((old) => remove('early', old.key)), put('early', key, row)];
}

async function setTimer(
  { db, now }: Context,
  { peer, mine }: Author,
  { id, sentAt, origin, body: { seconds } }: Of<Extract<KindBody, { kind: 'timer' }>>,
): Promise<Change[]> {
  const stamp = { at: Math.min(sentAt, now() + AHEAD_MS), id };
  const isNews = isLater(stamp, (await db.get('conversations', peer))?.timer);
  const message = {
    peer,
    id,
    mine,
    text: '',
    sentAt: Math.min(sentAt, now()),
    state: mine ? 'sent' : 'received',
    isPayment: false,
    timer: seconds,
  } as const;
  return appendMessage(
    db,
    message,
    now(),
    mine ? undefined : origin,
    isNews ? { timer: { seconds, ...stamp } } : {},
  );
}

async function learnProfile(
  { db, device }: Context,
  { peer, mine }: Author,
  { version, name, picture }: Extract<KindBody, { kind: 'profile' }>,
): Promise<Change[]> {
  const isOwn = peer === device.row.account;
  if (mine && !isOwn) return toldProfile(db, peer, version);
  const key = isOwn ? 'own' : peer;
  const known = await db.get('profiles', key);
  // A stranger's comes behind their first message.
  const isWanted = isOwn || (await db.get('conversations', peer));
  if (!isWanted || (known && known.version >= version)) return [];
  const settings = known?.settings && { settings: known.settings };
  const shown = picture && isPicture(picture) ? picture : undefined;
  return [put('profiles', key, { version, name: cleanName(name), picture: shown, ...settings })];
}

/** Another device of this account told the peer already. */
async function toldProfile(db: Database, peer: AccountHex, version: number): Promise<Change[]> {
  const conversation = await db.get('conversations', peer);
  if (!conversation || (conversation.told ?? 0) >= version) return [];
  return [put('conversations', peer, { ...conversation, told: version })];
}

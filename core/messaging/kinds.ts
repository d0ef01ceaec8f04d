/**
 * What contents about messages, about the conversation and about their author mean for what is stored.
 *
 * Loaded when the first of them is to be taken.
 *
 * @module
 */
import { loaded } from '../lazy.js';
import { put, type AccountHex, type Change, type Database } from '../store/index.js';
import { amended, isAmendment, isLater, targetOf, type Amendment } from './amending.js';
import type { Content, Received } from './content.js';
import type { MessagingContext } from './context.js';
import { keepEarly } from './early.js';
import type { KindBody } from './kind-content.js';
import { cleanName, isPicture } from './profile.js';
import { appendMessage, messageOf, replaceMessages } from './rows.js';
import type { Author } from './taking.js';

type Context = Pick<MessagingContext, 'db' | 'now' | 'device'>;
type Of<Kind extends KindBody> = Received & { readonly body: Kind };

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
  if (body.kind === 'timer') {
    return timerSet(context, author, { ...content, body }, content.origin);
  }
  if (body.kind === 'profile') return learnProfile(context, author, body);
  return []; // that somebody is writing is never stored
}

async function amend(
  { db, now, device }: Context,
  author: Author,
  content: Of<Amendment>,
): Promise<Change[]> {
  const { peer, mine, arrivedAt } = author;
  const target = { peer, ...targetOf(mine, content.body) };
  const message = await messageOf(db, peer, target);
  // None for what was erased here.
  if (!message) return keepEarly(db, [target], { byMe: mine, content, arrivedAt, at: now() });
  const row = amended(message, { mine, arrivedAt, content });
  if (row === message) return [];
  const changes = await replaceMessages(db, peer, [row], row.seen && !message.seen ? 1 : 0);
  if (!mine || !row.deleted) return changes;
  const { forgetSent } = await loaded(import('./erasing.js'));
  return [...changes, ...(await forgetSent(db, device.row.account, peer, (id) => id === row.id))];
}

/**
 * The changes that set the timer of a conversation, with a notice in it.
 *
 * @param from - the origin that the content came from; undefined when it is written here
 */
export async function timerSet(
  { db, now }: Pick<Context, 'db' | 'now'>,
  { peer, mine, place }: Author,
  { id, sentAt, body: { seconds } }: Content & { readonly body: Extract<KindBody, { kind: 'timer' }> },
  from: string | undefined,
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
  const beside = isNews ? { timer: { seconds, ...stamp } } : {};
  return appendMessage(db, message, now(), { origin: from, place, beside });
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

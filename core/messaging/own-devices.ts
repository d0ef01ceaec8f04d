/**
 * What the devices of one account tell each other: what was said, what was read, and what the person decided.
 *
 * Loaded when the first of it arrives: whoever has one device never needs it.
 *
 * @module
 */
import { mayReceive, type LoggedDevice } from '../identity/index.js';
import { put, type AccountHex, type Change } from '../store/index.js';
import { decodeContent, type Body, type ContactState, type Received } from './content.js';
import type { MessagingContext } from './context.js';
import { keepEarly } from './early.js';
import { malformed } from './malformed.js';
import type { Outbox } from './outbox.js';
import { conversationWith, markSeen } from './rows.js';
import { changesOf } from './taking.js';

/** A device that says nothing counts as silent some day: so often it is heard, ms. */
const HEARD_EVERY = 7 * 24 * 60 * 60 * 1000;

/** What is said in a conversation, and so can come as a copy, or as a note to self. */
const SAID: ReadonlySet<Body['kind']> = new Set<Body['kind']>([
  'text',
  'payment',
  'reaction',
  'edit',
  'deletion',
  'timer',
  'profile',
  'unknown',
]);

/**
 * Takes a content of another device of this account, whose lock the caller holds.
 *
 * @param beside - Committed along with it.
 * @throws ComingError `malformed-content`
 */
export async function takeOwn(
  context: MessagingContext,
  outbox: Outbox,
  device: LoggedDevice,
  content: Received,
  beside: readonly Change[],
): Promise<void> {
  const { db, lock, directory, changed } = context;
  const { body } = content;
  const answer = await stillHere(context, outbox, device, content.origin);
  if (SAID.has(body.kind)) {
    const { account } = context.device.row;
    await db.commit([
      ...beside,
      ...answer,
      ...(await changesOf(context, { peer: account, mine: true }, content)),
    ]);
    changed(account);
    return;
  }
  if (!('peer' in body)) throw malformed('body');
  // Whoever continues the account has the conversation.
  const peer = await directory.successorOf(body.peer);
  if (peer === context.device.row.account) throw malformed('peer');
  await lock.run(peer, async () => {
    const { origin } = (await db.get('conversations', peer)) ?? {};
    // What was said elsewhere is shown; but no site decides about a conversation that it has no part in.
    if (body.kind !== 'sent-copy' && origin !== undefined && !mayReceive(device, origin)) {
      await db.commit([...beside, ...answer]);
      return;
    }
    const { state, person } =
      body.kind === 'contact-state' ? await newerState(context, peer, content, body) : NOTHING_NEWER;
    const all = [...beside, ...answer, ...(await changesFor(context, peer, content, state))];
    if (Object.keys(person).length === 0) await db.commit(all);
    else await directory.update(peer, person, all);
  });
  changed(peer);
  // Whoever was let in there learns what arrived here.
  outbox.wake(peer);
}

/** @param state - what of a `contact-state` counts */
async function changesFor(
  context: MessagingContext,
  peer: AccountHex,
  content: Received,
  state: ContactState,
): Promise<Change[]> {
  const { db, now } = context;
  const { body, id, sentAt, origin } = content;
  switch (body.kind) {
    case 'sent-copy': {
      const said = decodeContent(body.content);
      if (said.origin !== origin || !SAID.has(said.body.kind)) throw malformed('copy');
      return changesOf(context, { peer, mine: true }, said);
    }
    case 'read-on-other': {
      const targets = body.contentIds.map((target) => ({ peer, mine: false, id: target }));
      const only = (target: string) => ({ ...body, contentIds: [target] });
      return [
        ...(await markSeen(db, peer, body.contentIds, now())),
        ...(await keepEarly(db, targets, { byMe: true, content, arrivedAt: undefined, at: now() }, only)),
      ];
    }
    case 'contact-state': {
      const { petname, accepted } = state;
      const decided = Object.keys(state).map((field) => put('decisions', [peer, field], { at: sentAt, id }));
      if (petname === undefined && !accepted) return decided;
      const conversation = await conversationWith(db, peer, now());
      const row = {
        ...conversation,
        ...(petname !== undefined && { petname }),
        ...(accepted && { accepted }),
        // Whoever has a name here is no stranger.
        ...((petname || accepted) && { request: false }),
        origin: conversation.origin ?? origin,
      };
      return [...decided, put('conversations', peer, row)];
    }
    default:
      throw malformed('body');
  }
}

const NOTHING_NEWER = { state: {}, person: {} };

/** Of what was decided elsewhere, that which was not decided later here; and which of it is kept with the person. */
async function newerState(
  { db }: MessagingContext,
  peer: AccountHex,
  { id, sentAt: at }: Received,
  { petname, blocked, accepted, note }: ContactState,
): Promise<{ state: ContactState; person: Pick<ContactState, 'blocked' | 'note'> }> {
  const isNewer = async (field: keyof ContactState) => {
    const known = await db.get('decisions', [peer, field]);
    return !known || known.at < at || (known.at === at && known.id < id);
  };
  const person = {
    ...(blocked !== undefined && (await isNewer('blocked')) && { blocked }),
    ...(note !== undefined && (await isNewer('note')) && { note }),
  };
  const state = {
    ...person,
    ...(petname !== undefined && (await isNewer('petname')) && { petname }),
    ...(accepted && { accepted }),
  };
  return { state, person };
}

/** Says that this device lives, if it has said nothing for long: copies are not acknowledged. */
async function stillHere(
  { sessions, device: own, now }: MessagingContext,
  outbox: Outbox,
  device: LoggedDevice,
  origin: string,
): Promise<Change[]> {
  const toldAt = await sessions.toldAt(own.row.account, device.id);
  if (now() - toldAt < HEARD_EVERY) return [];
  return outbox.queueOwn({ kind: 'unknown', fallback: '' }, origin);
}

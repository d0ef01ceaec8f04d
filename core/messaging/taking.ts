/**
 * What a content means for what is stored: each kind of content becomes changes to commit.
 *
 * The caller holds the peer's lock from here to the commit.
 *
 * @module
 */
import { loaded } from '../lazy.js';
import {
  put,
  type AccountHex,
  type Change,
  type Database,
  type IdHex,
  type ReceiptKind,
} from '../store/index.js';
import type { Received } from './content.js';
import type { MessagingContext } from './context.js';
import { keepEarly } from './early.js';
import { orderKey } from './message-key.js';
import { acknowledge, takeClaim, takeOwnPayment } from './payment-rows.js';
import { advanceMessages, appendMessage } from './rows.js';
import { isOn } from './settings.js';

/** In whose conversation a content stands, and which side wrote it. */
export interface Author {
  readonly peer: AccountHex;
  /** Written by this account, on another of its devices. */
  readonly mine: boolean;
  /** The order of the placeholder in whose place it stands, when it was sent again. */
  readonly place?: number | undefined;
  /** When the carrier had it, ms since 1970; undefined of one's own. */
  readonly arrivedAt?: number | undefined;
}

/** No changes where a content says nothing new, or nothing that this side may say. */
export async function changesOf(
  context: Pick<MessagingContext, 'db' | 'now' | 'device'>,
  author: Author,
  content: Received,
): Promise<Change[]> {
  const { db, now } = context;
  const { peer, mine, place, arrivedAt } = author;
  const { id, sentAt: claimed, origin, body } = content;
  // Nobody writes from the future; a clock that is ahead would stand below all that follows.
  const sentAt = Math.min(claimed, now());
  const delivered = mine
    ? []
    : [put('receipts', [peer, 'delivered', id], { peer, kind: 'delivered', contentId: id })];
  switch (body.kind) {
    case 'receipt': {
      if (mine) return [];
      const { contentIds } = body;
      const targets = contentIds.map((target) => ({ peer, mine: true, id: target }));
      const receipt = await shownReceipt(db, peer, body.receipt);
      const changes =
        receipt === 'paid'
          ? await acknowledge(db, peer, contentIds)
          : await advanceMessages(db, peer, contentIds, receipt, now());
      const said = { byMe: false, content, arrivedAt, at: now() };
      const only = (target: IdHex) => ({ ...body, receipt, contentIds: [target] });
      return [...changes, ...(await keepEarly(db, targets, said, only))];
    }
    case 'payment': {
      const circumstances = { sentAt, now: now(), origin, place };
      if (mine) {
        return takeOwnPayment(db, peer, id, body.payment, { ...circumstances, text: body.fallback });
      }
      const claim = await takeClaim(db, peer, id, body.payment, circumstances);
      return claim.length > 0 || (await stands(db, peer, id)) ? [...claim, ...delivered] : [];
    }
    // Between devices of one account, or taken elsewhere.
    case 'hand-over':
    case 'sent-copy':
    case 'read-on-other':
    case 'contact-state':
    case 'resent':
      return [];
    case 'text':
    case 'unknown': {
      const text = body.kind === 'text' ? body.text : body.fallback;
      if (text === '') return [];
      const { replyTo = undefined, expiresAfter = undefined } = body.kind === 'text' ? body : {};
      const reply = replyTo && { id: replyTo.id, mine: replyTo.own === mine };
      const state = mine ? 'sent' : 'received';
      const message = { peer, id, mine, text, sentAt, state, isPayment: false, reply, expiresAfter } as const;
      const appended = await appendMessage(db, message, now(), { origin, place });
      // A stranger who said too much is not told that it arrived.
      return appended.length > 0 || (await stands(db, peer, id)) ? [...appended, ...delivered] : [];
    }
    default: {
      const { changesOfKind } = await loaded(import('./kinds.js'));
      return changesOfKind(context, author, { ...content, body });
    }
  }
}

/** Whether a peer's message stands, or stood, in its conversation. */
async function stands(db: Database, peer: AccountHex, id: IdHex): Promise<boolean> {
  return Boolean(await db.get('messageOrders', orderKey({ peer, mine: false, id })));
}

/** What a receipt counts as: whoever does not tell what they read is not shown what others did. */
async function shownReceipt(db: Database, peer: AccountHex, receipt: ReceiptKind): Promise<ReceiptKind> {
  if (receipt !== 'read') return receipt;
  return (await isOn(db, peer, 'readReceipts')) ? receipt : 'delivered';
}

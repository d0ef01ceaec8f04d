/**
 * What a content means for what is stored: each kind of content becomes changes to commit.
 *
 * The caller holds the peer's lock from here to the commit.
 *
 * @module
 */
import { put, type AccountHex, type Change, type IdHex } from '../store/index.js';
import type { Received } from './content.js';
import type { MessagingContext } from './context.js';
import { keepEarly } from './early.js';
import { acknowledge, takeClaim, takeOwnPayment } from './payment-rows.js';
import { advanceMessages, appendMessage } from './rows.js';

/** In whose conversation a content stands, and which side wrote it. */
export interface Author {
  readonly peer: AccountHex;
  /** Written by this account, on another of its devices. */
  readonly mine: boolean;
  /** The order of the placeholder in whose place it stands, when it was sent again. */
  readonly place?: number | undefined;
}

/** No changes where a content says nothing new, or nothing that this side may say. */
export async function changesOf(
  { db, now }: Pick<MessagingContext, 'db' | 'now'>,
  { peer, mine, place }: Author,
  content: Received,
): Promise<Change[]> {
  const { id, sentAt: claimed, origin, body } = content;
  // Nobody writes from the future; a clock that is ahead would stand below all that follows.
  const sentAt = Math.min(claimed, now());
  const delivered = mine
    ? []
    : [put('receipts', [peer, 'delivered', id], { peer, kind: 'delivered', contentId: id })];
  switch (body.kind) {
    case 'receipt': {
      if (mine) return [];
      const { receipt, contentIds } = body;
      const targets = contentIds.map((target) => ({ peer, mine: true, id: target }));
      const changes =
        receipt === 'paid'
          ? await acknowledge(db, peer, contentIds)
          : await advanceMessages(db, peer, contentIds, receipt);
      const said = { byMe: mine, content };
      const only = (target: IdHex) => ({ ...body, contentIds: [target] });
      return [...changes, ...(await keepEarly(db, targets, said, only, now()))];
    }
    case 'payment': {
      const circumstances = { sentAt, now: now(), origin, place };
      if (mine) {
        return takeOwnPayment(db, peer, id, body.payment, { ...circumstances, text: body.fallback });
      }
      return [...(await takeClaim(db, peer, id, body.payment, circumstances)), ...delivered];
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
      const state = mine ? 'sent' : 'received';
      const message = { peer, id, mine, text, sentAt, state, isPayment: false } as const;
      return [...(await appendMessage(db, message, now(), origin, place)), ...delivered];
    }
  }
}

/**
 * What a content means for what is stored: each kind of content becomes changes to commit.
 *
 * The caller holds the peer's lock from here to the commit.
 *
 * @module
 */
import { put, type AccountHex, type Change } from '../store/index.js';
import type { Received } from './content.js';
import type { MessagingContext } from './context.js';
import { acknowledge, takeClaim } from './payment-rows.js';
import { advanceMessages, appendMessage } from './rows.js';

/** In whose conversation a content stands, and which side wrote it. */
export interface Author {
  readonly peer: AccountHex;
  /** Written by this account, on another of its devices. */
  readonly mine: boolean;
}

/** No changes where a content says nothing new, or nothing that this side may say. */
export async function changesOf(
  { db, now }: Pick<MessagingContext, 'db' | 'now'>,
  { peer, mine }: Author,
  { id, sentAt: claimed, origin, body }: Received,
): Promise<Change[]> {
  // Nobody writes from the future; a clock that is ahead would stand below all that follows.
  const sentAt = Math.min(claimed, now());
  const delivered = mine
    ? []
    : [put('receipts', [peer, 'delivered', id], { peer, kind: 'delivered', contentId: id })];
  switch (body.kind) {
    case 'receipt':
      if (mine) return [];
      return body.receipt === 'paid'
        ? acknowledge(db, peer, body.contentIds)
        : advanceMessages(db, peer, body.contentIds, body.receipt);
    case 'payment':
      if (mine) return [];
      return [...(await takeClaim(db, peer, id, body.payment, { sentAt, now: now(), origin })), ...delivered];
    case 'hand-over':
      return [];
    case 'text':
    case 'unknown': {
      const text = body.kind === 'text' ? body.text : body.fallback;
      if (text === '') return [];
      const state = mine ? 'sent' : 'received';
      const message = { peer, id, mine, text, sentAt, state, isPayment: false } as const;
      return [...(await appendMessage(db, message, now(), origin)), ...delivered];
    }
  }
}

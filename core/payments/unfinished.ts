/**
 * Which stored payments somebody still has to do something about.
 *
 * @module
 */
import { isSamePlace } from '../messaging/index.js';
import type { Database, PaymentRow, TransferRow } from '../store/index.js';

/** Nothing can happen to it any more. */
export function hasEnded({ state }: { readonly state: TransferRow['state'] | 'draft' }): boolean {
  return state === 'final' || state === 'failed' || state === 'expired';
}

/** Claims to check, and payments of one's own that are under way or that the receiver was not told of. */
export async function unfinishedPayments(db: Database): Promise<PaymentRow[]> {
  const rows = (await db.list('payments')).map(({ value }) => value);
  const flags = await Promise.all(rows.map((row) => isUnfinished(db, row)));
  return rows.filter((_, i) => flags[i]);
}

/** Whether there is anything to do on the chain at all. */
export async function isPayingUnfinished(db: Database): Promise<boolean> {
  const transfers = await db.list('transfers');
  return transfers.some(({ value }) => !hasEnded(value)) || (await unfinishedPayments(db)).length > 0;
}

async function isUnfinished(db: Database, { mine, id, state, place }: PaymentRow): Promise<boolean> {
  if (!mine) return state === 'open';
  const transfer = await db.get('transfers', id);
  if (!transfer) return false;
  const { block, hash } = transfer;
  const stands = block && { block: block.hash, extrinsic: block.index, hash };
  return !hasEnded(transfer) || (transfer.state === 'final' && !isSamePlace(place, stands));
}

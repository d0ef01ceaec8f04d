/**
 * How far a message has come: a receipt may overtake the relay's answer, so its state only ever moves to the right; and
 * the time of one that disappears begins to run once.
 *
 * @module
 */
import type { MessageRow, StoredMessageState } from '../store/index.js';

export const PROGRESS: readonly StoredMessageState[] = ['failed', 'queued', 'sent', 'delivered', 'read'];

/** The message with its time running, if it is one that disappears. */
export function running(message: MessageRow, from: number): MessageRow {
  const { expiresAfter, expiresAt } = message;
  if (!expiresAfter || expiresAt !== undefined) return message;
  return { ...message, expiresAt: from + expiresAfter * 1000 };
}

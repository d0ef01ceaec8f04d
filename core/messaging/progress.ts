/**
 * The way that a message of one's own goes: a receipt may overtake the relay's answer, so a state only ever moves to the
 * right.
 *
 * @module
 */
import type { StoredMessageState } from '../store/index.js';

export const PROGRESS: readonly StoredMessageState[] = ['failed', 'queued', 'sent', 'delivered', 'read'];

/**
 * What a person chose for a conversation, else for all.
 *
 * @module
 */
import type { AccountHex, Database } from '../store/index.js';

/** Whether something is told to a peer, and shown of them. On unless it was switched off. */
export async function isOn(
  db: Database,
  peer: AccountHex,
  setting: 'readReceipts' | 'typing',
): Promise<boolean> {
  const own = (await db.get('conversations', peer))?.settings?.[setting];
  return own ?? (await db.get('profiles', 'own'))?.settings?.[setting] ?? true;
}

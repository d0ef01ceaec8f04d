/**
 * How long a device log can get: everybody verifies all of it, so it has an end, and near its end there is room for
 * nothing but what a person whose device was stolen needs.
 *
 * @module
 */

/** Entries that can say anything. */
export const LOG_ENTRIES = 500;
/**
 * Entries after those, for removals and repairs alone: an account has at most 127 devices, and the rest is for lists that
 * split in two meanwhile.
 */
export const RESERVED_LOG_ENTRIES = 200;

/** Whether an entry of this kind can stand at this place of a log, from 0. */
export function hasRoom(index: number, kind: string, entries = LOG_ENTRIES): boolean {
  const isReserved = kind === 'revoke' || kind === 'repair';
  return index < (isReserved ? entries + RESERVED_LOG_ENTRIES : entries);
}

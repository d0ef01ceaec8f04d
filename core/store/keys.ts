/**
 * The order of keys: IndexedDB's, for numbers, strings and arrays of them.
 *
 * @module
 */
import type { Key, KeyPart, Range } from './database.js';

/** Negative, zero or positive as `a` sorts before, with or after `b`. */
export function compareKeys(a: Key, b: Key): number {
  const aIsArray = typeof a === 'object';
  const bIsArray = typeof b === 'object';
  if (!aIsArray && !bIsArray) return compareParts(a, b);
  if (!aIsArray || !bIsArray) return aIsArray ? 1 : -1;
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const order = compareParts(a[i]!, b[i]!);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareParts(a: KeyPart, b: KeyPart): number {
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether a key comes before every key of a range. */
export function isBelow(key: Key, { prefix, after }: Range): boolean {
  if (after !== undefined && compareKeys(key, after) <= 0) return true;
  return prefix !== undefined && compareKeys(key, prefix) < 0;
}

/** Whether a key comes before the end of a range. */
export function isBeforeEnd(key: Key, { prefix, before }: Range): boolean {
  if (before !== undefined && compareKeys(key, before) >= 0) return false;
  if (!prefix || typeof key !== 'object') return true;
  return compareKeys(key.slice(0, prefix.length), prefix) <= 0;
}

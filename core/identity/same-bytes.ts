/**
 * Whether two pieces of public bytes are equal; not for secrets, it stops at the first difference.
 *
 * @module
 */

/** Nothing equals nothing only. */
export function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a && b ? a.length === b.length && a.every((byte, i) => byte === b[i]) : a === b;
}

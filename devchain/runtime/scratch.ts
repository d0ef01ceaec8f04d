/**
 * Gives back the small objects that a piece of work left behind: the compiler's heap only grows, and the many pieces of
 * a block or a batch would run it full.
 *
 * @module
 */

/** Before a block of this heap stands its size. */
const HEADER: usize = sizeof<usize>();

/** Where the heap stands now. */
export function mark(): usize {
  return heap.alloc(0);
}

/** Gives back whatever was made since the mark; nothing of it may be used again. */
export function release(since: usize): void {
  const last = heap.alloc(0);
  // The compiler's allocator takes back its last block alone: the mark's is made to reach to the end.
  store<usize>(since - HEADER, last + load<usize>(last - HEADER) - since);
  heap.free(since);
}

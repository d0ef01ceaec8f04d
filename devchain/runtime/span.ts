/**
 * A run of bytes in memory, packed as Substrate packs it: the address in the low half, the length in the high one.
 *
 * @module
 */
import { ext_allocator_malloc_version_1 } from './env';

export type Span = u64;

export const NOTHING: Span = 0;

export function spanOf(start: usize, length: u32): Span {
  return (<u64>start) | ((<u64>length) << 32);
}

export function startOf(span: Span): usize {
  return <usize>(span & 0xffffffff);
}

export function lengthOf(span: Span): u32 {
  return <u32>(span >> 32);
}

/** What is longer comes from the host, which frees all of it after the call. */
const SHORT: u32 = 256;

/** Fresh memory. */
export function allocate(length: u32): usize {
  return length <= SHORT ? heap.alloc(length) : ext_allocator_malloc_version_1(length);
}

export function equalBytes(a: usize, b: usize, length: u32): bool {
  return memory.compare(a, b, length) === 0;
}

/** Whether bytes come before others, as Rust orders them. */
export function isBefore(a: Span, b: Span): bool {
  const order = memory.compare(startOf(a), startOf(b), min(lengthOf(a), lengthOf(b)));
  return order === 0 ? lengthOf(a) < lengthOf(b) : order < 0;
}

export function isSame(a: Span, b: Span): bool {
  return lengthOf(a) === lengthOf(b) && equalBytes(startOf(a), startOf(b), lengthOf(a));
}

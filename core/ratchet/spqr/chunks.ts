/**
 * Sends a long message in rows of 32 bytes such that any n of them give all n back: a systematic Reed-Solomon code
 * (section 7.6).
 *
 * @module
 */
import { concatBytes } from '@noble/hashes/utils.js';
import { interpolate, LANES, type Chunk } from './erasure-field.js';

/** Bytes of a chunk. */
export const ROW = 2 * LANES;
/** A received chunk as it is kept: its index, big-endian, before its row. */
const KEPT = 2 + ROW;
/** Indexes are 16 bits wide and start over. */
export const INDEXES = 0x10000;

function row(message: Uint8Array, index: number): Uint8Array {
  return message.subarray(index * ROW, (index + 1) * ROW);
}

/** The chunk of this index: a row of the message as long as there are any, then what the code adds. */
export function chunkAt(message: Uint8Array, index: number): Chunk {
  const count = message.length / ROW;
  if (index < count) return { index, data: row(message, index) };
  const rows = Array.from({ length: count }, (_, i) => ({ index: i, data: row(message, i) }));
  return { index, data: interpolate(rows)(index) };
}

function keptChunks(kept: Uint8Array): Chunk[] {
  return Array.from({ length: kept.length / KEPT }, (_, i) => {
    const [high, low] = kept.subarray(i * KEPT);
    return { index: (high! << 8) | low!, data: kept.subarray(i * KEPT + 2, (i + 1) * KEPT) };
  });
}

/** Keeps a received chunk beside those kept so far, unless one of its index is there. */
export function keepChunk(kept: Uint8Array, { index, data }: Chunk): Uint8Array {
  if (keptChunks(kept).some((chunk) => chunk.index === index)) return kept;
  return concatBytes(kept, Uint8Array.of(index >> 8, index), data);
}

/** The message of this length out of the chunks kept; undefined while they are too few. */
export function assemble(kept: Uint8Array, length: number): Uint8Array | undefined {
  const count = length / ROW;
  if (kept.length < count * KEPT) return undefined;
  const chunks = keptChunks(kept)
    .sort((a, b) => a.index - b.index)
    .slice(0, count);
  const missing = interpolate(chunks);
  const message = new Uint8Array(length);
  for (let i = 0; i < count; i++) {
    message.set(chunks.find(({ index }) => index === i)?.data ?? missing(i), i * ROW);
  }
  return message;
}

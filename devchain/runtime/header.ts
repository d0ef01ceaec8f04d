/**
 * A block header. Of its digest only the items that were there before the block ran are kept in state.
 *
 * @module
 */
import { Reader } from './reader';
import { Span, spanOf } from './span';
import { Writer } from './writer';

const OTHER: u8 = 0;
const PRE_RUNTIME: u8 = 6;
export const RUNTIME_ENVIRONMENT_UPDATED: u8 = 8;

export class Header {
  readonly parentHash: usize;
  readonly number: u32;
  readonly encoded: Span;
  private readonly digest: Span;

  constructor(from: Reader) {
    const start = from.at;
    this.parentHash = from.bytes(32);
    this.number = from.compactU32();
    from.bytes(64); // state root and extrinsics root
    const digest = from.at;
    const count = from.compactU32();
    for (let i: u32 = 0; i < count && from.ok; i++) skipItem(from);
    if (!from.ok || this.number === 0) unreachable();
    this.digest = spanOf(digest, <u32>(from.at - digest));
    this.encoded = spanOf(start, <u32>(from.at - start));
  }

  preRuntimeDigest(): Span {
    const from = new Reader(this.digest);
    const count = from.compactU32();
    let kept: u32 = 0;
    const items = new Writer();
    for (let i: u32 = 0; i < count; i++) {
      const start = from.at;
      if (skipItem(from) !== PRE_RUNTIME) continue;
      items.bytes(start, <u32>(from.at - start));
      kept++;
    }
    return new Writer().compact(kept).span(items.done()).done();
  }
}

function skipItem(from: Reader): u8 {
  const kind = from.u8();
  if (kind === RUNTIME_ENVIRONMENT_UPDATED) return kind;
  if (kind !== OTHER) from.bytes(4); // consensus engine
  from.blob();
  return kind;
}

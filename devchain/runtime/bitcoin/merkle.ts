/**
 * Partial Merkle trees (BIP 37): which transaction of a block is meant, and the root that it leads to.
 *
 * @module
 */
import { Reader } from '../reader';
import { mark, release } from '../scratch';
import { Span, lengthOf, spanOf, startOf } from '../span';
import { Writer } from '../writer';
import { sha256Twice } from './hash';
import { Stream } from './stream';

/** More than fit into a block. */
const MOST: u32 = 100_000;

class Walk {
  ok: bool = true;
  bit: u32 = 0;
  /** The one transaction that is shown; 0 before it was met. */
  matched: usize = 0;

  constructor(
    readonly total: u32,
    readonly hashes: Reader,
    readonly flags: Span,
  ) {}

  widthAt(height: u32): u32 {
    return (this.total + (1 << height) - 1) >> height;
  }

  node(height: u32, position: u32): usize {
    const isParent = this.nextFlag();
    if (height === 0 || !isParent) {
      const hash = this.hashes.bytes(32);
      if (height === 0 && isParent) {
        if (this.matched !== 0) this.ok = false;
        this.matched = hash;
      }
      if (!this.hashes.ok) this.ok = false;
      return hash;
    }
    const left = this.node(height - 1, position * 2);
    if (!this.ok) return 0;
    const hasRight = position * 2 + 1 < this.widthAt(height - 1);
    const right = hasRight ? this.node(height - 1, position * 2 + 1) : left;
    if (!this.ok) return 0;
    // Two equal ones would show another tree under the same root (CVE-2012-2459).
    if (hasRight && memory.compare(left, right, 32) === 0) this.ok = false;
    const since = mark();
    const hash = sha256Twice(new Writer(64).bytes(left, 32).bytes(right, 32).done());
    release(since);
    return hash;
  }

  private nextFlag(): bool {
    const at = this.bit++;
    if (at >= lengthOf(this.flags) * 8) {
      this.ok = false;
      return false;
    }
    return ((load<u8>(startOf(this.flags) + (at >> 3)) >> (<u8>(at & 7))) & 1) !== 0;
  }
}

/** Whether a proof shows that this transaction, and no other, stands in the block with this Merkle root. */
export function isInBlock(proof: Span, transaction: usize, root: usize): bool {
  const from = new Stream(proof);
  const total = from.u32();
  const count = from.count();
  const hashes = from.bytes(count * 32);
  const flags = from.counted();
  if (!from.ok || from.left() !== 0 || total === 0 || total > MOST || count > total) return false;
  const walk = new Walk(total, new Reader(spanOf(hashes, count * 32)), flags);
  let height: u32 = 0;
  while (walk.widthAt(height) > 1) height++;
  const made = walk.node(height, 0);
  const used = walk.hashes.left() === 0 && (walk.bit + 7) / 8 === lengthOf(flags);
  if (!walk.ok || !used || walk.matched === 0) return false;
  return memory.compare(walk.matched, transaction, 32) === 0 && memory.compare(made, root, 32) === 0;
}

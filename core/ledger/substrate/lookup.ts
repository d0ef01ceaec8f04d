/**
 * Finds a transaction by its hash: in the blocks of its era, since nodes keep no index of hashes.
 *
 * @module
 */
import type { FoundTransaction } from '../chain.js';
import type { Blocks } from './blocks.js';
import { LONGEST_ERA } from './era.js';
import { extrinsicHash } from './extrinsic.js';
import { fromHex } from './hex.js';
import type { ChainNode } from './node.js';

/** As `Chain.findTransaction`. */
export async function findTransaction(
  node: ChainNode,
  blocks: Blocks,
  hash: string,
  { firstBlock, lastBlock }: { readonly firstBlock: number; readonly lastBlock: number },
): Promise<FoundTransaction | undefined> {
  if (!(lastBlock - firstBlock <= LONGEST_ERA)) throw new RangeError('more blocks than an era has');
  const final = (await node.finalizedHead()).number;
  const best = await blocks.bestNumber();
  for (let number = Math.max(firstBlock, 0); number <= Math.min(lastBlock, best); number += 1) {
    const isFinal = number <= final;
    const block = isFinal ? await blocks.final(number) : await blocks.best(number);
    const index = block?.extrinsics.findIndex((hex) => extrinsicHash(fromHex(hex)) === hash) ?? -1;
    if (!block || index < 0) continue;
    const outcome = (await blocks.happened(block)).outcome(index);
    const chainError = outcome?.ok === false ? outcome.error : undefined;
    return { block: { hash: block.hash, number, index }, isFinal, chainError };
  }
  return undefined;
}

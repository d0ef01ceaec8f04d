/**
 * Builds a block on top of another one, by calls to the runtime alone.
 *
 * @module
 */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { bytesOf, concatBytes, hexOf, numberToBytes } from './bytes.js';
import type { Block, Chain } from './chain.js';
import { NO_DIGEST, NO_HASH, decodeHeader, encodeHeader } from './header.js';
import { blake2b256 } from './hashes.js';
import { Overlay } from './overlay.js';
import { RuntimeTrap, type Runtime } from './runtime.js';
import { ScaleReader, blob, compact } from './scale.js';
import type { Trie } from './trie.js';
import { BAD_CALL, type Invalidity, readInvalidity } from './validity.js';

export interface Built {
  readonly block: Block;
  readonly state: Trie;
  readonly changes: ReadonlyMap<string, Uint8Array | undefined>;
  readonly refused: readonly { readonly extrinsic: Uint8Array; readonly why: Invalidity }[];
}

/** @param now - Milliseconds since 1970, for the block's timestamp. */
export function buildBlock(
  runtime: Runtime,
  chain: Chain,
  parent: Block,
  candidates: readonly Uint8Array[],
  now: number,
): Built {
  const overlay = new Overlay(chain.stateOf(parent.hash));
  const call = (entry: string, args: Uint8Array) => runtime.call(entry, args, overlay);
  const header = {
    parentHash: bytesOf(parent.hash),
    number: parent.header.number + 1,
    stateRoot: NO_HASH,
    extrinsicsRoot: NO_HASH,
    digest: NO_DIGEST,
  };
  call('Core_initialize_block', encodeHeader(header));
  const extrinsics: Uint8Array[] = [];
  const refused: { extrinsic: Uint8Array; why: Invalidity }[] = [];
  const apply = (extrinsic: Uint8Array) => {
    const depth = overlay.begin();
    const why = refusal(() => call('BlockBuilder_apply_extrinsic', extrinsic));
    if (why) {
      overlay.rollbackTo(depth);
      refused.push({ extrinsic, why });
    } else {
      overlay.commit();
      extrinsics.push(extrinsic);
    }
  };
  for (const inherent of inherents(call, now)) apply(inherent);
  for (const candidate of candidates) apply(candidate);
  const finished = decodeHeader(call('BlockBuilder_finalize_block', new Uint8Array()));
  const hash = hexOf(blake2b256(encodeHeader(finished)));
  const state = overlay.trie();
  return { block: { hash, header: finished, extrinsics }, state, changes: overlay.changes, refused };
}

/** Why an extrinsic may not be in the block; one that makes the runtime trap may not either. */
function refusal(apply: () => Uint8Array): Invalidity | undefined {
  try {
    const result = apply();
    return result[0] === 0 ? undefined : readInvalidity(result.subarray(1));
  } catch (error) {
    if (error instanceof RuntimeTrap) return BAD_CALL;
    throw error;
  }
}

function inherents(call: (entry: string, args: Uint8Array) => Uint8Array, now: number): Uint8Array[] {
  const data = concatBytes(compact(1), utf8ToBytes('timstap0'), blob(numberToBytes(now, 8)));
  // An extrinsic's own encoding begins with its length.
  return new ScaleReader(call('BlockBuilder_inherent_extrinsics', data)).blobs().map(blob);
}

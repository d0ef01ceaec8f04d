/**
 * What is kept of a chain: one record per block, in the order they were made. Reading it again gives the same chain.
 *
 * @module
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import { bytesOf, concatBytes, hexOf } from './bytes.js';
import type { Block, Chain } from './chain.js';
import { decodeHeader, encodeHeader } from './header.js';
import { blake2b256 } from './hashes.js';
import { ScaleReader, blob, compact } from './scale.js';
import { removeValue, setValue, trieRoot } from './trie.js';

export interface JournalRecord {
  readonly block: Block;
  readonly changes: ReadonlyMap<string, Uint8Array | undefined>;
  /** The number up to which blocks are final once this one is in. */
  readonly finalNumber: number;
}

/** Records of whatever form, in the order they were added. `append` returns when one will survive the process. */
export interface Log {
  readonly records: readonly Uint8Array[];
  append(record: Uint8Array): void;
}

/** Where blocks are kept, and what happened on Bitcoin beside them. */
export interface Journal {
  append(record: JournalRecord): void;
  close(): void;
  readonly bitcoin?: Log | undefined;
}

const REMOVED = Uint8Array.of(0);
const SET = Uint8Array.of(1);

export function encodeRecord({ block, changes, finalNumber }: JournalRecord): Uint8Array {
  const change = ([key, value]: readonly [string, Uint8Array | undefined]) =>
    concatBytes(blob(bytesOf(key)), ...(value ? [SET, blob(value)] : [REMOVED]));
  return concatBytes(
    compact(finalNumber),
    blob(encodeHeader(block.header)),
    compact(block.extrinsics.length),
    ...block.extrinsics.map(blob),
    compact(changes.size),
    ...[...changes].map(change),
  );
}

export function decodeRecord(bytes: Uint8Array): JournalRecord {
  const from = new ScaleReader(bytes);
  const finalNumber = from.compact();
  const header = from.blob();
  const extrinsics = from.blobs().map((extrinsic) => extrinsic.slice());
  const changes = new Map<string, Uint8Array | undefined>();
  for (let left = from.compact(); left > 0; left--) {
    const key = bytesToHex(from.blob());
    changes.set(key, from.take(1)[0] === 1 ? from.blob().slice() : undefined);
  }
  const block = { hash: hexOf(blake2b256(header)), header: decodeHeader(header.slice()), extrinsics };
  return { block, changes, finalNumber };
}

/**
 * Brings a chain that holds only its genesis to where the records leave it.
 *
 * @throws Error when they do not belong together.
 */
export function replay(chain: Chain, records: Iterable<JournalRecord>): void {
  for (const { block, changes, finalNumber } of records) {
    const parent = chain.parentOf(block);
    if (!parent) throw new Error('the journal is of another chain');
    let state = chain.stateOf(parent.hash);
    for (const [key, value] of changes) {
      state = value ? setValue(state, key, value) : removeValue(state, key);
    }
    chain.add(block, state);
    // Of two chains the longer one is the best, and of equals the first.
    if (block.header.number <= chain.best.header.number) continue;
    chain.setBest(block);
    chain.finalizeUpTo(finalNumber);
  }
  const { best } = chain;
  if (hexOf(trieRoot(chain.stateOf(best.hash))) !== hexOf(best.header.stateRoot)) {
    throw new Error('the journal is damaged');
  }
}

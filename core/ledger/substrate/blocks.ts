/**
 * The blocks of the chain and what happened in them, as a node shows them; what is final is asked for once.
 *
 * @module
 */
import { ComingError } from '../../errors.js';
import { readHeader, type ChainNode, type Header } from './node.js';
import type { AgreedBlock } from './proofs/index.js';
import { RpcError } from './rpc-socket.js';
import { isVariant, unsupported, type Runtime, type Variant } from './runtime.js';

export interface Block extends Header {
  readonly hash: string;
  /** As hexadecimal text, the way that nodes write it. */
  readonly extrinsics: readonly string[];
}

export interface BlockEvent {
  /** Place among the block's events. */
  readonly index: number;
  /** The extrinsic that caused it; undefined when the block itself did. */
  readonly extrinsic: number | undefined;
  readonly event: Variant;
}

/** How an extrinsic ended; undefined when the block has none of this index. */
export type Outcome = { readonly ok: true } | { readonly ok: false; readonly error: string } | undefined;

export interface Happened {
  readonly events: readonly BlockEvent[];
  outcome(extrinsic: number): Outcome;
}

/** Substrate's number for it, and its words where an older node gives another. */
const UNKNOWN_BLOCK = 4003;
const FORGOTTEN = /discarded|pruned|unknown ?block|header not found/i;

/** A transfer looks at no more than the 64 blocks of its era, twice at most. */
const BLOCKS_KEPT = 256;

export class Blocks {
  readonly #kept = new Map<string, Promise<Block | undefined>>();
  readonly #finalHashes = new Map<number, string>();
  /** The node that showed what is kept. */
  #shownBy: string | undefined;

  constructor(private readonly node: ChainNode) {}

  /** A block that is final. */
  async final(number: number): Promise<Block> {
    this.#forgetOthers();
    const hash = this.#finalHashes.get(number) ?? (await this.node.blockHash(number));
    const block = hash === undefined ? undefined : await this.#block(hash);
    if (!block) throw new ComingError('chain-unreachable', 'the node does not have a block that is final');
    forgetOldest(this.#finalHashes.set(number, block.hash));
    return block;
  }

  /** The block of this number on what is the best chain now; undefined when it has none. */
  async best(number: number): Promise<Block | undefined> {
    const hash = await this.node.blockHash(number);
    return hash === undefined ? undefined : this.#block(hash);
  }

  async bestNumber(): Promise<number> {
    return readHeader(await this.node.request('chain_getHeader'))?.number ?? 0;
  }

  /**
   * What happened in a block: by the word of the node, or by a proof where the block is agreed on.
   *
   * @throws ComingError `block-too-old`, `nodes-disagree`, `chain-unsupported`, `chain-unreachable`
   */
  async happened(block: Header & { readonly hash: string }, agreed?: AgreedBlock): Promise<Happened> {
    try {
      const runtime = await this.node.runtimeOf(block);
      const storage = runtime.storage('System', 'Events');
      const answer = agreed
        ? await agreed.stored(storage.key)
        : await this.node.request('state_getStorage', storage.key, block.hash);
      const events = (storage.decode(answer) as unknown[]).map(readEvent);
      return { events, outcome: (extrinsic) => outcomeOf(runtime, events, extrinsic) };
    } catch (error) {
      throw isForgotten(error) ? tooOld(error) : error;
    }
  }

  /** What one node showed is not held against another. */
  #forgetOthers(): void {
    if (this.#shownBy === this.node.endpoint) return;
    this.#shownBy = this.node.endpoint;
    this.#kept.clear();
    this.#finalHashes.clear();
  }

  #block(hash: string): Promise<Block | undefined> {
    this.#forgetOthers();
    let block = this.#kept.get(hash);
    if (!block) {
      block = this.#fetch(hash);
      // Only what was found is worth keeping.
      block.then(
        (found) => found ?? this.#kept.delete(hash),
        () => this.#kept.delete(hash),
      );
      forgetOldest(this.#kept.set(hash, block));
    }
    return block;
  }

  async #fetch(hash: string): Promise<Block | undefined> {
    const answer = (await this.node.request('chain_getBlock', hash)) as {
      readonly block?: { readonly header?: unknown; readonly extrinsics?: unknown };
    } | null;
    const header = readHeader(answer?.block?.header);
    const extrinsics = answer?.block?.extrinsics;
    if (!header || !Array.isArray(extrinsics)) return undefined;
    return { ...header, hash, extrinsics: extrinsics.map((hex) => String(hex).toLowerCase()) };
  }
}

/** Whether a node says that it keeps no state of a block: most keep that of the last 256 only. */
export function isForgotten(error: unknown): boolean {
  return error instanceof RpcError && (error.code === UNKNOWN_BLOCK || FORGOTTEN.test(error.message));
}

export function tooOld(cause: unknown): ComingError {
  return new ComingError('block-too-old', 'the node does not keep the state of this block', { cause });
}

function readEvent(record: unknown, index: number): BlockEvent {
  const { phase, event } = record as { phase?: unknown; event?: unknown };
  if (!isVariant(phase) || !isVariant(event)) throw unsupported('its events are of an unknown form');
  const extrinsic = phase.type === 'ApplyExtrinsic' ? Number(phase.value) : undefined;
  return { index, extrinsic, event };
}

function outcomeOf(runtime: Runtime, events: readonly BlockEvent[], extrinsic: number): Outcome {
  for (const { extrinsic: of, event } of events) {
    if (of !== extrinsic || event.type !== 'System' || !isVariant(event.value)) continue;
    const { type, value } = event.value;
    if (type === 'ExtrinsicSuccess') return { ok: true };
    if (type !== 'ExtrinsicFailed') continue;
    const { dispatch_error: error } = Array.isArray(value)
      ? { dispatch_error: value[0] as unknown }
      : (value as { dispatch_error: unknown });
    return { ok: false, error: runtime.errorName(error) };
  }
  return undefined;
}

function forgetOldest<K>(kept: Map<K, unknown>): void {
  for (const [oldest] of kept) {
    if (kept.size <= BLOCKS_KEPT) return;
    kept.delete(oldest);
  }
}

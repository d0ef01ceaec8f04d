/**
 * Makes blocks: fast while something happens or is not yet final, slowly when nothing does, or only when told to.
 *
 * @module
 */
import { buildBlock, type Built } from './builder.js';
import { bytesToNumber } from './bytes.js';
import type { Block, Chain } from './chain.js';
import type { Journal } from './journal.js';
import { itemKey } from './keys.js';
import type { Pool } from './pool.js';
import type { Runtime } from './runtime.js';
import { getValue } from './trie.js';

export interface AuthorOptions {
  /** Milliseconds between blocks while there is something to do; `manual` makes one only on request. */
  readonly blockTime: number | 'manual';
  /** Milliseconds between blocks while there is nothing to do. */
  readonly idleTime: number;
  /** How many blocks behind the best one finality follows. */
  readonly finalityLag: number;
  readonly now: () => number;
}

export class Author {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private madeAt: number;
  private lastTimestamp: number;
  private running = false;

  constructor(
    private readonly runtime: Runtime,
    private readonly chain: Chain,
    private readonly pool: Pool,
    private readonly journal: Journal | undefined,
    private readonly options: AuthorOptions,
  ) {
    this.lastTimestamp = timestampOf(chain);
    this.madeAt = options.now() - (options.blockTime === 'manual' ? 0 : options.blockTime);
  }

  start(): void {
    this.running = true;
    this.schedule();
  }

  stop(): void {
    this.running = false;
    clearTimeout(this.timer);
  }

  /** Sets the time of the next block anew; to be called when there may be more to do. */
  schedule(): void {
    const { blockTime, idleTime, now } = this.options;
    clearTimeout(this.timer);
    if (!this.running || blockTime === 'manual') return;
    const pause = this.isBusy() ? blockTime : Math.max(blockTime, idleTime);
    this.timer = setTimeout(() => this.makeBlock(), Math.max(0, this.madeAt + pause - now()));
  }

  /** Makes one block of what is ready. */
  makeBlock(): Block {
    const final = this.chain.best.header.number + 1 - this.options.finalityLag;
    const { block, refused } = this.extend(this.chain.best, this.pool.ready(), final);
    for (const { extrinsic, why } of refused) this.pool.drop(extrinsic, why);
    this.chain.setBest(block);
    this.chain.finalizeUpTo(final);
    this.schedule();
    return block;
  }

  /**
   * Replaces the last `depth` blocks by a longer chain of empty ones.
   *
   * @throws RangeError when that would take back a final block.
   */
  reorganise(depth: number): Block {
    const { number } = this.chain.best.header;
    if (depth < 1 || number - depth < this.chain.finalized.header.number) {
      throw new RangeError('a final block cannot be retracted');
    }
    let head = this.chain.get(this.chain.hashAt(number - depth)!)!;
    for (let i = 0; i <= depth; i++) head = this.extend(head, [], 0).block;
    this.chain.setBest(head);
    this.schedule();
    return head;
  }

  private extend(parent: Block, candidates: readonly Uint8Array[], final: number): Built {
    this.lastTimestamp = Math.max(this.options.now(), this.lastTimestamp + 1);
    const built = buildBlock(this.runtime, this.chain, parent, candidates, this.lastTimestamp);
    // What is announced is on disk.
    const finalNumber = Math.max(this.chain.finalized.header.number, final);
    this.journal?.append({ block: built.block, changes: built.changes, finalNumber });
    this.chain.add(built.block, built.state);
    this.madeAt = this.options.now();
    return built;
  }

  private isBusy(): boolean {
    if (this.pool.ready().length > 0) return true;
    // The inherent alone is nothing to wait for.
    for (let block: Block | undefined = this.chain.best; block; block = this.chain.parentOf(block)) {
      if (block.header.number <= this.chain.finalized.header.number) return false;
      if (block.extrinsics.length > 1) return true;
    }
    return false;
  }
}

/** The best block's time: the next one may not stand before it, whatever the clock says by then. */
function timestampOf(chain: Chain): number {
  const now = getValue(chain.stateOf(chain.best.hash), itemKey('Timestamp', 'Now'));
  return now ? Number(bytesToNumber(now)) : 0;
}

/**
 * The tree of blocks: which is the best, which are final, what each one's state is.
 *
 * @module
 */
import { type Hex, hexOf } from './bytes.js';
import { NO_DIGEST, NO_HASH, headerHash, type Header } from './header.js';
import { orderedRoot, trieRoot, type Trie } from './trie.js';

export interface Block {
  readonly hash: Hex;
  readonly header: Header;
  readonly extrinsics: readonly Uint8Array[];
}

export interface NewBest {
  readonly best: Block;
  /** Blocks that are no longer on the best chain, from the top down. */
  readonly retracted: readonly Block[];
  /** Blocks that now are, from the bottom up. */
  readonly enacted: readonly Block[];
}

type Listener<T> = (event: T) => void;

/** A set of listeners. */
export class Signal<T> {
  private readonly listeners = new Set<Listener<T>>();

  on(listener: Listener<T>): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  emit(event: T): void {
    for (const listener of [...this.listeners]) listener(event);
  }
}

export class Chain {
  readonly imported = new Signal<Block>();
  readonly newBest = new Signal<NewBest>();
  readonly newFinalized = new Signal<Block>();

  readonly genesis: Block;
  private readonly blocks = new Map<Hex, Block>();
  private readonly states = new Map<Hex, Trie>();
  /** The best chain's hashes by number. */
  private readonly path: Hex[] = [];
  private finalNumber = 0;

  /** @param keptStates - How many final blocks keep their state, as a node's pruning does. */
  constructor(
    genesisState: Trie,
    private readonly keptStates: number,
  ) {
    const header = {
      parentHash: NO_HASH,
      number: 0,
      stateRoot: trieRoot(genesisState),
      extrinsicsRoot: orderedRoot([]),
      digest: NO_DIGEST,
    };
    this.genesis = { hash: headerHash(header), header, extrinsics: [] };
    this.blocks.set(this.genesis.hash, this.genesis);
    this.states.set(this.genesis.hash, genesisState);
    this.path.push(this.genesis.hash);
  }

  get best(): Block {
    return this.blocks.get(this.path.at(-1)!)!;
  }

  get finalized(): Block {
    return this.blocks.get(this.path[this.finalNumber]!)!;
  }

  get(hash: string): Block | undefined {
    return this.blocks.get(hash as Hex);
  }

  /** Hash of the block with this number on the best chain. */
  hashAt(number: number): Hex | undefined {
    return this.path[number];
  }

  /** Whether the block's state is still there; `stateOf` gives it. */
  hasState(hash: Hex): boolean {
    return this.states.has(hash);
  }

  stateOf(hash: Hex): Trie {
    return this.states.get(hash);
  }

  parentOf(block: Block): Block | undefined {
    return this.blocks.get(hexOf(block.header.parentHash));
  }

  /** Takes a block in without making it the best. */
  add(block: Block, state: Trie): void {
    this.blocks.set(block.hash, block);
    this.states.set(block.hash, state);
    this.imported.emit(block);
  }

  setBest(block: Block): void {
    const enacted: Block[] = [];
    let common = block;
    while (this.path[common.header.number] !== common.hash) {
      enacted.unshift(common);
      common = this.parentOf(common)!;
    }
    if (common.header.number < this.finalNumber) throw new Error('a final block cannot be retracted');
    const retracted = this.path.splice(common.header.number + 1).map((hash) => this.blocks.get(hash)!);
    this.path.push(...enacted.map(({ hash }) => hash));
    this.newBest.emit({ best: block, retracted: retracted.reverse(), enacted });
  }

  /** Makes the best chain final up to a number. */
  finalizeUpTo(number: number): void {
    while (this.finalNumber < Math.min(number, this.best.header.number)) {
      this.finalNumber += 1;
      const old = this.path[this.finalNumber - this.keptStates];
      if (old !== undefined && old !== this.genesis.hash) this.states.delete(old);
      this.newFinalized.emit(this.finalized);
    }
  }
}

/**
 * Asks a second node wherever one node's word is not enough; what does it is loaded when there is one to ask.
 *
 * @module
 */
import { ComingError } from '../../errors.js';
import type { Blocks } from './blocks.js';
import type { ChainNode, NodeOptions } from './node.js';
import type { AgreedBlock, Agreement } from './proofs/index.js';

/** What came of asking. */
export type Opinion<T> =
  | 'alone' // no second node was named: what one says has to do
  | 'unknown' // for now: the others are behind, or cannot be reached
  | T;

export class SecondOpinion {
  readonly isAlone: boolean;
  #agreement: Promise<Agreement> | undefined;

  constructor(
    private readonly node: ChainNode,
    private readonly options: NodeOptions,
  ) {
    this.isAlone = options.endpoints.length < 2;
  }

  /** Uses the last final block that two nodes agree on. As {@link at} in everything else. */
  latest<T extends object>(use: (block: AgreedBlock) => Promise<T>): Promise<Opinion<T>> {
    return this.#ask((agreement) => agreement.latest(use));
  }

  /**
   * Uses the final block of this number, if two nodes agree on it.
   *
   * @throws ComingError `nodes-disagree`, `block-too-old`, and what `use` throws
   */
  at<T extends object>(number: number, use: (block: AgreedBlock) => Promise<T>): Promise<Opinion<T>> {
    return this.#ask((agreement) => agreement.at(number, use));
  }

  /** Requires that a block which is not in the chain of the node in use is not final for another. */
  requireUnknown(hash: string): Promise<Opinion<object>> {
    return this.#ask(async (agreement) => {
      await agreement.requireUnknown(hash);
      return {};
    });
  }

  /** Whether two nodes agree that an extrinsic is in none of these final blocks, and that they are all final. */
  async areWithout(hex: string, blocks: Blocks, first: number, last: number): Promise<Opinion<true>> {
    return this.#ask(
      async (agreement) => (await agreement.areWithout(hex, blocks, first, last)) || undefined,
    );
  }

  close(): void {
    this.#agreement?.then(
      (agreement) => agreement.close(),
      () => undefined,
    );
  }

  async #ask<T>(ask: (agreement: Agreement) => Promise<T | undefined>): Promise<Opinion<T>> {
    if (this.isAlone) return 'alone';
    try {
      return (await ask(await this.#load())) ?? 'unknown';
    } catch (error) {
      if (error instanceof ComingError && error.code === 'chain-unreachable') return 'unknown';
      throw error;
    }
  }

  async #load(): Promise<Agreement> {
    this.#agreement ??= import('./proofs/index.js').then(
      ({ Agreement: Kind }) => new Kind(this.node, this.options),
    );
    this.#agreement.catch(() => (this.#agreement = undefined)); // code that did not load may load the next time
    return this.#agreement;
  }
}

/**
 * One transfer that was signed: finds it in the chain, or sends its bytes again, until one of three ends is certain.
 *
 * Carried out and final; refused or failed; or every block that could have held it is final without it. Ends that let
 * somebody pay again are certain when two nodes agree on them, where two were named.
 *
 * @module
 */
import type { TransferRow } from '../../store/index.js';
import { ComingError } from '../../errors.js';
import type { Problem } from '../chain.js';
import type { Block, Blocks } from './blocks.js';
import { toHex } from './hex.js';
import type { ChainNode } from './node.js';
import { problemOf, readRefusal } from './refusals.js';
import type { AgreedBlock } from './proofs/index.js';
import { RpcError, unreachable } from './rpc-socket.js';
import type { SecondOpinion } from './second-opinion.js';

export interface PursuitPort {
  store(row: TransferRow): Promise<void>;
  /** Something happened: look soon. */
  look(): void;
}

const NO_PROBLEM = { problem: undefined, chainError: undefined };

export class Pursuit {
  readonly #hex: string;
  #row: TransferRow;
  /** All final blocks up to here were searched, as this node shows them. */
  #searchedTo: number;
  #searchedAt: string | undefined;
  /** A node has it and said that it would tell what becomes of it. */
  #isWatched = false;
  #submissions = 0;
  #wasHanded = (): void => undefined;
  /** Resolves when a node was asked to take it and answered, or will not be. */
  readonly handed = new Promise<void>((resolve) => (this.#wasHanded = resolve));

  constructor(
    row: TransferRow,
    /** Signed this moment, so that no node can have it: what the first one says of it is certain. */
    private isUnsent: boolean,
    private readonly node: ChainNode,
    private readonly blocks: Blocks,
    private readonly second: SecondOpinion,
    private readonly port: PursuitPort,
  ) {
    this.#row = row;
    this.#hex = toHex(row.extrinsic);
    this.#searchedTo = row.firstBlock;
  }

  get row(): TransferRow {
    return this.#row;
  }

  /** With a connection went what its pool was to tell. */
  forgetPool(): void {
    this.#isWatched = false;
  }

  /**
   * Brings the transfer up to where the chain is.
   *
   * @returns whether nothing more is to be done
   */
  async look(final: number, best: number): Promise<boolean> {
    const { firstBlock, lastBlock } = this.#row;
    if (this.#searchedAt !== this.node.endpoint) this.#searchedTo = firstBlock;
    this.#searchedAt = this.node.endpoint;
    for (let number = this.#searchedTo + 1; number <= Math.min(final, lastBlock); number += 1) {
      const found = this.#in(await this.blocks.final(number));
      if (found) return this.isUnsent ? this.#giveWay() : this.#end(found);
      this.#searchedTo = number;
    }
    if (final > lastBlock) {
      const isWithout = await this.second.areWithout(this.#hex, this.blocks, firstBlock + 1, lastBlock);
      if (isWithout === 'unknown') return false;
      await this.#change({ state: 'expired', block: undefined, problem: 'transfer-expired' });
      return true;
    }
    for (let number = Math.max(final, firstBlock) + 1; number <= Math.min(best, lastBlock); number += 1) {
      const block = await this.blocks.best(number);
      const found = block && this.#in(block);
      if (found) return this.isUnsent ? this.#giveWay() : this.#entered(found);
    }
    if (this.#row.state === 'in-block') {
      this.#isWatched = false;
      await this.#change({ state: 'retracted', block: undefined, ...NO_PROBLEM });
    }
    return this.#isWatched ? false : this.#submit();
  }

  #in(block: Block): Found | undefined {
    const index = block.extrinsics.indexOf(this.#hex);
    return index < 0 ? undefined : { block, index };
  }

  async #entered(found: Found): Promise<false> {
    const { state, block } = this.#row;
    if (state !== 'in-block' || block?.hash !== found.block.hash) {
      await this.#change({ state: 'in-block', block: placeOf(found), ...(await this.#problemIn(found)) });
    }
    return false;
  }

  /**
   * The very bytes are there before they were sent: another device of the account paid the same to the same person
   * in the same moment, and ed25519 signs that alike. One payment must not count for two.
   */
  async #giveWay(): Promise<true> {
    this.#wasHanded();
    await this.#change({ state: 'failed', problem: 'transfer-outdated' });
    return true;
  }

  async #end(found: Found): Promise<boolean> {
    try {
      const agreed = await this.second.at(found.block.number, (block) => this.#agreedProblem(found, block));
      const isAsserted = agreed === 'alone' || agreed === 'unknown';
      const problem = isAsserted ? await this.#problemIn(found) : agreed;
      if (agreed === 'unknown' && problem.problem) return await this.#entered(found);
      const trust = isAsserted ? 'asserted' : 'proven';
      const state = problem.problem ? 'failed' : 'final';
      await this.#change({ state, trust, block: placeOf(found), ...problem });
      return true;
    } catch (error) {
      if (!(error instanceof ComingError) || error.code !== 'block-too-old') throw error;
      // It is in the chain, but this node cannot tell how it went: stays open, for the next time.
      await this.#change({ state: 'in-block', block: placeOf(found), problem: 'block-too-old' });
      return true;
    }
  }

  async #agreedProblem({ block, index }: Found, agreed: AgreedBlock): Promise<Ending> {
    if (agreed.hash !== block.hash) throw unreachable(); // the connection passed to another node meanwhile
    await agreed.requireExtrinsic(index, this.#hex);
    return this.#problemIn({ block: { ...block, ...agreed }, index }, agreed);
  }

  async #problemIn({ block, index }: Found, agreed?: AgreedBlock): Promise<Ending> {
    const outcome = (await this.blocks.happened(block, agreed)).outcome(index);
    // Every extrinsic in a block leaves one of the two events; without either, nothing can be said.
    if (!outcome) throw new ComingError('chain-unsupported', 'the block does not say how an extrinsic went');
    return outcome.ok ? NO_PROBLEM : asRow(problemOf(outcome.error));
  }

  /** Hands the bytes to the node. Returns whether it was refused for certain. */
  async #submit(): Promise<boolean> {
    const submission = (this.#submissions += 1);
    this.#isWatched = true;
    try {
      await this.node.subscribe(
        'author_submitAndWatchExtrinsic',
        'author_unwatchExtrinsic',
        [this.#hex],
        (status) => this.#heard(submission, status),
      );
      return await this.#taken();
    } catch (error) {
      this.#isWatched = false;
      if (!(error instanceof RpcError)) {
        this.isUnsent = false; // it may have arrived all the same
        throw error;
      }
      const refusal = readRefusal(error);
      if (refusal.kind === 'known') return this.isUnsent ? this.#giveWay() : this.#taken();
      // After the first time a refusal proves nothing: it may be in a block already, or in another node's pool.
      if (refusal.kind === 'later' || !this.isUnsent) {
        this.isUnsent = false;
        return false;
      }
      await this.#change({ state: 'failed', ...asRow(refusal.problem) });
      return true;
    } finally {
      this.#wasHanded();
    }
  }

  async #taken(): Promise<false> {
    this.isUnsent = false;
    if (this.#row.state !== 'broadcast') await this.#change({ state: 'broadcast' });
    return false;
  }

  #heard(submission: number, status: unknown): void {
    if (submission !== this.#submissions) return;
    const kind = typeof status === 'string' ? status : Object.keys(status ?? {})[0];
    if (kind === 'dropped' || kind === 'invalid' || kind === 'usurped' || kind === 'finalityTimeout') {
      // Not looked at this moment: a pool that drops at once would be asked without a pause.
      this.#isWatched = false;
    } else if (kind === 'inBlock' || kind === 'retracted' || kind === 'finalized') {
      this.port.look();
    }
  }

  async #change(changes: Partial<TransferRow>): Promise<void> {
    const changed = { ...this.#row, ...changes };
    await this.port.store(changed);
    this.#row = changed;
  }
}

/** How it ended; without a problem when it was carried out. */
type Ending = Pick<TransferRow, 'problem' | 'chainError'>;

interface Found {
  readonly block: Block;
  readonly index: number;
}

function placeOf({ block: { hash, number }, index }: Found): NonNullable<TransferRow['block']> {
  return { hash, number, index };
}

function asRow({ code, chainError }: Problem): Ending {
  return { problem: code, chainError };
}

/**
 * What two nodes agree on: final blocks by their hashes, and from there, by Merkle proofs, everything that is stored.
 *
 * The node in use is asked first, and one of the others must say the same. Whatever the hash of an agreed block binds
 * is then proven, whoever hands it over. What it does not bind, the metadata by which bytes are read and which
 * extrinsics a block does not hold, is compared.
 *
 * @module
 */
import { ComingError, type ErrorCode } from '../../../errors.js';
import { isForgotten, tooOld, type Blocks } from '../blocks.js';
import { fromHex, toHex, type Hex } from '../hex.js';
import type { ChainNode, NodeOptions } from '../node.js';
import { RpcError, unreachable } from '../rpc-socket.js';
import { metadataHash } from '../runtime.js';
import { hashedHeader, type FullHeader } from './header.js';
import { provenValue } from './trie.js';
import { Witnesses } from './witnesses.js';

/** A final block on which two nodes agree. */
export interface AgreedBlock extends FullHeader {
  /** What is stored under a key after this block; null when nothing is. */
  stored(key: Hex): Promise<Hex | null>;
  /** Requires that the other node, too, finds this very extrinsic there. */
  requireExtrinsic(index: number, hex: string): Promise<void>;
}

const METADATA_KEPT = 8;
/** The later, the more it says about why two nodes do not come to agree. */
const PASSING: readonly ErrorCode[] = ['chain-unreachable', 'wrong-chain', 'block-too-old', 'nodes-disagree'];

export class Agreement {
  readonly #witnesses: Witnesses;
  readonly #metadata = new Map<string, Promise<string>>();

  constructor(
    private readonly node: ChainNode,
    options: NodeOptions,
  ) {
    this.#witnesses = new Witnesses(options, node);
  }

  close(): void {
    this.#witnesses.close();
  }

  /** Uses the last block that two nodes hold for final. */
  async latest<T extends object>(use: (block: AgreedBlock) => Promise<T>): Promise<T> {
    const used = await this.#withAnother(async (other) => {
      const [mine, theirs] = await Promise.all([this.node.finalizedHead(), other.finalizedHead()]);
      return use(await this.#agreed(other, Math.min(mine.number, theirs.number)));
    });
    return used!;
  }

  /** Uses the final block of this number; undefined as long as not two nodes hold it for final. */
  at<T extends object>(number: number, use: (block: AgreedBlock) => Promise<T>): Promise<T | undefined> {
    return this.#withAnother(async (other) =>
      (await this.#areFinal(other, number)) ? use(await this.#agreed(other, number)) : undefined,
    );
  }

  /** Requires that a block which the node in use does not have in its chain is not final for another. */
  async requireUnknown(hash: string): Promise<void> {
    await this.#withAnother(async (other) => {
      const header = await other.header(hash);
      const isFinal = header && (await other.finalizedHead()).number >= header.number;
      if (isFinal && (await other.blockHash(header.number)) === hash) throw disagree();
      return true;
    });
  }

  /** Whether two nodes have the same final blocks, and this extrinsic in none of them; false while one is behind. */
  async areWithout(hex: string, blocks: Blocks, first: number, last: number): Promise<boolean> {
    const agreed = await this.#withAnother(async (other) => {
      // One more: a block that could hold it no longer.
      if (!(await this.#areFinal(other, last + 1))) return undefined;
      for (let number = first; number <= last; number += 1) {
        const [mine, theirs] = await Promise.all([blocks.final(number), other.blockHash(number)]);
        if (mine.hash !== theirs || (await extrinsicsOf(other, theirs)).includes(hex)) throw disagree();
      }
      return true;
    });
    return agreed ?? false;
  }

  /**
   * Asks one node after the other until one agrees; undefined when all that can be reached are behind.
   *
   * @throws ComingError `nodes-disagree` when one contradicts and none agrees; `block-too-old` when none knows any
   *   more; `chain-unreachable` when none answers
   */
  async #withAnother<T>(ask: (other: ChainNode) => Promise<T | undefined>): Promise<T | undefined> {
    let problem: ComingError | undefined;
    const connection = await this.node.connection();
    for (const other of this.#witnesses.others()) {
      try {
        const answer = await ask(other);
        // Had the node in use been lost for the very node that was compared with it, it would have agreed with itself.
        if ((await this.node.connection()) !== connection) throw unreachable();
        if (answer !== undefined) return answer;
      } catch (error) {
        const passing = error instanceof RpcError ? unreachable() : error;
        if (!(passing instanceof ComingError) || !PASSING.includes(passing.code)) throw error;
        if (!problem || rank(passing) > rank(problem)) problem = passing;
      }
    }
    if (!problem) return undefined;
    // With a third one, two that agree may be found once the one that stands alone is no longer in use.
    if (problem.code === 'nodes-disagree') this.node.leave();
    throw problem;
  }

  async #areFinal(other: ChainNode, number: number): Promise<boolean> {
    const heads = await Promise.all([this.node.finalizedHead(), other.finalizedHead()]);
    return heads.every((head) => head.number >= number);
  }

  async #agreed(other: ChainNode, number: number): Promise<AgreedBlock> {
    const [hash, theirs] = await Promise.all([this.node.blockHash(number), other.blockHash(number)]);
    if (hash === undefined || theirs === undefined) throw unreachable(); // final, and gone again
    if (hash !== theirs) throw disagree();
    const header = hashedHeader(await this.node.request('chain_getHeader', hash));
    if (header?.hash !== hash || header.number !== number) throw disagree();
    return {
      ...header,
      stored: async (key) => {
        await this.#requireSameMetadata(other, header);
        return this.#proven(other, header, key);
      },
      requireExtrinsic: async (index, hex) => {
        if ((await extrinsicsOf(other, hash))[index] !== hex) throw disagree();
      },
    };
  }

  async #proven(other: ChainNode, { hash, stateRoot }: FullHeader, key: Hex): Promise<Hex | null> {
    const answer = await this.#firstOf([this.node, other], 'state_getReadProof', [key], hash);
    try {
      const { proof } = answer as { readonly proof: unknown[] };
      const nodes = proof.map((node) => fromHex(String(node)));
      const value = provenValue(stateRoot, nodes, fromHex(key));
      return value ? toHex(value) : null;
    } catch (cause) {
      throw disagree(cause); // no list, no hexadecimal, no proof: a node that has the state can do better
    }
  }

  /** Bytes that are proven say nothing when a liar may say how to read them. */
  async #requireSameMetadata(other: ChainNode, header: FullHeader): Promise<void> {
    const { metadataHash: mine } = await this.node.runtimeOf(header);
    const before = header.number === 0 ? header.hash : header.parentHash; // as `runtimeOf` has it
    try {
      if ((await this.#metadataHash(other, before)) !== mine) throw disagree();
    } catch (error) {
      if (!isForgotten(error)) throw error;
      // It cannot tell of then; what it has now will do as long as the runtime is the same.
      if ((await this.#metadataHash(other)) !== mine) throw tooOld(error);
    }
  }

  async #metadataHash(node: ChainNode, ...at: [block?: string]): Promise<string> {
    const version = (await node.request('state_getRuntimeVersion', ...at)) as {
      specVersion?: unknown;
    } | null;
    const name = `${node.endpoint} ${String(version?.specVersion)}`;
    let found = this.#metadata.get(name);
    if (!found) {
      found = node.request('state_getMetadata', ...at).then((hex) => metadataHash(String(hex)));
      found.catch(() => this.#metadata.delete(name));
      this.#metadata.set(name, found);
      const [oldest] = this.#metadata.keys();
      if (this.#metadata.size > METADATA_KEPT && oldest !== undefined) this.#metadata.delete(oldest);
    }
    return found;
  }

  /** What can be checked may come from either node. */
  async #firstOf(nodes: readonly ChainNode[], method: string, ...params: unknown[]): Promise<unknown> {
    let refusal: unknown;
    for (const node of nodes) {
      try {
        return await node.request(method, ...params);
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
        refusal = isForgotten(error) ? tooOld(error) : error;
      }
    }
    throw refusal;
  }
}

async function extrinsicsOf(node: ChainNode, hash: string): Promise<readonly string[]> {
  const answer = (await node.request('chain_getBlock', hash)) as { block?: { extrinsics?: unknown } } | null;
  const extrinsics = answer?.block?.extrinsics;
  if (!Array.isArray(extrinsics)) throw unreachable();
  return extrinsics.map((hex) => String(hex).toLowerCase());
}

function rank({ code }: ComingError): number {
  return PASSING.indexOf(code);
}

function disagree(cause?: unknown): ComingError {
  return new ComingError('nodes-disagree', 'two nodes contradict each other, or one proves nothing', {
    cause,
  });
}

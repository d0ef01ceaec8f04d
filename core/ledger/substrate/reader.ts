/**
 * Reads what the chain has stored, and says what the answer is worth.
 *
 * @module
 */
import type { Asset } from '../assets.js';
import type { Balance, StorageRead } from '../chain.js';
import { isForgotten, tooOld } from './blocks.js';
import { holdingStorage, type Holding } from './calls.js';
import type { ChainNode } from './node.js';
import type { Runtime, Stored } from './runtime.js';
import type { SecondOpinion } from './second-opinion.js';

type Find<T> = (runtime: Runtime) => Stored<T>;
type Proven<T> = StorageRead & { readonly value: T };

export class Reader {
  constructor(
    private readonly node: ChainNode,
    private readonly second: SecondOpinion,
  ) {}

  /** As `Chain.readStorage`. */
  async read(pallet: string, item: string, keys: readonly unknown[]): Promise<StorageRead> {
    const find: Find<unknown> = (runtime) => runtime.storage(pallet, item, ...keys);
    const proven = await this.#proven(find);
    if (proven) return proven;
    const head = await this.node.finalizedHead();
    const { key, decode } = find(await this.node.runtimeOf(head));
    try {
      const value = decode(await this.node.request('state_getStorage', key, head.hash));
      return { value, trust: 'asserted', block: { hash: head.hash, number: head.number } };
    } catch (error) {
      throw isForgotten(error) ? tooOld(error) : error;
    }
  }

  /** As `Chain.balance`. */
  async balance(asset: Asset, account: Uint8Array): Promise<Balance> {
    return (
      (await this.#provenBalance(asset, account)) ?? {
        ...(await this.#holding(asset, account)),
        trust: 'asserted',
      }
    );
  }

  /**
   * Tells a balance now and whenever it changes, as the best block has it, and again when a final block proves it.
   *
   * @returns what ends it, as does the end of the connection
   */
  async followBalance(
    asset: Asset,
    account: Uint8Array,
    show: (balance: Balance) => void,
  ): Promise<() => void> {
    const { node } = this;
    const { key } = holdingStorage(await node.runtime(), asset, account);
    /** What was told and is not proven yet. */
    let told: Holding | undefined;
    const prove = async () => {
      const before = told;
      const proven = before && (await this.#provenBalance(asset, account).catch(() => undefined));
      // It may have changed since the last final block; then that block's successors will tell.
      if (!proven || before !== told || !isSame(proven, before)) return;
      told = undefined;
      show(proven);
    };
    const tell = (holding: Holding) => {
      told = holding;
      show({ ...holding, trust: 'asserted' });
      void prove();
    };
    const update = (notification: unknown) => {
      const { changes } = notification as { readonly changes: readonly (readonly [string, unknown])[] };
      const [, answer] = changes.find(([changed]) => changed === key) ?? [];
      if (answer === undefined) return;
      // With the runtime of this moment: what is kept may be written in another way after an upgrade.
      node.runtime().then(
        (runtime) => tell(holdingStorage(runtime, asset, account).decode(answer)),
        () => undefined, // the next connection tells it anew
      );
    };
    const stops = await Promise.all([
      node.subscribe('state_subscribeStorage', 'state_unsubscribeStorage', [[key]], update),
      ...(this.second.isAlone
        ? []
        : [node.subscribe('chain_subscribeFinalizedHeads', 'chain_unsubscribeFinalizedHeads', [], prove)]),
    ]);
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Undefined where there are not two nodes to ask. */
  async #provenBalance(asset: Asset, account: Uint8Array): Promise<Balance | undefined> {
    const read = await this.#proven((runtime) => holdingStorage(runtime, asset, account));
    return read && { ...read.value, trust: 'proven' };
  }

  /** As of the best block. */
  async #holding(asset: Asset, account: Uint8Array): Promise<Holding> {
    const { key, decode } = holdingStorage(await this.node.runtime(), asset, account);
    return decode(await this.node.request('state_getStorage', key));
  }

  async #proven<T>(find: Find<T>): Promise<Proven<T> | undefined> {
    const read = await this.second.latest(async (block): Promise<Proven<T>> => {
      const { key, decode } = find(await this.node.runtimeOf(block));
      const value = decode(await block.stored(key));
      return { value, trust: 'proven', block: { hash: block.hash, number: block.number } };
    });
    return typeof read === 'string' ? undefined : read;
  }
}

function isSame(a: Holding, b: Holding): boolean {
  const parts = ['usable', 'locked', 'reserved', 'withdrawing'] as const;
  return parts.every((part) => a[part] === b[part]);
}

/**
 * A Substrate chain with ChainX's pallets, put together from its parts.
 *
 * @module
 */
import { signal } from '@preact/signals-core';
import { ComingError } from '../../errors.js';
import type { SignatureScheme } from '../../identity/index.js';
import type { Watchable } from '../../transport/index.js';
import { chainId, requireAssetOn, type Asset } from '../assets.js';
import type {
  Balance,
  Chain,
  ChainOptions,
  ChainState,
  Payer,
  PaymentClaim,
  Transfer,
  TransferOptions,
  TransferOrder,
  Verdict,
} from '../chain.js';
import { Blocks } from './blocks.js';
import { balanceStorage, readBalance } from './calls.js';
import { ChainNode, readHeader } from './node.js';
import { RpcError } from './rpc-socket.js';
import { Transfers } from './transfers.js';
import { verifyPayment } from './verify.js';

export class SubstrateChain implements Chain {
  readonly genesis: string;
  readonly head: Watchable<number | undefined>;
  readonly #node: ChainNode;
  readonly #blocks: Blocks;
  readonly #transfers: Transfers;

  private constructor(options: ChainOptions) {
    chainId(options.genesis); // refuses what is no hash
    this.genesis = options.genesis;
    this.#node = new ChainNode(options);
    this.#blocks = new Blocks(this.#node);
    this.#transfers = new Transfers(this.#node, this.#blocks, options);
    this.head = this.#whileWatched((show) =>
      this.#node.subscribe('chain_subscribeNewHeads', 'chain_unsubscribeNewHeads', [], (header) => {
        const number = readHeader(header)?.number;
        if (number !== undefined) show(number);
      }),
    );
  }

  /** Connects in the background. */
  static open(options: ChainOptions): SubstrateChain {
    const chain = new SubstrateChain(options);
    chain.#node.connect();
    return chain;
  }

  get state(): Watchable<ChainState> {
    return this.#node.state;
  }

  // These are asynchronous so that a mistake in the order rejects like everything else.
  async balance(asset: Asset, account: Uint8Array): Promise<Balance> {
    requireAssetOn(this.genesis, asset);
    return withCodes(this.#transfers.maker.balance(asset, account));
  }

  watchBalance(asset: Asset, account: Uint8Array): Watchable<Balance | undefined> {
    requireAssetOn(this.genesis, asset);
    return this.#whileWatched((show) => this.#followBalance(asset, account, show));
  }

  async estimateFee(order: TransferOrder, scheme: SignatureScheme): Promise<bigint> {
    return withCodes(this.#transfers.maker.estimateFee(order, scheme));
  }

  async transfer(order: TransferOrder, payer: Payer, options: TransferOptions = {}): Promise<Transfer> {
    return withCodes(this.#transfers.transfer(order, payer, options));
  }

  watchTransfer(id: string): Watchable<Transfer | undefined> {
    return this.#transfers.watch(id);
  }

  async verify(claim: PaymentClaim, signal?: AbortSignal): Promise<Verdict> {
    return withCodes(verifyPayment(this.#node, this.#blocks, claim, signal));
  }

  reconnect(): void {
    this.#node.reconnect();
  }

  close(): void {
    this.#transfers.close();
    this.#node.close();
  }

  /** What `follow` tells, which is begun on every connection for as long as somebody listens. */
  #whileWatched<T>(follow: (show: (value: T) => void) => Promise<() => void>): Watchable<T | undefined> {
    let stop: (() => void) | undefined;
    const watched = signal<T | undefined>(undefined, {
      watched: () => {
        stop = this.#node.whileConnected(() => follow((value) => (watched.value = value)));
      },
      unwatched: () => stop?.(),
    });
    return watched;
  }

  async #followBalance(
    asset: Asset,
    account: Uint8Array,
    show: (balance: Balance) => void,
  ): Promise<() => void> {
    const node = this.#node;
    const { key } = balanceStorage(await node.runtime(), asset, account);
    return node.subscribe('state_subscribeStorage', 'state_unsubscribeStorage', [[key]], (update) => {
      const { changes } = update as { readonly changes: readonly (readonly [string, unknown])[] };
      const [, answer] = changes.find(([changed]) => changed === key) ?? [];
      if (answer === undefined) return;
      // With the runtime of this moment: what is kept may be written in another way after an upgrade.
      node.runtime().then(
        (runtime) => show(readBalance(asset, balanceStorage(runtime, asset, account).decode(answer))),
        () => undefined, // the next connection tells it anew
      );
    });
  }
}

/** A node that answers with an error of its own helps no more than one that is away. */
async function withCodes<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    throw new ComingError('chain-unreachable', 'the node could not answer', { cause: error });
  }
}

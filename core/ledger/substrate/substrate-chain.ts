/**
 * A Substrate chain with ChainX's pallets, put together from its parts.
 *
 * @module
 */
import { signal } from '@preact/signals-core';
import { ComingError } from '../../errors.js';
import type { SignatureScheme } from '../../identity/index.js';
import { loaded } from '../../lazy.js';
import type { Watchable } from '../../transport/index.js';
import { chainId, requireAssetOn, type Asset } from '../assets.js';
import type {
  Balance,
  Chain,
  ChainCall,
  ChainOptions,
  ChainState,
  FoundTransaction,
  Payer,
  PaymentClaim,
  StorageRead,
  Transfer,
  TransferOptions,
  TransferOrder,
  Verdict,
} from '../chain.js';
import { Blocks } from './blocks.js';
import { parseEndpoints } from './endpoints.js';
import { ChainNode, readHeader } from './node.js';
import { Reader } from './reader.js';
import { RpcError } from './rpc-socket.js';
import { unsupported } from './runtime.js';
import { SecondOpinion } from './second-opinion.js';
import { Transfers } from './transfers.js';
import { verifyPayment } from './verify.js';

export class SubstrateChain implements Chain {
  readonly genesis: string;
  readonly head: Watchable<number | undefined>;
  readonly #node: ChainNode;
  readonly #blocks: Blocks;
  readonly #second: SecondOpinion;
  readonly #reader: Reader;
  readonly #transfers: Transfers;

  private constructor(options: ChainOptions) {
    const { genesis, webSocket } = options;
    chainId(genesis); // refuses what is no hash
    const nodes = { endpoints: parseEndpoints(options.endpoints), genesis, webSocket };
    this.genesis = genesis;
    this.#node = new ChainNode(nodes);
    this.#blocks = new Blocks(this.#node);
    this.#second = new SecondOpinion(this.#node, nodes);
    this.#reader = new Reader(this.#node, this.#second);
    this.#transfers = new Transfers(this.#node, this.#blocks, this.#second, options);
    this.head = this.#whileWatched((show) =>
      this.#node.subscribe('chain_subscribeNewHeads', 'chain_unsubscribeNewHeads', [], (header) => {
        const number = readHeader(header)?.number;
        if (number !== undefined) show(number);
      }),
    );
  }

  /**
   * Connects in the background.
   *
   * @throws RangeError when the endpoints are no addresses, or the genesis is no hash
   */
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
    return withCodes(this.#reader.balance(asset, account));
  }

  watchBalance(asset: Asset, account: Uint8Array): Watchable<Balance | undefined> {
    requireAssetOn(this.genesis, asset);
    return this.#whileWatched((show) => this.#reader.followBalance(asset, account, show));
  }

  async readStorage(pallet: string, item: string, ...keys: readonly unknown[]): Promise<StorageRead> {
    return withCodes(this.#reader.read(pallet, item, keys));
  }

  async estimateFee(order: TransferOrder, scheme: SignatureScheme): Promise<bigint> {
    return withCodes(this.#transfers.maker.estimateFee(order, scheme));
  }

  async transfer(order: TransferOrder, payer: Payer, options: TransferOptions = {}): Promise<Transfer> {
    return withCodes(this.#transfers.transfer(order, payer, options));
  }

  async readConstant(pallet: string, name: string): Promise<unknown> {
    const value = (await withCodes(this.#node.runtime())).constant(pallet, name);
    if (value === undefined) throw unsupported(`no constant ${pallet}.${name}`);
    return value;
  }

  async estimateCallFee(call: ChainCall, account: Uint8Array, scheme: SignatureScheme): Promise<bigint> {
    const { estimateCallFee } = await loaded(import('./submission.js'));
    return withCodes(estimateCallFee(this.#node, this.#transfers.maker, call, account, scheme));
  }

  async submit(call: ChainCall, payer: Payer, maxFee?: bigint): Promise<void> {
    const { submit } = await loaded(import('./submission.js'));
    return withCodes(submit(this.#transfers, call, payer, maxFee));
  }

  watchTransfer(id: string): Watchable<Transfer | undefined> {
    return this.#transfers.watch(id);
  }

  async findTransaction(
    hash: string,
    era: { readonly firstBlock: number; readonly lastBlock: number },
  ): Promise<FoundTransaction | undefined> {
    const { findTransaction } = await loaded(import('./lookup.js')); // hardly anybody asks
    return withCodes(findTransaction(this.#node, this.#blocks, hash, era));
  }

  async verify(claim: PaymentClaim, signal?: AbortSignal): Promise<Verdict> {
    return withCodes(verifyPayment(this.#node, this.#blocks, this.#second, claim, signal));
  }

  reconnect(): void {
    this.#node.reconnect();
  }

  close(): void {
    this.#transfers.close();
    this.#second.close();
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

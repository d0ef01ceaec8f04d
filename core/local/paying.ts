/**
 * Opens what pays when it is first needed: asked for, a claim to check, or a payment that is under way.
 *
 * A client that nobody pays with never connects to a chain, nor loads what could.
 *
 * @module
 */
import { ComingError } from '../errors.js';
import { loaded } from '../lazy.js';
import { CHAINX_GENESIS, chainId, pcxOn, xbtcOn, type Asset } from '../ledger/assets.js';
import type { Chain, ChainSocketConstructor } from '../ledger/chain.js';
import type { Desk, DeskOptions } from '../payments/desk.js';
import { isPayingUnfinished } from '../payments/unfinished.js';
import type { AccountHex, IdHex } from '../store/index.js';

/** A chain to pay on. */
export interface ChainChoice {
  /** WebSocket addresses of nodes, tried in turn. */
  readonly endpoints: readonly string[];
  /** The hash of the first block, ChainX's by default: no other chain is spoken to. */
  readonly genesis?: string | undefined;
  /** What can be paid with; XBTC and PCX by default. */
  readonly assets?: readonly Asset[] | undefined;
  /** The platform's `WebSocket` by default. */
  readonly webSocket?: ChainSocketConstructor | undefined;
}

/** A chain choice with everything that was left out. */
export interface ChosenChain extends ChainChoice {
  readonly name: string;
  readonly genesis: string;
  readonly assets: readonly Asset[];
}

/** @throws RangeError when the genesis is no hash, or there is no endpoint */
export function chosenChain(choice: ChainChoice): ChosenChain {
  const { endpoints, genesis = CHAINX_GENESIS } = choice;
  if (endpoints.length === 0) throw new RangeError('a chain needs an endpoint');
  const { assets = [xbtcOn(genesis), pcxOn(genesis)] } = choice;
  return { ...choice, genesis, assets, name: chainId(genesis) };
}

export class Paying {
  #desk: Promise<Desk> | undefined;
  #closed = false;

  constructor(
    private readonly chain: ChosenChain | undefined,
    private readonly options: Omit<DeskOptions, 'chain' | 'assets'>,
  ) {}

  /** @throws ComingError `no-chain` */
  async open(): Promise<Desk> {
    const { chain } = this;
    if (!chain) throw new ComingError('no-chain', 'this client was given no chain');
    this.#desk ??= this.#open(chain);
    return this.#desk;
  }

  /** The chain, for whoever asks it about accounts. Throws as {@link open}. */
  async openChain(): Promise<Chain> {
    return (await this.open()).ledger;
  }

  claimed(peer: AccountHex, id: IdHex): void {
    if (this.chain) this.#inBackground(async () => (await this.open()).claimed(peer, id));
  }

  /** Goes on with what was under way when the client was last closed. */
  resume(): void {
    if (!this.chain) return;
    this.#inBackground(async () => {
      if (await isPayingUnfinished(this.options.db)) await this.open();
    });
  }

  close(): void {
    this.#closed = true;
    this.#desk?.then(
      (desk) => desk.close(),
      () => undefined,
    );
  }

  async #open(chain: ChosenChain): Promise<Desk> {
    try {
      const { openDesk } = await loaded(import('../payments/index.js'));
      const { db } = this.options;
      const { endpoints, genesis, assets, webSocket } = chain;
      const desk = await openDesk(
        { ...this.options, assets },
        { endpoints, genesis, webSocket, database: db, exclusively: payerLock },
      );
      if (this.#closed) {
        desk.close();
        throw new ComingError('closed', 'the client was closed or erased meanwhile');
      }
      await desk.resume();
      return desk;
    } catch (error) {
      this.#desk = undefined; // code that did not load may load the next time
      throw error;
    }
  }

  #inBackground(work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      if (!this.#closed) this.options.failed(error);
    });
  }
}

/** One payer per account at a time, on this origin: two would choose the same nonce. */
async function payerLock<T>(account: string, work: () => Promise<T>): Promise<T> {
  const locks = globalThis.navigator?.locks as LockManager | undefined;
  return locks ? locks.request(`coming:payer:${account}`, work) : work();
}

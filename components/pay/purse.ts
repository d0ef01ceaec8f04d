/**
 * What a visitor has to pay with: the open payments, balances that follow the chain, and roughly the fee.
 *
 * @module
 */
import type { ReactiveControllerHost } from 'lit';
import type { Asset, Balance, ChainState, ClientStatus, ComingClient, Payments } from '../../core/client.js';
import type { ErrorCode } from '../../core/errors.js';
import { Watch } from '../internal/watch.js';
import { assetOf, type Means } from './choice.js';
import { FeeGuess } from './fee-guess.js';
import { OpenPayments } from './open-payments.js';

export class Purse {
  readonly #payments: OpenPayments;
  readonly #balance: Watch<Balance | undefined>;
  readonly #feeBalance: Watch<Balance | undefined>;
  readonly #guess: FeeGuess;
  #asset: Asset | undefined;
  #watching: Payments | undefined;

  constructor(host: ReactiveControllerHost) {
    this.#payments = new OpenPayments(host);
    this.#balance = new Watch(host);
    this.#feeBalance = new Watch(host);
    this.#guess = new FeeGuess(host);
  }

  get payments(): Payments | undefined {
    return this.#payments.payments;
  }

  get chain(): ChainState | undefined {
    return this.#payments.chain;
  }

  /** Why nothing can be paid with here. */
  get problem(): ErrorCode | undefined {
    return this.#payments.problem;
  }

  /** Why nothing can be paid to this recipient. */
  get recipientProblem(): ErrorCode | undefined {
    return this.#guess.problem;
  }

  /** What is to be paid with; undefined when the name says nothing here. */
  get asset(): Asset | undefined {
    return this.#asset;
  }

  means({ feeAsset }: Payments, asset: Asset): Means {
    const [balance, feeBalance] = [this.#balance.value, this.#feeBalance.value];
    return { asset, feeAsset, balance, feeBalance, fee: this.#guess.fee };
  }

  /** Opens the payments of this account and follows the asset of this name; to be called before each rendering. */
  use(client: ComingClient | undefined, status: ClientStatus | undefined, asset: string, to: string): void {
    this.#payments.use(client, status);
    const { payments, chain } = this;
    if (payments !== this.#watching) this.#guess.forget();
    const named = payments && assetOf(payments, asset);
    if (payments !== this.#watching || named !== this.#asset) {
      this.#balance.follow(named && payments.watchBalance(named.caip19));
      this.#feeBalance.follow(payments?.watchBalance(payments.feeAsset.caip19));
    }
    this.#watching = payments;
    this.#asset = named;
    const usable = this.#balance.value?.usable;
    if (payments && named && chain === 'online' && usable !== undefined) {
      this.#guess.ask(payments, named, to, usable);
    }
  }

  /** Tries once more what could not be opened. */
  again(): void {
    this.#payments.again();
  }
}

/**
 * Opens what an account pays with, once there is an account and a chain.
 *
 * @module
 */
import type { ReactiveControllerHost } from 'lit';
import type { ChainState, ClientStatus, ComingClient, Payments } from '../../core/client.js';
import { codeOf, type ErrorCode } from '../../core/errors.js';
import { Watch } from '../internal/watch.js';

/** Holds the open payments of its host's client, or why they could not be opened. */
export class OpenPayments {
  readonly #host: ReactiveControllerHost;
  readonly #chain: Watch<ChainState>;
  #client: ComingClient | undefined;
  #account: string | undefined;
  #payments: Payments | undefined;
  #problem: ErrorCode | undefined;
  /** Grows with every opening, so that one that was overtaken is ignored. */
  #turn = 0;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    this.#chain = new Watch(host);
  }

  get payments(): Payments | undefined {
    return this.#payments;
  }

  /** How the connection to the chain is; undefined while nothing is open. */
  get chain(): ChainState | undefined {
    return this.#chain.value;
  }

  get problem(): ErrorCode | undefined {
    return this.#problem;
  }

  /** Opens the payments of the account that this client is; the same again changes nothing. */
  use(client: ComingClient | undefined, status: ClientStatus | undefined): void {
    const account = status?.phase === 'ready' && status.chain ? status.me?.comingId : undefined;
    if (client === this.#client && account === this.#account) return;
    this.#client = client;
    this.#account = account;
    this.again();
  }

  /** Opens them once more, after a failure. */
  again(): void {
    this.#turn += 1;
    this.#payments = this.#problem = undefined;
    this.#chain.follow(undefined);
    void this.#open(this.#turn);
  }

  async #open(turn: number): Promise<void> {
    if (!this.#client || !this.#account) return;
    let payments: Payments | undefined;
    let problem: ErrorCode | undefined;
    try {
      payments = await this.#client.openPayments();
    } catch (error) {
      problem = codeOf(error);
    }
    if (turn !== this.#turn) return;
    this.#payments = payments;
    this.#problem = problem;
    this.#chain.follow(payments?.chain);
    this.#host.requestUpdate();
  }
}

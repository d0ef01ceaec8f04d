/**
 * Rounds: what is asked for while one round of work is under way is done together in the next.
 *
 * A server that is asked for a hundred things at once takes little longer than for one. If a round fails, each of its
 * orders gets a round of its own, so that only what cannot be done fails. A server that does not answer would let each
 * of them wait as long again: then all that wait fail with the round.
 *
 * @module
 */
/** ms after which a failure is not the fault of one order. */
const PATIENCE = 2_000;

interface Waiting<Order, Result> {
  readonly order: Order;
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}

export class Rounds<Order, Result> {
  #waiting: Waiting<Order, Result>[] = [];
  #running: Promise<void> | undefined;
  #latest: Promise<Result> | undefined;

  constructor(
    /** Answers every order, in their order. */
    private readonly work: (orders: readonly Order[]) => Promise<readonly Result[]>,
    /** Orders in one round. */
    private readonly most: number,
    private readonly patience = PATIENCE,
  ) {}

  ask(order: Order): Promise<Result> {
    this.#latest = new Promise((resolve, reject) => {
      this.#waiting.push({ order, resolve, reject });
      this.#running ??= this.#run();
    });
    return this.#latest;
  }

  /** Resolves when all that was asked for until now is done, however much is asked for meanwhile. */
  async doneSoFar(): Promise<void> {
    await this.#latest?.catch(() => undefined);
  }

  /** Resolves when nothing waits; at once, with undefined, when nothing does. */
  get settled(): Promise<void> | undefined {
    return this.#running;
  }

  async #run(): Promise<void> {
    // All that one turn of the event loop asks for.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) await this.#round(this.#waiting.splice(0, this.most));
    this.#running = undefined;
  }

  async #round(orders: readonly Waiting<Order, Result>[]): Promise<void> {
    const until = performance.now() + this.patience;
    const isLate = () => performance.now() >= until;
    try {
      const results = await this.work(orders.map(({ order }) => order));
      for (const [index, { resolve }] of orders.entries()) resolve(results[index]!);
    } catch (error) {
      for (const one of orders) {
        if (orders.length === 1 || isLate()) one.reject(error);
        else await this.#round([one]);
      }
      if (isLate()) for (const { reject } of this.#waiting.splice(0)) reject(error);
    }
  }
}

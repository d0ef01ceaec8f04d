/**
 * Group commit: all steps that are asked for in one turn of the event loop share one transaction,
 * and none is answered before that is on disk.
 *
 * A disk takes about as long for one step as for fifty. If the shared transaction fails, every
 * step gets one of its own, so that only the step that cannot be done fails.
 *
 * @module
 */
export interface Transactions {
  begin(): void;
  commit(): void;
  /** Called after any failure, also when the database has already rolled back. */
  rollback(): void;
}

interface Step {
  /** Does the work and returns what settles the caller's promise once it is durable. */
  readonly work: () => () => void;
  readonly fail: (reason: unknown) => void;
}

export class GroupCommit {
  #steps: Step[] = [];
  #scheduled: NodeJS.Immediate | undefined;

  constructor(private readonly transactions: Transactions) {}

  /** Runs a step in the next transaction. The step may run twice, the first time without effect. */
  run<T>(step: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const work = () => {
        const result = step();
        return () => resolve(result);
      };
      this.#steps.push({ work, fail: reject });
      this.#scheduled ??= setImmediate(() => this.flush());
    });
  }

  /** Commits what waits, now. */
  flush(): void {
    clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
    const steps = this.#steps;
    this.#steps = [];
    if (steps.length === 0 || this.#commit(steps) || steps.length === 1) return;
    for (const step of steps) this.#commit([step]);
  }

  #commit(steps: readonly Step[]): boolean {
    try {
      this.transactions.begin();
      const settle = steps.map((step) => step.work());
      this.transactions.commit();
      for (const done of settle) done();
      return true;
    } catch (error) {
      this.transactions.rollback();
      if (steps.length === 1) steps[0]!.fail(error);
      return false;
    }
  }
}

/**
 * A clock that is moved by hand, with the timers that hang on it.
 *
 * @module
 */
export class ManualClock {
  #now = Date.now();
  readonly #waiting = new Set<{ readonly at: number; readonly work: () => void }>();

  readonly now = (): number => this.#now;

  readonly after = (ms: number, work: () => void): (() => void) => {
    const timer = { at: this.#now + ms, work };
    this.#waiting.add(timer);
    return () => this.#waiting.delete(timer);
  };

  /** Timers that wait. */
  get count(): number {
    return this.#waiting.size;
  }

  /** Moves on, and calls what is due. */
  advance(ms: number): void {
    this.#now += ms;
    for (const timer of [...this.#waiting]) {
      if (timer.at > this.#now) continue;
      this.#waiting.delete(timer);
      timer.work();
    }
  }
}

/**
 * How long to wait before trying again: doubling, with full jitter, up to a limit.
 *
 * Jitter keeps a thousand clients from returning in the same instant after a relay restarts.
 *
 * @module
 */
export class Backoff {
  #attempts = 0;

  constructor(
    private readonly firstMs: number,
    private readonly limitMs: number,
    private readonly random: () => number = Math.random,
  ) {}

  /** The next pause in ms: between half of the current step and the whole of it. */
  next(): number {
    const step = Math.min(this.limitMs, this.firstMs * 2 ** this.#attempts);
    this.#attempts += 1;
    return step * (0.5 + this.random() / 2);
  }

  /** After a success. */
  reset(): void {
    this.#attempts = 0;
  }
}

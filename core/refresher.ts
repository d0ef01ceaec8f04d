/**
 * Runs a reading again whenever it was asked for, at most one at a time.
 *
 * A hundred changes during one reading are one more reading, not a hundred.
 *
 * @module
 */
export class Refresher {
  #running: Promise<void> | undefined;
  #again = false;
  #stopped = false;

  constructor(private readonly read: () => Promise<void>) {}

  /** Resolves when a reading that began after this call has ended. */
  refresh(): Promise<void> {
    this.#again = true;
    this.#running ??= this.#run();
    return this.#running;
  }

  stop(): void {
    this.#stopped = true;
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  async #run(): Promise<void> {
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false;
        await this.read();
      }
    } finally {
      this.#running = undefined;
    }
  }
}

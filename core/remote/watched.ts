/**
 * Values that another context publishes, as they were last heard of.
 *
 * @module
 */
import type { Watchable } from '../client.js';

export class Watched<T> implements Watchable<T> {
  #value: T;
  readonly #listeners = new Set<{ readonly hear: (value: T) => void }>();

  /** @param listened - Told whether somebody listens, whenever that changes. */
  constructor(
    value: T,
    private readonly listened: (somebody: boolean) => void = () => undefined,
  ) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  subscribe(listener: (value: T) => void): () => void {
    const entry = { hear: listener };
    this.#listeners.add(entry);
    if (this.#listeners.size === 1) this.listened(true);
    listener(this.#value);
    return () => {
      if (this.#listeners.delete(entry) && this.#listeners.size === 0) this.listened(false);
    };
  }

  publish(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const { hear } of [...this.#listeners]) hear(value);
  }
}

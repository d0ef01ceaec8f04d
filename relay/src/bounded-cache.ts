/**
 * A map of bounded size that forgets what was not used for long.
 *
 * It has two generations: what is used comes into the younger one, and when that is full, what only the older one has
 * is forgotten. So to look something up costs no more than in a plain map.
 *
 * @module
 */
export class BoundedCache<Value> {
  #young = new Map<string, Value>();
  #old = new Map<string, Value>();

  /** @param capacity - values that are kept at most; of those used last, half as many are kept for sure */
  constructor(private readonly capacity: number) {}

  get(key: string): Value | undefined {
    const value = this.#young.get(key);
    if (value !== undefined) return value;
    const former = this.#old.get(key);
    if (former !== undefined) this.set(key, former);
    return former;
  }

  set(key: string, value: Value): void {
    if (this.#young.size * 2 >= this.capacity && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }

  delete(key: string): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }
}

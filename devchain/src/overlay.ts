/**
 * Changes on top of a state: what a runtime call writes, in nested transactions.
 *
 * @module
 */
import { concatBytes } from './bytes.js';
import { ScaleReader, compact } from './scale.js';
import { getValue, removeValue, setValue, type Trie } from './trie.js';

/** New values by key; `undefined` removes the key. */
export type Changes = Map<string, Uint8Array | undefined>;

export class Overlay {
  private layers: Changes[] = [new Map()];
  private readonly written: Changes = new Map();

  constructor(private base: Trie) {}

  get(key: string): Uint8Array | undefined {
    for (let i = this.layers.length - 1; i >= 0; i--) {
      const layer = this.layers[i]!;
      if (layer.has(key)) return layer.get(key);
    }
    return getValue(this.base, key);
  }

  set(key: string, value: Uint8Array | undefined): void {
    this.layers.at(-1)!.set(key, value);
  }

  /** Adds one encoded item to the list that stands at a key. */
  append(key: string, item: Uint8Array): void {
    const list = new ScaleReader(this.get(key) ?? Uint8Array.of(0));
    const count = list.compact();
    const rest = (this.get(key) ?? Uint8Array.of(0)).subarray(list.position);
    this.set(key, concatBytes(compact(count + 1), rest, item));
  }

  begin(): void {
    this.layers.push(new Map());
  }

  rollback(): void {
    this.layers.pop();
  }

  commit(): void {
    const top = this.layers.pop()!;
    for (const [key, value] of top) this.set(key, value);
  }

  /** Everything that was written, once `trie` took it over. */
  get changes(): ReadonlyMap<string, Uint8Array | undefined> {
    return this.written;
  }

  /** The state with all changes; they become its base. */
  trie(): Trie {
    for (const layer of this.layers) {
      for (const [key, value] of layer) {
        this.written.set(key, value);
        this.base = value ? setValue(this.base, key, value) : removeValue(this.base, key);
      }
    }
    this.layers = [new Map()];
    return this.base;
  }
}

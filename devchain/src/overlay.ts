/**
 * Changes on top of a state: what a runtime call writes, in nested transactions.
 *
 * @module
 */
import { concatBytes } from './bytes.js';
import { CODE_KEY } from './keys.js';
import { ScaleReader, compact } from './scale.js';
import { getValue, removeValue, setValue, type Trie } from './trie.js';

/** New values by key; `undefined` removes the key. */
export type Changes = Map<string, Uint8Array | undefined>;

const BELOW = Symbol('what is below');

/** A list that grew, to a value or to whatever is below. It is put together when it is read: blocks have many events. */
class Grown {
  constructor(
    readonly start: Uint8Array | undefined | typeof BELOW,
    readonly items: Uint8Array[],
  ) {}
}

type Layer = Map<string, Uint8Array | undefined | Grown>;

export class Overlay {
  private layers: Layer[] = [new Map()];
  private readonly written: Changes = new Map();

  /** Of the runtime that works on this state: what it writes is of no account before the next block. */
  readonly code: Uint8Array | undefined;

  constructor(private base: Trie) {
    this.code = getValue(base, CODE_KEY);
  }

  get(key: string): Uint8Array | undefined {
    return this.resolve(key, this.layers.length - 1);
  }

  private resolve(key: string, top: number): Uint8Array | undefined {
    for (let i = top; i >= 0; i--) {
      const layer = this.layers[i]!;
      if (!layer.has(key)) continue;
      const value = layer.get(key);
      if (!(value instanceof Grown)) return value;
      return joined(value.start === BELOW ? this.resolve(key, i - 1) : value.start, value.items);
    }
    return getValue(this.base, key);
  }

  set(key: string, value: Uint8Array | undefined): void {
    this.layers.at(-1)!.set(key, value);
  }

  /** Adds one encoded item to the list that stands at a key. */
  append(key: string, item: Uint8Array): void {
    grow(this.layers.at(-1)!, key, [item]);
  }

  /** @returns where `rollbackTo` leads back to */
  begin(): number {
    return this.layers.push(new Map()) - 1;
  }

  /** Drops a transaction and whatever was begun in it and never ended. */
  rollbackTo(depth: number): void {
    this.layers.length = depth;
  }

  rollback(): void {
    this.layers.pop();
  }

  commit(): void {
    const top = this.layers.pop()!;
    const below = this.layers.at(-1)!;
    for (const [key, value] of top) {
      if (value instanceof Grown && value.start === BELOW) grow(below, key, value.items);
      else below.set(key, value);
    }
  }

  /** Everything that was written, once `trie` took it over. */
  get changes(): ReadonlyMap<string, Uint8Array | undefined> {
    return this.written;
  }

  /** The state with all changes; they become its base. */
  trie(): Trie {
    const keys = new Set(this.layers.flatMap((layer) => [...layer.keys()]));
    const values = [...keys].map((key) => [key, this.get(key)] as const);
    for (const [key, value] of values) {
      this.written.set(key, value);
      this.base = value ? setValue(this.base, key, value) : removeValue(this.base, key);
    }
    this.layers = [new Map()];
    return this.base;
  }
}

function grow(layer: Layer, key: string, items: readonly Uint8Array[]): void {
  const value = layer.has(key) ? layer.get(key) : BELOW;
  if (value instanceof Grown) for (const item of items) value.items.push(item);
  else layer.set(key, new Grown(value, [...items]));
}

/** An encoded list with more items. */
function joined(start: Uint8Array | undefined, items: readonly Uint8Array[]): Uint8Array {
  const list = new ScaleReader(start ?? Uint8Array.of(0));
  const count = list.compact();
  const rest = (start ?? Uint8Array.of(0)).subarray(list.position);
  return concatBytes(compact(count + items.length), rest, ...items);
}

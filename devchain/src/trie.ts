/**
 * Substrate's base-16 Merkle-Patricia trie, state version 0, as a persistent structure: a change makes new nodes along
 * one path and shares the rest, so every block keeps its whole state at the price of what changed in it.
 * Keys are hexadecimal text without `0x`: one character is one step.
 *
 * @module
 */
import { concatBytes } from './bytes.js';
import { blake2b256 } from './hashes.js';
import { blob, compact } from './scale.js';

const HASH_LENGTH = 32;
const LEAF = 0x40;
const BRANCH = 0x80;
const BRANCH_WITH_VALUE = 0xc0;
const EMPTY = Uint8Array.of(0);

type Children = readonly (TrieNode | undefined)[];

export class TrieNode {
  private referenceOnce: Uint8Array | undefined;

  constructor(
    readonly partial: string,
    readonly value: Uint8Array | undefined,
    readonly children?: Children,
  ) {}

  /** How the parent refers to it: by hash, unless it is shorter than one. The one thing worth keeping. */
  get reference(): Uint8Array {
    return (this.referenceOnce ??= shortened(encode(this)));
  }
}

export type Trie = TrieNode | undefined;

export function trieRoot(trie: Trie): Uint8Array {
  const reference = trie?.reference ?? EMPTY;
  return reference.length === HASH_LENGTH ? reference : blake2b256(reference);
}

export function getValue(trie: Trie, key: string): Uint8Array | undefined {
  let rest = key;
  for (let node = trie; node;) {
    if (!rest.startsWith(node.partial)) return undefined;
    if (rest.length === node.partial.length) return node.value;
    const step = rest[node.partial.length]!;
    rest = rest.slice(node.partial.length + 1);
    node = node.children?.[nibble(step)];
  }
  return undefined;
}

/** The encoded nodes that prove the value of a key, or that there is none. */
export function proofOf(trie: Trie, key: string): Uint8Array[] {
  // A node shorter than a hash stands inside its parent.
  return nodesOn(trie, key)
    .filter((node, depth) => depth === 0 || node.reference.length === HASH_LENGTH)
    .map(encode);
}

/** The nodes from the root towards a key, as far as they go. */
function nodesOn(trie: Trie, key: string): TrieNode[] {
  const path: TrieNode[] = [];
  let rest = key;
  for (let node = trie; node;) {
    path.push(node);
    if (!rest.startsWith(node.partial) || rest.length === node.partial.length) break;
    rest = rest.slice(node.partial.length);
    node = node.children?.[nibble(rest[0]!)];
    rest = rest.slice(1);
  }
  return path;
}

export function setValue(trie: Trie, key: string, value: Uint8Array): TrieNode {
  if (!trie) return new TrieNode(key, value);
  const { partial } = trie;
  const common = commonLength(partial, key);
  if (common < partial.length) {
    const below = new TrieNode(partial.slice(common + 1), trie.value, trie.children);
    const fork = new TrieNode(
      partial.slice(0, common),
      undefined,
      replaced(undefined, nibble(partial[common]!), below),
    );
    return setValue(fork, key, value);
  }
  if (common === key.length) return new TrieNode(partial, value, trie.children);
  const step = nibble(key[common]!);
  const child = setValue(trie.children?.[step], key.slice(common + 1), value);
  return new TrieNode(partial, trie.value, replaced(trie.children, step, child));
}

export function removeValue(trie: Trie, key: string): Trie {
  if (!trie || !key.startsWith(trie.partial)) return trie;
  if (key.length === trie.partial.length) {
    return trie.value ? joined(trie.partial, undefined, trie.children) : trie;
  }
  const step = nibble(key[trie.partial.length]!);
  const child = trie.children?.[step];
  const changed = removeValue(child, key.slice(trie.partial.length + 1));
  if (changed === child) return trie;
  return joined(trie.partial, trie.value, replaced(trie.children, step, changed));
}

/** The key-value pairs whose key begins with `prefix` and comes after `after`, in order. */
export function* entriesAfter(trie: Trie, prefix: string, after?: string): Generator<[string, Uint8Array]> {
  yield* walk(trie, '', prefix, after);
}

function* walk(
  node: Trie,
  above: string,
  prefix: string,
  after: string | undefined,
): Generator<[string, Uint8Array]> {
  if (!node) return;
  const path = above + node.partial;
  if (!path.startsWith(prefix) && !prefix.startsWith(path)) return;
  if (node.value && path.startsWith(prefix) && isAfter(path, after)) yield [path, node.value];
  for (const [step, child] of (node.children ?? []).entries()) {
    const next = path + step.toString(16);
    if (isAfter(next, after) || after?.startsWith(next)) yield* walk(child, next, prefix, after);
  }
}

function isAfter(path: string, after: string | undefined): boolean {
  return after === undefined || path > after;
}

/** A node without needless branches: `undefined` when nothing is left. */
function joined(partial: string, value: Uint8Array | undefined, children: Children | undefined): Trie {
  const left = [...(children ?? []).entries()].filter(([, child]) => child !== undefined);
  if (left.length === 0) return value && new TrieNode(partial, value);
  if (value || left.length > 1) return new TrieNode(partial, value, children);
  const [step, only] = left[0]!;
  return new TrieNode(partial + step.toString(16) + only!.partial, only!.value, only!.children);
}

function replaced(children: Children | undefined, step: number, child: Trie): Children {
  const copy = children ? [...children] : Array<Trie>(16).fill(undefined);
  copy[step] = child;
  return copy;
}

function shortened(encoded: Uint8Array): Uint8Array {
  return encoded.length < HASH_LENGTH ? encoded : blake2b256(encoded);
}

function encode({ partial, value, children }: TrieNode): Uint8Array {
  const kind = children ? (value ? BRANCH_WITH_VALUE : BRANCH) : LEAF;
  const bitmap = (children ?? []).reduce((bits, child, step) => (child ? bits | (1 << step) : bits), 0);
  return concatBytes(
    header(kind, partial.length),
    packed(partial),
    children ? Uint8Array.of(bitmap & 255, bitmap >> 8) : new Uint8Array(),
    value ? blob(value) : new Uint8Array(),
    ...(children ?? []).map((child) => (child ? blob(child.reference) : new Uint8Array())),
  );
}

/** The kind in two bits and the number of steps in the rest; more than fit go on in further bytes. */
function header(kind: number, steps: number): Uint8Array {
  if (steps < 63) return Uint8Array.of(kind | steps);
  const bytes = [kind | 63];
  let rest = steps - 63;
  for (; rest >= 255; rest -= 255) bytes.push(255);
  return Uint8Array.from([...bytes, rest]);
}

/** Two steps in a byte; an odd one stands alone in front. */
function packed(partial: string): Uint8Array {
  const even = partial.length % 2 === 0 ? partial : `0${partial}`;
  return Uint8Array.from({ length: even.length / 2 }, (_, i) => parseInt(even.slice(2 * i, 2 * i + 2), 16));
}

function nibble(character: string): number {
  return parseInt(character, 16);
}

function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

/** Root of a list: a trie from the items' compact-encoded positions. */
export function orderedRoot(items: readonly Uint8Array[]): Uint8Array {
  const key = (index: number) =>
    Array.from(compact(index), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return trieRoot(items.reduce<Trie>((trie, item, index) => setValue(trie, key(index), item), undefined));
}

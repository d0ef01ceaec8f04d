/**
 * Reads a value out of a Merkle proof: the nodes of a state trie that lie on the way from its root to a key.
 *
 * Source: the Polkadot specification, "State Storage" (base-16 Merkle-Patricia trie, Blake2b-256), in both of its
 * layouts: state version 0 keeps values in their nodes, version 1 keeps values of more than 32 bytes beside them, by
 * hash. A node is named by its hash, so whatever is found under the root's name is what the root stands for.
 *
 * @module
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import { blake2b } from '../../../identity/blake2b.js';

/** The proof does not lead from this root to an answer: broken, incomplete, or of something else. */
export class InvalidProof extends Error {
  override readonly name = 'InvalidProof';
}

const HASH_LENGTH = 32;

/** The kinds of nodes: their first bits, and how many bits of the first byte are left for the length of the path. */
interface Kind {
  readonly bits: number;
  readonly lengthBits: number;
  readonly isBranch: boolean;
  readonly value: 'none' | 'inline' | 'hashed';
}

// Longest first bits first: the first that fits is the one.
const KINDS: readonly Kind[] = [
  { bits: 0b11, lengthBits: 6, isBranch: true, value: 'inline' },
  { bits: 0b10, lengthBits: 6, isBranch: true, value: 'none' },
  { bits: 0b01, lengthBits: 6, isBranch: false, value: 'inline' },
  { bits: 0b001, lengthBits: 5, isBranch: false, value: 'hashed' },
  { bits: 0b0001, lengthBits: 4, isBranch: true, value: 'hashed' },
];

/** The whole trie, when nothing is stored at all. */
const EMPTY = 0;

/**
 * The value under a key in the trie with this root; undefined when the proof shows that there is none.
 *
 * @param root - 32 bytes, from a header that is believed.
 * @param nodes - In any order; what lies on no path to the key is not looked at.
 * @throws InvalidProof
 */
export function provenValue(
  root: Uint8Array,
  nodes: readonly Uint8Array[],
  key: Uint8Array,
): Uint8Array | undefined {
  const byHash = new Map(nodes.map((node) => [bytesToHex(blake2b(node, { dkLen: HASH_LENGTH })), node]));
  const named = (hash: Uint8Array): Uint8Array => {
    const found = byHash.get(bytesToHex(hash));
    if (!found) throw new InvalidProof('a node is missing');
    return found;
  };
  let path = nibblesOf(key);
  for (let bytes = named(root); ;) {
    const node = readNode(bytes);
    if (!node || !startsWith(path, node.partial)) return undefined;
    path = path.subarray(node.partial.length);
    const [step] = path;
    if (step === undefined) return node.value && (node.isHashed ? named(node.value) : node.value);
    const child = node.children[step];
    if (!child) return undefined;
    bytes = child.length === HASH_LENGTH ? named(child) : child; // a shorter one stands in its parent
    path = path.subarray(1);
  }
}

interface Node {
  /** Four bits each. */
  readonly partial: Uint8Array;
  readonly value: Uint8Array | undefined;
  /** Whether `value` is the hash of the value. */
  readonly isHashed: boolean;
  /** By the next step; those of 32 bytes are hashes. None of a leaf. */
  readonly children: readonly (Uint8Array | undefined)[];
}

function readNode(bytes: Uint8Array): Node | undefined {
  const from = new Reader(bytes);
  const first = from.byte();
  if (first === EMPTY && bytes.length === 1) return undefined;
  const kind = KINDS.find(({ bits, lengthBits }) => first >> lengthBits === bits);
  if (!kind) throw new InvalidProof('no kind of node');
  const partial = from.partial(first & ((1 << kind.lengthBits) - 1), (1 << kind.lengthBits) - 1);
  const bitmap = kind.isBranch ? from.byte() | (from.byte() << 8) : 0;
  const isHashed = kind.value === 'hashed';
  const value = isHashed ? from.take(HASH_LENGTH) : kind.value === 'inline' ? from.blob() : undefined;
  const children = Array.from({ length: 16 }, (_, step) => {
    if ((bitmap & (1 << step)) === 0) return undefined;
    const child = from.blob();
    if (child.length > HASH_LENGTH) throw new InvalidProof('a child is longer than a hash');
    return child;
  });
  from.end();
  return { partial, value, isHashed, children };
}

class Reader {
  #at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  byte(): number {
    return this.take(1)[0]!;
  }

  take(length: number): Uint8Array {
    if (this.#at + length > this.bytes.length) throw new InvalidProof('a node is cut off');
    this.#at += length;
    return this.bytes.subarray(this.#at - length, this.#at);
  }

  /** A path of so many steps, of which the first byte could say as many as `most`; more are said by further bytes. */
  partial(begun: number, most: number): Uint8Array {
    let length = begun;
    if (begun === most) {
      let more: number;
      do length += more = this.byte();
      while (more === 255);
    }
    const packed = nibblesOf(this.take(Math.ceil(length / 2)));
    if (length % 2 === 0) return packed;
    if (packed[0] !== 0) throw new InvalidProof('a path has something in front');
    return packed.subarray(1);
  }

  /** Bytes behind their length, which is a compact number. */
  blob(): Uint8Array {
    const first = this.byte();
    const size = [1, 2, 4][first & 3];
    if (size === undefined) throw new InvalidProof('a value is longer than any');
    let length = first >>> 2;
    for (let i = 1; i < size; i += 1) length += this.byte() * 2 ** (8 * i - 2);
    return this.take(length);
  }

  end(): void {
    if (this.#at !== this.bytes.length) throw new InvalidProof('a node goes on behind its end');
  }
}

function nibblesOf(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: bytes.length * 2 }, (_, i) =>
    i % 2 === 0 ? bytes[i >> 1]! >> 4 : bytes[i >> 1]! & 15,
  );
}

function startsWith(path: Uint8Array, beginning: Uint8Array): boolean {
  return beginning.length <= path.length && beginning.every((step, i) => step === path[i]);
}

/**
 * Builds a whole state trie in either layout, for tests of what reads its proofs. Plain rather than fast.
 *
 * Roots are compared with smoldot's where it is used, so that it is known to build what chains build.
 *
 * @module
 */
import { blake2b } from '@noble/hashes/blake2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { compactNumber } from '@polkadot-api/substrate-bindings';

export interface StateTrie {
  readonly root: Uint8Array;
  /** Every node that is named by its hash, and every value that is. */
  readonly nodes: readonly Uint8Array[];
}

type Entry = readonly [path: string, value: Uint8Array];

const hash = (bytes: Uint8Array) => blake2b(bytes, { dkLen: 32 });
const blob = (bytes: Uint8Array) => concatBytes(compactNumber.enc(bytes.length), bytes);

/** @param entries - hexadecimal keys without `0x`, each once */
export function stateTrie(entries: readonly Entry[], version: 0 | 1): StateTrie {
  const nodes: Uint8Array[] = [];
  const keep = (bytes: Uint8Array) => {
    nodes.push(bytes);
    return hash(bytes);
  };
  const build = (inside: readonly Entry[]): Uint8Array => {
    const [first] = inside;
    if (!first) return Uint8Array.of(0);
    let common = 0;
    const longest = Math.min(...inside.map(([path]) => path.length));
    while (common < longest && inside.every(([path]) => path[common] === first[0][common])) common += 1;
    const value = inside.find(([path]) => path.length === common)?.[1];
    const isHashed = version === 1 && value !== undefined && value.length > 32;
    const stored = value === undefined ? [] : [isHashed ? keep(value) : blob(value)];
    const isBranch = inside.some(([path]) => path.length > common);
    const steps = isBranch ? [...'0123456789abcdef'] : [];
    const groups = steps.map((step) =>
      inside
        .filter(([path]) => path.length > common && path[common] === step)
        .map(([path, content]): Entry => [path.slice(common + 1), content]),
    );
    const bitmap = groups.reduce((bits, group, step) => bits | (group.length > 0 ? 1 << step : 0), 0);
    const children = groups.filter((group) => group.length > 0).map((group) => reference(build(group)));
    return concatBytes(
      header(isBranch, value === undefined ? 'none' : isHashed ? 'hashed' : 'inline', common),
      packed(first[0].slice(0, common)),
      ...(isBranch ? [Uint8Array.of(bitmap & 255, bitmap >> 8)] : []),
      ...stored,
      ...children,
    );
  };
  const reference = (encoded: Uint8Array) => blob(encoded.length < 32 ? encoded : keep(encoded));
  const root = keep(build(entries));
  return { root, nodes };
}

function header(isBranch: boolean, value: 'none' | 'inline' | 'hashed', steps: number): Uint8Array {
  const [bits, lengthBits] = {
    inline: isBranch ? ([0b11, 6] as const) : ([0b01, 6] as const),
    hashed: isBranch ? ([0b0001, 4] as const) : ([0b001, 5] as const),
    none: [0b10, 6] as const,
  }[value];
  const most = (1 << lengthBits) - 1;
  if (steps < most) return Uint8Array.of((bits << lengthBits) | steps);
  const rest = steps - most;
  const full = Array<number>(Math.floor(rest / 255)).fill(255);
  return Uint8Array.of((bits << lengthBits) | most, ...full, rest % 255);
}

function packed(path: string): Uint8Array {
  const even = path.length % 2 === 0 ? path : `0${path}`;
  return Uint8Array.from(Buffer.from(even, 'hex'));
}

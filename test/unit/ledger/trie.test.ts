/** Proofs are made by the local chain's trie and by smoldot, and read by the kit, which shares no line with either. */
import { calculateStateRoot, createProof, destroyWorker } from '@acala-network/chopsticks-core';
import { blake2b } from '@noble/hashes/blake2.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { proofOf, setValue, trieRoot, type Trie } from '../../../devchain/src/trie.js';
import { InvalidProof, provenValue } from '../../../core/ledger/substrate/proofs/trie.js';
import { stateTrie } from '../../support/state-trie.js';

type Hex = `0x${string}`;

afterAll(() => destroyWorker());

// Few different bytes, so that keys share beginnings and lie inside one another.
const key = fc.oneof(
  fc.uint8Array({ minLength: 0, maxLength: 4, max: 3 }),
  fc.uint8Array({ minLength: 0, maxLength: 5 }),
  fc.uint8Array({ minLength: 30, maxLength: 200, max: 1 }),
);
const value = fc.oneof(
  fc.uint8Array({ maxLength: 3 }),
  fc.uint8Array({ minLength: 30, maxLength: 35 }),
  fc.uint8Array({ minLength: 60, maxLength: 70 }),
);
const contents = fc
  .array(fc.tuple(key.map(bytesToHex), value), { maxLength: 12 })
  .map((entries) => [...new Map(entries)]);

const hashOf = (node: Uint8Array) => blake2b(node, { dkLen: 32 });
const trieOf = (entries: readonly [string, Uint8Array][]) =>
  entries.reduce<Trie>((trie, [path, content]) => setValue(trie, path, content), undefined);

describe('a proof', () => {
  it('from the local chain gives every value, and shows of every other key that it has none', () => {
    fc.assert(
      fc.property(contents, fc.array(key.map(bytesToHex), { maxLength: 10 }), (entries, others) => {
        const trie = trieOf(entries);
        const stored = new Map(entries);
        for (const path of [...stored.keys(), ...others]) {
          const proof = trie ? proofOf(trie, path) : [Uint8Array.of(0)];
          expect(provenValue(trieRoot(trie), proof, hexToBytes(path))).toEqual(stored.get(path));
        }
      }),
    );
  });

  it.each([0, 1] as const)('of state version %i leads to what smoldot calls the root', async (version) => {
    const samples = fc.sample(contents, 10);
    for (const entries of samples) {
      const { root, nodes } = stateTrie(entries, version);
      if (entries.length > 0) {
        const raw = entries.map(([path, content]): [Hex, Hex] => [`0x${path}`, `0x${bytesToHex(content)}`]);
        expect(`0x${bytesToHex(root)}`).toBe(await calculateStateRoot(raw, version));
      }
      const stored = new Map(entries);
      for (const path of [...stored.keys(), '00', '0102030405', 'ff'.repeat(40)]) {
        expect(provenValue(root, nodes, hexToBytes(path))).toEqual(stored.get(path));
      }
    }
  });

  it('that smoldot made is read', async () => {
    const entries = fc.sample(contents, 1).flat();
    entries.push(['26aa394eea5630e07c48ae0c9558cef7', new Uint8Array(100).fill(1)]);
    const stored = new Map(entries);
    const raw = [...stored].map(([path, content]): [Hex, Hex] => [`0x${path}`, `0x${bytesToHex(content)}`]);
    const { trieRootHash, nodes } = await createProof([], raw);
    const [root, ...proof] = [trieRootHash, ...nodes].map((hex) => hexToBytes(hex.slice(2)));
    for (const [path, content] of stored) {
      expect(provenValue(root!, proof, hexToBytes(path))).toEqual(content);
    }
  });

  it.each([0, 1] as const)('of state version %i may hold values whose length takes four bytes', (version) => {
    const long = new Uint8Array(70_000).fill(7);
    const { root, nodes } = stateTrie([['00', long]], version);
    expect(provenValue(root, nodes, Uint8Array.of(0))?.length).toBe(long.length);
  });

  it('takes its nodes in any order, and whatever else is with them', () => {
    const { root, nodes } = stateTrie(
      [
        ['0011', new Uint8Array(40).fill(1)],
        ['0022', new Uint8Array(40).fill(2)],
      ],
      1,
    );
    const stray = new Uint8Array(50);
    expect(provenValue(root, [stray, ...nodes].reverse(), hexToBytes('0022'))).toEqual(
      new Uint8Array(40).fill(2),
    );
  });
});

describe('a forged proof', () => {
  it('with any byte changed, or any node taken away, never gives another answer', () => {
    const change = fc.record({ node: fc.nat(), at: fc.nat(), by: fc.integer({ min: 1, max: 255 }) });
    fc.assert(
      fc.property(contents, fc.constantFrom(0, 1), fc.nat(), change, fc.boolean(), (entries, ...how) => {
        fc.pre(entries.length > 0);
        const [version, which, { node, at, by }, isTaken] = how;
        const { root, nodes } = stateTrie(entries, version as 0 | 1);
        const [path, content] = entries[which % entries.length]!;
        const forged = nodes.map((bytes) => Uint8Array.from(bytes));
        const victim = forged[node % forged.length]!;
        if (isTaken) forged.splice(node % forged.length, 1);
        else victim[at % victim.length]! ^= by;
        try {
          expect(provenValue(root, forged, hexToBytes(path))).toEqual(content);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidProof);
        }
      }),
    );
  });

  it('of any bytes at all ends with the one error, or with what the root stands for', () => {
    // The first node is what the root names, so that the reader gets as far as it can.
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 80 });
    const nodes = fc.tuple(bytes, bytes);
    fc.assert(
      fc.property(nodes, key, ([first, second], path) => {
        try {
          provenValue(hashOf(first), [first, second], path);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidProof);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['nothing', []],
    ['an empty node', [new Uint8Array()]],
  ])('of %s is refused', (_, nodes) => {
    expect(() => provenValue(new Uint8Array(32), nodes, Uint8Array.of(1))).toThrow(InvalidProof);
  });

  it.each([
    ['a path with something in front of its odd step', '41110400'],
    ['bytes behind the end', '4004ff00'],
    ['a value that is cut off', '4008ff'],
    ['a value longer than any', '4003ffffffff'],
    ['a first byte that is of no kind', '0200'],
    ['a child longer than a hash', `80010084${'11'.repeat(33)}`],
    ['a path without an end', '7fff'],
  ])('with %s is refused', (_, hex) => {
    const node = hexToBytes(hex);
    expect(() => provenValue(hashOf(node), [node], new Uint8Array())).toThrow(InvalidProof);
  });
});

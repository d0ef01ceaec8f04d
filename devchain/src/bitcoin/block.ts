/**
 * Bitcoin blocks with as little work as a test network asks for, and proofs of what is in them (BIP 37).
 *
 * @module
 */
import { concatBytes, numberToBytes } from '../bytes.js';
import { EASIEST_BITS } from './first.js';
import { type Transaction, count, counted, hashOf, sha256Twice } from './transaction.js';

const VERSION = 0x2000_0000;

export interface BitcoinBlock {
  readonly height: number;
  readonly hash: Uint8Array;
  readonly header: Uint8Array;
  readonly transactions: readonly Transaction[];
}

const pair = (left: Uint8Array, right: Uint8Array) => sha256Twice(concatBytes(left, right));

/** The row above; the last one of an odd row is its own partner. */
function above(row: readonly Uint8Array[]): Uint8Array[] {
  return Array.from({ length: Math.ceil(row.length / 2) }, (_, i) =>
    pair(row[2 * i]!, row[2 * i + 1] ?? row[2 * i]!),
  );
}

function rowsOf(transactions: readonly Transaction[]): Uint8Array[][] {
  const rows = [transactions.map(hashOf)];
  while (rows.at(-1)!.length > 1) rows.push(above(rows.at(-1)!));
  return rows;
}

/** @param time - Seconds since 1970. */
export function mine(
  previous: Uint8Array,
  height: number,
  time: number,
  transactions: readonly Transaction[],
): BitcoinBlock {
  const root = rowsOf(transactions).at(-1)![0]!;
  const start = concatBytes(numberToBytes(VERSION, 4), previous, root, numberToBytes(time, 4));
  for (let nonce = 0; ; nonce++) {
    const header = concatBytes(start, numberToBytes(EASIEST_BITS, 4), numberToBytes(nonce, 4));
    const hash = sha256Twice(header);
    // The highest bit is not set: no more is asked for.
    if (hash[31]! < 0x80) return { height, hash, header, transactions };
  }
}

/** The partial Merkle tree that shows one transaction of a block. */
export function proofOf({ transactions }: BitcoinBlock, position: number): Uint8Array {
  const rows = rowsOf(transactions);
  const hashes: Uint8Array[] = [];
  const flags: boolean[] = [];
  const visit = (height: number, at: number) => {
    const isOnPath = at === position >> height;
    flags.push(isOnPath);
    if (height === 0 || !isOnPath) return void hashes.push(rows[height]![at]!);
    visit(height - 1, 2 * at);
    if (2 * at + 1 < rows[height - 1]!.length) visit(height - 1, 2 * at + 1);
  };
  visit(rows.length - 1, 0);
  const packed = new Uint8Array(Math.ceil(flags.length / 8));
  flags.forEach((flag, i) => (packed[i >> 3]! |= Number(flag) << (i & 7)));
  return concatBytes(numberToBytes(transactions.length, 4), count(hashes.length), ...hashes, counted(packed));
}

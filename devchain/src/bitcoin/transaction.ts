/**
 * Bitcoin transactions: as bytes, with witnesses (BIP 144) and without, and what is signed of them (BIP 143).
 *
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { bytesToNumber, concatBytes, numberToBytes } from '../bytes.js';

export interface Input {
  /** The transaction whose output is spent, in the order of the wire, and the output's position. */
  readonly previous: Uint8Array;
  readonly index: number;
  readonly script: Uint8Array;
  readonly sequence: number;
  readonly witness: readonly Uint8Array[];
}

export interface Output {
  /** Satoshis. */
  readonly value: bigint;
  readonly script: Uint8Array;
}

export interface Transaction {
  readonly version: number;
  readonly inputs: readonly Input[];
  readonly outputs: readonly Output[];
  readonly lockTime: number;
}

export const FINAL = 0xffff_ffff;
const WITNESS_MARK = Uint8Array.of(0, 1);
const SIGHASH_ALL = 1;

export function sha256Twice(data: Uint8Array): Uint8Array {
  return sha256(sha256(data));
}

/** A count of what follows. */
export function count(value: number): Uint8Array {
  if (value < 0xfd) return Uint8Array.of(value);
  if (value < 0x10000) return concatBytes(Uint8Array.of(0xfd), numberToBytes(value, 2));
  return concatBytes(Uint8Array.of(0xfe), numberToBytes(value, 4));
}

export function counted(bytes: Uint8Array): Uint8Array {
  return concatBytes(count(bytes.length), bytes);
}

const outpoint = ({ previous, index }: Input) => concatBytes(previous, numberToBytes(index, 4));
const output = ({ value, script }: Output) => concatBytes(numberToBytes(value, 8), counted(script));

function body({ inputs, outputs }: Transaction): Uint8Array {
  const input = (one: Input) =>
    concatBytes(outpoint(one), counted(one.script), numberToBytes(one.sequence, 4));
  return concatBytes(
    count(inputs.length),
    ...inputs.map(input),
    count(outputs.length),
    ...outputs.map(output),
  );
}

export function encodeTransaction(tx: Transaction): Uint8Array {
  const hasWitness = tx.inputs.some(({ witness }) => witness.length > 0);
  const witnesses = tx.inputs.map(({ witness }) =>
    concatBytes(count(witness.length), ...witness.map(counted)),
  );
  return concatBytes(
    numberToBytes(tx.version, 4),
    hasWitness ? WITNESS_MARK : new Uint8Array(),
    body(tx),
    ...(hasWitness ? witnesses : []),
    numberToBytes(tx.lockTime, 4),
  );
}

/** The hash of all but the witnesses, in the order of the wire. */
export function hashOf(tx: Transaction): Uint8Array {
  return sha256Twice(concatBytes(numberToBytes(tx.version, 4), body(tx), numberToBytes(tx.lockTime, 4)));
}

/** A hash as people write it: the other way round. */
export function shown(hash: Uint8Array): string {
  return bytesToHex(hash.slice().reverse());
}

/**
 * Reads a transaction.
 *
 * @throws RangeError when the bytes are none.
 */
export function decodeTransaction(bytes: Uint8Array): Transaction {
  let at = 0;
  const take = (length: number) => {
    if (at + length > bytes.length) throw new RangeError('not a transaction');
    at += length;
    return bytes.slice(at - length, at);
  };
  const number = (length: number) => Number(bytesToNumber(take(length)));
  const size = () => {
    const first = number(1);
    return first < 0xfd ? first : number(first === 0xfd ? 2 : 4);
  };
  const several = <T>(read: () => T) => {
    const items: T[] = [];
    for (let left = size(); left > 0; left--) items.push(read());
    return items;
  };
  const version = number(4);
  const hasWitness = bytes[at] === 0 && bytes[at + 1] === 1;
  if (hasWitness) take(2);
  const inputs = several(() => ({
    previous: take(32),
    index: number(4),
    script: take(size()),
    sequence: number(4),
  }));
  const outputs = several(() => ({ value: bytesToNumber(take(8)), script: take(size()) }));
  const witnesses = inputs.map(() => (hasWitness ? several(() => take(size())) : []));
  const tx = {
    version,
    inputs: inputs.map((input, i) => ({ ...input, witness: witnesses[i]! })),
    outputs,
    lockTime: number(4),
  };
  if (at !== bytes.length || inputs.length === 0) throw new RangeError('not a transaction');
  return tx;
}

/** What the key of a P2WPKH output signs to spend it, by the hash of that key. */
export function signatureHash(
  tx: Transaction,
  position: number,
  keyHash: Uint8Array,
  value: bigint,
): Uint8Array {
  const input = tx.inputs[position]!;
  const all = (parts: readonly Uint8Array[]) => sha256Twice(concatBytes(...parts));
  return sha256Twice(
    concatBytes(
      numberToBytes(tx.version, 4),
      all(tx.inputs.map(outpoint)),
      all(tx.inputs.map(({ sequence }) => numberToBytes(sequence, 4))),
      outpoint(input),
      Uint8Array.of(0x19, 0x76, 0xa9, 0x14, ...keyHash, 0x88, 0xac),
      numberToBytes(value, 8),
      numberToBytes(input.sequence, 4),
      all(tx.outputs.map(output)),
      numberToBytes(tx.lockTime, 4),
      numberToBytes(SIGHASH_ALL, 4),
    ),
  );
}

/**
 * A chain's journal as bytes, to go on from there another time: a snapshot.
 *
 * @module
 */
import { type Hex, bytesOf, concatBytes, hexOf } from './bytes.js';
import { type Journal, type JournalRecord, type Log, decodeRecord, encodeRecord } from './journal.js';
import { ScaleReader, blob } from './scale.js';

const GENESIS = 32;

/** Keeps what is appended, beside the journal that keeps it on disk. */
export class History implements Journal {
  private readonly records: Uint8Array[];

  constructor(
    private readonly genesisHash: Hex,
    past: Iterable<JournalRecord>,
    private readonly next?: Journal,
  ) {
    this.records = [...past].map(encodeRecord);
  }

  append(record: JournalRecord): void {
    this.next?.append(record);
    this.records.push(encodeRecord(record));
  }

  get bitcoin(): Log | undefined {
    return this.next?.bitcoin;
  }

  close(): void {
    this.next?.close();
  }

  snapshot(): Uint8Array {
    return concatBytes(bytesOf(this.genesisHash), ...this.records.map(blob));
  }
}

/**
 * The records of a snapshot.
 *
 * @throws Error when it is of a chain with another genesis, or damaged.
 */
export function readSnapshot(snapshot: Uint8Array, genesisHash: Hex): JournalRecord[] {
  if (hexOf(snapshot.subarray(0, GENESIS)) !== genesisHash) {
    throw new Error('the snapshot is of a chain with another genesis');
  }
  const from = new ScaleReader(snapshot.subarray(GENESIS));
  const records: JournalRecord[] = [];
  try {
    while (!from.done) records.push(decodeRecord(from.blob()));
  } catch (cause) {
    throw new Error('the snapshot is damaged', { cause });
  }
  return records;
}

/**
 * The journal in two files that only grow, blocks and Bitcoin: after `kill -9` or a power cut all is there but, at most, a block that
 * nobody was told of. A record is its length, a checksum, and its bytes; a torn one at the end is cut off.
 *
 * @module
 */
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Hex, bytesOf, concatBytes, hexOf } from '../bytes.js';
import { blake2b256 } from '../hashes.js';
import { type Journal, type JournalRecord, type Log, decodeRecord, encodeRecord } from '../journal.js';
import { lockFolder } from './lock.js';

const BLOCKS = 'blocks.log';
const BITCOIN = 'bitcoin.log';
const GENESIS = 32;
const LENGTH = 4;
const CHECKSUM = 8;

export interface OpenedJournal extends Journal {
  /** What was in the file. */
  readonly records: readonly JournalRecord[];
}

/**
 * Opens the journal of a folder, which is made if need be.
 *
 * @throws Error when it belongs to a chain with another genesis, or to a living process.
 */
export function openJournal(folder: string, genesisHash: Hex): OpenedJournal {
  const unlock = lockFolder(folder);
  const opened: FileLog[] = [];
  const close = () => {
    for (const log of opened) log.close();
    unlock();
  };
  const open = (name: string) => {
    const log = openLog(join(folder, name), genesisHash);
    opened.push(log);
    return log;
  };
  try {
    const blocks = open(BLOCKS);
    return {
      records: blocks.records.map(decodeRecord),
      append: (record) => blocks.append(encodeRecord(record)),
      bitcoin: open(BITCOIN),
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

interface FileLog extends Log {
  close(): void;
}

function openLog(path: string, genesisHash: Hex): FileLog {
  // Not a Buffer, whose slices are no copies.
  const content = new Uint8Array(existsSync(path) ? readFileSync(path) : []);
  const isNew = content.length < GENESIS;
  if (!isNew && hexOf(content.subarray(0, GENESIS)) !== genesisHash) {
    throw new Error('the folder holds a chain with another genesis; choose another one or delete it');
  }
  const { records, end } = readRecords(content, GENESIS);
  const file = openSync(path, 'a');
  if (isNew) {
    ftruncateSync(file, 0);
    write(file, bytesOf(genesisHash));
  } else if (end < content.length) {
    ftruncateSync(file, end);
  }
  return {
    records,
    append: (record) => write(file, framed(record)),
    close: () => closeSync(file),
  };
}

function write(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
  fdatasyncSync(file);
}

function framed(record: Uint8Array): Uint8Array {
  const length = new Uint8Array(LENGTH);
  new DataView(length.buffer).setUint32(0, record.length, true);
  return concatBytes(length, checksum(record), record);
}

function readRecords(content: Uint8Array, start: number): { records: Uint8Array[]; end: number } {
  const records: Uint8Array[] = [];
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  let at = start;
  while (at + LENGTH + CHECKSUM <= content.length) {
    const from = at + LENGTH + CHECKSUM;
    const to = from + view.getUint32(at, true);
    const record = content.subarray(from, to);
    const sum = content.subarray(at + LENGTH, from);
    if (to > content.length || hexOf(checksum(record)) !== hexOf(sum)) break;
    records.push(record);
    at = to;
  }
  return { records, end: at };
}

function checksum(record: Uint8Array): Uint8Array {
  return blake2b256(record).subarray(0, CHECKSUM);
}

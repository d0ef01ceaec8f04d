/**
 * A shelf: where whole blobs stand under their hash, on a disk or in a bucket.
 *
 * @module
 */
import type { Readable } from 'node:stream';

export interface BlobShelf {
  /** The size of a blob; undefined when it is not here. */
  size(hash: string): Promise<number | undefined>;
  /** The bytes from `start` to `last`, both included. */
  read(hash: string, start: number, last: number): Promise<Readable>;
  /** Takes a file whose content has this hash; resolves when it is here to stay, at once and whole. */
  place(hash: string, file: string, size: number): Promise<void>;
  /** It is not here afterwards, whether or not it was. */
  remove(hash: string): Promise<void>;
}

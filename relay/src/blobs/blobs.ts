/**
 * Encrypted attachments by hash: granted over a device's socket, put and got over HTTP, gone after a while.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Limits } from '../limits.js';
import type { Engine } from '../store/steps.js';
import { BlobParts, type AppendOutcome } from './blob-parts.js';
import type { BlobShelf } from './blob-shelf.js';
import * as tables from './blob-tables.js';
import type { BucketOptions } from './bucket-shelf.js';
import { FolderShelf } from './folder-shelf.js';
import { Grants } from './grants.js';

export type PutOutcome = 'stored' | 'busy' | Exclude<AppendOutcome, 'whole'>;

export interface FoundBlob {
  readonly size: number;
  /** Seconds from now. */
  readonly lives: number;
}

export type BlobLimits = Pick<Limits, 'blobSize' | 'blobsBytes' | 'blobKeepSeconds' | 'grantSeconds'>;

export class Blobs {
  /** Those that somebody puts here just now. */
  readonly #busy = new Set<string>();

  private constructor(
    private readonly engine: Engine,
    private readonly parts: BlobParts,
    private readonly shelf: BlobShelf,
    private readonly grants: Grants,
    private readonly limits: BlobLimits,
  ) {}

  /** What is on its way is in the folder; what is whole is in the bucket, if there is one, else there too. */
  static async open(
    engine: Engine,
    folder: string,
    bucket: BucketOptions | undefined,
    limits: BlobLimits,
  ): Promise<Blobs> {
    const secret = await engine.write('secrets', () => tables.sharedSecret('blob grants', randomBytes(32)));
    const shelf = bucket ? await openBucket(bucket) : new FolderShelf(folder);
    return new Blobs(engine, new BlobParts(folder), shelf, new Grants(secret), limits);
  }

  /** A grant for one blob; undefined when all blobs together would be too large. */
  async grant(hash: Uint8Array, size: number): Promise<{ grant: string; expires: number } | undefined> {
    if ((await this.engine.read(tables.blobBytes)) + size > this.limits.blobsBytes) return undefined;
    const expires = now() + this.limits.grantSeconds;
    return { grant: this.grants.write({ hash: Buffer.from(hash).toString('hex'), size, expires }), expires };
  }

  /** Whether a text grants the putting of a blob, and how large it then is. */
  granted(text: string, hash: string): number | undefined {
    const grant = this.grants.read(text, now());
    return grant?.hash === hash ? grant.size : undefined;
  }

  async find(hash: string): Promise<FoundBlob | undefined> {
    const found = await this.engine.read(() => tables.findBlob(Buffer.from(hash, 'hex'), now()));
    // Both have to be there: a row alone is of a put that did not end well, or of a disk
    // that was exchanged.
    if (!found || (await this.shelf.size(hash)) !== found.size) return undefined;
    return { size: found.size, lives: Math.max(0, found.expires - now()) };
  }

  /** How much of a blob that is not whole has come so far. */
  progress(hash: string): Promise<number> {
    return this.parts.progress(hash);
  }

  /** The bytes of a blob that was found, from `start` to `last`, both included. */
  read(hash: string, start: number, last: number): Promise<Readable> {
    return this.shelf.read(hash, start, last);
  }

  async put(hash: string, size: number, offset: number, body: AsyncIterable<Buffer>): Promise<PutOutcome> {
    if (this.#busy.has(hash)) return 'busy';
    this.#busy.add(hash);
    try {
      if (await this.find(hash)) return 'stored';
      const outcome = await this.parts.append(hash, size, offset, body);
      if (outcome !== 'whole') return outcome;
      // The row first: whatever is on the shelf has one, and goes when its time is over.
      const expires = now() + this.limits.blobKeepSeconds;
      await this.engine.write('blobs', () => tables.addBlob(Buffer.from(hash, 'hex'), size, expires));
      await this.shelf.place(hash, this.parts.path(hash), size);
      await this.parts.remove(hash);
      return 'stored';
    } finally {
      this.#busy.delete(hash);
    }
  }

  /** Deletes some that have expired; how many. */
  async expire(slice: number): Promise<number> {
    const expired = await this.engine.read(() => tables.expiredBlobs(now(), slice));
    for (const hash of expired) {
      // The row last: one without its blob is found again.
      await this.shelf.remove(Buffer.from(hash).toString('hex'));
      await this.engine.write('blobs', () => tables.removeBlob(hash));
    }
    return expired.length;
  }

  /** Deletes what nobody finished while a grant could still be used. */
  async sweep(): Promise<void> {
    const before = Date.now() - 2000 * this.limits.grantSeconds;
    for (const hash of await this.parts.unchangedSince(before)) await this.parts.remove(hash);
  }
}

/** Most relays need no client for a bucket. */
async function openBucket(options: BucketOptions): Promise<BlobShelf> {
  const { BucketShelf } = await import('./bucket-shelf.js');
  return new BucketShelf(options);
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

/**
 * Encrypted attachments by hash: granted over a device's socket, put and got over HTTP, gone after a while.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import type { Limits } from '../limits.js';
import type { Engine } from '../store/steps.js';
import { BlobFiles, type PutOutcome } from './blob-files.js';
import * as tables from './blob-tables.js';
import { Grants } from './grants.js';

export interface FoundBlob {
  readonly size: number;
  /** Seconds from now. */
  readonly lives: number;
}

export type BlobLimits = Pick<Limits, 'blobSize' | 'blobsBytes' | 'blobKeepSeconds' | 'grantSeconds'>;

export class Blobs {
  private constructor(
    private readonly engine: Engine,
    readonly files: BlobFiles,
    private readonly grants: Grants,
    private readonly limits: BlobLimits,
  ) {}

  static async open(engine: Engine, folder: string, limits: BlobLimits): Promise<Blobs> {
    const secret = await engine.write('secrets', () => tables.sharedSecret('blob grants', randomBytes(32)));
    return new Blobs(engine, new BlobFiles(folder), new Grants(secret), limits);
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
    // Both have to be there: a row without its file is of a disk that was exchanged.
    if (!found || (await this.files.size(hash)) !== found.size) return undefined;
    return { size: found.size, lives: Math.max(0, found.expires - now()) };
  }

  async put(hash: string, size: number, offset: number, body: AsyncIterable<Buffer>): Promise<PutOutcome> {
    if (await this.find(hash)) return 'stored';
    const outcome = await this.files.append(hash, size, offset, body);
    if (outcome === 'stored') {
      const expires = now() + this.limits.blobKeepSeconds;
      await this.engine.write('blobs', () => tables.addBlob(Buffer.from(hash, 'hex'), size, expires));
    }
    return outcome;
  }

  /** Deletes some that have expired; how many. */
  async expire(slice: number): Promise<number> {
    const expired = await this.engine.read(() => tables.expiredBlobs(now(), slice));
    for (const hash of expired) {
      // The file first: a row without a file is found again.
      await this.files.remove(Buffer.from(hash).toString('hex'));
      await this.engine.write('blobs', () => tables.removeBlob(hash));
    }
    return expired.length;
  }

  /** Deletes files that nobody finished, or that no row knows. */
  async sweep(): Promise<void> {
    // A grant may still be used, and a row is written after its file.
    const before = Date.now() - 2000 * this.limits.grantSeconds;
    for (const hash of await this.files.unchangedSince(before)) {
      const row = await this.engine.read(() => tables.findBlob(Buffer.from(hash, 'hex'), 0));
      if (!row) await this.files.remove(hash);
    }
  }
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

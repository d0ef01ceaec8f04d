/**
 * Blobs as objects of a bucket, in storage that speaks S3, each under its hash.
 *
 * An object is put with one request and its checksum, so it is there whole or not at all.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { S3mini } from 's3mini';
import type { BlobShelf } from './blob-shelf.js';

export interface BucketOptions {
  /** `https://host/bucket`, or `https://bucket.host`. */
  readonly url: string;
  readonly region: string;
  readonly key: string;
  readonly secret: string;
}

/** How long the storage may take to begin its answer, in ms. */
const ANSWER_TIME = 15_000;
/** The same for a put, which is answered when all was sent. */
const PUT_TIME = 10 * 60_000;

export class BucketShelf implements BlobShelf {
  readonly #bucket: S3mini;

  constructor({ url, region, key, secret }: BucketOptions) {
    this.#bucket = new S3mini({
      ...{ endpoint: url, region, accessKeyId: key, secretAccessKey: secret },
      fetch: fetchInTime,
    });
  }

  async size(hash: string): Promise<number | undefined> {
    try {
      return await this.#bucket.getContentLength(hash);
    } catch (error) {
      if ((error as { cause?: { status?: number } }).cause?.status === 404) return undefined;
      throw error;
    }
  }

  async read(hash: string, start: number, last: number): Promise<Readable> {
    const { body } = await this.#bucket.getObjectRaw(hash, false, start, last + 1);
    return Readable.fromWeb(body as ReadableStream);
  }

  async place(hash: string, file: string, size: number): Promise<void> {
    const content = createReadStream(file);
    try {
      await this.#bucket.putObject(
        hash,
        Readable.toWeb(content) as globalThis.ReadableStream,
        'application/octet-stream',
        undefined,
        // Storage that knows this header compares for itself; the file was compared before.
        { 'x-amz-checksum-sha256': Buffer.from(hash, 'hex').toString('base64') },
        size,
      );
    } finally {
      content.destroy();
    }
  }

  async remove(hash: string): Promise<void> {
    await this.#bucket.deleteObject(hash);
  }

  /** Puts, reads and deletes something, as an operator's question. */
  async check(): Promise<void> {
    const name = `check-${randomUUID()}`;
    await this.#bucket.putObject(name, name);
    try {
      if ((await this.#bucket.getObject(name)) !== name) throw new Error('something else came back');
    } finally {
      await this.#bucket.deleteObject(name);
    }
  }
}

/** Bodies may stream for as long as they take; what does not answer must not hold requests for ever. */
async function fetchInTime(url: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), init?.method === 'PUT' ? PUT_TIME : ANSWER_TIME);
  try {
    // A redirect would take what was signed for one host to another.
    return await fetch(url, {
      ...init,
      duplex: 'half',
      redirect: 'error',
      signal: late.signal,
    } as RequestInit);
  } finally {
    clearTimeout(timer);
  }
}

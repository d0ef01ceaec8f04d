/**
 * Blobs as files in a folder, each under its hash.
 *
 * @module
 */
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { BlobShelf } from './blob-shelf.js';

export class FolderShelf implements BlobShelf {
  constructor(private readonly folder: string) {}

  async size(hash: string): Promise<number | undefined> {
    return (await stat(this.#path(hash)).catch(() => undefined))?.size;
  }

  read(hash: string, start: number, last: number): Promise<Readable> {
    return Promise.resolve(createReadStream(this.#path(hash), { start, end: last }));
  }

  async place(hash: string, file: string): Promise<void> {
    await rename(file, this.#path(hash));
    // The name is on disk, too.
    const folder = await open(this.folder, 'r');
    await folder.sync().finally(() => folder.close());
  }

  async remove(hash: string): Promise<void> {
    await rm(this.#path(hash), { force: true });
  }

  #path(hash: string): string {
    return join(this.folder, hash);
  }
}

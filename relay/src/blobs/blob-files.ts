/**
 * Blobs as files: one that has its name is whole and on disk, one that ends in `.part` is on its way.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

export type PutOutcome = 'stored' | 'incomplete' | 'wrong-offset' | 'too-long' | 'wrong-hash' | 'busy';

export class BlobFiles {
  /** Those that somebody writes to. */
  readonly #writing = new Set<string>();

  constructor(private readonly folder: string) {}

  /** The size of a whole blob; undefined when it is not here. */
  async size(hash: string): Promise<number | undefined> {
    return (await stat(this.#path(hash)).catch(() => undefined))?.size;
  }

  /** How much of a blob has come so far. */
  async progress(hash: string): Promise<number> {
    return (await stat(this.#part(hash)).catch(() => undefined))?.size ?? 0;
  }

  read(hash: string, start: number, end: number): Readable {
    return createReadStream(this.#path(hash), { start, end });
  }

  /** Appends to what has come so far; once all is there, and is what its name says, it is on disk. */
  async append(hash: string, size: number, offset: number, body: AsyncIterable<Buffer>): Promise<PutOutcome> {
    if (this.#writing.has(hash)) return 'busy';
    this.#writing.add(hash);
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      if ((await this.progress(hash)) !== offset) return 'wrong-offset';
      const file = await open(this.#part(hash), 'a', 0o600);
      try {
        if (!(await write(file, body, size - offset))) return 'too-long';
        if ((await file.stat()).size < size) return 'incomplete';
        await file.sync();
      } finally {
        await file.close();
      }
      return await this.#finish(hash);
    } finally {
      this.#writing.delete(hash);
    }
  }

  async remove(hash: string): Promise<void> {
    await rm(this.#path(hash), { force: true });
    await rm(this.#part(hash), { force: true });
  }

  /** The hashes of all that is here, whole or not, and has not changed since a time in ms. */
  async unchangedSince(time: number): Promise<string[]> {
    const names = await readdir(this.folder).catch(() => []);
    const old = new Set<string>();
    for (const name of names) {
      const found = await stat(join(this.folder, name)).catch(() => undefined);
      if (found && found.mtimeMs < time) old.add(name.replace(/\.part$/, ''));
    }
    return [...old];
  }

  async #finish(hash: string): Promise<PutOutcome> {
    const found = createHash('sha256');
    for await (const chunk of createReadStream(this.#part(hash))) found.update(chunk as Buffer);
    if (found.digest('hex') !== hash) {
      await rm(this.#part(hash), { force: true });
      return 'wrong-hash';
    }
    await rename(this.#part(hash), this.#path(hash));
    // The name is on disk, too.
    const folder = await open(this.folder, 'r');
    await folder.sync().finally(() => folder.close());
    return 'stored';
  }

  #path(hash: string): string {
    return join(this.folder, hash);
  }

  #part(hash: string): string {
    return join(this.folder, `${hash}.part`);
  }
}

/** Writes at most so many bytes; false, and nothing of the chunk that went over, when there were more. */
async function write(file: FileHandle, body: AsyncIterable<Buffer>, most: number): Promise<boolean> {
  let left = most;
  for await (const chunk of body) {
    left -= chunk.length;
    if (left < 0) return false;
    await file.appendFile(chunk);
  }
  return true;
}

/**
 * Blobs on their way: files that end in `.part` and grow until they are whole and what their name says.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

const END = '.part';

export type AppendOutcome = 'whole' | 'incomplete' | 'wrong-offset' | 'too-long' | 'wrong-hash';

export class BlobParts {
  constructor(private readonly folder: string) {}

  path(hash: string): string {
    return join(this.folder, hash + END);
  }

  /** How much of a blob has come so far. */
  async progress(hash: string): Promise<number> {
    return (await stat(this.path(hash)).catch(() => undefined))?.size ?? 0;
  }

  /** Appends to what has come so far; once all is there it is on disk, or gone when its hash is another. */
  async append(
    hash: string,
    size: number,
    offset: number,
    body: AsyncIterable<Buffer>,
  ): Promise<AppendOutcome> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    if ((await this.progress(hash)) !== offset) return 'wrong-offset';
    const file = await open(this.path(hash), 'a', 0o600);
    try {
      if (!(await write(file, body, size - offset))) return 'too-long';
      if ((await file.stat()).size < size) return 'incomplete';
      await file.sync();
    } finally {
      await file.close();
    }
    if ((await this.#hashOf(hash)) === hash) return 'whole';
    await this.remove(hash);
    return 'wrong-hash';
  }

  async remove(hash: string): Promise<void> {
    await rm(this.path(hash), { force: true });
  }

  /** The hashes of those that have not changed since a time in ms. */
  async unchangedSince(time: number): Promise<string[]> {
    const names = await readdir(this.folder).catch(() => []);
    const old: string[] = [];
    for (const name of names.filter((one) => one.endsWith(END))) {
      const found = await stat(join(this.folder, name)).catch(() => undefined);
      if (found && found.mtimeMs < time) old.push(name.slice(0, -END.length));
    }
    return old;
  }

  async #hashOf(hash: string): Promise<string> {
    const found = createHash('sha256');
    for await (const chunk of createReadStream(this.path(hash))) found.update(chunk as Buffer);
    return found.digest('hex');
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

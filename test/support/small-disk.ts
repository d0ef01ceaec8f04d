/**
 * A disk of its own that is small and really full when it is full: a file system in memory, where this process may
 * mount one.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, rmSync, statfsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BLOCK = Buffer.alloc(64 * 1024, 1);

export class SmallDisk {
  private constructor(readonly path: string) {}

  /** A disk of so many MiB; undefined where none may be mounted. */
  static mount(size: number): SmallDisk | undefined {
    const path = mkdtempSync(join(tmpdir(), 'coming-disk-'));
    const args = ['-t', 'tmpfs', '-o', `size=${size}m,mode=0700`, 'tmpfs', path];
    if (process.platform === 'linux' && spawnSync('mount', args).status === 0) return new SmallDisk(path);
    rmdirSync(path);
    return undefined;
  }

  /** Bytes that can still be written. */
  get free(): number {
    const { bavail, bsize } = statfsSync(this.path);
    return bavail * bsize;
  }

  /** Another program writes until so much is left. */
  async fillUpTo(left: number): Promise<void> {
    const file = await open(this.#ballast, 'a');
    try {
      while (this.free > left) {
        const { bytesWritten } = await file.write(BLOCK, 0, Math.min(BLOCK.length, this.free - left));
        if (bytesWritten === 0) return;
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      await file.close();
    }
  }

  /** What the other program wrote is gone. */
  makeRoom(): void {
    rmSync(this.#ballast, { force: true });
  }

  unmount(): void {
    // Lazily: whoever was killed may not be quite gone.
    spawnSync('umount', ['-l', this.path]);
    rmdirSync(this.path);
  }

  get #ballast(): string {
    return join(this.path, 'of-another-program');
  }
}

/**
 * Room on the disk that no other program can take: a file that goes when nothing else is left, so that
 * acknowledgements can still be written.
 *
 * @module
 */
import { closeSync, existsSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** More than the write-ahead log takes before it begins anew, in place. */
const SIZE = 8 * 1024 * 1024;

export class DiskReserve {
  readonly #file: string;

  constructor(folder: string) {
    this.#file = join(folder, 'reserve');
  }

  /** Takes the room unless it is taken; the caller has seen that there is much more. */
  take(): void {
    if (existsSync(this.#file)) return;
    try {
      const file = openSync(this.#file, 'w', 0o600);
      try {
        writeSync(file, Buffer.alloc(SIZE));
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    } catch {
      // Somebody was faster; without it acknowledgements wait until there is room.
      this.give();
    }
  }

  /** Gives it back; whether there was any. */
  give(): boolean {
    const had = existsSync(this.#file);
    rmSync(this.#file, { force: true });
    return had;
  }
}

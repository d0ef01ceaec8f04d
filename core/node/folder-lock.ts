/**
 * One process at a time owns a folder: a file in it says which one.
 *
 * The file appears whole and in one step (a hard link), and is taken over when the process that it names is dead. A process
 * is named by its id, its machine, and on Linux by when it was started, so that another one of the same id (after a restart of
 * the machine, or in a container where every process is number 1) is not taken for it. Whoever lost the file
 * all the same sees so before the next writing: {@link FolderLock.isHeld}.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { ComingError } from '../errors.js';

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Tells processes of one id apart; empty where the system does not say. */
  readonly started: string;
  readonly token: string;
}

export class FolderLock {
  private constructor(
    private readonly path: string,
    private readonly token: string,
    /** A process that died held it before. */
    readonly isTakenOver: boolean,
  ) {}

  /** @throws ComingError `not-owner`: another process has it, or may have it on another machine */
  static take(folder: string): FolderLock {
    const path = join(folder, 'lock');
    const token = randomUUID();
    const { pid } = process;
    const holder: Holder = { pid, host: hostname(), started: startOf(pid), token };
    const draft = join(folder, `lock-${token}`);
    writeFileSync(draft, JSON.stringify(holder), { mode: 0o600, flag: 'wx' });
    try {
      return new FolderLock(path, token, place(draft, path));
    } finally {
      rmSync(draft, { force: true });
    }
  }

  /** Whether nobody took it over. */
  get isHeld(): boolean {
    return read(this.path)?.token === this.token;
  }

  release(): void {
    if (this.isHeld) rmSync(this.path, { force: true });
  }
}

/** Puts a lock in its place; whether a dead process' was there. */
function place(draft: string, path: string): boolean {
  for (;;) {
    try {
      linkSync(draft, path);
      return false;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = read(path);
    if (holder === undefined) continue; // released meanwhile
    if (holder && isAlive(holder)) {
      throw new ComingError(
        'not-owner',
        'another process owns this folder; if it does not, delete its file "lock"',
      );
    }
    // Of two who see a dead one at once the second wins; the first learns it before it writes.
    renameSync(draft, path);
    return true;
  }
}

/** Undefined when there is none, null when it cannot be read: a lock appears whole, so that a broken one is of before a power cut. */
function read(path: string): Holder | null | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return null;
  }
}

function isAlive({ pid, host, started }: Holder): boolean {
  // Nothing can be said about a process on another machine.
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return startOf(pid) === started;
}

/** When a process was started, and since which start of the machine; empty where the system does not say. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Behind the program's name, which may contain anything; proc(5), field 22.
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${start}`;
  } catch {
    return '';
  }
}

/**
 * A folder belongs to one process: its number stands in a file there. What a dead process left behind is taken over.
 *
 * @module
 */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NAME = 'lock';
const held = new Set<string>();

/**
 * Takes the folder, which is made if need be.
 *
 * @returns what gives it back
 * @throws Error when a living process has it.
 */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, NAME);
  const own = join(folder, `${NAME}.${process.pid}`);
  if (held.has(path)) throw taken(process.pid);
  writeFileSync(own, String(process.pid));
  try {
    while (!isTaken(own, path)) removeStale(path, own);
  } finally {
    rmSync(own, { force: true });
  }
  held.add(path);
  return () => {
    held.delete(path);
    rmSync(path, { force: true });
  };
}

/** A link is made by one process only, with its content. */
function isTaken(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function removeStale(path: string, own: string): void {
  const aside = `${own}.old`;
  const holder = holderOf(path);
  if (holder === undefined) return;
  if (isAlive(holder)) throw taken(holder);
  try {
    renameSync(path, aside);
  } catch {
    // Somebody else was faster.
    return;
  }
  // What was moved away may by now be somebody's who is alive: then it goes back.
  if (holderOf(aside) !== holder) linkSync(aside, path);
  rmSync(aside);
}

function holderOf(path: string): number | undefined {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** A process with our own number that is not us is one that died. */
function isAlive(holder: number): boolean {
  if (!Number.isSafeInteger(holder) || holder <= 0 || holder === process.pid) return false;
  try {
    process.kill(holder, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function taken(holder: number): Error {
  return new Error(`process ${holder} runs a chain in this folder; choose another one with --data`);
}

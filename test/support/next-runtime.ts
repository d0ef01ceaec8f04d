/**
 * The local chain's runtime as a later version might be: compiled from the same sources, with a pallet at another index
 * and both versions one higher. Nothing but its metadata says where that pallet is now.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../..');

const CHANGES: readonly (readonly [file: string, before: string, after: string])[] = [
  ['runtime/constants.ts', 'X_ASSETS: u8 = 26;', 'X_ASSETS: u8 = 50;'],
  ['scripts/pallets/x-assets.mjs', 'index: 26,', 'index: 50,'],
  ['scripts/values.mjs', 'SPEC_VERSION = 34;', 'SPEC_VERSION = 35;'],
  ['scripts/values.mjs', 'TRANSACTION_VERSION = 7;', 'TRANSACTION_VERSION = 8;'],
];

/** The WebAssembly in hexadecimal; takes as long as building the runtime does. */
export async function nextRuntime(): Promise<string> {
  // Its compiler is found from there.
  const folder = await mkdtemp(join(root, 'node_modules/.next-runtime-'));
  try {
    for (const part of ['runtime', 'scripts']) {
      await cp(join(root, 'devchain', part), join(folder, part), { recursive: true });
    }
    for (const [name, before, after] of CHANGES) {
      const file = join(folder, name);
      const text = await readFile(file, 'utf8');
      if (!text.includes(before)) throw new Error(`${name} does not say ${before}`);
      await writeFile(file, text.replace(before, after));
    }
    await promisify(execFile)(process.execPath, [join(folder, 'scripts/runtime.mjs')]);
    return `0x${(await readFile(join(folder, 'gen/runtime.wasm'))).toString('hex')}`;
  } finally {
    await rm(folder, { recursive: true });
  }
}

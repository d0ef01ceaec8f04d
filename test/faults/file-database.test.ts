/**
 * A database in a folder whose process is killed with no warning: whatever it said was committed is there, whole, and
 * the next process goes on.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { openFileDatabase } from '../../core/node/file-database.js';
import { randomNumbers } from '../interop/random.js';
import { newFolder } from '../support/folders.js';
import { until } from '../support/until.js';

const ROUNDS = process.env['COMING_SEEDS'] ? 300 : 12;

it('has all that was committed, nothing twice and nothing by halves, when its process is killed', async () => {
  const program = join(newFolder(), 'committing.mjs');
  await build({
    entryPoints: ['test/support/committing.ts'],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  const folder = newFolder();
  const random = randomNumbers(8);
  let last = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    const gone = once(child, 'exit');
    let left = 1 + Math.floor(random() * 300);
    for await (const line of createInterface({ input: child.stdout })) {
      expect(Number(line), `round ${round}`).toBe(last + 1);
      last += 1;
      left -= 1;
      if (left === 0) child.kill('SIGKILL');
    }
    await gone;

    const db = await openFileDatabase(folder);
    const count = (await db.get('seen', 'count'))!.at;
    // One more may have been committed than was said.
    expect(count - last, `round ${round}`).toBeOneOf([0, 1]);
    last = count;
    const rows = await db.list('sessions');
    expect(rows).toHaveLength(Math.min(20, count));
    for (const { key, value } of rows) {
      const n = value.heardAt;
      expect(n, `round ${round}`).toBeGreaterThan(count - 20);
      expect(key).toEqual(['x', n % 20]);
      expect(value.record).toEqual(new Uint8Array((n * 37) % 3000).fill(n));
    }
    db.close();
    await until(() => !existsSync(join(folder, 'lock')));
  }
});

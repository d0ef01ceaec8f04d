// Replays a file of test vectors: npm run -s vectors -- FILE. Fails when a check fails or the file cannot be read.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const file = process.argv[2] ?? join(root, 'test/vectors/signal-v4.json');

/** Bundles the TypeScript inside node_modules, so that the packages it leaves outside are found from there. */
async function load() {
  const folder = await mkdtemp(join(root, 'node_modules', '.vectors-'));
  try {
    const outfile = join(folder, 'replay.mjs');
    await build({
      entryPoints: [join(root, 'test/vectors/replay.ts')],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
      logLevel: 'error',
    });
    return await import(pathToFileURL(outfile));
  } finally {
    await rm(folder, { recursive: true });
  }
}

try {
  const vectors = JSON.parse(await readFile(file, 'utf8'));
  const { replay } = await load();
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const { part, ...counts } of await replay(vectors)) {
    for (const key of Object.keys(total)) total[key] += counts[key];
    console.log(`${part}: ${line(counts)}`);
  }
  if (total.passed + total.failed + total.skipped === 0) throw new Error('it holds no part that is known');
  console.log(line(total));
  process.exitCode = total.failed > 0 ? 1 : 0;
} catch (error) {
  console.error(`cannot replay ${file}: ${error.message}`);
  process.exitCode = 1;
}

function line({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

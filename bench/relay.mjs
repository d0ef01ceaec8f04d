// Compares the relay with other servers: same generator, same payload, same run. `--json` prints figures only.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import { build } from '../scripts/build.mjs';

const root = join(import.meta.dirname, '..');
const outfile = join(root, '.cache/bench-relay.mjs');
build(['relay']);
await bundle({
  ...{ entryPoints: [join(root, 'bench/relay/main.ts')], outfile, bundle: true },
  ...{ platform: 'node', format: 'esm', target: 'node20', packages: 'external', logLevel: 'error' },
});
const { status } = spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
process.exit(status ?? 1);

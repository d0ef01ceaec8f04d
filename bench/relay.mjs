// Compares the relay with other servers: same generator, same payload, same run. `--json` prints figures only,
// `--only=relay-ordinary,mosquitto` measures some. mosquitto, ejabberd, PostgreSQL and Redis come from Debian.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build as bundle } from 'esbuild';

const root = join(import.meta.dirname, '..');
const outfile = join(root, '.cache/bench-relay.mjs');
// What the set-up says is not what was measured.
run('inherit-errors', 'scripts/setup.mjs', '--peers');
run('inherit-errors', 'scripts/build.mjs', 'relay');
await bundle({
  ...{ entryPoints: [join(root, 'bench/relay/main.ts')], outfile, bundle: true },
  ...{ platform: 'node', format: 'esm', target: 'node20', packages: 'external', logLevel: 'error' },
  // What package.json says of side effects is meant for pages; it would leave out what modules set up for each other.
  ignoreAnnotations: true,
});
run('inherit', outfile, ...process.argv.slice(2));

function run(output, ...args) {
  const stdio = ['ignore', output === 'inherit' ? 'inherit' : 2, 'inherit'];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio });
  if (status !== 0) process.exit(status ?? 1);
}

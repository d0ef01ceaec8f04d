// Runs everything that must hold, one step after the other, and ends with `N passed, N failed, N skipped`.
// `npm test -- unit lint` runs only the steps named; `--long` plays faults and interop a hundred times over, and `fuzz` twenty times. A step that is no test run counts as one check.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'coming-test-'));
const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

const bin = (path, ...args) => [process.execPath, [join('node_modules', path), ...args]];
const script = (name, ...args) => [process.execPath, [join('scripts', name), ...args]];
const vitest = (project) => bin('vitest/vitest.mjs', 'run', '--project', project);

const steps = {
  types: [
    bin('typescript/bin/tsc', '-p', 'tsconfig.core.json'),
    bin('typescript/bin/tsc', '-p', 'tsconfig.json'),
  ],
  lint: [
    bin('eslint/bin/eslint.js', '.'),
    bin('prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'),
  ],
  build: [script('build.mjs', 'relay', 'cdn', 'esm'), script('manifest.mjs')],
  unit: [vitest('unit')],
  interop: [vitest('interop')],
  faults: [vitest('faults')],
  browser: [vitest('browser')],
  stories: [script('storybook.mjs', 'build'), vitest('stories')],
  e2e: [vitest('e2e')],
  extension: [vitest('extension')],
  vectors: [script('vectors.mjs', 'test/vectors/signal-v4.json')],
  size: [script('size.mjs')],
};
// Parts of a step that only a long run plays by themselves.
const longSteps = { fuzz: [bin('vitest/vitest.mjs', 'run', '--project', 'unit', 'relay/test/fuzz')] };

const isLong = process.argv.includes('--long');
if (isLong) Object.assign(steps, longSteps);
const wanted = process.argv.slice(2).filter((name) => name !== '--long');
const unknown = wanted.filter((name) => !(name in steps));
if (unknown.length > 0) {
  console.error(`No such step: ${unknown.join(', ')}. There are: ${Object.keys(steps).join(', ')}.`);
  process.exit(2);
}

const failed = [];
const began = Date.now();
for (const [name, commands] of Object.entries(steps)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n\u2022 ${name} \u2026`);
  const start = Date.now();
  for (const command of commands) {
    const counts = run(...command);
    if (counts.failed > 0) failed.push(name);
    failures.push(...(counts.failures ?? []));
    count(counts);
  }
  console.log(`\u2022 ${name}: ${((Date.now() - start) / 1000).toFixed(1)} s`);
}
rmSync(scratch, { recursive: true, force: true });
console.log(`\n${((Date.now() - began) / 1000).toFixed(0)} s in all`);
// Once more, because the end of a long output is what is kept of it and read.
for (const failure of failures) console.log(`\n\u2717 ${failure}`);
if (failed.length > 0) console.log(`\nFailed: ${failed.join(', ')}`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 ? 1 : 0);

/** Runs one command and returns what it counted: tests where it ran some, else itself. */
function run(command, args) {
  const counts = join(scratch, 'counts');
  rmSync(counts, { force: true });
  const isCounted = args.some((arg) => arg.includes('vectors'));
  const { status, stdout } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', isCounted ? 'pipe' : 'inherit', 'inherit'],
    encoding: 'utf8',
    env: { ...process.env, COMING_COUNTS: counts, ...(isLong && { COMING_SEEDS: '100', COMING_FUZZ: '20' }) },
  });
  if (isCounted) process.stdout.write(stdout);
  const found = isCounted ? countsOf(stdout) : existsSync(counts) && JSON.parse(readFileSync(counts, 'utf8'));
  const ok = status === 0;
  if (!found) return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
  // A run that failed for another reason than its tests has failed all the same.
  return { ...found, failed: ok ? found.failed : Math.max(1, found.failed) };
}

function countsOf(output) {
  const match = /(\d+) passed, (\d+) failed, (\d+) skipped\s*$/.exec(output);
  return match && { passed: Number(match[1]), failed: Number(match[2]), skipped: Number(match[3]) };
}

function count(counts) {
  for (const key of Object.keys(total)) total[key] += counts[key];
}

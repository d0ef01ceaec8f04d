// Builds parts of the kit with rollup, unless they were built from the very same sources.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const SOURCES = [
  'components',
  'core',
  'proto',
  'relay/src',
  'devchain/src',
  'devchain/gen',
  'rollup.config.mjs',
  'package-lock.json',
  'scripts/aliases.mjs',
];

const SERVERS = ['relay', 'devchain'];

/** @param {readonly string[]} parts - Names of rollup.config.mjs. */
export function build(parts) {
  const wanted = hashOf(SOURCES);
  const outdated = parts.filter((part) => readStamp(part) !== wanted);
  if (outdated.length === 0) return;
  console.log(`\u2022 Building ${outdated.join(', ')} (some seconds) \u2026`);
  // Chunks carry a hash in their name: those of the last build would stay beside the new ones.
  for (const part of outdated) rmSync(outputOf(part), { recursive: true, force: true });
  execFileSync(process.execPath, [join(root, 'node_modules/rollup/dist/bin/rollup'), '-c', '--silent'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, COMING_BUILD: outdated.join(',') },
  });
  for (const part of outdated) writeFileSync(stampOf(part), wanted);
}

/** Where a part is built to. */
function outputOf(part) {
  return join(root, SERVERS.includes(part) ? `${part}/dist` : `dist/${part}`);
}

function stampOf(part) {
  return join(outputOf(part), '.built');
}

function readStamp(part) {
  return existsSync(stampOf(part)) ? readFileSync(stampOf(part), 'utf8') : undefined;
}

function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap(filesOf).sort()) hash.update(path).update(readFileSync(join(root, path)));
  return hash.digest('hex');
}

function filesOf(path) {
  if (!existsSync(join(root, path))) return [];
  try {
    return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1));
  } catch {
    return [path]; // a file
  }
}

if (process.argv[1] === import.meta.filename) build(process.argv.slice(2));

// Makes a clone ready: dependencies, generated code, with --browser Chromium, with --servers those that tests start
// (PostgreSQL, Redis and an object store) and with --peers those that the relay is compared with.
// Runs before `npm start` and `npm test`; says what it does, and does nothing that is done already.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 11)) {
  console.error(`coming-kit needs Node 20.11 or later; this is ${process.version}.`);
  process.exit(1);
}

const root = join(import.meta.dirname, '..');
const npm = process.env.npm_execpath;

installDependencies();
generateProto();
buildRuntime();
if (process.argv.includes('--browser')) await findBrowsers();
if (process.argv.includes('--servers')) await findServers();
if (process.argv.includes('--peers')) await findPeers();

/** Installs unless what is there is what the lock file wants; `npm ci` would first delete it all. */
function installDependencies() {
  if (isInstalled()) return;
  say('Installing dependencies (about half a minute)');
  const args = ['ci', '--no-audit', '--no-fund'];
  if (npm?.endsWith('.js')) run(process.execPath, [npm, ...args]);
  else run('npm', args, { shell: process.platform === 'win32' });
}

/** Compares npm's own note of what it installed with the lock file, and looks whether the folders are there. */
function isInstalled() {
  const note = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(note)) return false;
  const wanted = readJson('package-lock.json').packages;
  const found = JSON.parse(readFileSync(note, 'utf8')).packages;
  return Object.entries(wanted).every(([path, { version, link, optional, peer }]) => {
    if (!path.startsWith('node_modules/') || link) return true;
    // Binaries of other platforms are left out.
    if (!found[path]) return Boolean(optional || peer);
    return found[path].version === version && existsSync(join(root, path, 'package.json'));
  });
}

function generateProto() {
  const inputs = readdirSync(join(root, 'proto'))
    .filter((name) => name.endsWith('.proto'))
    .map((name) => `proto/${name}`);
  once(
    'proto/gen/.stamp',
    [...inputs, 'scripts/proto.mjs', 'package-lock.json'],
    'Generating proto/gen',
    () => run(process.execPath, ['scripts/proto.mjs']),
  );
}

function buildRuntime() {
  const sources = (folder, end) =>
    readdirSync(join(root, folder), { recursive: true })
      .filter((name) => name.endsWith(end) && !name.startsWith('gen'))
      .sort()
      .map((name) => `${folder}/${name}`);
  once(
    'devchain/gen/.stamp',
    [...sources('devchain/runtime', '.ts'), ...sources('devchain/scripts', '.mjs'), 'package-lock.json'],
    "Building the local chain's runtime",
    () => run(process.execPath, ['devchain/scripts/runtime.mjs']),
  );
}

/** One for pages, and a whole one for tests with a wallet extension; they may be the same. */
async function findBrowsers() {
  const { chromiumPath, fullChromiumPath } = await import('./chromium.mjs');
  const isThere = () => Boolean(chromiumPath() && fullChromiumPath());
  if (isThere()) return;
  // The headless shell is the lighter one; older releases have none.
  installWithApt(
    'Chromium',
    ['chromium-headless-shell', 'fonts-dejavu-core'],
    ['chromium', 'fonts-dejavu-core'],
  );
  if (isThere()) return;
  say("Installing Playwright's Chromium");
  run(process.execPath, ['node_modules/playwright/cli.js', 'install', 'chromium']);
  if (!isThere()) {
    console.error(
      'No Chromium was found or could be installed. Name one with COMING_CHROMIUM=/path/to/chromium, ' +
        'and one that loads extensions (not a headless shell, not Chrome) with COMING_FULL_CHROMIUM.',
    );
    process.exit(1);
  }
}

/** Tests that need a server which is not there are skipped, and counted as skipped. */
async function findServers() {
  const { hasSwift, postgresFolder, redisServer } = await import('./servers.mjs');
  const swift = ['proxy', 'account', 'container', 'object'].map((name) => `swift-${name}`);
  findAll([
    ['PostgreSQL', postgresFolder, ['postgresql']],
    ['Redis', redisServer, ['redis-server']],
    ['OpenStack Swift', hasSwift, swift],
  ]);
}

/** What is missing is left out of the comparison. */
async function findPeers() {
  const { ejabberd, mosquitto, postgresFolder, redisServer } = await import('./servers.mjs');
  findAll([
    ['PostgreSQL', postgresFolder, ['postgresql']],
    ['Redis', redisServer, ['redis-server']],
    ['mosquitto', mosquitto, ['mosquitto']],
    ['ejabberd', ejabberd, ['ejabberd']],
  ]);
}

function findAll(servers) {
  for (const [name, isHere, packages] of servers) {
    if (!isHere()) installWithApt(name, packages);
    if (!isHere()) say(`${name} is missing: what needs it is left out`);
  }
}

/** Installs sets of what Debian has, where this process may become root. */
function installWithApt(what, ...sets) {
  if (process.platform !== 'linux' || !works('apt-get', ['--version'])) return;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && !works('sudo', ['-n', 'true'])) return;
  const apt = (...args) =>
    works(isRoot ? 'apt-get' : 'sudo', isRoot ? args : ['-n', 'apt-get', ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  say(`Installing ${what} with apt-get (a minute or two)`);
  apt('update', '-qq');
  for (const names of sets) apt('install', '-y', '-qq', '--no-install-recommends', ...names);
}

/** Does a piece of work unless its inputs are those of the last time. */
function once(stamp, inputs, what, work) {
  const hash = createHash('sha256');
  for (const input of inputs) hash.update(readFileSync(join(root, input)));
  const wanted = `${hash.digest('hex')} ${process.versions.modules}`;
  const file = join(root, stamp);
  if (existsSync(file) && readFileSync(file, 'utf8') === wanted) return;
  say(what);
  work();
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, wanted);
}

function run(command, args, options = {}) {
  try {
    execFileSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], ...options });
  } catch {
    console.error(`Set-up failed at: ${[command, ...args].map((part) => basename(part)).join(' ')}`);
    process.exit(1);
  }
}

function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

function works(command, args, options = {}) {
  return spawnSync(command, args, { stdio: 'ignore', ...options }).status === 0;
}

function say(what) {
  console.log(`\u2022 ${what} \u2026`);
}

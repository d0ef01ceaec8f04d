// Prints `name bytes budget` for what a page loads, gzip -9, and fails when a budget is exceeded or a size
// moved away from the number kept in bench/sizes.json (`npm run size -- --write` keeps the new one).
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from './build.mjs';
import { shareOf } from './share.mjs';

const root = join(import.meta.dirname, '..');
const cdn = join(root, 'dist/cdn');
const file = join(root, 'bench/sizes.json');
const kept = JSON.parse(readFileSync(file, 'utf8'));
// zlib differs a little between versions of Node, and chunk names between builds.
const TOLERANCE = 0.01;

build(['cdn', 'pay-alone']);

const page = closure(['coming-kit.js']);
/** What is loaded, in all, at each of these points; less what was loaded before. */
const entries = {
  // The elements alone, before any client is made.
  elements: page,
  // Elements, ratchet, transport, store, protobuf, identity: everything that a chat needs.
  chat: closure(['chat.js', chunk('shared'), chunk('client')]),
  // A payment button on a page, before it is used.
  pay: closure(['../pay-alone/pay.js']),
  // What is loaded when it is: the dialog, from amount to receipt.
  'pay-sheet': without(closure([chunk('define-sheet')]), closure(['coming-kit.js', chunk('client')])),
  // A button to log in with, on a page that has nothing else, and what is loaded when it is used.
  'sign-in': closure(['sign-in.js']),
  'sign-in-sheet': without(
    closure(['sign-in-define-sign-in-sheet', 'sign-in-sign-in', 'sign-in-extension-dapp'].map(chunk)),
    closure(['sign-in.js']),
  ),
  // Speaks to the chain, and checks what others say they paid.
  ledger: without(closure([chunk('ledger'), chunk('payments')]), closure(['coming-kit.js', chunk('client')])),
  // Compares nodes and checks proofs; loaded where a second node is named.
  proofs: without(closure([chunk('proofs')]), closure(['coming-kit.js', chunk('client'), chunk('ledger')])),
  'wallet-adapter': without(
    closure([chunk('wallet'), chunk('extension-dapp')]),
    closure(['coming-kit.js', chunk('client')]),
  ),
  sr25519: without(closure([chunk('sr25519')]), closure(['coming-kit.js', chunk('client')])),
};

// Identity's part of `chat`: device log, accounts, addresses, directory.
const IDENTITY = /\/core\/(identity|directory|accounts)\//;
const chat = entries.chat.map((path) => join(cdn, path));

const sizes = Object.entries(entries).map(([name, files]) => [
  name,
  files.reduce((sum, path) => sum + gzipSync(readFileSync(join(cdn, path)), { level: 9 }).length, 0),
]);
sizes.push(['identity', shareOf(chat, (source) => IDENTITY.test(source))]);

let failed = false;
for (const [name, bytes] of sizes) {
  const { budget } = kept[name];
  console.log(`${name} ${bytes} ${budget}`);
  if (bytes > budget) fail(`${name} is ${bytes - budget} bytes over its budget`);
  if (process.argv.includes('--write')) kept[name].bytes = bytes;
  else if (Math.abs(bytes - kept[name].bytes) > kept[name].bytes * TOLERANCE) {
    fail(`${name} was ${kept[name].bytes}: look at what moved it, then run: npm run size -- --write`);
  }
}
if (process.argv.includes('--write')) writeFileSync(file, `${JSON.stringify(kept, null, 2)}\n`);
process.exit(failed ? 1 : 0);

function fail(why) {
  console.error(why);
  failed = true;
}

/** The file of a named chunk. */
function chunk(name) {
  const found = readdirSync(join(cdn, 'chunks')).filter((path) =>
    new RegExp(`^${name}-[\\w-]{8}\\.js$`).test(path),
  );
  if (found.length !== 1) throw new Error(`expected one chunk ${name}, found ${found.length}`);
  return `chunks/${found[0]}`;
}

/** Files and everything that they import statically. */
function closure(paths) {
  const seen = new Set();
  const visit = (path) => {
    if (seen.has(path)) return;
    seen.add(path);
    const code = readFileSync(join(cdn, path), 'utf8');
    for (const [, target] of code.matchAll(/(?:\bfrom|\bimport)\s*["'](\.[^"']+)["']/g)) {
      visit(relative(cdn, resolve(cdn, dirname(path), target)));
    }
  };
  paths.forEach(visit);
  return [...seen];
}

function without(paths, loaded) {
  return paths.filter((path) => !loaded.includes(path));
}

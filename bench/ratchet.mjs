// The ratchet beside others, in one run, in Node and in Chromium: set-up (from the bundle to the first message read),
// and a pair of one encrypt and one decrypt of 100 bytes, taking turns and one way. `npm run -s bench:ratchet`, with
// `-- --json` for {runs: [{env, peers: {NAME: {setup_us, pingpong_us, oneway_us, pingpong_p99_us, …}}}]}, with
// `-- --env=node` for one of the two, with `-- --quick` for a glance.
import { createServer } from 'node:http';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright';
import { chromiumPath } from '../scripts/chromium.mjs';

const root = join(import.meta.dirname, '..');
const require = createRequire(import.meta.url);
const isQuick = process.argv.includes('--quick');
const size = isQuick ? { pairs: 400, setUps: 20, millis: 1500 } : { pairs: 4000, setUps: 200, millis: 6000 };
const wanted = /--env=(\w+)/.exec(process.argv.join(' '))?.[1];

const runs = [];
if (wanted !== 'chromium') runs.push({ env: 'node', peers: await inNode() });
if (wanted !== 'node') runs.push({ env: 'chromium', peers: await inChromium() });
if (process.argv.includes('--json')) console.log(JSON.stringify({ runs }));
else for (const run of runs) print(run);

async function inNode() {
  const folder = await mkdtemp(join(root, 'node_modules', '.bench-'));
  try {
    const outfile = join(folder, 'node.mjs');
    await build({ ...options('node.mjs'), outfile, platform: 'node', packages: 'external' });
    const { measure, ...peers } = await import(pathToFileURL(outfile));
    const found = {};
    for (const peer of Object.values(peers)) found[peer.name] = await measure(peer, size);
    return found;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function inChromium() {
  const { outputFiles } = await build({
    ...options('page.mjs'),
    write: false,
    external: ['fs', 'path', 'crypto'],
    define: { global: 'globalThis' },
  });
  const files = {
    '/': [
      'text/html',
      '<!doctype html><script>var OLM_OPTIONS</script><script type="module" src="/page.js"></script>',
    ],
    '/page.js': ['text/javascript', outputFiles[0].text],
    '/olm.wasm': ['application/wasm', await readFile(require.resolve('@matrix-org/olm/olm.wasm'))],
  };
  const server = createServer(({ url }, response) => {
    const [type, body] = files[url] ?? ['text/plain', ''];
    // Isolated, so that the clock is fine enough.
    const isolated = {
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    };
    response.writeHead(200, { 'content-type': type, ...isolated }).end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.error(error));
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await page.waitForFunction('globalThis.peers');
    const found = {};
    for (const name of await page.evaluate('globalThis.peers')) {
      found[name] = await page.evaluate(([name, size]) => globalThis.measurePeer(name, size), [name, size]);
    }
    return found;
  } finally {
    await browser.close();
    server.close();
  }
}

function options(entry) {
  const entryPoints = [join(root, 'bench/ratchet', entry)];
  return { entryPoints, bundle: true, format: 'esm', target: 'es2022', minify: true, logLevel: 'error' };
}

function print({ env, peers }) {
  console.log(`\n${env}, \u00b5s (and as a multiple of coming-kit)`);
  const own = peers['coming-kit'];
  for (const [name, figures] of Object.entries(peers)) {
    const cells = Object.entries(figures).map(
      ([what, value]) => `${what.replace('_us', '')} ${value} (${(value / own[what]).toFixed(2)})`,
    );
    console.log(`${name.padEnd(18)}${cells.join('  ')}`);
  }
}

// The local chain by itself: blocks of a hundred signed transfers a second, how long its runtime takes to build, how
// large it is, and what a page loads to run it, alone or beside the kit. Prints JSON. `npm run -s bench:chain`
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import resolve from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import { build } from 'esbuild';
import { rollup } from 'rollup';
import esbuild from 'rollup-plugin-esbuild';
import { median, root } from './demo.mjs';

const BLOCKS = 30;
const TRANSFERS = 100;
const STARTS = 9;
/** What a page that holds the kit has loaded already. */
const SHARED = /@noble\/(hashes|ed25519)|@scure\/base|substrate-bindings/;

const folder = await mkdtemp(join(root, 'node_modules', '.bench-'));
try {
  const { times, opened } = await blocks();
  const runtime = await readFile(join(root, 'devchain/gen/runtime.wasm'));
  console.log(
    JSON.stringify({
      blocks_per_second: Math.round(10_000 / median(times.map(({ made }) => made))) / 10,
      transfers_per_block: TRANSFERS,
      block_ms: median(times.map(({ made }) => made)),
      check_and_pool_ms: median(times.map(({ pooled }) => pooled)),
      open_ms: median(opened),
      build_ms: buildTime(),
      runtime_bytes: runtime.length,
      runtime_gz_bytes: gzipSync(runtime, { level: 9 }).length,
      page_gz_bytes: await pageSize([]),
      page_beside_kit_gz_bytes: await pageSize(SHARED),
    }),
  );
} finally {
  await rm(folder, { recursive: true });
}

/**
 * Times in ms of taking the transfers into the pool, signatures checked, and of the block with them; and of opening a
 * chain in memory until its first block is there.
 */
async function blocks() {
  const outfile = join(folder, 'node.mjs');
  await build({
    stdin: {
      contents: `export { openDevchain } from './devchain/src/devchain.ts';
        export * from './devchain/test/extrinsics.ts';`,
      resolveDir: root,
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outfile,
  });
  const { openDevchain, signed, alice, bob, call, hex } = await import(pathToFileURL(outfile));
  const opened = [];
  for (let start = 0; start < STARTS; start += 1) {
    const before = performance.now();
    const one = await openDevchain({ blockTime: 'manual' });
    await newBlock(one);
    opened.push(performance.now() - before);
    one.close();
  }
  const chain = await openDevchain({ blockTime: 'manual' });
  const found = [];
  for (let block = 0; block < BLOCKS; block += 1) {
    const transfers = Array.from({ length: TRANSFERS }, (_, i) =>
      hex(signed(chain, alice, call.assetTransfer(bob.addressRaw, 1, 1n), { nonce: block * TRANSFERS + i })),
    );
    const start = performance.now();
    for (const transfer of transfers) await chain.request('author_submitExtrinsic', [transfer]);
    const pooled = performance.now();
    const { extrinsics } = await newBlock(chain);
    if (extrinsics.length < TRANSFERS) throw new Error(`a block of ${extrinsics.length}`);
    found.push({ pooled: pooled - start, made: performance.now() - pooled });
  }
  chain.close();
  return { times: found, opened };
}

async function newBlock(chain) {
  await chain.request('dev_newBlock');
  const { block } = await chain.request('chain_getBlock');
  return block;
}

function buildTime() {
  const start = performance.now();
  execFileSync(process.execPath, ['devchain/scripts/runtime.mjs'], { cwd: root, stdio: 'ignore' });
  return Math.round(performance.now() - start);
}

/**
 * What is loaded to open a chain and make blocks, with what the page's own modules load beside it or not; what only
 * another signature scheme, Bitcoin, or ChainX's own RPC needs is not. As the kit's own build makes it.
 */
async function pageSize(external) {
  const bundle = await rollup({
    onwarn: () => undefined, // of comments in packages
    input: join(root, 'devchain/src/devchain.ts'),
    external,
    plugins: [
      resolve({ browser: true, exportConditions: ['production'] }),
      esbuild({ target: 'es2022', tsconfig: join(root, 'tsconfig.json') }),
    ],
  });
  const minified = terser({ module: true, ecma: 2020, compress: { passes: 3 } });
  const { output } = await bundle.generate({ format: 'es', plugins: [minified] });
  const chunks = new Map(output.map((chunk) => [chunk.fileName, chunk]));
  const loaded = new Set();
  const load = (name) => {
    const chunk = chunks.get(name);
    if (!chunk || loaded.has(chunk)) return;
    loaded.add(chunk);
    chunk.imports.forEach(load);
  };
  for (const { fileName, isEntry, facadeModuleId } of output) {
    if (isEntry || facadeModuleId?.endsWith('gen/runtime.js')) load(fileName);
  }
  return [...loaded].reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0);
}

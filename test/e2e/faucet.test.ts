import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { encodeAddress } from '../../core/identity/index.js';
import { readChain } from '../support/chain-reader.js';
import { startDemo, type Demo } from '../support/demo.js';

const GIFT = { xbtc: 5_000_000n, pcx: 100_000_000n };
const [ada, bo, nobody] = [1, 2, 3].map((n) => encodeAddress(new Uint8Array(32).fill(n))) as [
  string,
  string,
  string,
];

let folder: string;
let demo: Demo;

beforeAll(async () => {
  // @polkadot/api says each time that this chain has no MetadataApi.
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  folder = await mkdtemp(join(tmpdir(), 'coming-faucet-'));
  demo = await startDemo(folder);
});

afterAll(async () => {
  await demo?.stop();
  await rm(folder, { recursive: true });
});

async function post(path: string, value: unknown, origin = demo.url): Promise<number> {
  const body = JSON.stringify(value);
  return (await fetch(`${demo.url}/${path}`, { method: 'POST', body, headers: { origin } })).status;
}

async function holdings(comingId: string) {
  const chain = await readChain(demo.chainUrl);
  const held = await chain.holdings(comingId);
  await chain.close();
  return held;
}

it('gives coins to who is on the roster, and to nobody else', async () => {
  expect(await post('roster', { name: 'Ada', comingId: ada })).toBe(200);
  expect(await post('fund', { comingId: ada })).toBe(200);
  expect(await post('fund', { comingId: nobody })).toBe(404);
  expect(await holdings(ada)).toEqual(GIFT);
  expect(await holdings(nobody)).toEqual({ xbtc: 0n, pcx: 0n });
});

it('listens to its own page only, and to nothing that is no request', async () => {
  expect(await post('fund', { comingId: ada }, 'https://elsewhere.example')).toBe(403);
  expect(await post('fund', null)).toBe(404);
  expect(await post('fund', { comingId: 'x'.repeat(2000) })).not.toBe(200);
});

it('gives once: to who asks twice, twice at the same time, and again after everything was restarted', async () => {
  await post('roster', { name: 'Bo', comingId: bo });
  expect(await Promise.all([1, 2, 3].map(() => post('fund', { comingId: bo })))).toEqual([200, 200, 200]);
  await demo.kill('chain');
  expect(await post('fund', { comingId: bo })).toBe(200);
  await demo.stop();
  demo = await startDemo(folder);
  expect(await post('fund', { comingId: bo })).toBe(200);
  expect(await holdings(bo)).toEqual(GIFT);
});

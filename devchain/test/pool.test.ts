import { describe, expect, test } from 'vitest';
import type { Devchain } from '../src/devchain.js';
import { alice, bob, call, hex, signed } from './extrinsics.js';
import { open } from './reading.js';

const transfer = (chain: Devchain, nonce: number, how: { tip?: bigint; value?: bigint } = {}) =>
  signed(chain, alice, call.transfer(bob.addressRaw, how.value ?? 1n), { nonce, tip: how.tip ?? 0n });

async function watch(chain: Devchain, extrinsic: Uint8Array): Promise<unknown[]> {
  const seen: unknown[] = [];
  await chain.subscribe('author_submitAndWatchExtrinsic', [hex(extrinsic)], (status) => seen.push(status));
  return seen;
}

const newBlock = async (chain: Devchain) => ((await chain.request('dev_newBlock')) as { hash: string }).hash;

describe('the pool', () => {
  test('holds a transaction back until the nonces before it are there', async () => {
    const { chain, submit } = await open();
    const later = await watch(chain, transfer(chain, 1));
    expect(later).toEqual(['future']);
    expect(await chain.request('author_pendingExtrinsics')).toEqual([]);
    await submit(transfer(chain, 0));
    expect(later).toEqual(['future', 'ready', { broadcast: [] }]);
    const hash = await newBlock(chain);
    expect(later.at(-1)).toEqual({ inBlock: hash });
  });

  test('counts waiting transactions in the next nonce', async () => {
    const { chain, submit } = await open();
    const next = () => chain.request('system_accountNextIndex', [alice.address]);
    expect(await next()).toBe(0);
    await submit(transfer(chain, 0));
    await submit(transfer(chain, 1));
    await submit(transfer(chain, 3));
    expect(await next()).toBe(2);
    await newBlock(chain);
    expect(await next()).toBe(2);
  });

  test('takes the best paid account first, and each account in order', async () => {
    const { chain, submit } = await open();
    const fromBob = (nonce: number, tip: bigint) =>
      signed(chain, bob, call.transfer(alice.addressRaw, 1n), { nonce, tip });
    const [a0, a1, b0, b1] = [
      transfer(chain, 0, { tip: 1n }),
      transfer(chain, 1, { tip: 9n }),
      fromBob(0, 5n),
      fromBob(1, 0n),
    ];
    for (const extrinsic of [a1, b1, a0, b0]) await submit(extrinsic);
    expect(await chain.request('author_pendingExtrinsics')).toEqual([b0, a0, a1, b1].map(hex));
  });

  test('puts many transactions of one account into a block, whatever order they came in', async () => {
    const { chain, submit } = await open();
    for (let nonce = 49; nonce >= 0; nonce--) await submit(transfer(chain, nonce));
    const hash = await newBlock(chain);
    const { block } = (await chain.request('chain_getBlock', [hash])) as { block: { extrinsics: unknown[] } };
    expect(block.extrinsics).toHaveLength(51);
    expect(await chain.request('system_accountNextIndex', [alice.address])).toBe(50);
  });

  test('lets a better paid transaction take the place of another one, and no other', async () => {
    const { chain, submit } = await open();
    const first = await watch(chain, transfer(chain, 0, { tip: 5n }));
    await expect(submit(transfer(chain, 0, { tip: 5n, value: 2n }))).rejects.toMatchObject({ code: 1014 });
    const better = (await submit(transfer(chain, 0, { tip: 6n }))) as string;
    expect(first.at(-1)).toEqual({ usurped: better });
    expect(await chain.request('author_pendingExtrinsics')).toHaveLength(1);
  });

  test('knows a transaction that it holds, or that is in a block', async () => {
    const { chain, submit } = await open();
    const extrinsic = transfer(chain, 0);
    await submit(extrinsic);
    await expect(submit(extrinsic)).rejects.toMatchObject({ code: 1013 });
    await newBlock(chain);
    await expect(submit(extrinsic)).rejects.toMatchObject({ code: 1012 });
  });

  test('says finalized only after more blocks came', async () => {
    const { chain } = await open({ finalityLag: 2 });
    const seen = await watch(chain, transfer(chain, 0));
    const hash = await newBlock(chain);
    await newBlock(chain);
    expect(seen.at(-1)).toEqual({ inBlock: hash });
    await newBlock(chain);
    expect(seen.at(-1)).toEqual({ finalized: hash });
    expect(await chain.request('chain_getFinalizedHead')).toBe(hash);
  });

  test('takes a transaction back when its block is retracted, and puts it into another one', async () => {
    const { chain } = await open({ finalityLag: 5 });
    const seen = await watch(chain, transfer(chain, 0));
    const first = await newBlock(chain);
    await chain.request('dev_forceReorg', [1]);
    expect(seen).toContainEqual({ retracted: first });
    expect(await chain.request('chain_getBlockHash', [1])).not.toBe(first);
    const second = await newBlock(chain);
    expect(seen.at(-1)).toEqual({ inBlock: second });
    await expect(chain.request('dev_forceReorg', [9])).rejects.toMatchObject({ code: -32602 });
  });

  test('drops a transaction whose era ended while it waited', async () => {
    const { chain } = await open();
    const birthHash = await newBlock(chain);
    const era = { period: 4, birth: 1, birthHash };
    const extrinsic = signed(chain, alice, call.transfer(bob.addressRaw, 1n), { nonce: 1, era });
    const seen = await watch(chain, extrinsic);
    for (let i = 0; i < 4; i++) await newBlock(chain);
    expect(seen).toEqual(['future', 'invalid']);
  });
});

describe('the faucet', () => {
  test('gives both coins and says in which block', async () => {
    const { chain, pcx, xbtc } = await open();
    const to = new Uint8Array(32).fill(7);
    const { blockHash } = (await chain.request('dev_fund', [hex(to), { pcx: '500', xbtc: 70 }])) as {
      blockHash: string;
    };
    expect(blockHash).toBe(await chain.request('chain_getBlockHash'));
    expect([await pcx(to), await xbtc(to)]).toEqual([500n, 70n]);
  });

  test('serves several at once', async () => {
    const { chain, pcx } = await open({ blockTime: 20 });
    const all = Array.from({ length: 5 }, (_, i) => new Uint8Array(32).fill(i + 1));
    await Promise.all(all.map((to) => chain.request('dev_fund', [hex(to), { pcx: 9 }])));
    expect(await Promise.all(all.map(pcx))).toEqual([9n, 9n, 9n, 9n, 9n]);
    chain.close();
  });

  test('says so when it has not got so much, and gives nothing then', async () => {
    const { chain, pcx } = await open();
    const gift = { pcx: 5, xbtc: String(10n ** 20n) };
    await expect(chain.request('dev_fund', [alice.address, gift])).rejects.toMatchObject({ code: -32000 });
    await newBlock(chain);
    expect(await pcx(alice.addressRaw)).toBe(10n ** 11n);
  });

  test.each([
    ['no address', ['nobody', { pcx: 1 }]],
    ['a negative amount', [alice.address, { pcx: -1 }]],
    ['half a unit', [alice.address, { xbtc: '0.5' }]],
  ])('refuses %s', async (_, params) => {
    const { chain } = await open();
    await expect(chain.request('dev_fund', params)).rejects.toMatchObject({ code: -32602 });
  });
});

/** What the kit signs, in the hands of an executor that nobody here wrote. */
import { destroyWorker } from '@acala-network/chopsticks-core';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { runBlock, storageOf, type Header } from '../../../devchain/test/smoldot.js';
import type { Chain } from '../../../core/ledger/index.js';
import { newId, openLocalChain, payer, type LocalChain } from '../../support/local-chain.js';
import { waitFor } from '../../support/wait.js';

type Hex = `0x${string}`;

const ada = payer(1);
const bo = payer(2);

let local: LocalChain;
let chain: Chain;

beforeEach(async () => {
  local = await openLocalChain();
  await local.fund(ada.account, { pcx: 100_000_000n, xbtc: 1_000_000n });
  chain = await local.client();
});

afterEach(() => local.close());
afterAll(() => destroyWorker());

it.each(['XBTC', 'PCX'])("a payment in %s leaves the same storage on smoldot's executor", async (symbol) => {
  const amount = 100_000n;
  const { request } = local.devchain;
  const before = new Map(
    Object.entries(await storageOf(local.devchain, (await request('chain_getBlockHash')) as Hex)),
  ) as Map<string, Hex>;
  const asset = symbol === 'XBTC' ? local.xbtc : local.pcx;
  const order = { id: newId(), asset, amount, from: ada.account, to: bo.account };
  await chain.transfer(order, ada);
  await waitFor(chain.watchTransfer(order.id), (transfer) => transfer?.state === 'broadcast');
  const { hash, header } = (await request('dev_newBlock')) as { hash: Hex; header: Header };
  const { block } = (await request('chain_getBlock', [hash])) as { block: { extrinsics: Hex[] } };
  expect(block.extrinsics).toHaveLength(2);

  const { results } = await runBlock(before, header, block.extrinsics);
  expect(results.map((result) => result.slice(2, 4))).toEqual(['00', '00']);
  expect(Object.fromEntries(before)).toEqual(await storageOf(local.devchain, hash));
  expect((await chain.balance(asset, bo.account)).usable).toBe(amount);
});

import { expect, test } from 'vitest';
import { openDevchain } from '../../devchain/src/devchain.js';

const ACCOUNT = `0x${'07'.repeat(32)}`;

test('the local chain runs inside a page', async () => {
  const chain = await openDevchain({ blockTime: 20 });
  const heads: unknown[] = [];
  const stop = await chain.subscribe('chain_subscribeNewHeads', [], (head) => heads.push(head));
  const { blockHash } = (await chain.request('dev_fund', [ACCOUNT, { pcx: 5, xbtc: 7 }])) as { blockHash: string };
  await expect.poll(() => heads.length).toBeGreaterThan(2);
  await stop();
  const { block } = (await chain.request('chain_getBlock', [blockHash])) as { block: { extrinsics: string[] } };
  expect(block.extrinsics).toHaveLength(3);
  chain.close();
});

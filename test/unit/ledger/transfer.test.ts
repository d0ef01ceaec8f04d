import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Chain, Transfer, TransferOrder } from '../../../core/ledger/index.js';
import { newId, openLocalChain, payer, type LocalChain } from '../../support/local-chain.js';
import { waitFor } from '../../support/wait.js';

const UNIT = 100_000_000n;
const ada = payer(1);
const bob = payer(2);

let local: LocalChain;
let chain: Chain;

beforeEach(async () => {
  local = await openLocalChain();
  await local.fund(ada.account, { pcx: UNIT, xbtc: UNIT });
  chain = await local.client();
});

afterEach(() => local.close());

function order(changes: Partial<TransferOrder> = {}): TransferOrder {
  return { id: newId(), asset: local.xbtc, amount: 12_345n, from: ada.account, to: bob.account, ...changes };
}

const stateIs =
  (state: Transfer['state']) =>
  (transfer: Transfer | undefined): boolean =>
    transfer?.state === state;

describe('a transfer', () => {
  it('reaches finality, and moves exactly the amount and the fee', async () => {
    const wanted = order();
    const fee = await chain.estimateFee(wanted, 'ed25519');
    const signed = await chain.transfer(wanted, ada, { maxFee: fee });
    expect(signed.state).toBe('signed');
    const watched = chain.watchTransfer(wanted.id);
    await waitFor(watched, stateIs('broadcast'));
    await local.newBlocks(1);
    await waitFor(watched, stateIs('in-block'));
    await local.newBlocks(3);
    await waitFor(watched, stateIs('final'));
    expect((await chain.balance(local.xbtc, bob.account)).usable).toBe(12_345n);
    expect((await chain.balance(local.xbtc, ada.account)).usable).toBe(UNIT - 12_345n);
    expect((await chain.balance(local.pcx, ada.account)).usable).toBe(UNIT - fee);
  });
});

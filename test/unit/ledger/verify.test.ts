import { getDynamicBuilder, getLookupFn } from '@polkadot-api/metadata-builders';
import { decAnyMetadata, unifyMetadata } from '@polkadot-api/substrate-bindings';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Chain, PaymentClaim, Transfer, TransferOrder, Verdict } from '../../../core/ledger/index.js';
import { fromHex, toHex } from '../../../core/ledger/substrate/hex.js';
import { refusal } from '../../support/codes.js';
import { newId, openLocalChain, payer, type LocalChain } from '../../support/local-chain.js';
import { settled, until } from '../../support/until.js';
import { waitFor } from '../../support/wait.js';

const UNIT = 100_000_000n;
const ada = payer(1);
const bob = payer(2);
const eve = payer(3);

let local: LocalChain;
let chain: Chain;
let receiver: Chain;

beforeEach(async () => {
  local = await openLocalChain();
  await local.fund(ada.account, { pcx: UNIT, xbtc: UNIT });
  chain = await local.client();
  receiver = await local.client();
});

afterEach(() => local.close());

function order(changes: Partial<TransferOrder> = {}): TransferOrder {
  return { id: newId(), asset: local.xbtc, amount: 12_345n, from: ada.account, to: bob.account, ...changes };
}

const claimOf = ({ asset, amount, from, to }: TransferOrder, { block }: Transfer): PaymentClaim => ({
  genesis: local.genesis,
  block: block!.hash,
  extrinsic: block!.index,
  asset,
  amount,
  from,
  to,
});

/** Puts the transfers into one block, all in the order given. */
async function inBlock(orders: readonly TransferOrder[]): Promise<PaymentClaim[]> {
  for (const one of orders) {
    await chain.transfer(one, ada);
    await waitFor(chain.watchTransfer(one.id), (transfer) => transfer?.state === 'broadcast');
  }
  await local.newBlocks(1);
  const transfers = await Promise.all(
    orders.map(({ id }) => waitFor(chain.watchTransfer(id), (transfer) => transfer?.state === 'in-block')),
  );
  return transfers.map((transfer, i) => claimOf(orders[i]!, transfer!));
}

async function paid(changes: Partial<TransferOrder> = {}): Promise<PaymentClaim> {
  const [claim] = await inBlock([order(changes)]);
  await local.newBlocks(2);
  return claim!;
}

const no = (why: string): Verdict => ({ paid: false, why }) as Verdict;
const eventsOf = (verdict: Verdict): readonly string[] => (verdict.paid ? verdict.events : []);

describe('a payment that happened', () => {
  it.each(['xbtc', 'pcx'] as const)('in %s is confirmed, by one event', async (asset) => {
    const claim = await paid({ asset: local[asset] });
    const verdict = await receiver.verify(claim);
    expect(verdict).toMatchObject({ paid: true, events: [expect.any(String)] });
  });

  it('is confirmed only when its block is final', async () => {
    const [claim] = await inBlock([order()]);
    let verdict: Verdict | undefined;
    const verified = receiver.verify(claim!).then((result) => (verdict = result));
    await until(() => local.network.countOf('chain_subscribeFinalizedHeads') === 2);
    await local.newBlocks(1);
    await settled();
    expect(verdict).toBeUndefined();
    await local.newBlocks(1);
    expect(await verified).toMatchObject({ paid: true });
  });

  it('has one name, however its block is written and whoever asks', async () => {
    const claim = await paid();
    const shouted = { ...claim, block: `0x${claim.block.slice(2).toUpperCase()}` };
    const answers = await Promise.all(
      [receiver, chain].flatMap((one) => [one.verify(claim), one.verify(shouted)]),
    );
    const names = answers.flatMap(eventsOf);
    expect(names).toHaveLength(4);
    expect(new Set(names).size).toBe(1);
  });

  it('has another name than any other payment, be it the same amount in the same block', async () => {
    const claims = await inBlock([order(), order()]);
    await local.newBlocks(2);
    const answers = await Promise.all(claims.map((claim) => receiver.verify(claim)));
    const names = answers.flatMap(eventsOf);
    expect(new Set(names).size).toBe(2);
  });

  it('once and no more, when a batch holds it once; twice when it holds it twice', async () => {
    const claim = await paid();
    const events = eventsOf(await receiver.verify(claim));
    // The local chain has no batches: its own events, with the payment doubled as a batch would.
    const builder = getDynamicBuilder(
      getLookupFn(
        unifyMetadata(decAnyMetadata((await local.devchain.request('state_getMetadata')) as string)),
      ),
    );
    const { keys, value: codec } = builder.buildStorage('System', 'Events');
    const hex = (await local.devchain.request('state_getStorage', [keys.enc(), claim.block])) as string;
    const records = codec.dec(hex) as { event: { type: string } }[];
    const doubled = records.flatMap((one) => (one.event.type === 'XAssets' ? [one, one] : [one]));
    expect(toHex(codec.enc(records))).toBe(hex);
    local.network.intercept = ({ method, params }, answer) => {
      if (method !== 'state_getStorage' || params[0] !== keys.enc()) return 'pass';
      answer({ result: toHex(codec.enc(doubled)) });
      return 'swallow';
    };
    const twice = eventsOf(await receiver.verify(claim));
    expect(twice).toHaveLength(2);
    expect(new Set(twice).size).toBe(2);
    expect(twice[0]).toBe(events[0]);
  });
});

describe('a forgery stays unpaid', () => {
  it('wrong asset, amount, decimals, receiver or sender', async () => {
    const claim = await paid();
    const wrong: Partial<PaymentClaim>[] = [
      { asset: local.pcx },
      { asset: { ...local.xbtc, ledger: { kind: 'xassets', id: 2 } } },
      { amount: claim.amount + 1n },
      { amount: claim.amount - 1n },
      { amount: claim.amount * 10n },
      { amount: claim.amount / 10n },
      { amount: claim.amount * 10n ** 10n },
      { to: eve.account },
      { from: eve.account },
      { from: claim.to, to: claim.from },
    ];
    for (const change of wrong) {
      expect(await receiver.verify({ ...claim, ...change })).toEqual(no('no-such-payment'));
    }
    // Decimals are for showing only: the amount is what the event says.
    const shown = { ...local.xbtc, decimals: 2 };
    expect(await receiver.verify({ ...claim, asset: shown })).toMatchObject({ paid: true });
  });

  it('wrong block: another one, one that nobody knows, one that did not last', async () => {
    const [claim] = await inBlock([order()]);
    const retracted = claim!.block;
    await local.devchain.request('dev_forceReorg', [1]);
    await local.newBlocks(4);
    expect(await receiver.verify(claim!)).toEqual(no('unknown-block'));

    const other = (await local.devchain.request('chain_getBlockHash', [1])) as string;
    expect(other).not.toBe(retracted);
    expect((await receiver.verify({ ...claim!, block: other })).paid).toBe(false);

    const nobodys = receiver.verify({ ...claim!, block: `0x${'ab'.repeat(32)}` });
    for (let blocks = 0; blocks < 25; blocks += 1) {
      await local.newBlocks(1);
      await settled();
    }
    expect(await nobodys).toEqual(no('unknown-block'));
  });

  it('a block that is known but retracted only later, while the receiver waits', async () => {
    const [claim] = await inBlock([order()]);
    const verified = receiver.verify(claim!);
    await until(() => local.network.countOf('chain_subscribeFinalizedHeads') === 2);
    await local.devchain.request('dev_forceReorg', [1]);
    await local.newBlocks(4);
    expect(await verified).toEqual(no('unknown-block'));
  });

  it('wrong index: another payment of the block, the inherent, none', async () => {
    const [mine, hers] = await inBlock([order(), order({ to: eve.account })]);
    await local.newBlocks(2);
    const at = (extrinsic: number) => receiver.verify({ ...mine!, extrinsic });
    expect(await at(mine!.extrinsic)).toMatchObject({ paid: true });
    expect(await at(hers!.extrinsic)).toEqual(no('no-such-payment'));
    expect(await at(0)).toEqual(no('no-such-payment'));
    expect(await at(99)).toEqual(no('no-such-extrinsic'));
  });

  it('an extrinsic that failed', async () => {
    const elsewhere = await local.client();
    const first = order({ amount: UNIT });
    await elsewhere.transfer(first, ada);
    await waitFor(elsewhere.watchTransfer(first.id), (transfer) => transfer?.state === 'broadcast');
    const [second] = await inBlock([order({ amount: UNIT })]);
    await local.newBlocks(2);
    expect(await receiver.verify(second!)).toEqual(no('failed'));
  });

  it('another chain', async () => {
    const claim = await paid();
    const genesis = `0x${'cd'.repeat(32)}`;
    expect(await receiver.verify({ ...claim, genesis })).toEqual(no('other-chain'));
    const asset = { ...local.xbtc, caip19: 'polkadot:6ac13efb5b368b97b4934cef6edfdd99/xassets:1' };
    expect(await refusal(() => receiver.verify({ ...claim, asset }))).toBe('unknown-asset');
  });

  it.each<[string, Partial<PaymentClaim>]>([
    ['a block that is no hash', { block: '0x12' }],
    ['a block with something behind it', { block: `0x${'ab'.repeat(32)} ` }],
    ['a number for a block', { block: 7 as never }],
    ['an index below zero', { extrinsic: -1 }],
    ['an index in between', { extrinsic: 1.5 }],
    ['an index that is text', { extrinsic: '1' as never }],
    ['an index that is no number', { extrinsic: Number.NaN }],
    ['nothing paid', { amount: 0n }],
    ['less than nothing paid', { amount: -1n }],
    ['an amount that is a number', { amount: 1 as never }],
    ['a sender that is too short', { from: ada.account.subarray(1) }],
    ['no genesis', { genesis: undefined as never }],
  ])('malformed: %s', async (_, change) => {
    const claim: PaymentClaim = {
      genesis: local.genesis,
      block: `0x${'ab'.repeat(32)}`,
      extrinsic: 1,
      asset: local.xbtc,
      amount: 1n,
      from: ada.account,
      to: bob.account,
    };
    expect((await receiver.verify({ ...claim, ...change })).paid).toBe(false);
  });
});

describe('what cannot be told', () => {
  it('is said so: the node has forgotten what happened in the block', async () => {
    local.close();
    local = await openLocalChain({ keptStates: 3 });
    await local.fund(ada.account, { pcx: UNIT, xbtc: UNIT });
    chain = await local.client();
    receiver = await local.client();
    const claim = await paid();
    await local.newBlocks(10);
    expect(await refusal(() => receiver.verify(claim))).toBe('block-too-old');
  });

  it('is waited for until the caller wants no more', async () => {
    const [claim] = await inBlock([order()]);
    const controller = new AbortController();
    const verified = receiver.verify(claim!, controller.signal);
    await until(() => local.network.countOf('chain_subscribeFinalizedHeads') === 2);
    controller.abort(new Error('left'));
    await expect(verified).rejects.toThrow('left');
  });

  it('is waited for until the chain is closed', async () => {
    const [claim] = await inBlock([order()]);
    const verified = refusal(() => receiver.verify(claim!));
    await until(() => local.network.countOf('chain_subscribeFinalizedHeads') === 2);
    receiver.close();
    expect(await verified).toBe('closed');
  });

  it('is waited for through a lost connection', async () => {
    const [claim] = await inBlock([order()]);
    const verified = receiver.verify(claim!);
    await until(() => local.network.countOf('chain_subscribeFinalizedHeads') === 2);
    local.network.cut();
    await local.newBlocks(3);
    expect(await verified).toMatchObject({ paid: true });
  });

  it('is refused while no node can be reached', async () => {
    const claim = await paid();
    local.network.isDown = true;
    local.network.cut();
    await waitFor(receiver.state, (state) => state === 'offline');
    expect(await refusal(() => receiver.verify(claim))).toBe('chain-unreachable');
    expect(fromHex(claim.block)).toHaveLength(32);
  });
});

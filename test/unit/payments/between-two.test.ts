/** Two people, a relay and a chain: payments from the click to what both of them see. */
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Payment } from '../../../core/client.js';
import { refusal } from '../../support/codes.js';
import { newId, openLocalChain, type LocalChain } from '../../support/local-chain.js';
import { balanceOf, carryOut, shows, stands, takeIn } from '../../support/paying.js';
import { waitFor } from '../../support/wait.js';
import { preparePeople, type World, type WorldPerson } from '../../support/world.js';

const AMOUNT = 100_000n; // 0.001 XBTC

let newWorld: () => World;
let world: World;
let local: LocalChain;
let ada: WorldPerson;
let bo: WorldPerson;

beforeAll(async () => {
  newWorld = await preparePeople(2);
});

beforeEach(async () => {
  world = newWorld();
  [ada, bo] = world.people as [WorldPerson, WorldPerson];
  local = await openLocalChain();
  ada.chain = bo.chain = local.choice;
  await local.fund(ada.account, { xbtc: 1_000_000n, pcx: 100_000_000n });
  await Promise.all([ada.online(), bo.online()]);
});

afterEach(async () => {
  await world.end();
  local.close();
});

function orderTo(peer: WorldPerson, id = newId()) {
  return { id, to: peer.comingId, asset: local.xbtc.caip19, amount: AMOUNT };
}

/** Pays in the conversation and returns the id. */
async function pay(from: WorldPerson, to: WorldPerson, id = newId()): Promise<string> {
  const payments = await from.client.openPayments();
  await payments.pay(orderTo(to, id), { inConversation: true });
  return id;
}

describe('a payment in a conversation', () => {
  it('arrives, and is received only after the receiver looked at the chain', async () => {
    const [adas, bos] = await Promise.all([ada.to(bo), bo.to(ada)]);
    const id = await pay(ada, bo);
    await waitFor(adas.snapshot, ({ messages }) => messages.length > 0);
    expect(adas.snapshot.value.messages.at(-1)).toMatchObject({ id, mine: true, text: '0.001 XBTC' });
    await takeIn(local, ada, id);
    const arriving = await shows(bos, id, 'arriving');
    expect(arriving).toMatchObject({ mine: false, amount: AMOUNT, symbol: 'XBTC', decimals: 8 });
    expect((await shows(adas, id, 'in-block')).block).toEqual(arriving.block);
    await local.newBlocks(2);
    expect(await shows(bos, id, 'received')).toMatchObject({ trust: 'asserted' });
    await shows(adas, id, 'received');
  });

  it('moves exactly the amount, and costs exactly the fee that was shown before', async () => {
    const [payments, others] = await Promise.all([ada.client.openPayments(), bo.client.openPayments()]);
    const order = orderTo(bo);
    const fee = await payments.estimateFee(order);
    const before = await balanceOf(payments, local.pcx.caip19);
    // Strangers are told nothing.
    const [adas] = await Promise.all([ada.to(bo), bo.to(ada)]);
    await payments.pay(order, { inConversation: true, maxFee: fee });
    await carryOut(local, ada, order.id);
    expect((await shows(adas, order.id, 'received')).fee).toBe(fee);
    await waitFor(payments.watchBalance(local.xbtc.caip19), (now) => now?.usable === 900_000n);
    await waitFor(others.watchBalance(local.xbtc.caip19), (now) => now?.usable === AMOUNT);
    await waitFor(payments.watchBalance(local.pcx.caip19), (now) => now?.usable === before - fee);
  });

  it('is made once, however often it is asked for', async () => {
    const id = newId();
    const [adas] = await Promise.all([ada.to(bo), bo.to(ada)]);
    await Promise.all([pay(ada, bo, id), pay(ada, bo, id), pay(ada, bo, id)]);
    await carryOut(local, ada, id);
    await shows(adas, id, 'received');
    await pay(ada, bo, id);
    expect(ada.rows('messages')).toHaveLength(1);
    expect(await balanceOf(await bo.client.openPayments(), local.xbtc.caip19)).toBe(AMOUNT);
  });

  it('survives the payer being closed between the signature and the block', async () => {
    local.network.intercept = ({ method }) =>
      method === 'author_submitAndWatchExtrinsic' ? 'swallow' : 'pass';
    const id = await pay(ada, bo);
    await ada.close();
    local.network.intercept = () => 'pass';
    await ada.online();
    const adas = await ada.to(bo);
    const bos = await bo.to(ada);
    await carryOut(local, ada, id);
    await shows(adas, id, 'received');
    await shows(bos, id, 'received');
    expect(bo.rows('messages')).toHaveLength(1);
    expect(await balanceOf(await bo.client.openPayments(), local.xbtc.caip19)).toBe(AMOUNT);
  });

  it('tells the receiver after all when the payer was closed before they were told', async () => {
    world.relay.online = false;
    const id = await pay(ada, bo);
    const adas = await ada.to(bo);
    await carryOut(local, ada, id);
    await shows(adas, id, 'final');
    await ada.close();
    world.relay.online = true;
    await ada.online();
    await shows(await bo.to(ada), id, 'received');
  });

  it('is looked for again when the receiver was closed meanwhile', async () => {
    const id = await pay(ada, bo);
    await takeIn(local, ada, id);
    await shows(await bo.to(ada), id, 'arriving');
    await bo.close();
    await local.newBlocks(5);
    await bo.online();
    await shows(await bo.to(ada), id, 'received');
  });

  it('waits while the receiver cannot reach the chain', async () => {
    const away = await openLocalChain();
    away.network.isDown = true;
    await bo.close();
    bo.chain = { ...away.choice, genesis: local.genesis, assets: [local.xbtc, local.pcx] };
    await bo.online();
    const bos = await bo.to(ada);
    const id = await pay(ada, bo);
    await carryOut(local, ada, id);
    await shows(await ada.to(bo), id, 'final');
    await shows(bos, id, 'arriving');
    await bo.close();
    bo.chain = local.choice;
    await bo.online();
    await shows(await bo.to(ada), id, 'received');
    away.close();
  });

  it('follows a payment into another block when its first one did not last', async () => {
    const [adas, bos] = await Promise.all([ada.to(bo), bo.to(ada)]);
    const id = await pay(ada, bo);
    await takeIn(local, ada, id);
    const first = await shows(bos, id, 'arriving');
    await local.devchain.request('dev_forceReorg', [1]);
    const isElsewhere = ({ block }: Payment) => block !== undefined && block.hash !== first.block!.hash;
    await stands(ada, id, (payment) => payment.state === 'broadcast' || isElsewhere(payment));
    await local.newBlocks(1);
    await stands(ada, id, isElsewhere);
    await local.newBlocks(2);
    const last = await shows(bos, id, 'received');
    expect(last.block).not.toEqual(first.block);
    await shows(adas, id, 'received');
    expect(bo.rows('messages')).toHaveLength(1);
  });
});

describe('what is refused changes nothing', () => {
  const untouched = async (code: string, work: () => Promise<unknown>) => {
    expect(await refusal(work)).toBe(code);
    expect(ada.rows('messages')).toEqual([]);
    expect(ada.rows('transfers')).toEqual([]);
    expect(ada.rows('payments')).toEqual([]);
  };

  it.each([
    ['amount-zero', { amount: 0n }],
    ['insufficient-balance', { amount: 1_000_001n }],
    ['amount-too-large', { amount: 2n ** 128n }],
    ['invalid-coming-id', { to: 'nobody' }],
    ['unknown-asset', { asset: 'polkadot:00/xassets:9' }],
  ])('with %s', async (code, wrong) => {
    const payments = await ada.client.openPayments();
    await untouched(code, () => payments.pay({ ...orderTo(bo), ...wrong }, { inConversation: true }));
  });

  it('when nothing is left for the fee', async () => {
    await local.fund(bo.account, { xbtc: AMOUNT });
    const payments = await bo.client.openPayments();
    const code = await refusal(() => payments.pay(orderTo(ada), { inConversation: true }));
    expect(code).toBe('insufficient-fee-balance');
    expect(bo.rows('payments')).toEqual([]);
  });

  it('when the fee is above what was agreed to', async () => {
    const payments = await ada.client.openPayments();
    await untouched('fee-changed', () => payments.pay(orderTo(bo), { inConversation: true, maxFee: 1n }));
  });

  it('when it goes to oneself', async () => {
    const payments = await ada.client.openPayments();
    await untouched('own-account', () => payments.pay(orderTo(ada), { inConversation: true }));
  });

  it('when the client was given no chain', async () => {
    await ada.close();
    ada.chain = undefined;
    await ada.online();
    await untouched('no-chain', () => ada.client.openPayments());
  });
});

/** What a peer may say about a payment that did not happen, or not to whom they say: it stays grey. */
import { bytesToHex } from '@noble/hashes/utils.js';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Payment } from '../../../core/client.js';
import type { Content } from '../../../core/messaging/content.js';
import type { PaymentFacts, PaymentPlace } from '../../../core/store/index.js';
import { newId, openLocalChain, type LocalChain } from '../../support/local-chain.js';
import { balanceOf, shows } from '../../support/paying.js';
import { settled, until } from '../../support/until.js';
import { preparePeople, type World, type WorldPerson } from '../../support/world.js';

type Claim = PaymentFacts & { readonly place: PaymentPlace };

const AMOUNT = 100_000n;

let newWorld: () => World;
let world: World;
let local: LocalChain;
let ada: WorldPerson;
let bo: WorldPerson;
let eve: WorldPerson;
/** Holds what the faucet gave Ada, at the place where a payment would be in a block of its own. */
let blockOne: string;

beforeAll(async () => {
  newWorld = await preparePeople(3);
});

beforeEach(async () => {
  world = newWorld();
  [ada, bo, eve] = world.people as [WorldPerson, WorldPerson, WorldPerson];
  local = await openLocalChain();
  for (const person of world.people) person.chain = local.choice;
  for (const payer of [ada, eve]) await local.fund(payer.account, { xbtc: 1_000_000n, pcx: 100_000_000n });
  blockOne = (await local.devchain.request('chain_getBlockHash', [1])) as string;
  await Promise.all(world.people.map((person) => person.online()));
});

afterEach(async () => {
  await world.end();
  local.close();
});

/** A payment that really happened, outside of any conversation, as its payer would honestly tell of it. */
async function paid(from: WorldPerson, to: WorldPerson, asset = local.xbtc.caip19): Promise<Claim> {
  const payments = await from.client.openPayments();
  const id = newId();
  await payments.pay({ id, to: to.comingId, asset, amount: AMOUNT });
  let payment: Payment | undefined;
  const stop = payments.watch(id).subscribe((now) => (payment = now));
  await until(() => payment?.state === 'broadcast');
  await local.newBlocks(3);
  await until(() => payment?.state === 'final');
  stop();
  const { block, hash } = payment!;
  return {
    genesis: local.genesis,
    asset,
    amount: AMOUNT,
    from: from.hex,
    to: to.hex,
    place: { block: block!.hash, extrinsic: block!.index, hash: hash! },
  };
}

function telling(id: string, claim: Claim): Content {
  return { id, sentAt: Date.now(), body: { kind: 'payment', fallback: 'A payment', payment: claim } };
}

/** How the receiver takes what a peer says. */
async function told(by: WorldPerson, claim: Claim, id = newId()): Promise<Payment> {
  const conversation = await bo.to(by);
  await by.smuggle(bo, telling(id, claim));
  return shows(conversation, id, 'received', 'refuted');
}

const at = (claim: Claim, place: Partial<PaymentPlace>): Claim => ({
  ...claim,
  place: { ...claim.place, ...place },
});

it('an honest word about a payment that happened is believed', async () => {
  expect(await told(ada, await paid(ada, bo))).toMatchObject({ state: 'received', amount: AMOUNT });
});

describe('is not believed', () => {
  const FORGERIES: [string, string, (claim: Claim) => Claim][] = [
    ['a greater amount', 'no-such-payment', (claim) => ({ ...claim, amount: AMOUNT * 10n })],
    ['a smaller amount', 'no-such-payment', (claim) => ({ ...claim, amount: 1n })],
    ['another asset', 'no-such-payment', (claim) => ({ ...claim, asset: local.pcx.caip19 })],
    ['an asset nobody knows', 'unknown-asset', (claim) => ({ ...claim, asset: `${claim.asset}0` })],
    ['another chain', 'other-chain', (claim) => ({ ...claim, genesis: `0x${'12'.repeat(32)}` })],
    ['somebody else as the payer', 'other-account', (claim) => ({ ...claim, from: eve.hex })],
    ['somebody else as the one who is paid', 'other-account', (claim) => ({ ...claim, to: eve.hex })],
    ['an extrinsic beside it', 'no-such-payment', (claim) => at(claim, { extrinsic: 0 })],
    ['an extrinsic that is not there', 'no-such-extrinsic', (claim) => at(claim, { extrinsic: 7 })],
    ['a block that is not its own', 'no-such-payment', (claim) => at(claim, { block: blockOne })],
  ];

  it.each(FORGERIES)('%s', async (_, refutal, forge) => {
    const claim = await paid(ada, bo);
    expect(await told(ada, forge(claim))).toMatchObject({ state: 'refuted', refutal });
    // A lie takes nothing away from the truth.
    expect(await told(ada, claim)).toMatchObject({ state: 'received' });
  });

  it('a block that no node has seen', async () => {
    const claim = at(await paid(ada, bo), { block: `0x${'ab'.repeat(32)}` });
    let isTold = false;
    const answer = told(ada, claim).finally(() => (isTold = true));
    // The node might be behind: the answer comes only after a number of blocks.
    while (!isTold) {
      await local.newBlocks(1);
      await settled();
    }
    expect(await answer).toMatchObject({ state: 'refuted', refutal: 'unknown-block' });
  });

  it("somebody else's payment to the same person", async () => {
    const claim = await paid(eve, bo);
    expect(await told(ada, claim)).toMatchObject({ state: 'refuted', refutal: 'other-account' });
    const disguised = { ...claim, from: ada.hex };
    expect(await told(ada, disguised)).toMatchObject({ state: 'refuted', refutal: 'no-such-payment' });
    expect(await told(eve, claim)).toMatchObject({ state: 'received' });
  });

  it('a payment to somebody else', async () => {
    const claim = await paid(ada, eve);
    const disguised = { ...claim, to: bo.hex };
    expect(await told(ada, disguised)).toMatchObject({ state: 'refuted', refutal: 'no-such-payment' });
  });

  it('one payment for a second time, under another id', async () => {
    const claim = await paid(ada, bo);
    expect(await told(ada, claim)).toMatchObject({ state: 'received' });
    expect(await told(ada, claim)).toMatchObject({ state: 'refuted', refutal: 'counted-before' });
    const shouted = at(claim, { hash: `0x${'00'.repeat(32)}` });
    expect(await told(ada, shouted)).toMatchObject({ state: 'refuted', refutal: 'counted-before' });
  });
});

describe('a claim that the chain says nothing about yet', () => {
  const nobodys = (number: number) => `0x${number.toString(16).padStart(64, '0')}`;

  it('does not hold up those of the same person that need no chain', async () => {
    const claim = await paid(ada, bo);
    const [waiting, wrong] = [newId(), newId()];
    const conversation = await bo.to(ada);
    await ada.smuggle(bo, telling(waiting, at(claim, { block: nobodys(1) })));
    await shows(conversation, waiting, 'arriving');
    await ada.smuggle(bo, telling(wrong, { ...claim, asset: `${claim.asset}0` }));
    expect(await shows(conversation, wrong, 'refuted')).toMatchObject({ refutal: 'unknown-asset' });
    await shows(conversation, waiting, 'arriving');
  });

  it('cannot be kept open by naming ever new places for it', async () => {
    const claim = await paid(ada, bo);
    const id = newId();
    const conversation = await bo.to(ada);
    for (let block = 1; block <= 12; block += 1) {
      await ada.smuggle(bo, telling(id, at(claim, { block: nobodys(block) })));
    }
    await until(() => bo.isQuiet && bo.rows('payments').length === 1);
    expect(bo.rows('payments')).toMatchObject([{ state: 'open', place: { block: nobodys(9) } }]);
    while (bo.rows('payments')[0]?.state === 'open') {
      await local.newBlocks(1);
      await settled();
    }
    expect(await shows(conversation, id, 'refuted')).toMatchObject({ refutal: 'unknown-block' });
    await ada.smuggle(bo, telling(id, claim));
    await until(() => bo.isQuiet);
    await shows(conversation, id, 'refuted');
  });

  it('because no node keeps its block any more is not refuted for good', async () => {
    const claim = await paid(ada, bo);
    const forgets = ({ method }: { method: string }, answer: (response: object) => void) => {
      if (method !== 'state_getStorage') return 'pass';
      answer({ error: { code: 4003, message: 'State already discarded' } });
      return 'swallow';
    };
    local.network.intercept = forgets;
    const id = newId();
    const conversation = await bo.to(ada);
    await ada.smuggle(bo, telling(id, claim));
    expect(await shows(conversation, id, 'refuted')).toMatchObject({ refutal: 'block-too-old' });
    await bo.close();
    local.network.intercept = () => 'pass';
    await bo.online();
    await bo.client.openPayments();
    await shows(await bo.to(ada), id, 'received');
  });
});

describe('a payment that was received', () => {
  it('is not talked away by what is said later under the same id', async () => {
    const claim = await paid(ada, bo);
    const id = newId();
    await told(ada, claim, id);
    await ada.smuggle(bo, telling(id, at(claim, { block: blockOne })));
    await until(() => ada.isQuiet && bo.isQuiet);
    expect(bo.rows('payments')).toMatchObject([{ state: 'received', place: claim.place }]);
    expect(bo.rows('messages')).toHaveLength(1);
  });

  it('was acknowledged to the payer; an acknowledgement alone makes nothing final', async () => {
    local.network.intercept = ({ method }) =>
      method === 'author_submitAndWatchExtrinsic' ? 'swallow' : 'pass';
    const payments = await ada.client.openPayments();
    const id = newId();
    const order = { id, to: bo.comingId, asset: local.xbtc.caip19, amount: AMOUNT };
    await payments.pay(order, { inConversation: true });
    const adas = await ada.to(bo);
    const body = { kind: 'receipt', receipt: 'paid', contentIds: [id] } as const;
    await bo.smuggle(ada, { id: newId(), sentAt: 1, body });
    await until(() => ada.rows('payments')[0]?.state === 'received');
    expect(adas.snapshot.value.messages[0]?.payment?.state).toBe('signed');
    expect(await balanceOf(payments, local.xbtc.caip19)).toBe(1_000_000n);
  });
});

it('the id of a text message cannot be turned into a payment, nor the other way round', async () => {
  const conversation = await bo.to(ada);
  const claim = await paid(ada, bo);
  const [first, second] = [newId(), newId()];
  const text = (id: string): Content => ({ id, sentAt: 1, body: { kind: 'text', text: 'hello' } });
  for (const content of [text(first), telling(first, claim), telling(second, claim), text(second)]) {
    await ada.smuggle(bo, content);
  }
  await shows(conversation, second, 'received');
  const shown = conversation.snapshot.value.messages.map(({ text: words, payment }) => [
    words,
    payment?.state,
  ]);
  expect(shown).toEqual([
    ['hello', undefined],
    ['', 'received'],
  ]);
});

it('a claim from a person with whom there is no conversation yet opens one, and is checked', async () => {
  const id = newId();
  await ada.smuggle(bo, telling(id, await paid(ada, bo)));
  await until(() => bo.rows('payments').length === 1);
  await shows(await bo.to(ada), id, 'received');
  expect(bytesToHex(ada.account)).toBe(bo.rows('payments')[0]!.peer);
});

/** Payments both ways while clients die, lines are cut and blocks do not last: money and stories must add up. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { codeOf } from '../../../core/errors.js';
import { newId, openLocalChain, type LocalChain } from '../../support/local-chain.js';
import { settled, until } from '../../support/until.js';
import { waitFor } from '../../support/wait.js';
import { preparePeople, type World, type WorldPerson } from '../../support/world.js';

const PURSE = 10_000_000n;
const COINS = 100_000_000n;

let world: World;
let local: LocalChain;

beforeAll(async () => {
  world = (await preparePeople(2))();
  local = await openLocalChain();
  for (const person of world.people) {
    person.chain = local.choice;
    await local.fund(person.account, { xbtc: PURSE, pcx: COINS });
    await person.online();
  }
});

afterAll(async () => {
  await world.end();
  local.close();
});

/** The same numbers in every run. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface Order {
  readonly id: string;
  readonly from: WorldPerson;
  readonly to: WorldPerson;
  readonly amount: bigint;
}

/** Pays as a person would: when the chain was just away, the same once more. */
async function pays({ id, from, to, amount }: Order): Promise<void> {
  const payments = await from.client.openPayments();
  const order = { id, to: to.comingId, asset: local.xbtc.caip19, amount };
  for (;;) {
    payments.reconnect();
    await waitFor(payments.chain, (state) => state === 'online');
    try {
      await payments.pay(order, { inConversation: true });
      return;
    } catch (error) {
      if (codeOf(error) !== 'chain-unreachable') throw error;
      await settled();
    }
  }
}

async function newBlock(): Promise<number> {
  await local.newBlocks(1);
  const header = (await local.devchain.request('chain_getHeader')) as { readonly number: string };
  return Number(header.number);
}

async function reborn(person: WorldPerson): Promise<void> {
  await person.close();
  await person.online();
}

it('thirty payments through everything that can break', { timeout: 120_000 }, async () => {
  const random = randomFrom(7);
  const [ada, bo] = world.people as [WorldPerson, WorldPerson];
  const orders: Order[] = [];

  const misfortunes: (() => unknown)[] = [
    () => reborn(ada),
    () => reborn(bo),
    () => local.network.cut(),
    () => local.newBlocks(1),
    () => local.newBlocks(3),
    async () => {
      await local.newBlocks(1);
      await local.devchain.request('dev_forceReorg', [1]);
    },
    async () => {
      world.relay.online = false;
      await settled();
      world.relay.online = true;
    },
    () => undefined,
  ];

  while (orders.length < 30) {
    const [from, to] = random(2) === 0 ? [ada, bo] : [bo, ada];
    const order = { id: newId(), from, to, amount: BigInt(1 + random(100_000)) };
    await Promise.all([pays(order), pays(order)]);
    orders.push(order);
    await misfortunes[random(misfortunes.length)]!();
  }

  const isSettled = (person: WorldPerson) =>
    person.rows('payments').every(({ state }) => state === 'received') && person.isQuiet;
  for (let blocks = 0; blocks < 50 && !(isSettled(ada) && isSettled(bo)); blocks += 1) {
    const number = await newBlock();
    for (const { client } of [ada, bo]) {
      const { head } = await client.openPayments();
      await waitFor(head, (heard) => heard !== undefined && heard >= number);
    }
    await settled(100);
  }
  await until(() => isSettled(ada) && isSettled(bo));

  for (const person of [ada, bo]) {
    const peer = person === ada ? bo : ada;
    const mine = orders.filter(({ from }) => from === person);
    const theirs = orders.filter(({ to }) => to === person);
    const conversation = await person.to(peer);
    const shown = conversation.snapshot.value.messages.map(({ payment }) => payment!);
    expect(shown).toHaveLength(orders.length);
    for (const { id, amount } of [...mine, ...theirs]) {
      expect(shown.filter((payment) => payment.id === id)).toMatchObject([{ amount, state: 'received' }]);
    }
    const payments = await person.client.openPayments();
    const sum = (some: typeof orders) => some.reduce((total, { amount }) => total + amount, 0n);
    const fees = shown.reduce((total, { fee = 0n }) => total + fee, 0n);
    await waitFor(
      payments.watchBalance(local.xbtc.caip19),
      (balance) => balance?.usable === PURSE - sum(mine) + sum(theirs),
    );
    await waitFor(payments.watchBalance(local.pcx.caip19), (balance) => balance?.usable === COINS - fees);
  }
});

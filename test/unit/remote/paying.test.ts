/** A payment that is asked for in a view while its owner dies: made once, or refused with a code; never twice. */
import { Keyring } from '@polkadot/keyring';
import { TypeRegistry } from '@polkadot/types';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { WalletPayer } from '../../../core/client.js';
import { Remote } from '../../../core/remote/remote-client.js';
import { portOf, serveClient } from '../../../core/remote/index.js';
import { MemoryDatabase, put } from '../../../core/store/index.js';
import { refusal } from '../../support/codes.js';
import { FaultyDatabase } from '../../support/faulty-database.js';
import { newId, openLocalChain, type LocalChain } from '../../support/local-chain.js';
import { balanceOf, carryOut } from '../../support/paying.js';
import { until } from '../../support/until.js';
import { waitFor } from '../../support/wait.js';
import { preparePeople, type World, type WorldPerson } from '../../support/world.js';

const AMOUNT = 100_000n;

let newWorld: () => World;
let world: World;
let local: LocalChain;
let ada: WorldPerson;
let bo: WorldPerson;
let view: Remote;
let stop: () => void;

beforeAll(async () => {
  newWorld = await preparePeople(2);
});

beforeEach(async () => {
  world = newWorld();
  [ada, bo] = world.people as [WorldPerson, WorldPerson];
  local = await openLocalChain();
  ada.chain = bo.chain = local.choice;
  await local.fund(ada.account, { xbtc: 1_000_000n, pcx: 100_000_000n });
  await bo.online();
  await bo.to(ada); // so that she is no stranger
  view = new Remote('');
});

afterEach(async () => {
  await view.client.close();
  await world.end();
  local.close();
});

/** Ada's client on this database is the owner that the view speaks to from now on. */
async function own(database = new FaultyDatabase(new MemoryDatabase(ada.storage), Infinity, 'dies before')) {
  ada.open(database);
  await waitFor(ada.client.status, ({ connection }) => connection === 'online');
  const { port1, port2 } = new MessageChannel();
  stop = serveClient(ada.client, portOf(port1));
  view.connect(portOf(port2));
  return database;
}

/** The owner goes, as its tab does when it is closed, and another one has the profile. */
async function handOver(): Promise<void> {
  stop();
  view.disconnect();
  await ada.close();
  await own();
}

const order = () => ({ id: newId(), to: bo.comingId, asset: local.xbtc.caip19, amount: AMOUNT });

/** Everything of a payment was done once, and the chain moved it once. */
async function isMadeOnce(): Promise<void> {
  const hashes = local.network.requests
    .filter(({ method }) => method === 'author_submitAndWatchExtrinsic')
    .map(({ params }) => params[0]);
  expect(new Set(hashes).size).toBe(1);
  await waitFor((await bo.to(ada)).snapshot, ({ messages }) => messages[0]?.payment?.state === 'received');
  expect(bo.rows('payments')).toHaveLength(1);
  expect(ada.rows('payments')).toHaveLength(1);
  expect(await balanceOf(await bo.client.openPayments(), local.xbtc.caip19)).toBe(AMOUNT);
}

/** A wallet with the key of an account. */
function walletOf(seed: Uint8Array): WalletPayer {
  const pair = new Keyring({ type: 'ed25519' }).addFromSeed(seed);
  const registry = new TypeRegistry();
  const nothing = { extrinsic: {}, payload: {} };
  return {
    address: pair.address,
    scheme: 'ed25519',
    signPayload: (payload) => {
      registry.setSignedExtensions(payload.signedExtensions, {
        BaseFilter: nothing,
        ChargeExtraFee: nothing,
      });
      return Promise.resolve(registry.createType('ExtrinsicPayload', payload, { version: 4 }).sign(pair));
    },
  };
}

describe('a payment that a view asked for while its owner died', () => {
  it.each(['dies before', 'dies after'] as const)(
    'is made once when the owner %s the commit that stores what was signed',
    async (fault) => {
      const database = await own(new FaultyDatabase(new MemoryDatabase(ada.storage), Infinity, fault));
      const payments = await view.client.openPayments();
      await until(() => ada.isQuiet);
      const wanted = order();
      database.at = database.commits + 1;
      const paying = payments.pay(wanted, { inConversation: true });
      await until(() => database.isDead);
      await handOver();
      expect(await paying).toMatchObject({ amount: AMOUNT });
      await carryOut(local, ada, wanted.id);
      await isMadeOnce();
    },
  );

  it('is made once when its bytes were with a node already', async () => {
    await own();
    const payments = await view.client.openPayments();
    let sent = false;
    local.network.intercept = ({ method }) => {
      if (method !== 'author_submitAndWatchExtrinsic' || sent) return 'pass';
      sent = true;
      stop(); // what the owner has not said by now it never says
      return 'pass';
    };
    const wanted = order();
    const paying = payments.pay(wanted, { inConversation: true });
    await until(() => sent);
    await handOver();
    expect(await paying).toMatchObject({ amount: AMOUNT });
    await carryOut(local, ada, wanted.id);
    await isMadeOnce();
  });

  it('shows in the view that was open before, at the owner that goes on with it', async () => {
    await own();
    const payments = await view.client.openPayments();
    const wanted = order();
    await payments.pay(wanted, { inConversation: true });
    const states: (string | undefined)[] = [];
    const end = payments.watch(wanted.id).subscribe((payment) => states.push(payment?.state));
    await handOver();
    await carryOut(local, ada, wanted.id);
    await until(() => states.includes('final'));
    end();
    await isMadeOnce();
  });
});

describe('a wallet that was asked to sign when the owner died', () => {
  /** Ada's account, its key held by a wallet that answers when it is let. */
  async function asked() {
    const { seed } = ada;
    const device = (await new MemoryDatabase(ada.storage).get('meta', 'device'))!;
    const db = new MemoryDatabase(ada.storage);
    await db.takeOwnership();
    await db.commit([
      put('meta', 'device', { ...device, kind: 'wallet', seed: undefined, entropy: undefined }),
    ]);
    await own();
    const payments = await view.client.openPayments();
    let times = 0;
    let answer = (): void => undefined;
    const isLet = new Promise<void>((resolve) => (answer = resolve));
    const signing = walletOf(seed);
    const wallet: WalletPayer = {
      ...signing,
      signPayload: async (payload) => {
        times += 1;
        await isLet;
        return signing.signPayload(payload);
      },
    };
    return { payments, wallet, answer, times: () => times };
  }

  it('is not asked again by itself: nothing was paid, which the code says', async () => {
    const { payments, wallet, answer, times } = await asked();
    const wanted = order();
    const paying = refusal(() => payments.pay(wanted, { wallet, inConversation: true }));
    await until(() => times() === 1);
    await handOver();
    expect(await paying).toBe('owner-gone');
    // What the person signs now is for nobody.
    answer();
    const again = await view.client.openPayments();
    expect(times()).toBe(1);
    expect(ada.rows('transfers')).toEqual([]);
    await again.pay(wanted, { wallet, inConversation: true });
    expect(times()).toBe(2);
    await carryOut(local, ada, wanted.id);
    await isMadeOnce();
  });
});

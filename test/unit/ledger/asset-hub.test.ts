/** The client on a runtime that Parity built, on an executor that is not ours: what it knows of chains is in the metadata. */
import { Keyring } from '@polkadot/keyring';
import { Metadata, TypeRegistry } from '@polkadot/types';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type {
  Asset,
  Chain,
  Payer,
  Transfer,
  TransferOrder,
  WalletPayer,
} from '../../../core/ledger/index.js';
import { openAssetHub, type AssetHub } from '../../support/asset-hub.js';
import { refusal } from '../../support/codes.js';
import { newId, payer } from '../../support/local-chain.js';
import { waitFor } from '../../support/wait.js';

const ROC = 10n ** 12n;
const USDT = 10n ** 6n;
const ada = payer(1);
const bob = payer(2);
const cleo = payer(3);
const dora = payer(4);
const eli = payer(5);

let hub: AssetHub;
let chain: Chain;

beforeAll(async () => {
  hub = await openAssetHub([
    [ada.account, { roc: 10n * ROC, usdt: 100n * USDT }],
    [bob.account, { roc: ROC }],
    [dora.account, { roc: ROC, usdt: 5n * USDT, isFrozen: true }],
    [eli.account, { roc: ROC, usdt: 5n * USDT }],
  ]);
  chain = await hub.client();
  await waitFor(chain.state, (state) => state === 'online');
}, 60_000);

afterAll(() => hub.close());

const order = (asset: Asset, changes: Partial<TransferOrder> = {}): TransferOrder => ({
  ...{ id: newId(), asset, amount: ROC / 2n, from: ada.account, to: bob.account },
  ...changes,
});

async function carryOut(wanted: TransferOrder, by: Payer = ada): Promise<Transfer> {
  await chain.transfer(wanted, by);
  const watched = chain.watchTransfer(wanted.id);
  await waitFor(watched, (transfer) => transfer?.state === 'broadcast');
  await hub.newBlock();
  const isOver = (transfer: Transfer | undefined) => ['final', 'failed'].includes(transfer?.state ?? '');
  return (await waitFor(watched, isOver))!;
}

const usable = async (asset: Asset, who: Uint8Array) => (await chain.balance(asset, who)).usable;

it('a balance of the coin is what the account need not keep', async () => {
  const least = (await chain.readStorage('System', 'Account', cleo.account)).value;
  expect(least).toMatchObject({ nonce: 0, data: { free: 0n } });
  const { total, usable: spendable, locked, trust } = await chain.balance(hub.roc, bob.account);
  expect({ total, trust }).toEqual({ total: ROC, trust: 'asserted' });
  expect(locked).toBeGreaterThan(0n);
  expect(spendable).toBe(ROC - locked);
});

it('a transfer of the coin moves the amount, and costs exactly the fee that was estimated', async () => {
  const wanted = order(hub.roc);
  const fee = await chain.estimateFee(wanted, 'ed25519');
  const before = await chain.balance(hub.roc, ada.account);
  const receivedBefore = await usable(hub.roc, bob.account);
  const done = await carryOut(wanted);
  expect(done).toMatchObject({ state: 'final', fee });
  expect((await chain.balance(hub.roc, ada.account)).total).toBe(before.total - wanted.amount - fee);
  expect(await usable(hub.roc, bob.account)).toBe(receivedBefore + wanted.amount);
  const { block } = done;
  const claim = { ...wanted, genesis: hub.genesis, block: block!.hash, extrinsic: block!.index };
  expect(await chain.verify(claim)).toMatchObject({ paid: true, trust: 'asserted' });
  expect(await chain.verify({ ...claim, amount: 1n })).toEqual({ paid: false, why: 'no-such-payment' });
});

it('a transfer of an asset of pallet Assets, to an account that has nothing, and found by its receiver', async () => {
  expect(await chain.balance(hub.usdt, ada.account)).toMatchObject({ usable: 100n * USDT, locked: 0n });
  expect(await usable(hub.usdt, cleo.account)).toBe(0n);
  const wanted = order(hub.usdt, { amount: 3n * USDT, to: cleo.account });
  const done = await carryOut(wanted);
  expect(done.state).toBe('final');
  expect(await usable(hub.usdt, ada.account)).toBe(97n * USDT);
  expect(await usable(hub.usdt, cleo.account)).toBe(3n * USDT);
  const { block } = done;
  const claim = { ...wanted, genesis: hub.genesis, block: block!.hash, extrinsic: block!.index };
  expect(await chain.verify(claim)).toMatchObject({ paid: true });
  const other = { ...hub.usdt, ledger: { kind: 'assets', id: 1 } } as const;
  expect(await chain.verify({ ...claim, asset: other })).toEqual({ paid: false, why: 'no-such-payment' });
});

it('a transfer that leaves less than an account must have takes the rest along, and is paid all the same', async () => {
  const fay = payer(6);
  const wanted = order(hub.usdt, { amount: 5n * USDT - 1n, from: eli.account, to: fay.account });
  const { state, block } = await carryOut(wanted, eli);
  expect(state).toBe('final');
  expect(await usable(hub.usdt, eli.account)).toBe(0n);
  expect(await usable(hub.usdt, fay.account)).toBe(5n * USDT);
  const claim = { ...wanted, genesis: hub.genesis, block: block!.hash, extrinsic: block!.index };
  expect(await chain.verify(claim)).toMatchObject({ paid: true });
  const more = await chain.verify({ ...claim, amount: 5n * USDT + 1n });
  expect(more).toEqual({ paid: false, why: 'no-such-payment' });
});

it('a transfer that the chain does not carry out has failed, and says why', async () => {
  const stranger = payer(77);
  const wanted = order(hub.roc, { amount: 1n, to: stranger.account });
  expect(await carryOut(wanted)).toMatchObject({
    state: 'failed',
    problem: 'amount-below-minimum',
    chainError: 'Balances.ExistentialDeposit',
  });
  const dust = order(hub.usdt, { amount: 1n, to: stranger.account });
  expect(await carryOut(dust)).toMatchObject({ state: 'failed', problem: 'amount-below-minimum' });
});

it('a transfer that cannot succeed is not signed', async () => {
  expect(await refusal(() => chain.transfer(order(hub.roc, { amount: 11n * ROC }), ada))).toBe(
    'insufficient-balance',
  );
  const frozen = order(hub.usdt, { from: dora.account, amount: 1n * USDT });
  expect(await chain.balance(hub.usdt, dora.account)).toMatchObject({ usable: 0n, locked: 5n * USDT });
  expect(await refusal(() => chain.transfer(frozen, dora))).toBe('insufficient-balance');
  const feeless = order(hub.usdt, { from: cleo.account, amount: 1n });
  expect(await refusal(() => chain.transfer(feeless, cleo))).toBe('insufficient-fee-balance');
});

it('a wallet signs for it with sr25519, as @polkadot/types puts the payload together', async () => {
  await cryptoWaitReady();
  const pair = new Keyring({ type: 'sr25519' }).addFromUri('//Eve');
  expect(await carryOut(order(hub.roc, { to: pair.addressRaw, amount: 2n * ROC }))).toMatchObject({
    state: 'final',
  });
  const registry = new TypeRegistry();
  registry.setMetadata(new Metadata(registry, (await hub.request('state_getMetadata')) as `0x${string}`));
  const wallet: WalletPayer = {
    address: pair.address,
    scheme: 'sr25519',
    signPayload: (payload) => {
      registry.setSignedExtensions(payload.signedExtensions);
      return Promise.resolve(registry.createType('ExtrinsicPayload', payload, { version: 4 }).sign(pair));
    },
  };
  const wanted = order(hub.roc, { from: pair.addressRaw, to: bob.account, amount: ROC });
  expect(await carryOut(wanted, wallet)).toMatchObject({ state: 'final' });
});

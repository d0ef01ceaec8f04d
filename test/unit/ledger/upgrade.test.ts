/** What the chain decides while clients are connected: another runtime, paused calls, the blacklist. */
import { Keyring } from '@polkadot/keyring';
import { TypeRegistry } from '@polkadot/types';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeAddress } from '../../../core/identity/index.js';
import type {
  Chain,
  SignerPayload,
  Transfer,
  TransferOrder,
  WalletPayer,
} from '../../../core/ledger/index.js';
import { newId, openLocalChain, payer, type LocalChain } from '../../support/local-chain.js';
import { nextRuntime } from '../../support/next-runtime.js';
import { until } from '../../support/until.js';
import { waitFor } from '../../support/wait.js';

const UNIT = 100_000_000n;
const SUBMIT = 'author_submitAndWatchExtrinsic';
const ada = payer(1);
const bob = payer(2);

let next: string;
let local: LocalChain;
let chain: Chain;

beforeAll(async () => {
  next = await nextRuntime();
}, 120_000);

beforeEach(async () => {
  local = await openLocalChain();
  await local.fund(ada.account, { pcx: UNIT, xbtc: UNIT });
  chain = await local.client();
});

afterEach(() => local.close());

const order = (changes: Partial<TransferOrder> = {}): TransferOrder => ({
  id: newId(),
  asset: local.xbtc,
  amount: 777n,
  from: ada.account,
  to: bob.account,
  ...changes,
});

const reaches = (id: string, ...states: Transfer['state'][]): Promise<Transfer> =>
  waitFor(chain.watchTransfer(id), (one) =>
    states.includes(one?.state as Transfer['state']),
  ) as Promise<Transfer>;

const usable = async (who = bob.account, asset = local.xbtc) => (await chain.balance(asset, who)).usable;
const upgrade = () => local.devchain.request('dev_upgradeRuntime', [next]);

async function carryOut(wanted: TransferOrder): Promise<Transfer> {
  await chain.transfer(wanted, ada);
  await reaches(wanted.id, 'broadcast');
  await local.newBlocks(3);
  return reaches(wanted.id, 'final', 'failed');
}

/** A wallet of ada's that does something before it signs what it was asked to. */
function wallet(before: (payload: SignerPayload) => Promise<unknown>): WalletPayer {
  const pair = new Keyring({ type: 'ed25519' }).addFromSeed(new Uint8Array(32).fill(1));
  const registry = new TypeRegistry();
  const nothing = { extrinsic: {}, payload: {} };
  return {
    address: encodeAddress(ada.account, 42),
    scheme: 'ed25519',
    signPayload: async (payload) => {
      await before(payload);
      registry.setSignedExtensions(payload.signedExtensions, {
        BaseFilter: nothing,
        ChargeExtraFee: nothing,
      });
      return registry.createType('ExtrinsicPayload', payload, { version: 4 }).sign(pair);
    },
  };
}

/** Indices of the pallets that payments to bob were sent to. */
function palletsCalled(): number[] {
  const toBob = `0000${Buffer.from(bob.account).toString('hex')}`;
  return local.network.requests
    .filter(({ method }) => method === SUBMIT)
    .map(({ params }) => {
      const hex = String(params[0]);
      const at = hex.indexOf(toBob);
      return Number.parseInt(hex.slice(at - 2, at), 16);
    });
}

describe('a runtime that is exchanged while a client is connected', () => {
  it('is spoken to by what its own metadata says: the pallet is elsewhere, and payments go on', async () => {
    const before = await carryOut(order());
    const seen: bigint[] = [];
    chain.watchBalance(local.xbtc, bob.account).subscribe((balance) => balance && seen.push(balance.usable));
    await until(() => seen.at(-1) === 777n);
    await upgrade();
    const after = await carryOut(order({ amount: 1000n }));
    expect([before.state, after.state]).toEqual(['final', 'final']);
    expect(await usable()).toBe(1777n);
    await until(() => seen.at(-1) === 1777n);
    expect(palletsCalled()).toEqual([26, 50]);
  });

  it('leaves what is in blocks readable: each block by the runtime that made it', async () => {
    const { block: old } = await carryOut(order());
    await upgrade();
    const { block: recent } = await carryOut(order());
    const claim = (block: NonNullable<Transfer['block']>) => ({
      genesis: local.genesis,
      block: block.hash,
      extrinsic: block.index,
      asset: local.xbtc,
      amount: 777n,
      from: ada.account,
      to: bob.account,
    });
    const fresh = await local.client();
    for (const reader of [chain, fresh]) {
      expect(await reader.verify(claim(old!))).toMatchObject({ paid: true });
      expect(await reader.verify(claim(recent!))).toMatchObject({ paid: true });
    }
  });

  it('in the very block that holds a transfer: it was carried out by the old one, and is final', async () => {
    const wanted = order();
    await chain.transfer(wanted, ada);
    await reaches(wanted.id, 'broadcast');
    await upgrade(); // its block takes the transfer along
    expect(await reaches(wanted.id, 'in-block')).toMatchObject({ problem: undefined });
    await local.newBlocks(2);
    await reaches(wanted.id, 'final');
    expect(await usable()).toBe(777n);
  });

  it('while the wallet asks the person: nothing is paid, it says so, and the next try is signed anew', async () => {
    const wanted = order();
    const versions: number[] = [];
    const slow = wallet(async ({ specVersion }) => {
      versions.push(Number(specVersion));
      if (versions.length === 1) await upgrade();
    });
    await chain.transfer(wanted, slow);
    expect(await reaches(wanted.id, 'failed')).toMatchObject({
      problem: 'transfer-refused',
      block: undefined,
    });
    expect(await usable()).toBe(0n);
    await chain.transfer(wanted, slow);
    await reaches(wanted.id, 'broadcast');
    await local.newBlocks(3);
    await reaches(wanted.id, 'final');
    expect(versions).toEqual([34, 35]);
    expect(await usable()).toBe(777n);
  });

  it('after bytes left that never arrived: they are not paid twice, expire, and can be made anew', async () => {
    const wanted = order();
    local.network.intercept = ({ method }) => (method === SUBMIT ? 'cut' : 'pass');
    const { lastBlock } = await chain.transfer(wanted, ada);
    await until(() => local.network.countOf(SUBMIT) === 1);
    await upgrade();
    local.network.intercept = () => 'pass';
    chain.reconnect();
    await until(() => local.network.countOf(SUBMIT) > 1);
    expect(chain.watchTransfer(wanted.id).value?.state).toBe('signed');
    const { number } = (await local.devchain.request('chain_getHeader')) as { number: string };
    await local.newBlocks(lastBlock + 3 - Number(number));
    expect(await reaches(wanted.id, 'expired')).toMatchObject({ problem: 'transfer-expired' });
    expect(await usable()).toBe(0n);
    expect(await carryOut(wanted)).toMatchObject({ state: 'final' });
    expect(await usable()).toBe(777n);
  });

  it('and is taken back by a reorganisation: the old one is spoken to again', async () => {
    await carryOut(order());
    await upgrade();
    await chain.estimateFee(order(), 'ed25519');
    await local.devchain.request('dev_forceReorg', [1]);
    expect(await carryOut(order())).toMatchObject({ state: 'final' });
    expect(await usable()).toBe(1554n);
  });
});

describe('payments that are stopped while a client is connected', () => {
  it.each([
    ['call-paused', 'dev_setPaused', () => ['XAssets', 'transfer']],
    ['call-paused', 'dev_setPaused', () => ['XAssets', null]],
    ['account-blacklisted', 'dev_setBlacklisted', () => [encodeAddress(ada.account, 42)]],
  ] as const)('%s by %s, and may be tried again when that is over', async (code, method, params) => {
    await carryOut(order());
    const held = await usable(ada.account, local.pcx);
    await local.devchain.request(method, [...params(), true]);
    const wanted = order();
    await chain.transfer(wanted, ada);
    expect(await reaches(wanted.id, 'failed')).toMatchObject({ problem: code, block: undefined });
    expect(await usable(ada.account, local.pcx)).toBe(held);
    await local.devchain.request(method, [...params(), false]);
    expect(await carryOut(wanted)).toMatchObject({ state: 'final' });
    expect(await usable()).toBe(1554n);
  });

  it('after the node took the bytes, before a block did: they are thrown out, and expire', async () => {
    const wanted = order({ amount: UNIT / 2n });
    const { lastBlock } = await chain.transfer(wanted, ada);
    await reaches(wanted.id, 'broadcast');
    // Shorter, so it comes first in the block that both wait for.
    await local.devchain.request('dev_setBlacklisted', [encodeAddress(ada.account, 42), true]);
    expect(await local.devchain.request('author_pendingExtrinsics')).toEqual([]);
    const { number } = (await local.devchain.request('chain_getHeader')) as { number: string };
    await local.newBlocks(lastBlock + 3 - Number(number));
    expect(await reaches(wanted.id, 'expired')).toMatchObject({ problem: 'transfer-expired' });
    expect(await usable()).toBe(0n);
  });
});

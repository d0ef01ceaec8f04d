/** Who signs: a guest, a key at hand, a wallet that may do something else than it was asked. */
import { Keyring } from '@polkadot/keyring';
import { TypeRegistry } from '@polkadot/types';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeAddress } from '../../../core/identity/index.js';
import {
  sr25519Payer,
  type Chain,
  type Payer,
  type SignerPayload,
  type TransferOrder,
  type WalletPayer,
} from '../../../core/ledger/index.js';
import { MemoryStorage } from '../../../core/store/index.js';
import { refusal } from '../../support/codes.js';
import { newId, openLocalChain, payer, type LocalChain } from '../../support/local-chain.js';
import { waitFor } from '../../support/wait.js';

const UNIT = 100_000_000n;
const SEED = new Uint8Array(32).fill(5);
const bob = payer(2);

let local: LocalChain;
let storage: MemoryStorage;
let chain: Chain;

beforeAll(() => cryptoWaitReady());

beforeEach(async () => {
  local = await openLocalChain();
  storage = new MemoryStorage();
  chain = await local.client(storage);
});

afterEach(() => local.close());

const orderFrom = (from: Uint8Array): TransferOrder => {
  const order = { id: newId(), asset: local.xbtc, amount: 777n, from, to: bob.account };
  return order;
};

async function pays(from: Uint8Array, by: Payer): Promise<void> {
  await local.fund(from, { pcx: UNIT, xbtc: UNIT });
  const order = orderFrom(from);
  await chain.transfer(order, by);
  await waitFor(chain.watchTransfer(order.id), (transfer) => transfer?.state === 'broadcast');
  await local.newBlocks(3);
  await waitFor(chain.watchTransfer(order.id), (transfer) => transfer?.state === 'final');
  expect((await chain.balance(local.xbtc, bob.account)).usable).toBe(777n);
}

const pairOf = (type: 'ed25519' | 'sr25519') => new Keyring({ type }).addFromSeed(SEED);

/** Signs what `change` makes of the payload. */
function wallet(type: 'ed25519' | 'sr25519', change: (payload: SignerPayload) => SignerPayload): WalletPayer {
  const pair = pairOf(type);
  const registry = new TypeRegistry();
  const nothing = { extrinsic: {}, payload: {} };
  return {
    address: encodeAddress(pair.addressRaw),
    scheme: type,
    signPayload: (payload) => {
      registry.setSignedExtensions(payload.signedExtensions, {
        BaseFilter: nothing,
        ChargeExtraFee: nothing,
      });
      const wanted = registry.createType('ExtrinsicPayload', change(payload), { version: 4 });
      return Promise.resolve(wanted.sign(pair));
    },
  };
}

describe('a key at hand', () => {
  it('of sr25519 is the one that @polkadot/keyring makes of the seed, and pays', async () => {
    const key = await sr25519Payer(SEED);
    expect(key.account).toEqual(pairOf('sr25519').addressRaw);
    await pays(key.account, key);
  });

  it('of another account pays nothing', async () => {
    const key = await sr25519Payer(SEED);
    expect(await refusal(() => chain.transfer(orderFrom(payer(3).account), key))).toBe('invalid-key');
  });

  it('has 32 bytes', async () => {
    await expect(sr25519Payer(SEED.subarray(1))).rejects.toThrow(RangeError);
  });
});

describe.each(['ed25519', 'sr25519'] as const)('a wallet with an %s key', (type) => {
  it('pays, when it signs what it is asked to', async () => {
    const { addressRaw } = pairOf(type);
    await pays(
      addressRaw,
      wallet(type, (payload) => payload),
    );
  });

  it.each<[string, Partial<SignerPayload>]>([
    ['another call', { method: `0x0600${'00'.repeat(33)}04` }],
    ['another nonce', { nonce: '0x00000007' }],
    ['a tip', { tip: '0x00000000000000000000000000000064' }],
    ['another chain', { genesisHash: `0x${'12'.repeat(32)}` }],
    ['for ever', { era: '0x00' }],
    ['another runtime', { specVersion: '0x00000001' }],
  ])('has signed nothing of worth when it signs %s: nothing is stored or sent', async (_, change) => {
    const { addressRaw } = pairOf(type);
    await local.fund(addressRaw, { pcx: UNIT, xbtc: UNIT });
    const changing = wallet(type, (payload) => Object.assign(payload, change));
    expect(await refusal(() => chain.transfer(orderFrom(addressRaw), changing))).toBe('wallet-signed-other');
    expect(storage.tables.get('transfers')).toEqual([]);
    expect(local.network.countOf('author_submitAndWatchExtrinsic')).toBe(0);
  });
});

it('a wallet that signs with another account has signed something else', async () => {
  const other = new Keyring({ type: 'sr25519' }).addFromUri('//Eve');
  await local.fund(other.addressRaw, { pcx: UNIT, xbtc: UNIT });
  const wrong = { ...wallet('sr25519', (payload) => payload), address: encodeAddress(other.addressRaw) };
  expect(await refusal(() => chain.transfer(orderFrom(other.addressRaw), wrong))).toBe('wallet-signed-other');
});

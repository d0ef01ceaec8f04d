import { Keyring } from '@polkadot/keyring';
import { TypeRegistry } from '@polkadot/types';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openChain, type ChainOptions, type SignerPayload } from '../../../core/ledger/index.js';
import { encodeAddress } from '../../../core/identity/index.js';
import { MemoryDatabase, put } from '../../../core/store/index.js';
import { refusal } from '../../support/codes.js';
import { payer } from '../../support/local-chain.js';
import { until } from '../../support/until.js';
import { waitFor } from '../../support/wait.js';
import {
  ada,
  carryOut,
  chain,
  local,
  order,
  reaches,
  sentBytes,
  storage,
  SUBMIT,
  type State,
  UNIT,
  usable,
} from './one-payer.js';

describe('a transfer', () => {
  it('is signed, sent, in a block and final, and moves exactly the amount and the estimated fee', async () => {
    const wanted = order();
    const fee = await chain.estimateFee(wanted, 'ed25519');
    const seen: (State | undefined)[] = [];
    chain.watchTransfer(wanted.id).subscribe((transfer) => seen.push(transfer?.state));
    const signed = await chain.transfer(wanted, ada, { maxFee: fee });
    expect(signed).toMatchObject({ state: 'signed', amount: 12_345n, fee, nonce: 0 });
    const final = await carryOut(wanted.id);
    expect(seen).toEqual([undefined, 'draft', 'signed', 'broadcast', 'in-block', 'final']);
    expect(final.block).toMatchObject({ index: 1 });
    expect(final.hash).toBe(signed.hash);
    expect(final.trust).toBe('asserted');
    expect(await usable()).toBe(12_345n);
    expect(await usable(local.xbtc, ada.account)).toBe(UNIT - 12_345n);
    expect(await usable(local.pcx, ada.account)).toBe(UNIT - fee);
  });

  it('of the coin itself too', async () => {
    const wanted = order({ asset: local.pcx });
    const fee = await chain.estimateFee(wanted, 'ed25519');
    await chain.transfer(wanted, ada);
    await carryOut(wanted.id);
    expect(await usable(local.pcx)).toBe(12_345n);
    expect(await usable(local.pcx, ada.account)).toBe(UNIT - fee - 12_345n);
  });

  it.each(['sr25519', 'ecdsa'] as const)(
    'signed with %s by a wallet costs what was estimated',
    async (scheme) => {
      const pair = new Keyring({ type: scheme }).addFromUri('//Ada');
      const registry = new TypeRegistry();
      const account =
        pair.addressRaw.length === 32 ? pair.addressRaw : registry.hash(pair.addressRaw).toU8a();
      await local.fund(account, { pcx: UNIT, xbtc: UNIT });
      const wallet = {
        address: encodeAddress(account, 42),
        scheme,
        signPayload: (payload: SignerPayload) => {
          const nothing = { extrinsic: {}, payload: {} };
          registry.setSignedExtensions(payload.signedExtensions, {
            BaseFilter: nothing,
            ChargeExtraFee: nothing,
          });
          return Promise.resolve(registry.createType('ExtrinsicPayload', payload, { version: 4 }).sign(pair));
        },
      };
      const wanted = order({ from: account });
      const fee = await chain.estimateFee(wanted, scheme);
      await chain.transfer(wanted, wallet);
      expect(await carryOut(wanted.id)).toMatchObject({ state: 'final' });
      expect(await usable()).toBe(12_345n);
      expect(await usable(local.pcx, account)).toBe(UNIT - fee);
    },
  );

  it('any number of them, in any order: nothing is lost or made', async () => {
    const amounts = fc.sample(fc.bigInt({ min: 1n, max: UNIT / 10n }), 8);
    const orders = amounts.map((amount, i) => order({ amount, asset: i % 2 ? local.pcx : local.xbtc }));
    const signed = await Promise.all(orders.map((one) => chain.transfer(one, ada)));
    expect(signed.map(({ nonce }) => nonce)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    await Promise.all(orders.map(({ id }) => reaches(id, 'broadcast')));
    await local.newBlocks(3);
    await Promise.all(orders.map(({ id }) => reaches(id, 'final')));
    const sum = (asset: typeof local.pcx) =>
      orders.filter((one) => one.asset === asset).reduce((total, { amount }) => total + amount, 0n);
    const fees = signed.reduce((total, { fee }) => total + fee, 0n);
    expect(await usable(local.xbtc)).toBe(sum(local.xbtc));
    expect(await usable(local.xbtc, ada.account)).toBe(UNIT - sum(local.xbtc));
    expect(await usable(local.pcx)).toBe(sum(local.pcx));
    expect(await usable(local.pcx, ada.account)).toBe(UNIT - sum(local.pcx) - fees);
  });

  it('asks nothing more of the node once it is over', async () => {
    const wanted = order();
    await chain.transfer(wanted, ada);
    await carryOut(wanted.id);
    await until(() => local.network.countOf('chain_unsubscribeFinalizedHeads') === 1);
    const before = local.network.requests.length;
    await local.newBlocks(3);
    await usable(); // whatever the blocks set off would have been asked before this
    expect(local.network.requests.length).toBe(before + 1);
  });
});

describe('the same transfer twice', () => {
  it('is one transfer, at once and later', async () => {
    const wanted = order();
    const [one, two] = await Promise.all([chain.transfer(wanted, ada), chain.transfer(wanted, ada)]);
    expect(one.hash).toBe(two.hash);
    await carryOut(wanted.id);
    expect(await chain.transfer(wanted, ada)).toMatchObject({ state: 'final', hash: one.hash });
    expect(sentBytes()).toHaveLength(1);
    expect(await usable()).toBe(12_345n);
  });

  it('is refused when it is another transfer under the same id', async () => {
    const wanted = order();
    await chain.transfer(wanted, ada);
    for (const change of [{ amount: 1n }, { asset: local.pcx }, { to: payer(3).account }]) {
      expect(await refusal(() => chain.transfer({ ...wanted, ...change }, ada))).toBe('transfer-exists');
    }
  });
});

describe('what is stored', () => {
  it('is stored before a byte leaves', async () => {
    let stored: unknown;
    local.network.intercept = ({ method, params }) => {
      if (method === SUBMIT) stored ??= [storage.tables.get('transfers')?.[0]?.value, params[0]];
      return 'pass';
    };
    const wanted = order();
    await chain.transfer(wanted, ada);
    await reaches(wanted.id, 'broadcast');
    const [row, bytes] = stored as [{ extrinsic: Uint8Array; state: string }, string];
    expect(row.state).toBe('signed');
    expect(`0x${Buffer.from(row.extrinsic).toString('hex')}`).toBe(bytes);
  });

  it('holds what the caller wrote along', async () => {
    const wanted = order();
    const database = new MemoryDatabase(storage);
    await database.takeOwnership();
    await chain.transfer(wanted, ada, {
      store: (signed) => database.commit([signed, put('seen', wanted.id, { at: 7 })]),
    });
    expect(storage.tables.get('transfers')).toHaveLength(1);
    expect(storage.tables.get('seen')).toEqual([{ key: wanted.id, value: { at: 7 } }]);
  });

  it('is not sent when it cannot be stored', async () => {
    await new MemoryDatabase(storage).takeOwnership();
    expect(await refusal(() => chain.transfer(order(), ada))).toBe('not-owner');
    expect(local.network.countOf(SUBMIT)).toBe(0);
  });
});

it('does not promise the same money twice', async () => {
  const half = (UNIT * 7n) / 10n;
  await chain.transfer(order({ amount: half }), ada);
  expect(await refusal(() => chain.transfer(order({ amount: half }), ada))).toBe('insufficient-balance');
  expect(storage.tables.get('transfers')).toHaveLength(1);
});

describe('two at once', () => {
  /** As a Web Lock does it for two tabs. */
  function lock(): NonNullable<ChainOptions['exclusively']> {
    let last: Promise<unknown> = Promise.resolve();
    return <T>(_: string, work: () => Promise<T>): Promise<T> => {
      const mine = last.then(work);
      last = mine.catch(() => undefined);
      return mine;
    };
  }

  it('two tabs of one account, each with a profile of its own, pay both', async () => {
    const exclusively = lock();
    const tabs = await Promise.all(
      [0, 1].map(async () => {
        const database = new MemoryDatabase();
        await database.takeOwnership();
        return openChain({ ...local.choice, genesis: local.genesis, database, exclusively });
      }),
    );
    const orders = [order({ amount: 1n }), order({ amount: 2n })];
    const signed = await Promise.all(tabs.map((tab, i) => tab.transfer(orders[i]!, ada)));
    expect(signed.map(({ nonce }) => nonce).sort()).toEqual([0, 1]);
    await until(() => local.network.countOf(SUBMIT) === 2);
    await local.newBlocks(4);
    await Promise.all(
      tabs.map((tab, i) =>
        waitFor(tab.watchTransfer(orders[i]!.id), (transfer) => transfer?.state === 'final'),
      ),
    );
    expect(await usable()).toBe(3n);
    for (const tab of tabs) tab.close();
  });

  it('the same bytes, sent by anybody as often as they like, pay once', async () => {
    const wanted = order();
    await chain.transfer(wanted, ada);
    await reaches(wanted.id, 'broadcast');
    const [bytes] = sentBytes();
    const again = () => local.devchain.request('author_submitExtrinsic', [bytes]).catch(() => undefined);
    await again();
    await local.newBlocks(1);
    await again();
    await local.newBlocks(3);
    await again();
    await reaches(wanted.id, 'final');
    await local.newBlocks(3);
    expect(await usable()).toBe(12_345n);
  });
});

describe('a transaction that is looked up by its hash', () => {
  it('is found in its era, from the moment that a block holds it', async () => {
    const wanted = order();
    const { hash, firstBlock, lastBlock } = await chain.transfer(wanted, ada);
    const era = { firstBlock, lastBlock };
    await reaches(wanted.id, 'broadcast');
    expect(await chain.findTransaction(hash!, era)).toBeUndefined();
    await local.newBlocks(1);
    const { block } = await reaches(wanted.id, 'in-block');
    expect(await chain.findTransaction(hash!, era)).toEqual({ block, isFinal: false, chainError: undefined });
    await local.newBlocks(2);
    expect(await chain.findTransaction(hash!, era)).toMatchObject({ block, isFinal: true });
    expect(await chain.findTransaction(`0x${'ab'.repeat(32)}`, era)).toBeUndefined();
  });

  it('is not looked for in more blocks than an era has', async () => {
    const era = { firstBlock: 0, lastBlock: 1000 };
    await expect(chain.findTransaction(`0x${'ab'.repeat(32)}`, era)).rejects.toThrow(RangeError);
  });
});

import { Keyring } from '@polkadot/keyring';
import { TypeRegistry } from '@polkadot/types';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  openChain,
  type Chain,
  type ChainOptions,
  type SignerPayload,
  type Transfer,
  type TransferOrder,
} from '../../../core/ledger/index.js';
import { encodeAddress } from '../../../core/identity/index.js';
import { MemoryDatabase, MemoryStorage, put } from '../../../core/store/index.js';
import { refusal } from '../../support/codes.js';
import { newId, openLocalChain, payer, type LocalChain } from '../../support/local-chain.js';
import { until } from '../../support/until.js';
import { waitFor } from '../../support/wait.js';

const UNIT = 100_000_000n;
const ada = payer(1);
const bob = payer(2);
const SUBMIT = 'author_submitAndWatchExtrinsic';

let local: LocalChain;
let storage: MemoryStorage;
let chain: Chain;

beforeEach(async () => {
  local = await openLocalChain();
  await local.fund(ada.account, { pcx: UNIT, xbtc: UNIT });
  storage = new MemoryStorage();
  chain = await local.client(storage);
});

afterEach(() => local.close());

function order(changes: Partial<TransferOrder> = {}): TransferOrder {
  return { id: newId(), asset: local.xbtc, amount: 12_345n, from: ada.account, to: bob.account, ...changes };
}

type State = Transfer['state'];

function reaches(id: string, ...states: State[]): Promise<Transfer> {
  return waitFor(chain.watchTransfer(id), (transfer): transfer is Transfer =>
    states.includes(transfer?.state as State),
  ) as Promise<Transfer>;
}

/** Makes blocks until the transfer has come to an end. */
async function carryOut(id: string): Promise<Transfer> {
  await reaches(id, 'broadcast');
  await local.newBlocks(1);
  await reaches(id, 'in-block');
  await local.newBlocks(2);
  return reaches(id, 'final', 'failed');
}

/** What was sent, each different one once. */
function sentBytes(): string[] {
  const sent = local.network.requests.filter(({ method }) => method === SUBMIT);
  return [...new Set(sent.map(({ params }) => String(params[0])))];
}

const usable = async (asset = local.xbtc, who = bob.account) => (await chain.balance(asset, who)).usable;

async function reload(): Promise<void> {
  chain.close();
  chain = await local.client(storage);
}

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

describe('before anything is signed', () => {
  const empty = new Uint8Array(32);

  it.each<[string, string, () => Partial<TransferOrder>]>([
    ['invalid-recipient', 'a short recipient', () => ({ to: bob.account.subarray(1) })],
    ['invalid-recipient', 'a recipient that nobody is', () => ({ to: empty })],
    ['own-account', 'oneself', () => ({ to: ada.account })],
    ['amount-zero', 'nothing', () => ({ amount: 0n })],
    ['amount-too-large', 'less than nothing', () => ({ amount: -1n })],
    ['amount-too-large', 'more than 128 bits', () => ({ amount: 2n ** 128n })],
    ['insufficient-balance', 'more than there is', () => ({ amount: UNIT + 1n })],
    [
      'insufficient-balance',
      'more of the coin than there is',
      () => ({ asset: local.pcx, amount: UNIT + 1n }),
    ],
    ['insufficient-fee-balance', 'the fee with it', () => ({ asset: local.pcx, amount: UNIT - 1n })],
    [
      'unknown-asset',
      'an asset of another chain',
      () => ({ asset: { ...local.xbtc, caip19: 'polkadot:00/x:1' } }),
    ],
    ['invalid-key', 'somebody else’s money', () => ({ from: payer(9).account })],
  ])('%s: %s', async (code, _, change) => {
    const wanted = order(change());
    expect(await refusal(() => chain.transfer(wanted, ada))).toBe(code);
    expect(chain.watchTransfer(wanted.id).value).toBeUndefined();
    expect(local.network.countOf(SUBMIT)).toBe(0);
  });

  it('insufficient-fee-balance: XBTC, but no PCX at all', async () => {
    const poor = payer(3);
    await local.fund(poor.account, { xbtc: UNIT });
    const wanted = order({ from: poor.account });
    expect(await refusal(() => chain.transfer(wanted, poor))).toBe('insufficient-fee-balance');
  });

  it('fee-changed: a fee above what was agreed to', async () => {
    const wanted = order();
    const maxFee = (await chain.estimateFee(wanted, 'ed25519')) - 1n;
    expect(await refusal(() => chain.transfer(wanted, ada, { maxFee }))).toBe('fee-changed');
  });

  it('wallet-refused: the person said no, or the wallet gave no signature; nothing is left behind', async () => {
    const refuse = (signPayload: () => Promise<{ signature: string }>) =>
      refusal(() =>
        chain.transfer(order(), { address: encodeAddress(ada.account), scheme: 'sr25519', signPayload }),
      );
    expect(await refuse(() => Promise.reject(new Error('Cancelled')))).toBe('wallet-refused');
    for (const signature of ['', '0x', '0x12', `0x00${'11'.repeat(64)}`, `0x${'zz'.repeat(64)}`]) {
      expect(await refuse(() => Promise.resolve({ signature }))).toBe('wallet-refused');
    }
    expect(storage.tables.get('transfers')).toEqual([]);
    const next = order();
    expect(await chain.transfer(next, ada)).toMatchObject({ nonce: 0 });
  });

  it('chain-unreachable: the node is away', async () => {
    local.network.isDown = true;
    local.network.cut();
    await waitFor(chain.state, (state) => state === 'offline');
    expect(await refusal(() => chain.transfer(order(), ada))).toBe('chain-unreachable');
    expect(await refusal(() => chain.balance(local.pcx, ada.account))).toBe('chain-unreachable');
    expect(await refusal(() => chain.estimateFee(order(), 'ed25519'))).toBe('chain-unreachable');
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

describe('a node that is not honest', () => {
  it('cannot have a payment made twice by refusing it, keeping it and counting on', async () => {
    let kept = '';
    local.network.intercept = ({ method, params }, answer) => {
      if (method !== SUBMIT || kept) return 'pass';
      kept = String(params[0]);
      answer({
        error: { code: 1010, message: 'Invalid Transaction', data: 'Transaction has a bad signature' },
      });
      return 'swallow';
    };
    const wanted = order();
    await chain.transfer(wanted, ada);
    await reaches(wanted.id, 'failed');
    local.network.intercept = ({ method }, answer) => {
      if (method !== 'system_accountNextIndex') return 'pass';
      answer({ result: 1 });
      return 'swallow';
    };
    expect(await chain.transfer(wanted, ada)).toMatchObject({ state: 'signed', nonce: 0 });
    await reaches(wanted.id, 'broadcast', 'failed');
    await local.devchain.request('author_submitExtrinsic', [kept]).catch(() => undefined);
    await local.newBlocks(4);
    expect(await usable()).toBe(12_345n);
  });

  it('cannot hold up everything by one wrong count', async () => {
    let isWrong = true;
    local.network.intercept = ({ method }, answer) => {
      if (method !== 'system_accountNextIndex' || !isWrong) return 'pass';
      isWrong = false;
      answer({ result: 1 });
      return 'swallow';
    };
    const [first, second] = [order(), order()];
    expect(await chain.transfer(first, ada)).toMatchObject({ nonce: 1 });
    expect(await chain.transfer(second, ada)).toMatchObject({ nonce: 0 });
    await reaches(second.id, 'broadcast');
    await until(() => local.network.countOf(SUBMIT) >= 2);
    await local.newBlocks(4);
    await reaches(first.id, 'final');
    await reaches(second.id, 'final');
    expect(await usable()).toBe(24_690n);
  });
});

it('does not promise the same money twice', async () => {
  const half = (UNIT * 7n) / 10n;
  await chain.transfer(order({ amount: half }), ada);
  expect(await refusal(() => chain.transfer(order({ amount: half }), ada))).toBe('insufficient-balance');
  expect(storage.tables.get('transfers')).toHaveLength(1);
});

describe('a transfer that is cut off goes on with the same bytes', () => {
  const finish = async (id: string) => {
    await reaches(id, 'broadcast', 'in-block');
    await local.newBlocks(3);
    await reaches(id, 'final');
    expect(sentBytes()).toHaveLength(1);
    expect(await usable()).toBe(12_345n);
  };

  it('when the page is reloaded before anything left', async () => {
    local.network.intercept = ({ method }) => (method === SUBMIT ? 'swallow' : 'pass');
    const wanted = order();
    await chain.transfer(wanted, ada);
    await until(() => local.network.countOf(SUBMIT) === 1);
    local.network.intercept = () => 'pass';
    await reload();
    await finish(wanted.id);
    expect(local.network.countOf(SUBMIT)).toBe(2);
  });

  it('when the page is reloaded after the node took it', async () => {
    const wanted = order();
    await chain.transfer(wanted, ada);
    await reaches(wanted.id, 'broadcast');
    await reload();
    await finish(wanted.id);
  });

  it('when the page is reloaded while it is in a block', async () => {
    const wanted = order();
    await chain.transfer(wanted, ada);
    await reaches(wanted.id, 'broadcast');
    await local.newBlocks(1);
    await reaches(wanted.id, 'in-block');
    await reload();
    await finish(wanted.id);
  });

  it('when it became final while nobody looked', async () => {
    const wanted = order();
    await chain.transfer(wanted, ada);
    await reaches(wanted.id, 'broadcast');
    chain.close();
    await local.newBlocks(100);
    chain = await local.client(storage);
    await reaches(wanted.id, 'final');
    expect(await usable()).toBe(12_345n);
  });

  it('when the connection falls just when the node has taken it', async () => {
    local.network.intercept = ({ method }) => {
      if (method !== SUBMIT || local.network.countOf(SUBMIT) > 1) return 'pass';
      setTimeout(() => local.network.cut());
      return 'pass';
    };
    const wanted = order();
    await chain.transfer(wanted, ada);
    await finish(wanted.id);
  });

  it('when the connection falls before the node has taken it', async () => {
    local.network.intercept = ({ method }) =>
      method === SUBMIT && local.network.countOf(SUBMIT) === 1 ? 'cut' : 'pass';
    const wanted = order();
    await chain.transfer(wanted, ada);
    await finish(wanted.id);
  });

  it('when the page is reloaded after its block was retracted', async () => {
    const wanted = order();
    await chain.transfer(wanted, ada);
    await reaches(wanted.id, 'broadcast');
    await local.newBlocks(1);
    await reaches(wanted.id, 'in-block');
    local.network.intercept = ({ method }) => (method === SUBMIT ? 'swallow' : 'pass');
    await local.devchain.request('dev_forceReorg', [1]);
    await reaches(wanted.id, 'retracted');
    local.network.intercept = () => 'pass';
    await reload();
    await finish(wanted.id);
  });

  it('when the node is gone while the wallet asks the person', async () => {
    const pair = new Keyring({ type: 'ed25519' }).addFromSeed(ada.seed);
    let say = (): void => undefined;
    const registry = new TypeRegistry();
    const nothing = { extrinsic: {}, payload: {} };
    const asked = new Promise<void>((resolve) => {
      say = resolve;
    });
    const wallet = {
      address: encodeAddress(ada.account, 42),
      scheme: 'ed25519' as const,
      signPayload: async (payload: SignerPayload) => {
        registry.setSignedExtensions(payload.signedExtensions, {
          BaseFilter: nothing,
          ChargeExtraFee: nothing,
        });
        local.network.isDown = true;
        local.network.cut();
        await waitFor(chain.state, (state) => state === 'offline');
        await asked;
        return registry.createType('ExtrinsicPayload', payload, { version: 4 }).sign(pair);
      },
    };
    const wanted = order();
    const signed = chain.transfer(wanted, wallet);
    say();
    expect(await signed).toMatchObject({ state: 'signed' });
    expect(local.network.countOf(SUBMIT)).toBe(0);
    local.network.isDown = false;
    chain.reconnect();
    await finish(wanted.id);
  });

  it('when its block is retracted', async () => {
    const wanted = order();
    const seen: (State | undefined)[] = [];
    chain.watchTransfer(wanted.id).subscribe((transfer) => seen.push(transfer?.state));
    await chain.transfer(wanted, ada);
    await reaches(wanted.id, 'broadcast');
    await local.newBlocks(1);
    await reaches(wanted.id, 'in-block');
    await local.devchain.request('dev_forceReorg', [1]);
    await carryOut(wanted.id);
    expect(sentBytes()).toHaveLength(1);
    expect(await usable()).toBe(12_345n);
    const before: (State | undefined)[] = [undefined, 'draft', 'signed', 'broadcast', 'in-block'];
    expect(seen).toEqual([...before, 'retracted', 'broadcast', 'in-block', 'final']);
  });
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

describe('a transfer that no block takes', () => {
  it('expires only when a block past its era is final, has moved nothing, and can be made anew', async () => {
    const full = { error: { code: 1016, message: 'Immediately Dropped' } };
    local.network.intercept = ({ method }, answer) => {
      if (method !== SUBMIT) return 'pass';
      answer(full);
      return 'swallow';
    };
    const wanted = order();
    const { firstBlock, lastBlock } = await chain.transfer(wanted, ada);
    expect(lastBlock - firstBlock).toBe(63);
    // Finality is two blocks behind: the last block that could hold it becomes final.
    const { number } = (await local.devchain.request('chain_getHeader')) as { number: string };
    await local.newBlocks(lastBlock + 2 - Number(number));
    await until(() => local.network.requests.at(-1)?.method === SUBMIT);
    expect(chain.watchTransfer(wanted.id).value?.state).toBe('signed');
    await local.newBlocks(1);
    expect(await reaches(wanted.id, 'expired')).toMatchObject({
      problem: 'transfer-expired',
      block: undefined,
    });
    expect(await usable()).toBe(0n);

    local.network.intercept = () => 'pass';
    await chain.transfer(wanted, ada);
    expect(await carryOut(wanted.id)).toMatchObject({ state: 'final' });
    expect(sentBytes()).toHaveLength(2);
    expect(await usable()).toBe(12_345n);
  });

  it('is not given up when the node changes its mind after it took it once', async () => {
    const wanted = order();
    await chain.transfer(wanted, ada);
    await reaches(wanted.id, 'broadcast');
    const stale = { error: { code: 1010, message: 'Invalid Transaction', data: 'Transaction is outdated' } };
    local.network.intercept = ({ method }, answer) => {
      if (method !== SUBMIT) return 'pass';
      answer(stale);
      return 'swallow';
    };
    local.network.cut();
    await until(() => local.network.countOf(SUBMIT) === 2);
    await local.newBlocks(3);
    await reaches(wanted.id, 'final');
  });
});

describe('a transfer that the chain does not want', () => {
  it('fails when a block holds it but it cannot be carried out; the fee is gone', async () => {
    const [first, second] = [order({ amount: UNIT }), order({ amount: UNIT })];
    // Another device of the account, of which this one knows nothing.
    const elsewhere = await local.client();
    await elsewhere.transfer(first, ada);
    await waitFor(elsewhere.watchTransfer(first.id), (transfer) => transfer?.state === 'broadcast');
    const { fee } = await chain.transfer(second, ada);
    await reaches(second.id, 'broadcast');
    await local.newBlocks(1);
    expect(await reaches(second.id, 'in-block')).toMatchObject({ problem: 'insufficient-balance' });
    await local.newBlocks(2);
    expect(await reaches(second.id, 'failed')).toMatchObject({
      problem: 'insufficient-balance',
      chainError: 'XAssets.InsufficientBalance',
      block: { index: 2 },
    });
    expect(await usable()).toBe(UNIT);
    expect(await usable(local.pcx, ada.account)).toBe(UNIT - 2n * fee);
  });

  it.each([
    ['by another transfer', 12_346n],
    // Then the bytes are the same too; one payment must not count for two.
    ['by the same transfer under another id', 12_345n],
  ])('transfer-outdated: its nonce was taken meanwhile %s', async (_, amount) => {
    const first = order();
    await chain.transfer(first, ada);
    await reaches(first.id, 'broadcast');
    local.network.intercept = ({ method }, answer) => {
      if (method !== 'system_accountNextIndex') return 'pass';
      answer({ result: 0 }); // asked before the first was in the pool
      return 'swallow';
    };
    const other = await local.client(); // another device of the same account, with a database of its own
    const wanted = order({ amount });
    await other.transfer(wanted, ada);
    const failed = await waitFor(other.watchTransfer(wanted.id), (transfer) => transfer?.state === 'failed');
    expect(failed).toMatchObject({ problem: 'transfer-outdated', block: undefined });
    await carryOut(first.id);
    expect(await usable()).toBe(12_345n);
  });

  it('transfer-expired: another one took its place in the pool', async () => {
    const first = order();
    const { lastBlock } = await chain.transfer(first, ada);
    await reaches(first.id, 'broadcast');
    local.network.intercept = ({ method }, answer) => {
      if (method !== 'system_accountNextIndex') return 'pass';
      answer({ result: 0 });
      return 'swallow';
    };
    const other = await local.client();
    const wanted = order({ amount: 1n }); // shorter, so it pays more for its length
    await other.transfer(wanted, ada);
    await waitFor(other.watchTransfer(wanted.id), (transfer) => transfer?.state === 'broadcast');
    await local.newBlocks(lastBlock + 4);
    await waitFor(other.watchTransfer(wanted.id), (transfer) => transfer?.state === 'final');
    await reaches(first.id, 'expired');
    expect(await usable()).toBe(1n);
  });
});

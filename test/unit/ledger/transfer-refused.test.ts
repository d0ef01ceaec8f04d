import { describe, expect, it } from 'vitest';
import type { TransferOrder } from '../../../core/ledger/index.js';
import { encodeAddress } from '../../../core/identity/index.js';
import { refusal } from '../../support/codes.js';
import { payer } from '../../support/local-chain.js';
import { until } from '../../support/until.js';
import { waitFor } from '../../support/wait.js';
import {
  ada,
  bob,
  carryOut,
  chain,
  local,
  order,
  reaches,
  sentBytes,
  storage,
  SUBMIT,
  UNIT,
  usable,
} from './one-payer.js';

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

import { xxhashAsU8a } from '@polkadot/util-crypto';
import { bnToU8a, hexToU8a, stringToHex, u8aConcat } from '@polkadot/util';
import { Address, NETWORK, OutScript, TEST_NETWORK, Transaction, p2tr, p2wpkh } from '@scure/btc-signer';
import { pubECDSA } from '@scure/btc-signer/utils.js';
import { beforeAll, describe, expect, test } from 'vitest';
import type { GenesisOptions } from '../src/devchain.js';
import { mine } from '../src/bitcoin/block.js';
import { FIRST_HASH, FIRST_HEADER } from '../src/bitcoin/first.js';
import { FINAL } from '../src/bitcoin/transaction.js';
import { WALLET } from '../src/bitcoin/wallets.js';
import { loadSchemes } from '../src/crypto.js';
import { alice, bob, hex, stranger } from './extrinsics.js';
import { item, open, type Event } from './reading.js';

const BTC = 10n ** 8n;
const XBTC = 1;
const OWN = new Uint8Array(32).fill(7);
const own = p2wpkh(pubECDSA(OWN), TEST_NETWORK);
const ownTaproot = p2tr(pubECDSA(OWN).subarray(1), undefined, TEST_NETWORK).address!;
const mainAddress = p2wpkh(pubECDSA(OWN), NETWORK).address!;

interface Sent {
  readonly txid: string;
  readonly raw: string;
  readonly confirmations: number;
}

beforeAll(() => loadSchemes());

async function openWith(genesis: GenesisOptions = {}) {
  const opened = await open({ genesis });
  const { chain, encode, run, stored, block } = opened;
  const record = (name: string, id: number) => {
    const number = bnToU8a(id, { bitLength: 32 });
    return u8aConcat(item('XGatewayRecords', name), xxhashAsU8a(number, 64), number);
  };
  const { hotAddress } = (await chain.request('dev_bitcoin')) as { hotAddress: string };
  const kinds = async (who: Uint8Array) =>
    (
      (await chain.request('xassets_getAssetsByAccount', [hex(who)])) as Record<
        string,
        Record<string, string>
      >
    )[XBTC];
  return {
    ...opened,
    hotAddress,
    pay: (address: string, satoshis: number, data?: string) =>
      chain.request('dev_bitcoinPay', [address, satoshis, data]) as Promise<Sent>,
    /** Mines and puts what the relayer says of it into a block. */
    mine: async (count: number): Promise<readonly Event[]> => {
      await chain.request('dev_bitcoinMine', [count]);
      return block();
    },
    withdraw: (value: bigint | number, address: string, memo = '', asset = XBTC) =>
      run(alice, encode('xGatewayCommon', 'withdraw', asset, value, stringToHex(address), stringToHex(memo))),
    cancel: (pair: typeof alice, id: number) => run(pair, encode('xGatewayCommon', 'cancelWithdrawal', id)),
    state: (id: number) => stored('XpalletGatewayRecordsWithdrawalState', record('WithdrawalStateOf', id)),
    kinds,
    pendingOf: async (address: string) => {
      const text = new TextEncoder().encode(address);
      const { blake2AsU8a } = await import('@polkadot/util-crypto');
      const key = u8aConcat(
        item('XGatewayBitcoin', 'PendingDeposits'),
        blake2AsU8a(encoded(text), 128),
        encoded(text),
      );
      return stored('Vec<XpalletGatewayBitcoinBtcDepositCache>', key);
    },
  };
}

const encoded = (text: Uint8Array) => Uint8Array.of(text.length << 2, ...text);
const names = (events: readonly Event[]) => events.map(({ name }) => name);
const errorOf = (events: readonly Event[]) => events.at(-1)!.data[0];
/** A hash as pallets keep it. */
const stored = (txid: string) => `0x${Buffer.from(txid, 'hex').reverse().toString('hex')}`;

test('the first Bitcoin block that genesis names is one with work, and a reward for the wallet', () => {
  const none = new Uint8Array(32);
  const input = {
    previous: none,
    index: FINAL,
    script: Uint8Array.of(1, 0),
    sequence: FINAL,
    witness: [],
  };
  const outputs = [{ value: 50n * BTC, script: WALLET.script }];
  const block = mine(none, 0, 1_700_000_000, [{ version: 2, inputs: [input], outputs, lockTime: 0 }]);
  expect([hex(block.header), hex(block.hash)]).toEqual([hex(FIRST_HEADER), hex(FIRST_HASH)]);
});

describe('a withdrawal', () => {
  test('puts the amount aside under a number, and can be taken back while nobody works on it', async () => {
    const { withdraw, cancel, state, kinds, chain } = await openWith();
    const events = await withdraw(BTC, own.address!, 'rent');
    const record = {
      assetId: 1,
      applicant: alice.address,
      balance: Number(BTC),
      addr: stringToHex(own.address!),
      ext: stringToHex('rent'),
      height: 1,
    };
    expect(events.slice(1, 3)).toEqual([
      {
        name: 'xAssets.Moved',
        data: [1, alice.address, 'Usable', alice.address, 'ReservedWithdrawal', Number(BTC)],
      },
      { name: 'xGatewayRecords.WithdrawalCreated', data: [0, record] },
    ]);
    expect(await state(0)).toBe('Applying');
    expect(await kinds(alice.addressRaw)).toMatchObject({
      Usable: String(9n * BTC),
      ReservedWithdrawal: String(BTC),
    });
    expect(await chain.request('xgatewayrecords_withdrawalList')).toEqual({
      0: { ...record, addr: own.address, ext: 'rent', balance: String(BTC), state: 'Applying' },
    });
    expect(errorOf(await cancel(bob, 0))).toEqual({ module: { index: 29, error: 3 } });
    const cancelled = await cancel(alice, 0);
    expect(cancelled.at(-2)).toEqual({
      name: 'xGatewayRecords.WithdrawalCanceled',
      data: [0, 'NormalCancel'],
    });
    expect(await state(0)).toBeNull();
    expect(await kinds(alice.addressRaw)).toMatchObject({
      Usable: String(10n * BTC),
      ReservedWithdrawal: '0',
    });
    expect(errorOf(await cancel(alice, 0))).toEqual({ module: { index: 29, error: 0 } });
  });

  test('has the limits that the node tells beforehand', async () => {
    const { withdraw, chain } = await openWith();
    const limit = await chain.request('xgatewaycommon_withdrawalLimit', [XBTC]);
    expect(limit).toEqual({ minimalWithdrawal: '750000', fee: '500000' });
    expect(errorOf(await withdraw(749_999, own.address!))).toEqual({ module: { index: 30, error: 0 } });
    expect((await withdraw(750_000, own.address!)).at(-1)!.name).toBe('system.ExtrinsicSuccess');
    expect(errorOf(await withdraw(20n * BTC, own.address!))).toEqual({ module: { index: 26, error: 2 } });
    expect(errorOf(await withdraw(BTC, own.address!, '', 0))).toEqual({ module: { index: 30, error: 5 } });
  });

  test.each([
    ['a first-version witness address', own.address!, true],
    ['a taproot address', ownTaproot, true],
    ['an address in capitals', own.address!.toUpperCase(), true],
    ['an old address', 'mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn', true],
    ['a script address', '2MzQwSSnBHWHqSAqtTVQ6v47XtaisrJa1Vc', true],
    ['an address of the main network', mainAddress, false],
    [
      'an address with a wrong letter',
      own.address!.replace(/.$/, (last) => (last === 'q' ? 'p' : 'q')),
      false,
    ],
    ['an old address with a wrong letter', 'mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfm', false],
    ["the trustees' own address", 'tb1qxk2t9kv66qdzeezvnvnlwmhx5uh4uhsuzaysfk', false],
    ['no address', 'somewhere', false],
  ])('goes to %s: %s, %s', async (_, address, isAccepted) => {
    const { withdraw, chain } = await openWith();
    const asked = chain.request('xgatewaycommon_verifyWithdrawal', [XBTC, Number(BTC), address, '']);
    const events = await withdraw(BTC, address);
    if (isAccepted) {
      expect(await asked).toBe(true);
      expect(events.at(-1)!.name).toBe('system.ExtrinsicSuccess');
    } else {
      await expect(asked).rejects.toMatchObject({ code: 1 });
      expect(errorOf(events)).toEqual({ module: { index: 31, error: 14 } });
    }
  });

  test('has a memo of at most 128 bytes without marks', async () => {
    const { withdraw } = await openWith();
    expect(errorOf(await withdraw(BTC, own.address!, 'x'.repeat(129)))).toEqual({ other: null });
    expect(errorOf(await withdraw(BTC, own.address!, '<b>'))).toEqual({ other: null });
    expect(names(await withdraw(BTC, own.address!, 'x'.repeat(128)))).toContain('system.ExtrinsicSuccess');
  });

  test('is paid out by a real transaction, and ends when that is deep enough', async () => {
    const { withdraw, cancel, chain, block, state, kinds, mine } = await openWith();
    await withdraw(BTC, own.address!);
    await withdraw(2n * BTC, ownTaproot);
    const paid = (await chain.request('dev_bitcoinPayOut')) as Sent & { withdrawals: number[] };
    expect(paid.withdrawals).toEqual([0, 1]);
    const tx = Transaction.fromRaw(hexToU8a(`0x${paid.raw}`), { allowUnknownOutputs: true });
    expect(tx.id).toBe(paid.txid);
    expect([0, 1].map((i) => tx.getOutput(i).amount)).toEqual([BTC - 500_000n, 2n * BTC - 500_000n]);
    expect(Address(TEST_NETWORK).encode(OutScript.decode(tx.getOutput(0).script!))).toBe(own.address);
    expect(names(await block())).toContain('xGatewayRecords.WithdrawalProcessed');
    expect(await state(0)).toBe('Processing');
    expect(errorOf(await cancel(alice, 0))).toEqual({ module: { index: 29, error: 1 } });
    expect(names(await mine(5))).not.toContain('xGatewayBitcoin.Withdrawn');
    const done = await mine(1);
    expect(done.filter(({ name }) => /Withdrawn|WithdrawalFinished|Destroyed/.test(name))).toEqual([
      { name: 'xAssets.Destroyed', data: [1, alice.address, Number(BTC)] },
      { name: 'xGatewayRecords.WithdrawalFinished', data: [0, 'NormalFinish'] },
      { name: 'xAssets.Destroyed', data: [1, alice.address, Number(2n * BTC)] },
      { name: 'xGatewayRecords.WithdrawalFinished', data: [1, 'NormalFinish'] },
      { name: 'xGatewayBitcoin.Withdrawn', data: [stored(paid.txid), [0, 1], Number(3n * BTC)] },
    ]);
    expect(await kinds(alice.addressRaw)).toMatchObject({
      Usable: String(7n * BTC),
      ReservedWithdrawal: '0',
    });
  });

  test('is paid out by trustees alone', async () => {
    const { withdraw, run, encode } = await openWith();
    await withdraw(BTC, own.address!);
    const events = await run(bob, encode('xGatewayBitcoin', 'createTaprootWithdrawTx', [0], '0x'));
    expect(errorOf(events)).toEqual({ module: { index: 31, error: 16 } });
  });

  test('and a transfer of an asset that is not online are refused', async () => {
    const { withdraw, run, encode, chain } = await openWith({ offline: [XBTC] });
    expect(errorOf(await withdraw(BTC, own.address!))).toEqual({ module: { index: 26, error: 0 } });
    const transfer = encode('xAssets', 'transfer', bob.address, XBTC, 5);
    expect(errorOf(await run(alice, transfer))).toEqual({ module: { index: 26, error: 0 } });
    expect(await chain.request('xassets_getAssets')).toMatchObject({ 1: { isOnline: false } });
  });
});

describe('a deposit', () => {
  test('is credited to the account that it names, once six blocks say so', async () => {
    const { pay, mine, hotAddress, xbtc } = await openWith();
    const sent = await pay(hotAddress, 250_000, stranger.address);
    const tx = Transaction.fromRaw(hexToU8a(`0x${sent.raw}`), { allowUnknownOutputs: true });
    expect(tx.id).toBe(sent.txid);
    expect(Address(TEST_NETWORK).encode(OutScript.decode(tx.getOutput(0).script!))).toBe(hotAddress);
    expect(names(await mine(5))).not.toContain('xGatewayBitcoin.TxProcessed');
    expect(await xbtc(stranger.addressRaw)).toBe(0n);
    const events = await mine(1);
    expect(events.filter(({ name }) => /Deposited|Issued|TxProcessed/.test(name))).toEqual([
      { name: 'xAssets.Issued', data: [1, stranger.address, 250_000] },
      { name: 'xGatewayRecords.Deposited', data: [stranger.address, 1, 250_000] },
      { name: 'xGatewayBitcoin.Deposited', data: [stored(sent.txid), stranger.address, 250_000] },
      {
        name: 'xGatewayBitcoin.TxProcessed',
        data: [stored(sent.txid), expect.any(String), { txType: 'Deposit', result: 'Success' }],
      },
    ]);
    expect(await xbtc(stranger.addressRaw)).toBe(250_000n);
  });

  test('binds the address that it came from, whatever stands behind the account', async () => {
    const { pay, mine, hotAddress, chain, xbtc } = await openWith();
    const { walletAddress } = (await chain.request('dev_bitcoin')) as { walletAddress: string };
    await pay(hotAddress, 150_000, `${stranger.address}@validator`);
    await mine(6);
    expect(await chain.request('xgatewaycommon_boundAddrs', [stranger.address])).toEqual({
      Bitcoin: [walletAddress],
    });
    await pay(hotAddress, 100_000);
    await mine(6);
    expect(await xbtc(stranger.addressRaw)).toBe(250_000n);
  });

  test('that names nobody waits until its address is known', async () => {
    const { pay, mine, hotAddress, chain, pendingOf, xbtc } = await openWith();
    const { walletAddress } = (await chain.request('dev_bitcoin')) as { walletAddress: string };
    const sent = await pay(hotAddress, 300_000, 'not an address');
    const events = await mine(6);
    expect(events.find(({ name }) => name === 'xGatewayBitcoin.UnclaimedDeposit')!.data).toEqual([
      stored(sent.txid),
      stringToHex(walletAddress),
    ]);
    expect(await pendingOf(walletAddress)).toEqual([{ txid: stored(sent.txid), balance: 300_000 }]);
    await pay(hotAddress, 100_000, stranger.address);
    expect(names(await mine(6))).toContain('xGatewayBitcoin.PendingDepositRemoved');
    expect(await xbtc(stranger.addressRaw)).toBe(400_000n);
    expect(await pendingOf(walletAddress)).toBeNull();
  });

  test('of less than the minimum is nothing', async () => {
    const { pay, mine, hotAddress, xbtc } = await openWith();
    await pay(hotAddress, 99_999, stranger.address);
    const processed = (await mine(6)).find(({ name }) => name === 'xGatewayBitcoin.TxProcessed')!;
    expect(processed.data[2]).toEqual({ txType: 'Irrelevance', result: 'Success' });
    expect(await xbtc(stranger.addressRaw)).toBe(0n);
  });

  test('comes in by itself where blocks do', async () => {
    const { chain, xbtc } = await open({ blockTime: 20 });
    const { hotAddress } = (await chain.request('dev_bitcoin')) as { hotAddress: string };
    await chain.request('dev_bitcoinPay', [hotAddress, 200_000, stranger.address]);
    await expect.poll(() => xbtc(stranger.addressRaw), { timeout: 15_000 }).toBe(200_000n);
    chain.close();
  });

  test("comes from a stranger's own wallet as well", async () => {
    const { chain, pay, mine, hotAddress, xbtc } = await openWith();
    const funded = await pay(own.address!, 500_000);
    await mine(1);
    const tx = new Transaction({ allowUnknownOutputs: true });
    tx.addInput({ txid: funded.txid, index: 0, witnessUtxo: { script: own.script, amount: 500_000n } });
    tx.addOutputAddress(hotAddress, 400_000n, TEST_NETWORK);
    tx.addOutput({
      script: Uint8Array.of(0x6a, 48, ...new TextEncoder().encode(stranger.address)),
      amount: 0n,
    });
    tx.sign(OWN);
    tx.finalize();
    const flipped = tx.hex.replace(/(.{40})$/, (end) =>
      end.startsWith('0') ? `1${end.slice(1)}` : `0${end.slice(1)}`,
    );
    await expect(chain.request('dev_bitcoinBroadcast', [flipped])).rejects.toMatchObject({ code: -32602 });
    expect(await chain.request('dev_bitcoinBroadcast', [tx.hex])).toMatchObject({ txid: tx.id });
    await expect(chain.request('dev_bitcoinBroadcast', [tx.hex])).rejects.toMatchObject({ code: -32602 });
    await mine(6);
    expect(await xbtc(stranger.addressRaw)).toBe(400_000n);
    expect(await chain.request('dev_bitcoinTransaction', [tx.id])).toMatchObject({ confirmations: 6 });
  });
});

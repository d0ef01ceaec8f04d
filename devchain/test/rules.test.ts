import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Devchain } from '../src/devchain.js';
import { alice, bob, call, hex, signed, stranger } from './extrinsics.js';
import { item, open } from './reading.js';

const PCX = 10n ** 8n;
const START = 1000n * PCX;
const BALANCES_WEIGHT_FEE = 1560n;
const MOST = 2n ** 128n - 1n;

const feeOf = (extrinsic: Uint8Array, weightFee = 0n) => 1000n + 100n * BigInt(extrinsic.length) + weightFee;
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => 'accepted',
    (error: { code: number; data?: string }) => `${error.code} ${error.data}`,
  );
const hashAt = (chain: Devchain, number: number) =>
  chain.request('chain_getBlockHash', [number]) as Promise<string>;

describe('a transfer of PCX', () => {
  test('moves the amount, makes the receiver, and costs exactly base, bytes and weight', async () => {
    const { chain, submit, block, pcx } = await open();
    const extrinsic = signed(chain, alice, call.transfer(stranger.addressRaw, 5n * PCX));
    await submit(extrinsic);
    const events = await block();
    const fee = feeOf(extrinsic, BALANCES_WEIGHT_FEE);
    expect(await pcx(alice.addressRaw)).toBe(START - 5n * PCX - fee);
    expect(await pcx(stranger.addressRaw)).toBe(5n * PCX);
    expect(events.map(({ name }) => name)).toEqual([
      'balances.Withdraw',
      'system.NewAccount',
      'balances.Endowed',
      'balances.Transfer',
      'system.ExtrinsicSuccess',
    ]);
    expect(events[0]!.data).toEqual([alice.address, Number(fee)]);
  });

  test('of more than there is fails, and the fee is paid all the same', async () => {
    const { chain, submit, block, pcx } = await open();
    const extrinsic = signed(chain, alice, call.transfer(bob.addressRaw, START));
    await submit(extrinsic);
    const events = await block();
    expect(events.at(-1)).toMatchObject({
      name: 'system.ExtrinsicFailed',
      data: [{ module: { index: 6, error: 2 } }, { weight: 195_000_000, class: 'Normal', paysFee: 'Yes' }],
    });
    expect(await pcx(alice.addressRaw)).toBe(START - feeOf(extrinsic, BALANCES_WEIGHT_FEE));
    expect(await pcx(bob.addressRaw)).toBe(START);
  });

  test('that would overflow the receiver fails without moving anything', async () => {
    const accounts = [
      { address: hex(stranger.addressRaw), pcx: MOST - 10n },
      { address: hex(alice.addressRaw), pcx: START },
    ];
    const { chain, submit, block, pcx } = await open({ genesis: { accounts } });
    await submit(signed(chain, alice, call.transfer(stranger.addressRaw, 11n)));
    const failed = (await block()).at(-1)!;
    expect(failed.data[0]).toEqual({ arithmetic: 'Overflow' });
    expect(await pcx(stranger.addressRaw)).toBe(MOST - 10n);
    await submit(signed(chain, alice, call.transfer(stranger.addressRaw, 10n), { nonce: 1 }));
    await block();
    expect(await pcx(stranger.addressRaw)).toBe(MOST);
  });

  test('of everything leaves nothing', async () => {
    const { chain, submit, block, pcx } = await open();
    await submit(signed(chain, alice, call.transferAll(bob.addressRaw)));
    await block();
    expect(await pcx(alice.addressRaw)).toBe(0n);
  });
});

describe('a transfer of XBTC', () => {
  test('costs 1000 and 100 per byte in PCX, and says what moved by position', async () => {
    const { chain, submit, block, pcx, xbtc } = await open();
    const extrinsic = signed(chain, alice, call.assetTransfer(bob.addressRaw, 1, 123_456n));
    await submit(extrinsic);
    const events = await block();
    expect(await pcx(alice.addressRaw)).toBe(START - feeOf(extrinsic));
    expect(await xbtc(alice.addressRaw)).toBe(10n * PCX - 123_456n);
    expect(await xbtc(bob.addressRaw)).toBe(10n * PCX + 123_456n);
    const moved = events.find(({ name }) => name === 'xAssets.Moved')!;
    expect(moved.data).toEqual([1, alice.address, 'Usable', bob.address, 'Usable', 123_456]);
  });

  test.each([
    ['of more than there is', 1, 11n * PCX, { index: 26, error: 2 }],
    ['of an asset that is not online', 5, 1n, { index: 26, error: 0 }],
    ['of the native coin', 0, 1n, { index: 26, error: 7 }],
  ])('%s fails', async (_, id, value, error) => {
    const { chain, submit, block, xbtc } = await open();
    await submit(signed(chain, alice, call.assetTransfer(bob.addressRaw, id, value)));
    expect((await block()).at(-1)!.data[0]).toEqual({ module: error });
    expect(await xbtc(bob.addressRaw)).toBe(10n * PCX);
  });

  test('that would overflow the receiver fails', async () => {
    const accounts = [{ address: hex(stranger.addressRaw), xbtc: MOST }];
    const { chain, submit, block, xbtc } = await open({ genesis: { accounts } });
    await submit(signed(chain, alice, call.assetTransfer(stranger.addressRaw, 1, 1n)));
    expect((await block()).at(-1)!.data[0]).toEqual({ module: { index: 26, error: 1 } });
    expect(await xbtc(alice.addressRaw)).toBe(10n * PCX);
  });

  test('that leaves nothing removes the entry', async () => {
    const { chain, submit, block, xbtc } = await open();
    const holders = async () => {
      const prefix = hex(item('XAssets', 'AssetBalance'));
      return ((await chain.request('state_getKeysPaged', [prefix, 1000])) as string[]).length;
    };
    const before = await holders();
    await submit(signed(chain, alice, call.assetTransfer(bob.addressRaw, 1, 10n * PCX)));
    await block();
    expect(await holders()).toBe(before - 1);
    expect([await xbtc(alice.addressRaw), await xbtc(bob.addressRaw)]).toEqual([0n, 20n * PCX]);
  });

  test('of nothing, or to oneself, moves nothing and says nothing', async () => {
    const { chain, submit, block, xbtc } = await open();
    await submit(signed(chain, alice, call.assetTransfer(bob.addressRaw, 1, 0n)));
    await submit(signed(chain, alice, call.assetTransfer(alice.addressRaw, 1, 5n), { nonce: 1 }));
    const names = (await block()).map(({ name }) => name);
    expect(names.filter((name) => name === 'xAssets.Moved')).toEqual([]);
    expect(await xbtc(alice.addressRaw)).toBe(10n * PCX);
  });
});

describe('any row of transfers', () => {
  test('keeps the sum of XBTC, and of PCX with the fees that were burnt', async () => {
    const people = [alice, bob, stranger];
    const someone = fc.integer({ min: 0, max: 2 });
    const step = fc.record({
      from: someone,
      to: someone,
      value: fc.bigInt(0n, 15n * PCX),
      asset: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const accounts = [{ address: stranger.address, pcx: 20n * PCX, xbtc: 3n * PCX }];
        const { chain, submit, block, pcx, xbtc } = await open({ genesis: { accounts } });
        const nonces = [0, 0, 0];
        let burnt = 0n;
        for (const { from, to, value, asset } of steps) {
          const target = people[to]!.addressRaw;
          const encoded = asset ? call.assetTransfer(target, 1, value) : call.transfer(target, value);
          const extrinsic = signed(chain, people[from]!, encoded, { nonce: nonces[from]! });
          if ((await refusal(submit(extrinsic))) !== 'accepted') continue;
          const [withdrawn] = await block();
          expect(withdrawn!.name).toBe('balances.Withdraw');
          nonces[from]! += 1;
          burnt += feeOf(extrinsic, asset ? 0n : BALANCES_WEIGHT_FEE);
        }
        const sum = async (of: typeof pcx) =>
          (await Promise.all(people.map(({ addressRaw }) => of(addressRaw)))).reduce((a, b) => a + b);
        expect(await sum(pcx)).toBe(2n * START + 20n * PCX - burnt);
        expect(await sum(xbtc)).toBe(23n * PCX);
      }),
      { numRuns: 25 },
    );
  });
});

describe('a block', () => {
  test('passes when another node runs it, and not when anything in it was changed', async () => {
    const { chain, submit } = await open();
    await submit(signed(chain, alice, call.assetTransfer(bob.addressRaw, 1, 5n)));
    const { hash, header } = (await chain.request('dev_newBlock')) as {
      hash: string;
      header: Record<string, string>;
    };
    const { block } = (await chain.request('chain_getBlock', [hash])) as { block: { extrinsics: string[] } };
    const encode = (stateRoot: string, extrinsics: string[]) =>
      [
        `${header['parentHash']}04${stateRoot.slice(2)}${header['extrinsicsRoot']!.slice(2)}00`,
        (extrinsics.length << 2).toString(16).padStart(2, '0'),
        ...extrinsics.map((extrinsic) => extrinsic.slice(2)),
      ].join('');
    const run = (encoded: string) =>
      refusal(chain.request('state_call', ['Core_execute_block', encoded, chain.genesisHash]));
    expect(await run(encode(header['stateRoot']!, block.extrinsics))).toBe('accepted');
    expect(await run(encode(`0x${'11'.repeat(32)}`, block.extrinsics))).toContain('4003');
    expect(await run(encode(header['stateRoot']!, block.extrinsics.slice(0, 1)))).toContain('4003');
  });
});

describe('a transaction is refused', () => {
  const transfer = call.transfer(bob.addressRaw, 1n);

  test('when its signature is of other bytes, another version or another chain', async () => {
    const { chain, submit } = await open();
    const flipped = signed(chain, alice, transfer);
    flipped[50]! ^= 1;
    for (const extrinsic of [
      flipped,
      signed(chain, alice, transfer, { specVersion: 33 }),
      signed(chain, alice, transfer, { transactionVersion: 8 }),
      signed(chain, alice, transfer, { genesisHash: `0x${'45'.repeat(32)}` }),
    ]) {
      expect(await refusal(submit(extrinsic))).toBe('1010 Transaction has a bad signature');
    }
  });

  test('when its nonce was used', async () => {
    const { chain, submit, block } = await open();
    await submit(signed(chain, alice, transfer));
    await block();
    const again = signed(chain, alice, call.transfer(bob.addressRaw, 2n));
    expect(await refusal(submit(again))).toBe('1010 Transaction is outdated');
  });

  test('when its signer cannot pay the fee, even by one unit', async () => {
    const fee = feeOf(
      signed(await open().then(({ chain }) => chain), stranger, transfer),
      BALANCES_WEIGHT_FEE,
    );
    const poor = await open({ genesis: { accounts: [{ address: stranger.address, pcx: fee - 1n }] } });
    expect(await refusal(poor.submit(signed(poor.chain, stranger, transfer)))).toBe(
      '1010 Inability to pay some fees (e.g. account balance too low)',
    );
    const exact = await open({ genesis: { accounts: [{ address: stranger.address, pcx: fee }] } });
    expect(await refusal(exact.submit(signed(exact.chain, stranger, transfer)))).toBe('accepted');
    const tipped = await open({ genesis: { accounts: [{ address: stranger.address, pcx: MOST }] } });
    expect(await refusal(tipped.submit(signed(tipped.chain, stranger, transfer, { tip: MOST })))).toContain(
      '1010',
    );
  });

  test('when its era is over, and not one block before', async () => {
    const { chain, submit } = await open();
    await chain.request('dev_newBlock');
    const era = { period: 4, birth: 1, birthHash: await hashAt(chain, 1) };
    const extrinsic = signed(chain, alice, transfer, { era });
    // Its last block is 4, the one after the third.
    for (let number = 2; number <= 3; number++) await chain.request('dev_newBlock');
    expect(await refusal(submit(extrinsic))).toBe('accepted');
    const late = signed(chain, bob, transfer, { era });
    await chain.request('dev_newBlock');
    expect(await refusal(submit(late))).toBe('1010 Transaction has an ancient birth block');
    await chain.request('dev_newBlock');
    expect(await refusal(submit(late))).toBe('1010 Transaction has a bad signature');
  });

  test('when its era is not of this chain', async () => {
    const { chain, submit } = await open();
    await chain.request('dev_newBlock');
    const future = { period: 64, birth: 40, birthHash: await hashAt(chain, 1) };
    expect(await refusal(submit(signed(chain, alice, transfer, { era: future })))).toBe(
      '1010 Transaction has an ancient birth block',
    );
  });

  test('when the account is on the blacklist, or the call is paused', async () => {
    const blacklisted = await open({ genesis: { blacklist: [bob.address] } });
    expect(await refusal(blacklisted.submit(signed(blacklisted.chain, bob, transfer)))).toBe(
      '1010 Custom error: 254',
    );
    expect(await refusal(blacklisted.submit(signed(blacklisted.chain, alice, transfer)))).toBe('accepted');
    const paused = await open({ genesis: { paused: { XAssets: [], Balances: ['transfer_all'] } } });
    const sent = (encoded: Uint8Array) => refusal(paused.submit(signed(paused.chain, alice, encoded)));
    expect(await sent(call.assetTransfer(bob.addressRaw, 1, 1n))).toBe('1010 Custom error: 255');
    expect(await sent(call.transferAll(bob.addressRaw))).toBe('1010 Custom error: 255');
    expect(await sent(transfer)).toBe('accepted');
  });

  test('when it is the clock, which only the author may set', async () => {
    const { submit } = await open();
    expect(await refusal(submit(Uint8Array.of(0x10, 4, 4, 0, 0)))).toBe(
      '1011 Could not find an unsigned validator for the unsigned transaction',
    );
  });
});

import { describe, expect, test } from 'vitest';
import { alice, bob, call, stranger } from './extrinsics.js';
import { open } from './reading.js';

const PCX = 10n ** 8n;
const START = 1000n * PCX;
const names = (events: readonly { name: string }[]) =>
  events.map(({ name }) => name).filter((name) => name.startsWith('utility.') || name.startsWith('system.'));
const tooMuch = call.transfer(bob.addressRaw, 10n ** 30n);
const openWith = async (options = {}) => {
  const chain = await open(options);
  return {
    ...chain,
    batch: (...calls: Uint8Array[]) => chain.encode('utility', 'batch', calls),
    batchAll: (...calls: Uint8Array[]) => chain.encode('utility', 'batchAll', calls),
  };
};

describe('a batch', () => {
  test('runs its calls in order and says so of each', async () => {
    const { run, batch, pcx, xbtc } = await openWith();
    const events = await run(
      alice,
      batch(call.transfer(bob.addressRaw, 5n), call.assetTransfer(bob.addressRaw, 1, 7n)),
    );
    expect(names(events)).toEqual([
      'utility.ItemCompleted',
      'utility.ItemCompleted',
      'utility.BatchCompleted',
      'system.ExtrinsicSuccess',
    ]);
    expect([await pcx(bob.addressRaw), await xbtc(bob.addressRaw)]).toEqual([START + 5n, 10n * PCX + 7n]);
  });

  test('stops at the first call that fails, and keeps what came before it', async () => {
    const { run, batch, pcx } = await openWith();
    const transfer = call.transfer(bob.addressRaw, 5n);
    const events = await run(alice, batch(transfer, tooMuch, transfer));
    expect(events.find(({ name }) => name === 'utility.BatchInterrupted')!.data).toEqual([
      1,
      { module: { index: 6, error: 2 } },
    ]);
    expect(names(events).at(-1)).toBe('system.ExtrinsicSuccess');
    expect(await pcx(bob.addressRaw)).toBe(START + 5n);
  });

  test('weighs and costs what its calls do', async () => {
    const { chain, encode } = await openWith();
    const transfer = call.transfer(bob.addressRaw, 5n);
    const info = async (encoded: Uint8Array) => {
      const body = Uint8Array.of(4, ...encoded);
      const extrinsic = Uint8Array.of(((body.length << 2) & 255) | 1, body.length >> 6, ...body);
      const asked = `0x${Buffer.from(extrinsic).toString('hex')}`;
      return (await chain.request('payment_queryInfo', [asked])) as { weight: number };
    };
    expect((await info(encode('utility', 'batch', [transfer, transfer]))).weight).toBe(
      17_000_000 + 2 * (4_000_000 + 195_000_000),
    );
  });

  test('does not run a call that is paused', async () => {
    const { run, batch, xbtc } = await openWith({ genesis: { paused: { XAssets: [] } } });
    const events = await run(alice, batch(call.assetTransfer(bob.addressRaw, 1, 7n)));
    expect(events.find(({ name }) => name === 'utility.BatchInterrupted')!.data[1]).toEqual({
      module: { index: 0, error: 5 },
    });
    expect(await xbtc(bob.addressRaw)).toBe(10n * PCX);
  });

  test('of thousands of calls runs', async () => {
    const { run, batch } = await openWith();
    const events = await run(
      alice,
      batch(...Array.from({ length: 3000 }, () => call.transfer(stranger.addressRaw, 1n))),
    );
    expect(names(events).filter((name) => name === 'utility.ItemCompleted')).toHaveLength(3000);
  });

  test('of more calls than ChainX takes fails, and one that is nested too deep is no call', async () => {
    const { run, encode, batch } = await openWith();
    const remark = encode('system', 'remark', '0x');
    const events = await run(alice, batch(...Array.from({ length: 10_923 }, () => remark)));
    expect(events.at(-1)!.data[0]).toEqual({ module: { index: 22, error: 0 } });
    const nested = (depth: number): Uint8Array =>
      depth === 0 ? remark : Uint8Array.of(22, 0, 4, ...nested(depth - 1));
    expect(names(await run(alice, nested(32))).at(-1)).toBe('system.ExtrinsicSuccess');
    await expect(run(alice, nested(33))).rejects.toMatchObject({ code: 1010 });
  });
});

describe('a batch of all or none', () => {
  test('leaves nothing when one call fails', async () => {
    const { run, batchAll, pcx } = await openWith();
    const transfer = call.transfer(bob.addressRaw, 5n);
    const events = await run(alice, batchAll(transfer, tooMuch));
    expect(events.map(({ name }) => name)).toEqual(['balances.Withdraw', 'system.ExtrinsicFailed']);
    expect(events.at(-1)!.data[0]).toEqual({ module: { index: 6, error: 2 } });
    expect(await pcx(bob.addressRaw)).toBe(START);
    expect(names(await run(alice, batchAll(transfer, transfer)))).toContain('utility.BatchCompleted');
    expect(await pcx(bob.addressRaw)).toBe(START + 10n);
  });

  test('may stand in a batch, but not in another one', async () => {
    const { run, batch, batchAll } = await openWith();
    const inner = batchAll(call.transfer(bob.addressRaw, 5n));
    expect(names(await run(alice, batch(inner)))).toContain('utility.BatchCompleted');
    const events = await run(alice, batchAll(batch(inner)));
    expect(events.find(({ name }) => name === 'utility.BatchInterrupted')!.data[1]).toEqual({
      module: { index: 0, error: 5 },
    });
  });
});

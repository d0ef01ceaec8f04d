import { blake2AsU8a } from '@polkadot/util-crypto';
import { bnToU8a, compactToU8a, u8aConcat } from '@polkadot/util';
import { describe, expect, test } from 'vitest';
import { alice, bob, stranger } from './extrinsics.js';
import { accountKey, item, open } from './reading.js';

const openWith = async () => {
  const chain = await open();
  const { encode, run, stored } = chain;
  return {
    ...chain,
    error: async (...[pair, name, ...args]: [typeof alice, string, ...unknown[]]) =>
      (await run(pair, encode('indices', name, ...args))).at(-1)!.data[0],
    entry: (index: number) => {
      const number = bnToU8a(index, { bitLength: 32 });
      const key = u8aConcat(item('Indices', 'Accounts'), blake2AsU8a(number, 128), number);
      return stored('(AccountId, u128, bool)', key);
    },
    reserved: async (account: Uint8Array) =>
      ((await stored('FrameSystemAccountInfo', accountKey(account))) as { data: { reserved: number } }).data
        .reserved,
  };
};
const DEPOSIT = 1_000_000;

describe('an index', () => {
  test('is claimed for a deposit, and then is an address', async () => {
    const { run, encode, entry, reserved, pcx } = await openWith();
    const events = await run(bob, encode('indices', 'claim', 5));
    expect(events[2]).toEqual({ name: 'indices.IndexAssigned', data: [bob.address, 5] });
    expect(await entry(5)).toEqual([bob.address, DEPOSIT, false]);
    expect(await reserved(bob.addressRaw)).toBe(DEPOSIT);
    const before = await pcx(bob.addressRaw);
    const byIndex = u8aConcat([6, 0], [1], compactToU8a(5), compactToU8a(77n));
    expect((await run(alice, byIndex)).at(-1)!.name).toBe('system.ExtrinsicSuccess');
    expect(await pcx(bob.addressRaw)).toBe(before + 77n);
  });

  test('that nobody has is no address', async () => {
    const { run } = await openWith();
    const byIndex = u8aConcat([6, 0], [1], compactToU8a(6), compactToU8a(77n));
    expect((await run(alice, byIndex)).at(-1)!.data[0]).toEqual({ cannotLookup: null });
  });

  test('goes over to another account with its deposit', async () => {
    const { run, encode, entry, reserved } = await openWith();
    await run(bob, encode('indices', 'claim', 5));
    const events = await run(bob, encode('indices', 'transfer', alice.address, 5));
    expect(events[1]).toEqual({
      name: 'balances.ReserveRepatriated',
      data: [bob.address, alice.address, DEPOSIT, 'Reserved'],
    });
    expect(await entry(5)).toEqual([alice.address, DEPOSIT, false]);
    expect([await reserved(bob.addressRaw), await reserved(alice.addressRaw)]).toEqual([0, DEPOSIT]);
  });

  test('is given up, or frozen for good', async () => {
    const { run, encode, entry, reserved, error } = await openWith();
    await run(bob, encode('indices', 'claim', 5));
    await run(bob, encode('indices', 'free', 5));
    expect([await entry(5), await reserved(bob.addressRaw)]).toEqual([null, 0]);
    await run(alice, encode('indices', 'claim', 5));
    const events = await run(alice, encode('indices', 'freeze', 5));
    expect(events.slice(1, 3)).toEqual([
      { name: 'balances.Slashed', data: [alice.address, DEPOSIT] },
      { name: 'indices.IndexFrozen', data: [5, alice.address] },
    ]);
    expect(await entry(5)).toEqual([alice.address, 0, true]);
    expect(await error(alice, 'free', 5)).toEqual({ module: { index: 5, error: 4 } });
  });

  test('refuses who may not', async () => {
    const { run, encode, error } = await openWith();
    await run(bob, encode('indices', 'claim', 5));
    expect(await error(alice, 'claim', 5)).toEqual({ module: { index: 5, error: 2 } });
    expect(await error(alice, 'free', 5)).toEqual({ module: { index: 5, error: 1 } });
    expect(await error(alice, 'free', 6)).toEqual({ module: { index: 5, error: 0 } });
    expect(await error(bob, 'transfer', bob.address, 5)).toEqual({ module: { index: 5, error: 3 } });
    expect(await error(bob, 'transfer', stranger.address, 5)).toEqual({ module: { index: 6, error: 6 } });
  });
});

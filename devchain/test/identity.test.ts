import { xxhashAsU8a } from '@polkadot/util-crypto';
import { u8aConcat } from '@polkadot/util';
import { describe, expect, test } from 'vitest';
import { alice, bob, stranger } from './extrinsics.js';
import { accountKey, item, open } from './reading.js';

const PCX = 10n ** 8n;
const recordKey = (account: Uint8Array) =>
  u8aConcat(item('Identity', 'IdentityOf'), xxhashAsU8a(account, 64), account);
const info = (additional: readonly (readonly [string, string])[]) => ({
  additional: additional.map(([name, value]) => [{ Raw: name }, { Raw: value }]),
  display: { Raw: 'Alice' },
  pgpFingerprint: null,
});
const openWith = async () => {
  const chain = await open();
  const balances = async (account: Uint8Array) => {
    const { data } = (await chain.stored('FrameSystemAccountInfo', accountKey(account))) as {
      data: { free: number; reserved: number };
    };
    return data;
  };
  return {
    ...chain,
    reserved: async (account: Uint8Array) => (await balances(account)).reserved,
    record: (account: Uint8Array) => chain.stored('PalletIdentityRegistration', recordKey(account)),
  };
};

describe('an identity', () => {
  test("holds back ChainX's deposit and is there to read", async () => {
    const { run, encode, record, reserved } = await openWith();
    const events = await run(alice, encode('identity', 'setIdentity', info([['coming', 'key']])));
    expect(events.slice(1, 3)).toEqual([
      { name: 'balances.Reserved', data: [alice.address, 12_500_000] },
      { name: 'identity.IdentitySet', data: [alice.address] },
    ]);
    expect(await reserved(alice.addressRaw)).toBe(12_500_000);
    expect(await record(alice.addressRaw)).toMatchObject({
      judgements: [],
      deposit: 12_500_000,
      info: {
        additional: [[{ raw: '0x636f6d696e67' }, { raw: '0x6b6579' }]],
        display: { raw: '0x416c696365' },
      },
    });
  });

  test('is overwritten whole, and the deposit goes with its size', async () => {
    const { run, encode, record, reserved } = await openWith();
    await run(alice, encode('identity', 'setIdentity', info([['a', '1'], ['b', '2']]))); // prettier-ignore
    expect(await reserved(alice.addressRaw)).toBe(15_000_000);
    const events = await run(alice, encode('identity', 'setIdentity', info([])));
    expect(events[1]).toEqual({ name: 'balances.Unreserved', data: [alice.address, 5_000_000] });
    expect(await record(alice.addressRaw)).toMatchObject({ deposit: 10_000_000, info: { additional: [] } });
  });

  test('is gone when it is cleared, and the deposit is back', async () => {
    const { run, encode, record, reserved } = await openWith();
    await run(alice, encode('identity', 'setIdentity', info([['coming', 'key']])));
    const events = await run(alice, encode('identity', 'clearIdentity'));
    expect(events.slice(1, 3)).toEqual([
      { name: 'balances.Unreserved', data: [alice.address, 12_500_000] },
      { name: 'identity.IdentityCleared', data: [alice.address, 12_500_000] },
    ]);
    expect([await record(alice.addressRaw), await reserved(alice.addressRaw)]).toEqual([null, 0]);
  });

  test('that is not there cannot be cleared', async () => {
    const { run, encode } = await openWith();
    const events = await run(bob, encode('identity', 'clearIdentity'));
    expect(events.at(-1)!.data[0]).toEqual({ module: { index: 21, error: 2 } });
  });

  test('that its account cannot pay the deposit for fails', async () => {
    const { chain, run, encode, record } = await openWith();
    await chain.request('dev_fund', [stranger.address, { pcx: String(PCX / 10n) }]);
    const events = await run(stranger, encode('identity', 'setIdentity', info([['coming', 'key']])));
    expect(events.at(-1)!.data[0]).toEqual({ module: { index: 6, error: 2 } });
    expect(await record(stranger.addressRaw)).toBeNull();
  });

  test('has at most 100 additional fields', async () => {
    const { run, encode } = await openWith();
    const fields = Array.from({ length: 101 }, (_, i): [string, string] => [`f${i}`, 'x']);
    await expect(run(alice, encode('identity', 'setIdentity', info(fields)))).rejects.toMatchObject({
      code: 1010,
      data: 'Transaction call is not expected',
    });
    const events = await run(alice, encode('identity', 'setIdentity', info(fields.slice(1))));
    expect(events.at(-1)!.name).toBe('system.ExtrinsicSuccess');
  });
});

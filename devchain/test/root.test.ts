import { stringToHex } from '@polkadot/util';
import { describe, expect, test } from 'vitest';
import { openDevchain } from '../src/devchain.js';
import { alice, bob, call, hex, signed, stranger } from './extrinsics.js';
import { open } from './reading.js';
import { runtime } from './smoldot.js';

const pay = call.assetTransfer(bob.addressRaw, 1, 5n);
const remark = call.remarkWithEvent(new Uint8Array(3));
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => 'accepted',
    (error: { code: number; data?: string }) => `${error.code} ${error.data}`,
  );

interface Version {
  readonly specVersion: number;
}

async function openWith() {
  const opened = await open();
  const { chain, encode, run } = opened;
  return {
    ...opened,
    sudo: (inner: Uint8Array) => encode('sudo', 'sudo', inner),
    asRoot: (method: string, ...params: unknown[]) =>
      chain.request(method, params) as Promise<{ blockHash: string }>,
    send: (encoded: Uint8Array, nonce = 0, specVersion = 34) =>
      refusal(opened.submit(signed(chain, alice, encoded, { nonce, specVersion }))),
    spec: async (at?: string) =>
      ((await chain.request('state_getRuntimeVersion', [at])) as Version).specVersion,
    run,
  };
}

describe('root', () => {
  test('is the account that Sudo names, and no other', async () => {
    const { run, sudo, encode } = await openWith();
    const pause = encode('xSystem', 'modifyPaused', stringToHex('XAssets'), null, true);
    const failed = (await run(alice, sudo(pause))).at(-1)!;
    expect(failed).toMatchObject({
      name: 'system.ExtrinsicFailed',
      data: [{ module: { index: 39, error: 0 } }, {}],
    });
    const direct = (await run(alice, pause)).at(-1)!;
    expect(direct).toMatchObject({ name: 'system.ExtrinsicFailed', data: [{ badOrigin: null }, {}] });
  });

  test('is told in an event how the call ended, and signs nothing for anybody', async () => {
    const { chain, asRoot, eventsAt } = await openWith();
    const events = async (encoded: Uint8Array) => {
      const { blockHash } = await asRoot('dev_asRoot', hex(encoded));
      const keys = (await chain.request('state_getKeysPaged', ['0x', 1000, null, blockHash])) as string[];
      const [{ changes }] = (await chain.request('state_queryStorageAt', [keys, blockHash])) as [
        { changes: [string, string][] },
      ];
      return eventsAt(Object.fromEntries(changes)).find(({ name }) => name === 'sudo.Sudid')!.data[0];
    };
    expect(await events(call.transfer(bob.addressRaw, 1n))).toEqual({ err: { badOrigin: null } });
    expect(await events(remark)).toEqual({ err: { badOrigin: null } });
    expect(await events(Uint8Array.of(0, 1, 0))).toEqual({ ok: null });
    await expect(asRoot('dev_asRoot', '0xff00')).rejects.toMatchObject({ code: 1010 });
  });
});

describe('pausing', () => {
  test('takes effect with the next transaction, of one call or of a whole pallet, and ends', async () => {
    const { asRoot, send } = await openWith();
    await asRoot('dev_setPaused', 'XAssets', 'transfer', true);
    expect(await send(pay)).toBe('1010 Custom error: 255');
    expect(await send(remark)).toBe('accepted');
    await asRoot('dev_setPaused', 'XAssets', null, true);
    await asRoot('dev_setPaused', 'XAssets', 'transfer', false);
    expect(await send(pay, 1)).toBe('1010 Custom error: 255');
    await asRoot('dev_setPaused', 'XAssets', null, false);
    expect(await send(pay, 1)).toBe('accepted');
  });

  test('throws out what waits, stops a call within a batch, and does not stop root', async () => {
    const { chain, asRoot, send, encode, run, block } = await openWith();
    expect(await send(pay)).toBe('accepted');
    const statuses: unknown[] = [];
    await chain.subscribe('author_submitAndWatchExtrinsic', [hex(signed(chain, bob, pay))], (status) =>
      statuses.push(status),
    );
    // Root's is the better paid one, for it weighs nothing: still it may come after the others in its block.
    await asRoot('dev_setPaused', 'XAssets', null, true);
    await block();
    expect(await chain.request('author_pendingExtrinsics')).toEqual([]);
    const events = await run(alice, encode('utility', 'batch', [pay]));
    expect(events.find(({ name }) => name === 'utility.BatchInterrupted')!.data[1]).toEqual({
      module: { index: 0, error: 5 },
    });
    await asRoot('dev_setPaused', 'Sudo', null, true);
    await asRoot('dev_setPaused', 'XAssets', null, false);
    expect(await refusal(run(alice, pay))).toBe('accepted');
    expect(statuses.length).toBeGreaterThan(0);
  });
});

test('an account is put on the blacklist and taken off it', async () => {
  const { asRoot, send } = await openWith();
  await asRoot('dev_setBlacklisted', alice.address, true);
  expect(await send(pay)).toBe('1010 Custom error: 254');
  await asRoot('dev_setBlacklisted', alice.address, false);
  expect(await send(pay)).toBe('accepted');
});

describe('another runtime', () => {
  test('works from the next block on: signatures of the old version are none any more', async () => {
    const { chain, asRoot, send, spec, block } = await openWith();
    const versions: number[] = [];
    await chain.subscribe('state_subscribeRuntimeVersion', [], (version) =>
      versions.push((version as Version).specVersion),
    );
    expect(await send(pay)).toBe('accepted');
    await block();
    const waiting = hex(signed(chain, alice, pay, { nonce: 2 })); // of the future, until the one before is there
    await chain.request('author_submitExtrinsic', [waiting]);
    const upgraded = await asRoot('dev_upgradeRuntime');
    expect(upgraded).toMatchObject({ specVersion: 35 });
    const header = (await chain.request('chain_getHeader', [upgraded.blockHash])) as {
      parentHash: string;
      digest: { logs: string[] };
    };
    expect(header.digest.logs).toEqual(['0x08']);
    expect([await spec(header.parentHash), await spec(upgraded.blockHash)]).toEqual([34, 35]);
    expect(versions).toEqual([34, 35]);
    expect(await send(pay, 1)).toBe('1010 Transaction has a bad signature');
    expect(await send(pay, 1, 35)).toBe('accepted');
    expect((await block()).map(({ name }) => name)).toContain('xAssets.Moved');
    // The node's own accounts sign for the version that there is.
    await chain.request('dev_fund', [stranger.address, { pcx: '5' }]);
    expect(await chain.request('author_pendingExtrinsics')).toEqual([]);
    const metadata = (await chain.request('state_getMetadata')) as string;
    expect(metadata).toContain(`${stringToHex('coming-devchain').slice(2)}0100000023000000`);
  });

  test('is refused when it is none, is not newer, or is of another chain', async () => {
    const { asRoot, spec } = await openWith();
    const other = Buffer.from(
      hex(runtime)
        .slice(2)
        .replaceAll(stringToHex('chainx').slice(2) + '3c', `${stringToHex('chainy').slice(2)}3c`),
      'hex',
    );
    for (const code of ['0x', '0x00', '0x0061736d01000000', hex(runtime), hex(other)]) {
      await expect(asRoot('dev_upgradeRuntime', code)).rejects.toThrow('The runtime refuses it');
    }
    expect(await spec()).toBe(34);
  });

  test('is taken back with the block that brought it', async () => {
    const { chain, asRoot, spec } = await openWith();
    await asRoot('dev_upgradeRuntime');
    await chain.request('dev_forceReorg', [1]);
    expect(await spec()).toBe(34);
  });

  test('is there again with the chain', async () => {
    const chain = await openDevchain({ blockTime: 'manual', history: true });
    await chain.request('dev_upgradeRuntime');
    await chain.request('dev_upgradeRuntime');
    const again = await openDevchain({ blockTime: 'manual', snapshot: chain.snapshot() });
    expect(await again.request('state_getRuntimeVersion')).toMatchObject({ specVersion: 36 });
    await again.request('dev_newBlock');
  });
});

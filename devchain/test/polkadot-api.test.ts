import type { ApiPromise } from '@polkadot/api';
import { Keyring } from '@polkadot/keyring';
import type { SubmittableExtrinsic } from '@polkadot/api/types';
import type { KeyringPair } from '@polkadot/keyring/types';
import type { ISubmittableResult } from '@polkadot/types/types';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startDevchain, type RunningDevchain } from '../src/node/server.js';
import { connectTo } from './connecting.js';
import { alice, bob } from './extrinsics.js';

const carol = new Keyring({ type: 'ed25519' }).addFromUri('//Carol');

let node: RunningDevchain;
let api: ApiPromise;
const said: string[] = [];

beforeAll(async () => {
  for (const level of ['log', 'warn', 'error'] as const) {
    vi.spyOn(console, level).mockImplementation((...words: unknown[]) => void said.push(words.join(' ')));
  }
  node = await startDevchain({
    port: 0,
    blockTime: 50,
    genesis: { accounts: [{ address: carol.address, pcx: 10n ** 10n }] },
  });
  api = await connectTo(node.url);
});

afterAll(async () => {
  await api.disconnect();
  await node.close();
});

/** Sends and watches until final. */
function finalized(
  extrinsic: SubmittableExtrinsic<'promise'>,
  pair: KeyringPair,
): Promise<ISubmittableResult> {
  return new Promise((resolve, reject) => {
    extrinsic
      .signAndSend(pair, (result) => {
        if (result.isFinalized) resolve(result);
        else if (result.isError) reject(new Error(result.status.type));
      })
      .catch(reject);
  });
}

const names = ({ events }: ISubmittableResult) =>
  events.map(({ event }) => `${event.section}.${event.method}`);

async function xbtcOf(address: string): Promise<string> {
  const held = await api.query['xAssets']!['assetBalance']!(address, 1);
  return String((held.toJSON() as Record<string, unknown>)['Usable'] ?? 0);
}

describe('@polkadot/api', () => {
  test('connects, and misses no method', () => {
    expect(String(api.runtimeVersion.specName)).toBe('chainx');
    expect(api.runtimeVersion.specVersion.toNumber()).toBe(34);
    expect(api.registry.chainSS58).toBe(42);
    expect(said.join('\n')).not.toMatch(/not implemented|not found|unable to/i);
  });

  test("knows ChainX's indices from the metadata", () => {
    expect([...api.tx['balances']!['transfer']!.callIndex]).toEqual([6, 0]);
    expect([...api.tx['xAssets']!['transfer']!.callIndex]).toEqual([26, 0]);
    expect(api.registry.signedExtensions).toEqual([
      'CheckNonZeroSender',
      'CheckSpecVersion',
      'CheckTxVersion',
      'CheckGenesis',
      'CheckMortality',
      'CheckNonce',
      'CheckWeight',
      'ChargeTransactionPayment',
      'BaseFilter',
      'ChargeExtraFee',
    ]);
    expect(Number(api.consts['system']!['blockHashCount']!.toString())).toBe(2400);
  });

  test('sends PCX signed with sr25519, and watches it to finality', async () => {
    const extrinsic = api.tx['balances']!['transfer']!(bob.address, 12_345n);
    const { partialFee } = await extrinsic.paymentInfo(alice);
    const result = await finalized(extrinsic, alice);
    expect(names(result)).toEqual(['balances.Withdraw', 'balances.Transfer', 'system.ExtrinsicSuccess']);
    expect(result.events[0]!.event.data[1]!.toString()).toBe(partialFee.toString());
  });

  test('sends XBTC signed with ed25519', async () => {
    const before = await xbtcOf(carol.address);
    expect(before).toBe('0');
    await node.chain.request('dev_fund', [carol.address, { xbtc: 5000 }]);
    const result = await finalized(api.tx['xAssets']!['transfer']!(bob.address, 1, 2000n), carol);
    const moved = result.events.find(({ event }) => event.method === 'Moved')!.event;
    expect(moved.data.map(String)).toEqual(['1', carol.address, 'Usable', bob.address, 'Usable', '2000']);
    expect(await xbtcOf(carol.address)).toBe('3000');
  });

  test('sends XBTC signed with ecdsa', async () => {
    const dora = new Keyring({ type: 'ecdsa' }).addFromUri('//Dora');
    await node.chain.request('dev_fund', [dora.address, { pcx: 10n ** 8n + '', xbtc: 50 }]);
    const result = await finalized(api.tx['xAssets']!['transfer']!(bob.address, 1, 20n), dora);
    expect(names(result)).toContain('xAssets.Moved');
  });

  test('reads the error of a failed call by its name', async () => {
    const result = await finalized(api.tx['xAssets']!['transfer']!(bob.address, 1, 10n ** 20n), alice);
    const error = api.registry.findMetaError(result.dispatchError!.asModule);
    expect(`${error.section}.${error.name}`).toBe('xAssets.InsufficientBalance');
  });

  test('follows heads, balances and finality', async () => {
    const seen: Record<string, number[]> = { new: [], final: [] };
    const stops = [
      await api.rpc.chain.subscribeNewHeads(({ number }) => void seen['new']!.push(number.toNumber())),
      await api.rpc.chain.subscribeFinalizedHeads(
        ({ number }) => void seen['final']!.push(number.toNumber()),
      ),
    ];
    const amounts: string[] = [];
    stops.push(
      (await api.query['system']!['account']!(bob.address, (info: { nonce: unknown }) => {
        amounts.push(String((info as unknown as { data: { free: unknown } }).data.free));
      })) as unknown as () => void,
    );
    await finalized(api.tx['balances']!['transfer']!(bob.address, 7n), alice);
    for (const stop of stops) stop();
    expect(seen['new']!.length).toBeGreaterThan(2);
    expect(seen['final']!.length).toBeGreaterThan(1);
    expect(BigInt(amounts.at(-1)!) - BigInt(amounts[0]!)).toBe(7n);
  });

  test('reads the state of an old block', async () => {
    const hash = await api.rpc.chain.getBlockHash(0);
    const then = await (await api.at(hash)).query['system']!['account']!(alice.address);
    expect((then.toJSON() as { nonce: number }).nonce).toBe(0);
  });
});

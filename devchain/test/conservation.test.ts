import type { KeyringPair } from '@polkadot/keyring/types';
import { hexToU8a } from '@polkadot/util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alice, bob, call, hex, signed, stranger } from './extrinsics.js';
import { accountKey, item, open, type Opened } from './reading.js';
import { storageOf } from './smoldot.js';

const PCX = 10n ** 8n;
const people = [alice, bob, stranger];
const accounts = [{ address: stranger.address, pcx: 20n * PCX, xbtc: 3n * PCX }];
const BITCOIN_ADDRESS = hex(new TextEncoder().encode('tb1q50rtrmj2f8vl9tem8qpfw36ylw5jg9j20l03x8'));
type State = Record<string, string>;

/** What every block changes: the block itself, and the total, by the fee. */
const OF_EVERY_BLOCK = [
  ...['Number', 'ParentHash', 'BlockHash', 'Events', 'EventCount', 'BlockWeight', 'Digest'].map((name) =>
    hex(item('System', name)),
  ),
  hex(item('Timestamp', 'Now')),
  hex(item('Balances', 'TotalIssuance')),
];

function callsOf({ encode }: Opened): fc.Arbitrary<Uint8Array> {
  const whom = fc.constantFrom(...people).map(({ addressRaw }) => addressRaw);
  const amount = fc.oneof(fc.bigInt(0n, 25n * PCX), fc.constant(2n ** 128n - 1n));
  const index = fc.integer({ min: 0, max: 2 });
  const simple = fc.oneof(
    fc.tuple(whom, amount).map(([to, value]) => call.transfer(to, value)),
    whom.map((to) => call.transferAll(to)),
    fc.tuple(whom, amount, index).map(([to, value, id]) => call.assetTransfer(to, id, value)),
    fc.integer({ min: 0, max: 5 }).map((count) =>
      encode('identity', 'setIdentity', {
        additional: Array.from({ length: count }, (_, i) => [{ Raw: `f${i}` }, { Raw: 'x' }]),
      }),
    ),
    fc.constant(encode('identity', 'clearIdentity')),
    amount.map((value) => encode('xGatewayCommon', 'withdraw', 1, value, BITCOIN_ADDRESS, '0x')),
    index.map((id) => encode('xGatewayCommon', 'cancelWithdrawal', id)),
    fc
      .tuple(fc.constantFrom('claim', 'free', 'freeze'), index)
      .map(([name, one]) => encode('indices', name, one)),
    fc.tuple(whom, index).map(([to, one]) => encode('indices', 'transfer', to, one)),
  );
  const several = fc.array(simple, { maxLength: 4 });
  const batches = fc
    .tuple(fc.constantFrom('batch', 'batchAll'), several)
    .map(([name, calls]) => encode('utility', name, calls));
  return fc.oneof({ weight: 3, arbitrary: simple }, { weight: 2, arbitrary: batches });
}

function sumsOf({ registry }: Opened, state: State) {
  const under = (pallet: string, name: string) =>
    Object.entries(state).filter(([key]) => key.startsWith(hex(item(pallet, name))));
  const sum = (values: readonly bigint[]) => values.reduce((a, b) => a + b, 0n);
  const held = (value: string) =>
    [...(registry.createType('BTreeMap<u8, u128>', value) as unknown as Map<unknown, unknown>)].map(
      ([kind, amount]) => [Number(String(kind)), BigInt(String(amount))] as const,
    );
  const pcx = under('System', 'Account').map(([, value]) => {
    const { data } = registry.createType('FrameSystemAccountInfo', value) as unknown as {
      data: { free: unknown; reserved: unknown };
    };
    return BigInt(String(data.free)) + BigInt(String(data.reserved));
  });
  const byKind = (pairs: readonly [string, string][]) =>
    [0, 1, 2, 3, 4].map(
      (kind) =>
      sum(pairs.flatMap(([, value]) => held(value).filter(([one]) => one === kind).map(([, amount]) => amount))), // prettier-ignore
    );
  const total = registry.createType('u128', hexToU8a(state[hex(item('Balances', 'TotalIssuance'))]!));
  return {
    pcx: sum(pcx),
    totalPcx: BigInt(total.toString()),
    xbtc: byKind(under('XAssets', 'AssetBalance')),
    totalXbtc: byKind(under('XAssets', 'TotalAssetBalance')),
  };
}

async function runOne(opened: Opened, pair: KeyringPair, encoded: Uint8Array) {
  const { chain, submit } = opened;
  const nonce = (await chain.request('system_accountNextIndex', [hex(pair.addressRaw)])) as number;
  await submit(signed(chain, pair, encoded, { nonce }));
  const { hash } = (await chain.request('dev_newBlock')) as { hash: `0x${string}` };
  return storageOf(chain, hash);
}

describe('any row of calls of all pallets', () => {
  test('keeps every coin: what accounts hold is the total, and a call that fails takes a fee and nothing else', async () => {
    const opened = await open({ genesis: { accounts } });
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), callsOf(opened)), {
      minLength: 1,
      maxLength: 10,
    });
    await fc.assert(
      fc.asyncProperty(steps, async (row) => {
        const one = await open({ genesis: { accounts } });
        const { chain, registry } = one;
        let before = await storageOf(chain, chain.genesisHash as `0x${string}`);
        const { totalPcx: atFirst, xbtc } = sumsOf(one, before);
        for (const [who, encoded] of row) {
          const pair = people[who]!;
          let after: State;
          try {
            after = await runOne(one, pair, encoded);
          } catch (error) {
            // Somebody without the fee.
            expect(error).toMatchObject({ code: 1010 });
            continue;
          }
          const sums = sumsOf(one, after);
          expect(sums.pcx).toBe(sums.totalPcx);
          expect(sums.totalPcx).toBeLessThan(atFirst);
          expect(sums.xbtc).toEqual(sums.totalXbtc);
          expect(sums.xbtc.reduce((a, b) => a + b)).toBe(xbtc.reduce((a, b) => a + b));
          const events = one.eventsAt(after);
          if (events.at(-1)!.name === 'system.ExtrinsicFailed') {
            const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
              (key) => before[key] !== after[key] && !OF_EVERY_BLOCK.some((prefix) => key.startsWith(prefix)),
            );
            const own = hex(accountKey(pair.addressRaw));
            expect(changed).toEqual([own]);
            const [then, now] = [before, after].map((state) =>
              registry.createType('FrameSystemAccountInfo', hexToU8a(state[own]!)).toJSON(),
            ) as { nonce: number; data: { free: number | string; reserved: number } }[];
            const fee = BigInt(String(events[0]!.data[1]));
            expect(now).toEqual({
              ...then,
              nonce: then!.nonce + 1,
              data: { ...then!.data, free: now!.data.free },
            });
            expect(BigInt(now!.data.free)).toBe(BigInt(then!.data.free) - fee);
          }
          before = after;
        }
        chain.close();
      }),
      { numRuns: 20 },
    );
  }, 60_000);
});

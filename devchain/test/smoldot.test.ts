import { calculateStateRoot, destroyWorker } from '@acala-network/chopsticks-core';
import { Keyring } from '@polkadot/keyring';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { genesisState } from '../src/genesis.js';
import { entriesAfter, getValue, removeValue, setValue, trieRoot, type Trie } from '../src/trie.js';
import { hexOf } from '../src/bytes.js';
import { alice, bob, call, hex, signed, stranger } from './extrinsics.js';
import { item, open } from './reading.js';
import { type Header, bytes, callOnSmoldot, encodedHeader, runBlock, runtime, storageOf } from './smoldot.js';

type Hex = `0x${string}`;
const ecdsa = new Keyring({ type: 'ecdsa' }).addFromUri('//Alice');
const ecdsaAccount = hex(ecdsa.addressRaw);

function mapOf(trie: Trie): Map<string, Hex> {
  return new Map([...entriesAfter(trie, '')].map(([key, value]) => [`0x${key}`, hexOf(value)]));
}

afterAll(() => destroyWorker());

describe("smoldot's executor", () => {
  test('runs the same blocks to the same storage, events, errors and header', async () => {
    const accounts = [{ address: ecdsaAccount, pcx: 10n ** 8n, xbtc: 5n }];
    const { chain, submit, encode } = await open({ genesis: { accounts } });
    const identity = (...additional: string[]) =>
      encode('identity', 'setIdentity', {
        additional: additional.map((name) => [{ Raw: name }, { Raw: 'x' }]),
        display: { Raw: 'Bob' },
      });
    const pay = call.assetTransfer(stranger.addressRaw, 1, 1n);
    const tooMuch = call.transfer(stranger.addressRaw, 10n ** 30n);
    const nested = encode('utility', 'batchAll', [encode('utility', 'batch', [pay, tooMuch])]);
    const state = mapOf(genesisState(runtime, { accounts }));
    const blocks = [
      [
        signed(chain, alice, call.transfer(stranger.addressRaw, 50_000n)),
        signed(chain, alice, call.assetTransfer(bob.addressRaw, 1, 1234n), { nonce: 1, tip: 7n }),
        signed(chain, alice, call.assetTransfer(bob.addressRaw, 9, 1n), { nonce: 2 }),
        signed(chain, bob, call.transfer(alice.addressRaw, 10n ** 30n)),
        signed(chain, bob, call.assetTransfer(stranger.addressRaw, 1, 10n * 10n ** 8n), { nonce: 1 }),
        signed(chain, ecdsa, call.assetTransfer(stranger.addressRaw, 1, 5n)),
        signed(chain, alice, call.remarkWithEvent(new Uint8Array(400)), { nonce: 3 }),
      ],
      [
        signed(chain, stranger, call.assetTransfer(alice.addressRaw, 1, 2n)),
        signed(chain, alice, call.transferAll(bob.addressRaw), { nonce: 4 }),
      ],
      [
        signed(chain, bob, encode('identity', 'clearIdentity'), { nonce: 2 }),
        signed(chain, bob, identity('a', 'b'), { nonce: 3 }),
        signed(chain, bob, identity('a'), { nonce: 4 }),
        signed(chain, ecdsa, identity(...Array.from({ length: 99 }, (_, i) => `f${i}`)), { nonce: 1 }),
      ],
      [
        signed(chain, bob, encode('identity', 'clearIdentity'), { nonce: 5 }),
        signed(chain, bob, encode('indices', 'claim', 3), { nonce: 6 }),
        signed(chain, bob, encode('indices', 'transfer', ecdsa.addressRaw, 3), { nonce: 7 }),
        signed(chain, bob, encode('utility', 'batchAll', [pay, pay, tooMuch]), { nonce: 8 }),
        signed(chain, bob, encode('utility', 'batch', [pay, nested, tooMuch, pay]), { nonce: 9 }),
        signed(chain, bob, encode('utility', 'batchAll', Array(500).fill(pay)), { nonce: 10 }),
      ],
      [
        signed(chain, bob, encode('indices', 'free', 3), { nonce: 11 }),
        signed(chain, ecdsa, encode('indices', 'freeze', 3), { nonce: 2 }),
      ],
    ];
    for (const extrinsics of blocks) {
      for (const extrinsic of extrinsics) await submit(extrinsic);
      const { hash, header } = (await chain.request('dev_newBlock')) as {
        hash: Hex;
        header: Header;
      };
      const { block } = (await chain.request('chain_getBlock', [hash])) as { block: { extrinsics: Hex[] } };
      expect(block.extrinsics).toHaveLength(extrinsics.length + 1);

      const { results, finished } = await runBlock(state, header, block.extrinsics);
      for (const result of results) expect(result.slice(0, 4)).toBe('0x00');
      const ours = await storageOf(chain, hash);
      expect(Object.fromEntries(state)).toEqual(ours);
      // Its host gives no state root; the rest of the header, the extrinsics' root with it, must be the same.
      const root = await calculateStateRoot([...state] as [Hex, Hex][], 0);
      expect(root).toBe(header.stateRoot);
      expect(finished.slice(-66)).toBe(hex(encodedHeader(header)).slice(-66));
    }
  });

  test('runs the way to Bitcoin and back to the same storage and events', async () => {
    const { chain, encode, run, block } = await open();
    const state = mapOf(genesisState(runtime));
    const to = hex(new TextEncoder().encode('tb1q50rtrmj2f8vl9tem8qpfw36ylw5jg9j20l03x8'));
    const { hotAddress } = (await chain.request('dev_bitcoin')) as { hotAddress: string };
    await run(alice, encode('xGatewayCommon', 'withdraw', 1, 10n ** 8n, to, '0x'));
    await run(alice, encode('xGatewayCommon', 'withdraw', 1, 10n ** 6n, to, '0x6d'));
    await run(alice, encode('xGatewayCommon', 'cancelWithdrawal', 1));
    await run(alice, encode('xGatewayCommon', 'withdraw', 1, 10n ** 6n, hex(new Uint8Array(300)), '0x'));
    await chain.request('dev_bitcoinPayOut');
    await block();
    for (const data of ['nobody', `${stranger.address}@name`, undefined]) {
      await chain.request('dev_bitcoinPay', [hotAddress, 200_000, data]);
    }
    await chain.request('dev_bitcoinMine', [6]);
    await block();
    await run(bob, encode('xGatewayBitcoin', 'pushHeader', hex(new Uint8Array(80))));
    await run(bob, encode('xGatewayBitcoin', 'pushTransaction', '0x', '0x', null));
    const best = (await chain.request('chain_getHeader')) as { number: string };
    for (let number = 1; number <= Number(best.number); number++) {
      const hash = (await chain.request('chain_getBlockHash', [number])) as Hex;
      const { block: made } = (await chain.request('chain_getBlock', [hash])) as {
        block: { extrinsics: Hex[]; header: Header };
      };
      await runBlock(state, made.header, made.extrinsics);
      expect(Object.fromEntries(state)).toEqual(await storageOf(chain, hash));
    }
    expect(
      [...state.keys()].filter((key) => key.startsWith(hex(item('XGatewayBitcoin', 'TxState')))),
    ).toHaveLength(4);
  });

  test('does what root asks for to the same storage and events, and goes on with the next runtime', async () => {
    const { chain, run } = await open();
    const state = mapOf(genesisState(runtime));
    const asRoot = (method: string, ...params: unknown[]) => chain.request(method, params);
    const pay = call.assetTransfer(bob.addressRaw, 1, 1n);
    await asRoot('dev_setPaused', 'XAssets', 'transfer', true);
    await asRoot('dev_setPaused', 'XAssets', 'a', true);
    await asRoot('dev_setPaused', 'XAssets', null, true);
    await asRoot('dev_setPaused', 'XAssets', 'transfer', false);
    await asRoot('dev_setPaused', 'XAssets', null, false);
    await asRoot('dev_setBlacklisted', bob.address, true);
    await run(alice, pay);
    await expect(asRoot('dev_upgradeRuntime', '0x00')).rejects.toThrow('refuses');
    await expect(asRoot('dev_upgradeRuntime', hex(runtime))).rejects.toThrow('refuses');
    await asRoot('dev_upgradeRuntime');
    await chain.request('author_submitExtrinsic', [
      hex(signed(chain, alice, pay, { specVersion: 35, nonce: 1 })),
    ]);
    const { hash: last } = (await chain.request('dev_newBlock')) as { hash: Hex };
    const best = (await chain.request('chain_getHeader')) as { number: string };
    for (let number = 1; number <= Number(best.number); number++) {
      const hash = (await chain.request('chain_getBlockHash', [number])) as Hex;
      const { block: made } = (await chain.request('chain_getBlock', [hash])) as {
        block: { extrinsics: Hex[]; header: Header };
      };
      const { results, finished } = await runBlock(state, made.header, made.extrinsics);
      expect(results.map((result) => result.slice(0, 6))).toEqual(made.extrinsics.map(() => '0x0000'));
      const tail = 64 + 2 * (1 + made.header.digest.logs.length);
      expect(finished.slice(-tail)).toBe(hex(encodedHeader(made.header)).slice(-tail));
      expect(Object.fromEntries(state)).toEqual(await storageOf(chain, hash));
      if (hash === last) expect(made.extrinsics).toHaveLength(2);
    }
    const version = await callOnSmoldot(state, 'Core_version', new Uint8Array());
    expect(version).toContain(`${hex(new TextEncoder().encode('coming-devchain')).slice(2)}0100000023000000`);
  });

  test('refuses the same extrinsics for the same reasons', async () => {
    const { chain } = await open();
    const state = mapOf(genesisState(runtime));
    const wrong = signed(chain, alice, call.transfer(bob.addressRaw, 1n));
    wrong[60]! ^= 1;
    const refused = [
      wrong,
      signed(chain, alice, call.transfer(bob.addressRaw, 1n), { specVersion: 33 }),
      signed(chain, stranger, call.transfer(bob.addressRaw, 1n)),
      signed(chain, alice, call.transfer(bob.addressRaw, 1n), { tip: 10n ** 38n }),
      Uint8Array.of(8, 4, 6),
    ];
    const genesis = bytes(chain.genesisHash);
    for (const extrinsic of refused) {
      const args = Uint8Array.from([1, ...extrinsic, ...genesis]);
      const theirs = await callOnSmoldot(new Map(state), 'TaggedTransactionQueue_validate_transaction', args);
      const ours = await chain.request('state_call', [
        'TaggedTransactionQueue_validate_transaction',
        hex(args),
      ]);
      expect(ours).toBe(theirs);
      expect(theirs.slice(0, 4)).toBe('0x01');
    }
  });
});

describe('the trie', () => {
  const entries = fc.uniqueArray(
    fc.tuple(fc.uint8Array({ maxLength: 6 }), fc.uint8Array({ maxLength: 40 })),
    { selector: ([key]) => hexOf(key), maxLength: 40 },
  );

  test("has smoldot's root, whatever was put in and taken out on the way", async () => {
    await fc.assert(
      fc.asyncProperty(entries, entries, async (kept, removed) => {
        const names = new Set(kept.map(([key]) => hexOf(key)));
        let trie: Trie;
        for (const [key, value] of [...removed, ...kept]) trie = setValue(trie, hexOf(key).slice(2), value);
        for (const [key] of removed)
          if (!names.has(hexOf(key))) trie = removeValue(trie, hexOf(key).slice(2));
        const pairs = kept.map(([key, value]): [Hex, Hex] => [hexOf(key), hexOf(value)]);
        expect(hexOf(trieRoot(trie))).toBe(await calculateStateRoot(pairs, 0));
        expect([...entriesAfter(trie, '')].map(([key]) => key)).toEqual(
          pairs.map(([key]) => key.slice(2)).sort(),
        );
        for (const [key, value] of kept) expect(getValue(trie, hexOf(key).slice(2))).toEqual(value);
        for (const [key] of removed) {
          if (!names.has(hexOf(key))) expect(getValue(trie, hexOf(key).slice(2))).toBeUndefined();
        }
      }),
      { numRuns: 100 },
    );
  });
});

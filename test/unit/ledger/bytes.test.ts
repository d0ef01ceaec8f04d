// What we build is read back by polkadot-js, which shares no line of code with us.
import { Keyring } from '@polkadot/keyring';
import { expandMetadata, Metadata, TypeRegistry } from '@polkadot/types';
import type { GenericExtrinsic } from '@polkadot/types';
import { u8aToHex } from '@polkadot/util';
import { signatureVerify } from '@polkadot/util-crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeAddress, guestAccount, signAsGuest } from '../../../core/identity/index.js';
import { pcxOn, xbtcOn, type Asset } from '../../../core/ledger/index.js';
import { balanceStorage, transferCall } from '../../../core/ledger/substrate/calls.js';
import { eraAt } from '../../../core/ledger/substrate/era.js';
import {
  extrinsicHash,
  signedExtrinsic,
  signingPayload,
  walletPayload,
  type Unsigned,
} from '../../../core/ledger/substrate/extrinsic.js';
import { toHex, type Hex } from '../../../core/ledger/substrate/hex.js';
import { Runtime } from '../../../core/ledger/substrate/runtime.js';
import { sign } from '../../../core/ledger/substrate/signing.js';
import { openDevchain, type Devchain } from '../../../devchain/src/devchain.js';

let devchain: Devchain;
let registry: TypeRegistry;
let runtime: Runtime;
let xbtc: Asset;
let pcx: Asset;
let metadata: Metadata;

beforeAll(async () => {
  devchain = await openDevchain({ blockTime: 'manual' });
  const hex = (await devchain.request('state_getMetadata')) as Hex;
  const version = (await devchain.request('state_getRuntimeVersion')) as never;
  runtime = new Runtime(hex, version);
  registry = new TypeRegistry();
  metadata = new Metadata(registry, hex);
  // Told what the two extensions are that only ChainX has, as an application of ChainX would.
  const nothing = { extrinsic: {}, payload: {} };
  registry.setMetadata(metadata, undefined, { BaseFilter: nothing, ChargeExtraFee: nothing });
  xbtc = xbtcOn(devchain.genesisHash);
  pcx = pcxOn(devchain.genesisHash);
});

afterAll(() => devchain.close());

const account = fc.uint8Array({ minLength: 32, maxLength: 32 });
const anyTransfer = fc.record({
  seed: account,
  to: account,
  isXbtc: fc.boolean(),
  amount: fc.oneof(
    fc.bigInt({ min: 1n, max: 2n ** 128n - 1n }),
    fc.bigInt({ min: 1n, max: 2n ** 31n }),
    fc.constantFrom(1n, 63n, 64n, 16_383n, 16_384n, 2n ** 30n - 1n, 2n ** 30n, 2n ** 128n - 1n),
  ),
  nonce: fc.oneof(
    fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    fc.constantFrom(0, 63, 64, 16_383, 16_384, 2 ** 30 - 1, 2 ** 30),
  ),
  birth: fc.integer({ min: 0, max: 2 ** 32 - 65 }),
  birthHash: account,
});
type AnyTransfer = typeof anyTransfer extends fc.Arbitrary<infer T> ? T : never;

async function unsigned({
  seed,
  to,
  isXbtc,
  amount,
  nonce,
  birth,
  birthHash,
}: AnyTransfer): Promise<Unsigned> {
  return {
    runtime,
    call: transferCall(runtime, { asset: isXbtc ? xbtc : pcx, amount, to }),
    sender: (await guestAccount(seed)).account,
    genesis: devchain.genesisHash,
    era: eraAt(birth),
    birthHash: toHex(birthHash),
    nonce,
  };
}

function expectDecodes(extrinsic: Uint8Array, wanted: AnyTransfer, sender: Uint8Array): GenericExtrinsic {
  const read = registry.createType<GenericExtrinsic>('Extrinsic', extrinsic);
  expect(read.toU8a()).toEqual(extrinsic);
  expect(read.hash.toHex()).toBe(extrinsicHash(extrinsic));
  expect(read.signer.toString()).toBe(encodeAddress(sender, registry.chainSS58));
  expect(read.nonce.toNumber()).toBe(wanted.nonce);
  expect(read.tip.toBigInt()).toBe(0n);
  const mortal = read.era.asMortalEra;
  expect(mortal.period.toNumber()).toBe(64);
  expect(mortal.birth(wanted.birth)).toBe(wanted.birth);
  expect(mortal.death(wanted.birth)).toBe(eraAt(wanted.birth).lastBlock + 1);
  const { section, method, args } = read.method;
  const to = encodeAddress(wanted.to, registry.chainSS58);
  const [dest, ...rest] = args.map((arg) =>
    arg.toRawType() === 'Compact<u128>' ? arg.toString() : arg.toHuman(),
  );
  expect(method).toBe('transfer');
  expect(section).toBe(wanted.isXbtc ? 'xAssets' : 'balances');
  expect(dest).toEqual({ Id: to });
  expect(rest.at(-1)).toBe(wanted.amount.toString());
  if (wanted.isXbtc) expect(rest[0]).toBe('1');
  return read;
}

describe('an extrinsic', () => {
  it('is, for any transfer, what polkadot-js makes of it, and its signature verifies', async () => {
    await fc.assert(
      fc.asyncProperty(anyTransfer, async (wanted) => {
        const made = await unsigned(wanted);
        const guest = await guestAccount(wanted.seed);
        const payload = signingPayload(made);
        const extrinsic = signedExtrinsic(made, 'ed25519', await signAsGuest(guest, payload));
        const read = expectDecodes(extrinsic, wanted, guest.account);
        const theirs = registry.createType(
          'ExtrinsicPayload',
          {
            blockHash: made.birthHash,
            era: read.era.toHex(),
            genesisHash: made.genesis,
            method: toHex(made.call),
            nonce: wanted.nonce,
            specVersion: runtime.version.specVersion,
            tip: 0,
            transactionVersion: runtime.version.transactionVersion,
          },
          { version: 4 },
        );
        expect(u8aToHex(payload)).toBe(u8aToHex(theirs.toU8a({ method: true })));
        const signature = read.signature.toHex();
        expect(signatureVerify(payload, signature, encodeAddress(guest.account)).isValid).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it.each(['sr25519', 'ed25519', 'ecdsa'] as const)('signed by a wallet with %s is valid', async (scheme) => {
    const pair = new Keyring({ type: scheme }).addFromUri('//Ada');
    const samples = fc.sample(anyTransfer, 10);
    for (const wanted of samples) {
      const made = { ...(await unsigned(wanted)), sender: pair.addressRaw };
      const extrinsic = await sign(made, {
        address: pair.address,
        scheme,
        // What the polkadot-js extension does with a payload.
        signPayload: (payload) => {
          registry.setSignedExtensions(payload.signedExtensions, {
            BaseFilter: { extrinsic: {}, payload: {} },
            ChargeExtraFee: { extrinsic: {}, payload: {} },
          });
          const theirs = registry.createType('ExtrinsicPayload', payload, { version: payload.version });
          return Promise.resolve(theirs.sign(pair));
        },
      });
      const read = expectDecodes(extrinsic, wanted, pair.addressRaw);
      const signature = read.signature.toU8a();
      expect(signatureVerify(signingPayload(made), signature, pair.address).isValid).toBe(true);
    }
  });

  it('is shown to wallets in the very form of polkadot-js', async () => {
    await fc.assert(
      fc.asyncProperty(anyTransfer, async (wanted) => {
        const made = await unsigned(wanted);
        const address = encodeAddress(made.sender, registry.chainSS58);
        const theirs = registry
          .createType('SignerPayload', {
            address,
            blockHash: made.birthHash,
            blockNumber: wanted.birth,
            era: { current: wanted.birth, period: 64 },
            genesisHash: made.genesis,
            method: registry.createType('Call', made.call),
            nonce: wanted.nonce,
            runtimeVersion: runtime.version,
            signedExtensions: registry.signedExtensions,
            tip: 0,
            version: 4,
          } as never)
          .toPayload();
        const ours: Record<string, unknown> = { ...walletPayload(made, address) };
        for (const [field, value] of Object.entries(ours)) {
          expect([field, value]).toEqual([field, (theirs as unknown as Record<string, unknown>)[field]]);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('the keys of storage', () => {
  /** The key without the length that polkadot-js puts before it. */
  function keyOf(pallet: string, item: string, ...keys: unknown[]): string {
    const { query } = expandMetadata(registry, metadata);
    const key = registry.createType('StorageKey', [query[pallet]![item]!, keys]);
    return key.toHex();
  }

  it('are those of polkadot-js', () => {
    fc.assert(
      fc.property(account, fc.integer({ min: 0, max: 2 ** 32 - 1 }), (who, id) => {
        const asset: Asset = { ...xbtc, ledger: { kind: 'xassets', id } };
        expect(balanceStorage(runtime, asset, who).key).toBe(keyOf('xAssets', 'assetBalance', who, id));
        expect(balanceStorage(runtime, pcx, who).key).toBe(keyOf('system', 'account', who));
      }),
      { numRuns: 50 },
    );
    expect(runtime.storage('System', 'Events').key).toBe(keyOf('system', 'events'));
  });
});

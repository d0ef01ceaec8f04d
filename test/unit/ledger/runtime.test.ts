import { decAnyMetadata, metadata as metadataCodec, type V14 } from '@polkadot-api/substrate-bindings';
import { Metadata, TypeRegistry } from '@polkadot/types';
import polkadot from '@polkadot/types-support/metadata/v14/polkadot-hex';
import substrate from '@polkadot/types-support/metadata/v14/substrate-hex';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeAddress } from '../../../core/identity/index.js';
import { CHAINX_GENESIS, pcxOn, xbtcOn } from '../../../core/ledger/index.js';
import {
  balanceStorage,
  isPayment,
  readBalance,
  transferCall,
} from '../../../core/ledger/substrate/calls.js';
import { eraAt } from '../../../core/ledger/substrate/era.js';
import { signingPayload, walletPayload } from '../../../core/ledger/substrate/extrinsic.js';
import { toHex, type Hex } from '../../../core/ledger/substrate/hex.js';
import { Runtime, type RuntimeVersion } from '../../../core/ledger/substrate/runtime.js';
import { openDevchain, type Devchain } from '../../../devchain/src/devchain.js';
import { refusal } from '../../support/codes.js';
import { payer } from '../../support/local-chain.js';

const ada = payer(1).account;
const bob = payer(2).account;
const version: RuntimeVersion = { specName: 'chainx', specVersion: 34, transactionVersion: 7 };

let devchain: Devchain;
let hex: Hex;
let runtime: Runtime;
let xbtc: ReturnType<typeof xbtcOn>;
let pcx: ReturnType<typeof pcxOn>;

beforeAll(async () => {
  devchain = await openDevchain({ blockTime: 'manual' });
  hex = (await devchain.request('state_getMetadata')) as Hex;
  runtime = new Runtime(hex, version);
  xbtc = xbtcOn(devchain.genesisHash);
  pcx = pcxOn(devchain.genesisHash);
});

afterAll(() => devchain.close());

/** The local chain's runtime with something changed in its metadata. */
function changed(change: (metadata: V14) => void): Runtime {
  const whole = decAnyMetadata(hex);
  change(whole.metadata.value as V14);
  return new Runtime(toHex(metadataCodec.enc(whole)), version);
}

const payloadOf = (one: Runtime) => signingPayload(unsigned(one));

function unsigned(one: Runtime) {
  return {
    runtime: one,
    call: transferCall(runtime, { asset: xbtc, amount: 1n, to: bob }),
    sender: ada,
    genesis: devchain.genesisHash,
    era: eraAt(77),
    birthHash: devchain.genesisHash,
    nonce: 0,
  };
}

describe('signed extensions', () => {
  it('are read from the metadata; those that nobody here knows are taken when they have no bytes', () => {
    const names = runtime.extensions.map(({ name }) => name);
    expect(names).toContain('BaseFilter');
    expect(names).toContain('ChargeExtraFee');
    expect(payloadOf(runtime).length).toBeGreaterThan(100);
  });

  it.each(['type', 'additionalSigned'] as const)('are refused when they have bytes: %s', async (half) => {
    const strange = changed((metadata) => {
      const nonce = metadata.extrinsic.signedExtensions.find(
        ({ identifier }) => identifier === 'CheckNonce',
      )!;
      const filter = metadata.extrinsic.signedExtensions.find(
        ({ identifier }) => identifier === 'BaseFilter',
      )!;
      filter[half] = nonce.type;
    });
    expect(await refusal(() => payloadOf(strange))).toBe('chain-unsupported');
    expect(await refusal(() => walletPayload(unsigned(strange), encodeAddress(ada)))).toBe(
      'chain-unsupported',
    );
  });

  it.each(['CheckGenesis', 'CheckMortality', 'CheckNonce', 'CheckSpecVersion', 'CheckTxVersion'])(
    'must hold %s: a signature without it could be used elsewhere or again',
    async (name) => {
      const without = changed((metadata) => {
        metadata.extrinsic.signedExtensions = metadata.extrinsic.signedExtensions.filter(
          ({ identifier }) => identifier !== name,
        );
      });
      expect(await refusal(() => payloadOf(without))).toBe('chain-unsupported');
    },
  );

  it('may stand in another order, which is then the order of the bytes', () => {
    const reversed = changed((metadata) => metadata.extrinsic.signedExtensions.reverse());
    expect(payloadOf(reversed)).not.toEqual(payloadOf(runtime));
    expect(payloadOf(reversed)).toHaveLength(payloadOf(runtime).length);
  });
});

describe('calls', () => {
  it('have the indices that the metadata says', () => {
    const moved = changed((metadata) => {
      metadata.pallets.find(({ name }) => name === 'XAssets')!.index = 99;
    });
    const order = { asset: xbtc, amount: 1n, to: bob };
    expect(transferCall(runtime, order).subarray(0, 2)).toEqual(Uint8Array.of(26, 0));
    expect(transferCall(moved, order).subarray(0, 2)).toEqual(Uint8Array.of(99, 0));
  });

  it('are refused when the chain does not have them, or wants something else', async () => {
    const without = changed((metadata) => {
      metadata.pallets = metadata.pallets.filter(({ name }) => name !== 'XAssets');
    });
    const order = { asset: xbtc, amount: 1n, to: bob };
    expect(await refusal(() => transferCall(without, order))).toBe('chain-unsupported');
    expect(await refusal(() => balanceStorage(without, xbtc, ada))).toBe('chain-unsupported');
    expect(await refusal(() => runtime.call('XAssets', ['transfer'], { dest: bob, value: 1n }))).toBe(
      'chain-unsupported',
    );
    expect(
      await refusal(() => runtime.call('XAssets', ['transfer'], { dest: bob, id: 1, value: 1n, memo: 1 })),
    ).toBe('chain-unsupported');
  });

  it('are those of polkadot-js on chains that neither side here made', () => {
    for (const real of [polkadot, substrate] as Hex[]) {
      const theirs = new TypeRegistry();
      theirs.setMetadata(new Metadata(theirs, real));
      const one = new Runtime(real, version);
      const asset = pcxOn(CHAINX_GENESIS);
      const call = transferCall(one, { asset, amount: 2n ** 70n, to: bob });
      const read = theirs.createType('Call', call);
      expect(read.section).toBe('balances');
      expect(read.method).toMatch(/^transfer/);
      expect(read.args[1]!.toString()).toBe((2n ** 70n).toString());
      expect(read.toU8a()).toEqual(call);
      const wanted = { ...unsigned(one), call };
      const payload = walletPayload(wanted, encodeAddress(ada));
      theirs.setSignedExtensions(payload.signedExtensions);
      const whole = theirs.createType('ExtrinsicPayload', payload, { version: 4 });
      expect(toHex(signingPayload(wanted))).toBe(toHex(whole.toU8a({ method: true })));
    }
  });
});

describe('metadata', () => {
  it('is refused when it is none', async () => {
    for (const wrong of ['0x', '0x00', hex.slice(0, 1000), '0xzz', 'null']) {
      expect(await refusal(() => new Runtime(wrong as Hex, version))).toBe('chain-unsupported');
    }
  });

  it('names errors of pallets, and the others', () => {
    expect(runtime.errorName({ type: 'Module', value: { index: 26, error: 2 } })).toBe(
      'XAssets.InsufficientBalance',
    );
    expect(runtime.errorName({ type: 'Module', value: { index: 250, error: 2 } })).toBe('250.2');
    expect(runtime.errorName({ type: 'BadOrigin' })).toBe('BadOrigin');
    expect(runtime.errorName({ type: 'Arithmetic', value: { type: 'Overflow' } })).toBe(
      'Arithmetic.Overflow',
    );
    // Since Substrate 0.9.21, as the decoder ties it to the pallet.
    const modern = { type: 'Module', value: { type: 'Balances', value: { type: 'InsufficientBalance' } } };
    expect(runtime.errorName(modern)).toBe('Balances.InsufficientBalance');
  });
});

describe('balances', () => {
  it('of assets are told apart by kind', () => {
    const kinds: [{ type: string }, bigint][] = [
      [{ type: 'Usable' }, 5n],
      [{ type: 'Locked' }, 7n],
      [{ type: 'Reserved' }, 11n],
      [{ type: 'ReservedWithdrawal' }, 13n],
      [{ type: 'ReservedDexSpot' }, 17n],
    ];
    expect(readBalance(xbtc, kinds)).toEqual({
      total: 53n,
      usable: 5n,
      locked: 7n,
      reserved: 41n,
      withdrawing: 13n,
    });
    expect(readBalance(xbtc, [])).toEqual({
      total: 0n,
      usable: 0n,
      locked: 0n,
      reserved: 0n,
      withdrawing: 0n,
    });
  });

  it('of the coin: what is frozen cannot be spent, in the words of old and new runtimes', () => {
    const old = { data: { free: 100n, reserved: 5n, misc_frozen: 30n, fee_frozen: 20n } };
    expect(readBalance(pcx, old)).toMatchObject({ total: 105n, usable: 70n, locked: 30n, reserved: 5n });
    expect(readBalance(pcx, old)).toMatchObject({ usableForFees: 80n });
    const recent = { data: { free: 100n, reserved: 0n, frozen: 130n, flags: 0n } };
    expect(readBalance(pcx, recent)).toMatchObject({
      total: 100n,
      usable: 0n,
      locked: 100n,
      usableForFees: 0n,
    });
  });

  it('of an account that was never used are nothing', () => {
    for (const asset of [xbtc, pcx]) {
      const nothing = readBalance(asset, balanceStorage(runtime, asset, ada).decode(null));
      expect(nothing).toMatchObject({ total: 0n, usable: 0n });
    }
  });
});

describe('the event of a payment', () => {
  const [from, to] = [encodeAddress(ada), encodeAddress(bob)];
  const usable = { type: 'Usable' };
  const moved = (value: unknown) => ({ type: 'XAssets', value: { type: 'Moved', value } });
  const order = () => ({ asset: xbtc, amount: 9n, from: ada, to: bob });

  it('is exactly one: usable to usable, of this asset', () => {
    expect(isPayment(moved([1, from, usable, to, usable, 9n]), order())).toBe(true);
    for (const wrong of [
      [2, from, usable, to, usable, 9n],
      [1, from, { type: 'Locked' }, to, usable, 9n],
      [1, from, usable, to, { type: 'Locked' }, 9n],
      [1, from, usable, to, { type: 'ReservedWithdrawal' }, 9n],
      [1, to, usable, from, usable, 9n],
      [1, from, usable, to, usable, 8n],
      [1, from, usable, to, usable, 9],
      [1, from, usable, 'nobody', usable, 9n],
      [],
    ]) {
      expect(isPayment(moved(wrong), order())).toBe(false);
    }
    const same = [1, from, usable, to, usable, 9n];
    expect(isPayment({ type: 'XAssets', value: { type: 'Issued', value: same } }, order())).toBe(false);
    expect(isPayment({ type: 'XBtcLedger', value: { type: 'Moved', value: same } }, order())).toBe(false);
    expect(isPayment({ type: 'XAssets' }, order())).toBe(false);
  });

  it('of the coin has names or places', () => {
    const coin = () => ({ ...order(), asset: pcx });
    const transfer = (value: unknown) => ({ type: 'Balances', value: { type: 'Transfer', value } });
    expect(isPayment(transfer({ from, to, amount: 9n }), coin())).toBe(true);
    expect(isPayment(transfer([from, to, 9n]), coin())).toBe(true);
    expect(isPayment(transfer({ from, to, amount: 8n }), coin())).toBe(false);
    expect(isPayment(transfer({ from: to, to: from, amount: 9n }), coin())).toBe(false);
    expect(isPayment(transfer({ from, to, amount: 9n }), order())).toBe(false);
    expect(isPayment(moved([1, from, usable, to, usable, 9n]), coin())).toBe(false);
  });
});

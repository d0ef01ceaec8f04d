import type { ApiPromise } from '@polkadot/api';
import { base64Encode } from '@polkadot/util-crypto';
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SignatureScheme } from '../../core/identity/index.js';
import { connectTo } from '../../devchain/test/connecting.js';
import { openWallet, type Wallet } from '../support/wallet/wallet.js';
import { agree, confirm, openShop, paid, SHOPKEEPER, signIn, type Shop } from './shop.js';

/** Base units of XBTC: the shop's price, and what a payer begins with. */
const PRICE = 50_000n;
const PURSE = 80_000n;

describe('paying with the polkadot{.js} extension', () => {
  let wallet: Wallet;
  let shop: Shop;
  let api: ApiPromise;
  const addresses = new Map<SignatureScheme, string>();

  beforeAll(async () => {
    // @polkadot/api, which the chain is looked at with, says at every start what this chain does not have.
    vi.spyOn(console, 'warn').mockReturnValue();
    wallet = await openWallet();
    for (const scheme of ['sr25519', 'ed25519'] as const) {
      addresses.set(scheme, await wallet.createAccount({ name: scheme, phrase: '//Payer', scheme }));
    }
  });

  afterAll(() => wallet?.close());

  beforeEach(async () => {
    shop = await openShop();
    api = await connectTo(shop.chain.url);
    for (const address of addresses.values()) {
      await shop.chain.chain.request('dev_fund', [address, { pcx: '100000000', xbtc: String(PURSE) }]);
    }
  });

  afterEach(async () => {
    await api?.disconnect();
    await shop?.close();
  });

  const xbtcOf = async (address: string): Promise<bigint> => {
    const held = await api.query['xAssets']!['assetBalance']!(address, 1);
    return BigInt((held.toJSON() as { Usable?: number }).Usable ?? 0);
  };

  const nonceOf = async (address: string): Promise<number> =>
    (await api.rpc.system.accountNextIndex(address)).toNumber();

  /** A visitor who signed in with the account of this scheme, and agreed to pay. */
  async function pays(scheme: SignatureScheme): Promise<Page> {
    const page = await shop.visit(wallet);
    await signIn(page, wallet, scheme);
    await agree(page);
    return page;
  }

  const stored = (page: Page): Promise<number> =>
    page.evaluate(
      () =>
        new Promise<number>((resolve, reject) => {
          const opening = indexedDB.open('coming:default');
          opening.onerror = () => reject(opening.error!);
          opening.onsuccess = () => {
            const counting = opening.result.transaction('transfers').objectStore('transfers').count();
            counting.onsuccess = () => resolve(counting.result);
          };
        }),
    );

  it.each(['sr25519', 'ed25519'] as const)(
    'shows what is to be signed, and pays once, with an %s key',
    async (scheme) => {
      const payer = addresses.get(scheme)!;
      const before = await xbtcOf(SHOPKEEPER);
      const page = await pays(scheme);
      const { kind, shown } = await wallet.approveSign();

      expect(kind).toBe('transaction');
      expect(shown).toMatchObject({
        Account: `${scheme}, ${payer}`,
        From: shop.url,
        Genesis: shop.chain.chain.genesisHash,
        Version: '34',
        Nonce: '0',
        Lifetime: expect.stringMatching(/^mortal, valid from \d+ to \d+$/) as string,
        'Method data': api.tx['xAssets']!['transfer']!(SHOPKEEPER, 1, PRICE).method.toHex(),
      });
      await paid(page);
      expect(await xbtcOf(SHOPKEEPER)).toBe(before + PRICE);
      expect(await xbtcOf(payer)).toBe(PURSE - PRICE);
      expect(await nonceOf(payer)).toBe(1);
      expect(await wallet.pending()).toEqual([]);
      expect(shop.complaints).toEqual([]);
    },
  );

  it('names call, receiver and amount once the wallet was told of the chain', async () => {
    const page = await pays('sr25519');
    await wallet.refuse();
    // As the page of a wallet's maker offers it: the kit itself tells wallets nothing of a chain.
    const told = page.evaluate((definition) => {
      const { injectedWeb3 } = window as unknown as InjectedWindow;
      return injectedWeb3['polkadot-js']
        .enable('A shop')
        .then(({ metadata }) => metadata.provide(definition));
    }, chainDefinition(api));
    expect((await wallet.approveMetadata()).shown).toMatchObject({
      Chain: 'Local chain',
      Genesis: shop.chain.chain.genesisHash,
    });
    expect(await told).toBe(true);

    await confirm(page);
    const { shown } = await wallet.approveSign();
    expect(shown).toMatchObject({ Chain: 'Local chain', Method: 'xAssets.transfer' });
    expect(JSON.parse(shown['Arguments']!)).toEqual({
      dest: { Id: SHOPKEEPER },
      id: '1',
      value: PRICE.toLocaleString('en'),
    });
    await paid(page);
  });

  it('stores and pays nothing when the wallet says no, and can be tried again', async () => {
    const payer = addresses.get('sr25519')!;
    const page = await pays('sr25519');
    expect((await wallet.refuse()).kind).toBe('transaction');
    await page
      .getByRole('alert')
      .filter({ hasText: /The wallet said no/ })
      .waitFor();
    expect(await stored(page)).toBe(0);
    expect(await nonceOf(payer)).toBe(0);

    await confirm(page);
    await wallet.approveSign();
    await paid(page);
    expect(await stored(page)).toBe(1);
    expect(await xbtcOf(payer)).toBe(PURSE - PRICE);
  });
});

interface InjectedWindow {
  readonly injectedWeb3: {
    readonly 'polkadot-js': {
      enable(name: string): Promise<{ metadata: { provide(definition: object): Promise<boolean> } }>;
    };
  };
}

/** What a wallet wants to know of a chain to show its calls. */
function chainDefinition({ genesisHash, runtimeMetadata, runtimeVersion, registry }: ApiPromise) {
  return {
    chain: 'Local chain',
    chainType: 'substrate',
    genesisHash: genesisHash.toHex(),
    icon: 'substrate',
    metaCalls: base64Encode(runtimeMetadata.asCallsOnly.toU8a()),
    specVersion: runtimeVersion.specVersion.toNumber(),
    ss58Format: registry.chainSS58 ?? 42,
    tokenDecimals: 8,
    tokenSymbol: 'PCX',
    types: {},
  };
}

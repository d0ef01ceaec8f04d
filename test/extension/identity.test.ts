import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decodeAddress, encodeAddress } from '../../core/identity/index.js';
import { parseEntryText } from '../../core/identity/log-entries.js';
import type { AddEntry } from '../../core/identity/log-text.js';
import { openWallet, type Wallet } from '../support/wallet/wallet.js';
import { openShop, type Shop } from './shop.js';

const PHRASE = 'bottom drive obey lake curtain smoke basket hold race lonely fit walk';

describe('signing in with the polkadot{.js} extension', () => {
  let wallet: Wallet;
  let shop: Shop;
  let ada: string;

  beforeAll(async () => {
    wallet = await openWallet();
    ada = await wallet.createAccount({ name: 'Ada', phrase: PHRASE, scheme: 'sr25519' });
    await wallet.createAccount({ name: 'Grace', phrase: '//Grace', scheme: 'ed25519' });
    await wallet.createAccount({ name: 'Hidden', phrase: '//Hidden', scheme: 'sr25519' });
  });

  afterAll(() => wallet?.close());

  beforeEach(async () => {
    shop = await openShop();
  });

  afterEach(() => shop?.close());

  it('asks for access once, lists what is shared, and enrols by one signature of the text in the prompt', async () => {
    const page = await shop.visit(wallet);
    await page.getByRole('button', { name: /Connect a wallet/ }).click();
    const { shown: asked } = await wallet.approveAuthorization(['Ada', 'Grace']);
    expect(asked).toEqual({ From: shop.url, Application: 'A shop' });

    await page.getByRole('button', { name: /Grace/ }).waitFor();
    expect(await page.getByRole('button', { name: /Hidden/ }).count()).toBe(0);
    await page.getByRole('button', { name: /Ada/ }).click();
    const { kind, shown } = await wallet.approveSign();
    expect(kind).toBe('text');
    expect(shown).toMatchObject({ Account: `Ada, ${ada}`, From: shop.url });
    const { origin, account, index, relays } = parseEntryText(shown['Bytes']!) as AddEntry;
    expect({ origin, index, relays }).toEqual({
      origin: new URL(shop.url).origin,
      index: 0,
      relays: [new URL(shop.relay.url).href],
    });
    expect(account).toEqual(decodeAddress(ada).account);

    await page.getByText('Wallet account').waitFor();
    await page.getByTitle(encodeAddress(account)).waitFor();
    expect(await wallet.pending()).toEqual([]);
    await page.reload();
    await page.getByText('Wallet account').waitFor();
    expect(await wallet.pending()).toEqual([]);
    expect(shop.complaints).toEqual([]);
  });

  it('can be refused a signature, and asks for no more than that when it is tried again', async () => {
    const page = await shop.visit(wallet);
    const connect = page.getByRole('button', { name: /Connect a wallet/ });
    await connect.click();
    await wallet.approveAuthorization(['Ada']);
    await wallet.refuse();
    await page
      .getByRole('alert')
      .filter({ hasText: /The wallet said no.*try again/ })
      .waitFor();

    await connect.click();
    expect((await wallet.approveSign()).kind).toBe('text');
    await page.getByText('Wallet account').waitFor();
  });

  it('can be refused access, and asks again when it is tried again', async () => {
    const page = await shop.visit(wallet);
    const connect = page.getByRole('button', { name: /Connect a wallet/ });
    await connect.click();
    await wallet.refuse();
    await page
      .getByRole('alert')
      .filter({ hasText: /The wallet said no/ })
      .waitFor();

    await connect.click();
    await wallet.approveAuthorization(['Ada']);
    await wallet.approveSign();
    await page.getByText('Wallet account').waitFor();
  });

  it('says where to allow the page after it was refused access for good', async () => {
    const page = await shop.visit(wallet);
    const connect = page.getByRole('button', { name: /Connect a wallet/ });
    await connect.click();
    await wallet.refuseForGood();
    await page
      .getByRole('alert')
      .filter({ hasText: /The wallet said no/ })
      .waitFor();

    await connect.click();
    await page
      .getByRole('alert')
      .filter({ hasText: /Open the wallet, allow an account/ })
      .waitFor();
    expect(await wallet.pending()).toEqual([]);
  });
});

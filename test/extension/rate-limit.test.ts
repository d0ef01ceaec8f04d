import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWallet, type Wallet } from '../support/wallet/wallet.js';
import { agree, openShop, paid, type Shop } from './shop.js';

describe('the polkadot{.js} extension, which takes one signature request of a page in three seconds', () => {
  let wallet: Wallet;
  let shop: Shop;

  beforeAll(async () => {
    [wallet, shop] = await Promise.all([openWallet({ rateLimit: 'own' }), openShop()]);
  });

  afterAll(async () => {
    await wallet?.close();
    await shop?.close();
  });

  it('does not keep a visitor from signing in and paying at once', async () => {
    const payer = await wallet.createAccount({ name: 'Ada', phrase: '//Payer', scheme: 'ed25519' });
    await shop.chain.chain.request('dev_fund', [payer, { pcx: '100000000', xbtc: '80000' }]);
    const page = await shop.visit(wallet);
    const refusal = page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          addEventListener('message', ({ data }: MessageEvent<{ error?: string }>) => {
            if (data.error) resolve(data.error);
          });
        }),
    );

    const startClock = await wallet.stopClock();
    await page.getByRole('button', { name: /Connect a wallet/ }).click();
    await wallet.approveAuthorization(['Ada']);
    expect((await wallet.approveSign()).kind).toBe('text');
    await page.getByText('Wallet account').waitFor();
    await agree(page);
    expect(await refusal).toBe('Rate limit exceeded. Try again later.');
    await startClock();
    expect((await wallet.approveSign()).kind).toBe('transaction');

    await paid(page);
    expect(await wallet.pending()).toEqual([]);
  });
});

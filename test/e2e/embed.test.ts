import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Keyring } from '@polkadot/keyring';
import { hexToU8a, u8aToHex, u8aWrapBytes } from '@polkadot/util';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import type { Browser, Page } from 'playwright';
import sirv from 'sirv';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { encodeAddress } from '../../core/identity/index.js';
import { startDevchain, type RunningDevchain } from '../../devchain/src/node/server.js';
import { startRelay } from '../../relay/src/server.js';
import { readChain } from '../support/chain-reader.js';
import { strictPolicy } from '../support/strict-policy.js';
import { launch } from '../support/visitors.js';

const kit = join(import.meta.dirname, '../../dist/cdn');

/** The lines of the README; only another chain than ChainX needs its genesis to be named. */
const page = (relay: string, chain: string, genesis: string, peer: string) => `<!doctype html>
<html lang="en"><title>A shop</title>
<script type="module" src="coming-kit/coming-kit.js"></script>
<coming-provider relay="${relay}" chain="${chain}" genesis="${genesis}">
  <coming-chat peer="${peer}" label="Support"></coming-chat>
  <coming-pay recipient="${peer}" amount="0.001"></coming-pay>
</coming-provider>`;

describe('a page with the lines of the README, under the strictest policy', () => {
  let relay: Awaited<ReturnType<typeof startRelay>>;
  let chain: RunningDevchain;
  let server: Server;
  let url: string;
  let browser: Browser;
  let peer = '';
  const complaints: string[] = [];
  const foreign: string[] = [];

  beforeAll(async () => {
    // @polkadot/api says that this chain has no MetadataApi.
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    await cryptoWaitReady();
    relay = await startRelay({ data: ':memory:', port: 0 });
    chain = await startDevchain({ port: 0, blockTime: 100 });
    const files = sirv(kit);
    server = createServer((request, response) => {
      if (request.url?.startsWith('/coming-kit/')) {
        request.url = request.url.slice('/coming-kit'.length);
        files(request, response);
        return;
      }
      const rules = strictPolicy(relay.url, chain.url);
      response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': rules });
      response.end(page(relay.url, chain.url, chain.chain.genesisHash, peer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    browser = await launch();
  });

  afterAll(async () => {
    await browser?.close();
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
    await relay?.close();
    await chain?.close();
  });

  async function open(prepare?: (page: Page) => Promise<void>): Promise<Page> {
    const context = await browser.newContext();
    context.setDefaultTimeout(15_000);
    const opened = await context.newPage();
    opened.on('pageerror', (error) => complaints.push(error.message));
    opened.on('console', (message) => {
      if (message.type() === 'error' && !/favicon/.test(message.location().url))
        complaints.push(message.text());
    });
    opened.on('request', (request) => {
      if (!request.url().startsWith(url)) foreign.push(request.url());
    });
    await prepare?.(opened);
    await opened.goto(url);
    return opened;
  }

  it('lets a visitor of each kind sign in: one with a wallet, and one as a guest who writes and pays', async () => {
    const keyring = new Keyring({ type: 'sr25519' });
    const pair = keyring.addFromUri('//Shopkeeper');
    // The shopkeeper needs somebody to look at before there is a customer.
    peer = encodeAddress(new Uint8Array(32).fill(7));
    const shop = await open(async (opened) => {
      await opened.exposeFunction('signInWallet', (data: `0x${string}`) =>
        u8aToHex(pair.sign(u8aWrapBytes(hexToU8a(data)))),
      );
      await opened.addInitScript(installWallet, pair.address);
    });
    await shop.getByRole('button', { name: /Connect a wallet/ }).click();
    await shop.getByRole('textbox', { name: /Message/ }).waitFor();

    peer = encodeAddress(pair.publicKey);
    const customer = await open();
    await customer.getByRole('button', { name: /Chat as a guest/ }).click();
    const field = customer.getByRole('textbox', { name: 'Message Support' });
    await field.fill('Is this in stock?');
    await field.press('Enter');
    await customer.getByRole('img', { name: 'Sent' }).waitFor();

    await customer.getByRole('button', { name: 'Pay 0.001 XBTC' }).click();
    // Without coins the sheet names the account that they have to be sent to, and goes on when they are there.
    const sheet = customer.locator('coming-pay-sheet');
    await sheet.getByText('You need more PCX').waitFor();
    const shown = await sheet.getByText(/^5[1-9A-HJ-NP-Za-km-z]{40,}$/).innerText();
    const account = shown.replace(/\s/g, ''); // in groups
    await chain.chain.request('dev_fund', [account, { pcx: 100_000_000, xbtc: 1_000_000 }]);
    await sheet.getByText('Confirm payment').waitFor();
    await sheet.getByRole('button', { name: 'Pay 0.001 XBTC' }).click();
    await sheet.getByText('You paid 0.001 XBTC').waitFor();
    const reader = await readChain(chain.url);
    expect((await reader.holdings(peer)).xbtc).toBe(100_000n);
    await reader.close();
  });

  it('breaks no rule, throws nothing, and asks nobody else for anything', () => {
    expect(complaints).toEqual([]);
    expect(foreign).toEqual([]);
  });
});

/** Runs in the page: a wallet extension that asks the test to sign. */
function installWallet(address: string): void {
  const { signInWallet } = window as unknown as { signInWallet(data: string): Promise<string> };
  const wallet = {
    version: '1.0.0',
    enable: () =>
      Promise.resolve({
        accounts: {
          get: () => Promise.resolve([{ address, type: 'sr25519' }]),
          subscribe: () => () => undefined,
        },
        signer: {
          signRaw: async ({ data }: { data: string }) => ({ id: 1, signature: await signInWallet(data) }),
        },
      }),
  };
  Object.assign(window, { injectedWeb3: { double: wallet } });
}

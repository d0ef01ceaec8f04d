import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Keyring } from '@polkadot/keyring';
import { hexToU8a, u8aToHex, u8aWrapBytes } from '@polkadot/util';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import { chromium, type Browser, type Page } from 'playwright';
import sirv from 'sirv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeAddress } from '../../core/identity/index.js';
import { startRelay } from '../../relay/src/server.js';
import { chromiumPath } from '../../scripts/chromium.mjs';

const kit = join(import.meta.dirname, '../../dist/cdn');

/** The five lines of the README. */
const page = (relay: string, peer: string) => `<!doctype html><html lang="en"><title>A shop</title>
<script type="module" src="coming-kit/chat.js"></script>
<coming-provider relay="${relay}">
  <coming-chat peer="${peer}" label="Support"></coming-chat>
</coming-provider>`;

const policy = (relay: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    'img-src blob: data:',
    `connect-src ${relay}`,
    "worker-src 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types lit-html coming-kit 'allow-duplicates'",
  ].join('; ');

describe('a page with the five lines of the README, under the strictest policy', () => {
  let relay: Awaited<ReturnType<typeof startRelay>>;
  let server: Server;
  let url: string;
  let browser: Browser;
  let peer = '';
  const complaints: string[] = [];
  const foreign: string[] = [];

  beforeAll(async () => {
    await cryptoWaitReady();
    relay = await startRelay({ data: ':memory:', port: 0 });
    const files = sirv(kit);
    server = createServer((request, response) => {
      if (request.url?.startsWith('/coming-kit/')) {
        request.url = request.url.slice('/coming-kit'.length);
        files(request, response);
        return;
      }
      response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': policy(relay.url) });
      response.end(page(relay.url, peer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const executablePath = chromiumPath();
    browser = await chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox'] });
  });

  afterAll(async () => {
    await browser?.close();
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
    await relay?.close();
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

  it('lets a visitor of each kind sign in and talk: one with a wallet, one as a guest', async () => {
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
    await customer.getByRole('img', { name: 'Delivered' }).waitFor();
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

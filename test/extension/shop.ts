/**
 * A shop on this machine: a page with the kit under the strictest policy, its relay, and the local chain.
 *
 * @module
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from 'playwright';
import sirv from 'sirv';
import { startDevchain } from '../../devchain/src/node/server.js';
import { decodeAddress, encodeAddress } from '../../core/identity/index.js';
import { startRelay } from '../../relay/src/server.js';
import type { Wallet } from '../support/wallet/wallet.js';

const root = join(import.meta.dirname, '../..');

/** //Bob, who is paid. */
export const SHOPKEEPER = '5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty';
/** Of XBTC. */
export const PRICE = '0.0005';
const LABEL = `Pay ${PRICE} XBTC`;

export interface Shop {
  readonly url: string;
  readonly relay: Awaited<ReturnType<typeof startRelay>>;
  readonly chain: Awaited<ReturnType<typeof startDevchain>>;
  /** What pages threw, complained of in the console, or asked of somebody else. */
  readonly complaints: readonly string[];
  /** A visitor, whose browser has the wallet. */
  visit(wallet: Wallet): Promise<Page>;
  close(): Promise<void>;
}

/** Opens a shop of an origin of its own, which no wallet knows yet. */
export async function openShop(): Promise<Shop> {
  const [relay, chain] = await Promise.all([
    startRelay({ data: ':memory:', port: 0 }),
    startDevchain({ port: 0, blockTime: 200 }),
  ]);
  const files = sirv(join(root, 'dist/cdn'));
  const server = createServer((request, response) => {
    const { url = '/' } = request;
    if (url.startsWith('/coming-kit/')) {
      request.url = url.slice('/coming-kit'.length);
      return files(request, response);
    }
    response.writeHead(200, {
      'content-type': 'text/html',
      'content-security-policy': policy(relay.url, chain.url),
    });
    response.end(page(relay.url, chain.url, chain.chain.genesisHash));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const complaints: string[] = [];
  const visitors: Page[] = [];
  return {
    url,
    relay,
    chain,
    complaints,
    visit: async ({ context }) => {
      const visitor = await context.newPage();
      visitors.push(visitor);
      visitor.on('pageerror', (error) => complaints.push(error.message));
      visitor.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      visitor.on('request', (request) => {
        const isOwn = request.url().startsWith(url) || /^(chrome-extension|blob|data):/.test(request.url());
        if (!isOwn) complaints.push(`asked for ${request.url()}`);
      });
      await visitor.goto(url);
      return visitor;
    },
    close: async () => {
      await Promise.all(visitors.map((visitor) => visitor.close()));
      await stop(server);
      await Promise.all([relay.close(), chain.close()]);
    },
  };
}

/** Signs in with the one account that the wallet is told to share. */
export async function signIn(page: Page, wallet: Wallet, account: string): Promise<void> {
  await page.getByRole('button', { name: /Connect a wallet/ }).click();
  await wallet.approveAuthorization([account]);
  await wallet.approveSign();
  await page.getByText('Wallet account').waitFor();
}

/** Opens what the shop asks for, and agrees to it. */
export async function agree(page: Page): Promise<void> {
  await page.locator('coming-pay').getByRole('button', { name: LABEL }).first().click();
  await confirm(page);
}

export async function confirm(page: Page): Promise<void> {
  await page.locator('coming-pay-sheet').getByRole('button', { name: LABEL }).click();
}

/** Waits until the payment is final. */
export async function paid(page: Page): Promise<void> {
  await page.locator('coming-pay-sheet').getByText(`You paid ${PRICE} XBTC`).waitFor();
}

function stop(server: Server): Promise<unknown> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
}

const page = (relay: string, endpoint: string, genesis: string) => `<!doctype html>
<html lang="en"><title>A shop</title><link rel="icon" href="data:,">
<script type="module" src="coming-kit/coming-kit.js"></script>
<coming-provider relay="${relay}" chain="${endpoint}" genesis="${genesis}">
  <coming-identity></coming-identity>
  <coming-pay recipient="${encodeAddress(decodeAddress(SHOPKEEPER).account)}" amount="${PRICE}"></coming-pay>
</coming-provider>`;

const policy = (...servers: string[]) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    'img-src blob: data:',
    `connect-src ${servers.join(' ')}`,
    "worker-src 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types lit-html coming-kit 'allow-duplicates'",
  ].join('; ');

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Keyring } from '@polkadot/keyring';
import { hexToU8a, u8aToHex, u8aWrapBytes } from '@polkadot/util';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import type { Browser } from 'playwright';
import sirv from 'sirv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeAddress } from '../../core/identity/index.js';
import { verifySignIn } from '../../core/identity/sign-in.js';
import { strictPolicy } from '../support/strict-policy.js';
import { launch } from '../support/visitors.js';

const kit = join(import.meta.dirname, '../../dist/cdn');

/** A page that wants somebody logged in and nothing else. */
const PAGE = `<!doctype html>
<html lang="en"><title>A shop</title>
<script type="module" src="/coming-kit/sign-in.js"></script>
<script type="module" src="/shop.js"></script>
<main><coming-sign-in></coming-sign-in></main>`;

const SHOP = `
  const button = document.querySelector('coming-sign-in');
  button.getChallenge = async () => (await fetch('/challenge', { method: 'POST' })).json();
  button.addEventListener('coming-sign-in', (event) => {
    event.waitUntil(fetch('/log-in', { method: 'POST', body: JSON.stringify(event) }).then((answer) => {
      if (!answer.ok) throw new Error();
    }));
  });
`;

describe('a page that has nothing of the kit but the sign-in button, under the strictest policy', () => {
  let server: Server;
  let url: string;
  let browser: Browser;
  const given = new Set<string>();
  const signedIn: string[] = [];
  const complaints: string[] = [];
  const loaded: string[] = [];

  /** What the shop's own server does with what the page sends. */
  async function logIn(body: string): Promise<boolean> {
    const { message, signature, scheme } = JSON.parse(body) as Record<string, string>;
    const { account } = await verifySignIn({
      message: message!,
      signature: hexToU8a(`0x${signature}`),
      scheme: scheme as 'sr25519',
      domain: new URL(url).host,
      nonce: { take: (nonce) => given.delete(nonce) },
      now: Date.now(),
    });
    signedIn.push(encodeAddress(account));
    return true;
  }

  beforeAll(async () => {
    await cryptoWaitReady();
    const files = sirv(kit);
    server = createServer((request, response) => {
      if (request.url?.startsWith('/coming-kit/')) {
        request.url = request.url.slice('/coming-kit'.length);
        files(request, response);
      } else if (request.url === '/shop.js') {
        response.writeHead(200, { 'content-type': 'text/javascript' }).end(SHOP);
      } else if (request.url === '/challenge') {
        const nonce = crypto.randomUUID().replaceAll('-', '');
        given.add(nonce);
        response.end(JSON.stringify({ nonce, issuedAt: Date.now() }));
      } else if (request.url === '/log-in') {
        let body = '';
        request.on('data', (part) => (body += String(part)));
        request.on('end', () => {
          void logIn(body)
            .catch(() => false)
            .then((ok) => response.writeHead(ok ? 200 : 403).end());
        });
      } else {
        const rules = strictPolicy("'self'");
        response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': rules }).end(PAGE);
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    browser = await launch();
  });

  afterAll(async () => {
    await browser?.close();
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
  });

  it('logs a wallet’s account in at the site’s own server, and loads no client for it', async () => {
    const page = await browser.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
    const pair = new Keyring({ type: 'sr25519' }).addFromUri('//Ada', { name: 'Ada' });
    await page.exposeFunction('signRaw', ({ data }: { data: string }) => ({
      id: 1,
      signature: u8aToHex(pair.sign(u8aWrapBytes(hexToU8a(data)))),
    }));
    await page.addInitScript((address) => {
      const { signRaw } = window as unknown as { signRaw: unknown };
      const accounts = { get: async () => [{ address, name: 'Ada', type: 'sr25519' }] };
      const enable = async () => ({ accounts, signer: { signRaw } });
      Object.assign(window, { injectedWeb3: { double: { version: '1', enable } } });
    }, pair.address);
    await page.goto(url);
    expect(loaded.filter((path) => path.includes('chunks'))).toEqual([]);
    await page.getByRole('button', { name: 'Sign in with a wallet' }).click();
    await page.getByText(/^Signed in as/).waitFor();
    expect(signedIn).toEqual([encodeAddress(pair.publicKey)]);
    expect(given.size).toBe(0);
    expect(loaded.filter((path) => path.includes('client'))).toEqual([]);
    expect(complaints).toEqual([]);
  });
});

/**
 * Code that is loaded when it is needed and cannot be: what the visitor sees, and that it goes on afterwards.
 */
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { running } from '../../relay/test/running.js';
import { arrive, openSite, type Site } from '../support/kit-site.js';
import { launch } from '../support/visitors.js';

let site: Site;
let browser: Browser;

beforeAll(async () => {
  site = await openSite();
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

const SENTENCE =
  'A part of this page could not be loaded. Check your connection and try again, or reload the page.';

it.each([
  ['the plain cryptography of an older browser', '**/noble-primitives-*.js'],
  ['the client', '**/chunks/client-*.js'],
])('%s: a sentence that says so, and a reload helps', async (_, chunk) => {
  const relay = await running();
  const who = await arrive(browser, site.page({ relay: relay.url }), {
    prepare: async (context) => {
      await context.addInitScript(forgetX25519);
      await context.route(chunk, (route) => route.abort());
    },
    signIn: async (chat, page) => {
      await chat.getByText(SENTENCE).waitFor();
      await page.context().unroute(chunk);
      await page.reload();
      await chat.getByRole('button', { name: /Chat as a guest/ }).click();
    },
  });
  expect(who.id).toMatch(/^5/);
});

it('what signs somebody up: a sentence that says so when it is asked for, and a reload helps', async () => {
  const chunk = '**/chunks/enrolment-*.js';
  const relay = await running();
  const who = await arrive(browser, site.page({ relay: relay.url }), {
    prepare: (context) => context.route(chunk, (route) => route.abort()),
    signIn: async (chat, page) => {
      await chat.getByRole('button', { name: /Chat as a guest/ }).click();
      await chat.getByText(SENTENCE).waitFor();
      await page.context().unroute(chunk);
      await page.reload();
      await chat.getByRole('button', { name: /Chat as a guest/ }).click();
    },
  });
  expect(who.id).toMatch(/^5/);
});

/** Runs in the page: a browser without this curve. */
function forgetX25519(): void {
  const { subtle } = crypto;
  const { generateKey, importKey } = subtle;
  const isKnown = (algorithm: unknown) => !JSON.stringify(algorithm).includes('X25519');
  const unsupported = () => Promise.reject(new DOMException('Unrecognized name', 'NotSupportedError'));
  Object.assign(subtle, {
    generateKey: (...given: Parameters<typeof generateKey>) =>
      isKnown(given[0]) ? generateKey.apply(subtle, given) : unsupported(),
    importKey: (...given: unknown[]) =>
      isKnown(given[2]) ? importKey.apply(subtle, given as never) : unsupported(),
  });
}

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright';
import sirv from 'sirv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath } from '../../scripts/chromium.mjs';

const built = join(import.meta.dirname, '../../storybook-static');

describe('the built Storybook', () => {
  let server: Server;
  let url: string;
  let browser: Browser;

  beforeAll(async () => {
    const files = sirv(built);
    server = createServer((request, response) => files(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const executablePath = chromiumPath();
    browser = await chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox'] });
  });

  afterAll(async () => {
    await browser?.close();
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
  });

  it('opens, lists its stories and draws one', async () => {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(`${url}/?path=/story/chat--history`);
    await page.getByRole('link', { name: 'History', exact: true }).waitFor();
    const preview = page.frameLocator('#storybook-preview-iframe');
    await preview.getByRole('region', { name: /^Messages with/ }).waitFor();
    expect(errors).toEqual([]);
  });

  it('draws every story without an error', async () => {
    const index = (await (await fetch(`${url}/index.json`)).json()) as {
      entries: Record<string, { id: string; type: string }>;
    };
    const stories = Object.values(index.entries).filter(({ type }) => type === 'story');
    expect(stories.length).toBeGreaterThan(10);
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    for (const { id } of stories) {
      await page.goto(`${url}/iframe.html?id=${id}&viewMode=story`);
      await page.locator('#storybook-root > *').first().waitFor({ state: 'attached' });
      expect(await page.locator('.sb-errordisplay').isVisible(), id).toBe(false);
    }
    expect(errors).toEqual([]);
  }, 300_000); // a second each
});

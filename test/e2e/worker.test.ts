import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ClientStatus } from '../../core/client.js';
import { startRelay } from '../../relay/src/server.js';
import { strictPolicy } from '../support/strict-policy.js';
import { openTab, servePage, type InPage } from '../support/tabs.js';
import { launch } from '../support/visitors.js';

/** Of the page in which a function runs. */
declare const page: InPage;

let relay: Awaited<ReturnType<typeof startRelay>>;
let browser: Browser;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  relay = await startRelay({ data: ':memory:', port: 0 });
  browser = await launch();
});

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

afterAll(async () => {
  await browser?.close();
  await relay?.close();
});

/** Chunks that were executed in the page itself, by name. */
const inPage = (where: Page) =>
  where.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .flatMap(({ name }) => /chunks\/([a-z.-]+?)(-[\w-]{8})?\.js$/.exec(name)?.[1] ?? []),
  );

const became = (where: Page, wanted: Partial<ClientStatus>) =>
  where.evaluate(
    (wanted) =>
      new Promise<void>((resolve) => {
        page.client.status.subscribe((status) => {
          const keys = Object.keys(wanted) as (keyof ClientStatus)[];
          if (keys.every((key) => status[key] === wanted[key])) resolve();
        });
      }),
    wanted,
  );

async function site(policy: string): Promise<{ context: BrowserContext; url: string; complaints: string[] }> {
  const { url, stop } = await servePage(policy);
  const context = await browser.newContext();
  ends.push(stop, () => context.close());
  const complaints: string[] = [];
  context.on('console', (message) => {
    if (message.type() === 'error' && !message.location().url.includes('favicon'))
      complaints.push(message.text());
  });
  return { context, url, complaints };
}

describe('a client in a worker', () => {
  it('signs in, writes and is written to, while its page loads nothing that encrypts, under the strictest policy', async () => {
    const { context, url, complaints } = await site(strictPolicy(relay.url));
    const ada = await openTab(context, url, relay.url, 'worker');
    const { comingId } = await ada.evaluate(() => page.client.becomeGuest());
    const other = await site('');
    const ben = await openTab(other.context, other.url, relay.url);
    const me = await ben.evaluate(() => page.client.becomeGuest());
    await became(ben, { connection: 'online' });
    await ada.evaluate(
      (to) => page.client.openConversation(to).then((talk) => talk.send('from a worker')),
      me.comingId,
    );
    const read = (where: Page, from: string) =>
      where.evaluate(
        (from) =>
          page.client
            .openConversation(from)
            .then(({ snapshot }) => snapshot.value.messages.map(({ text }) => text)),
        from,
      );
    await expect.poll(() => read(ben, comingId), { timeout: 15_000 }).toEqual(['from a worker']);
    await ben.evaluate((to) => page.client.openConversation(to).then((talk) => talk.send('back')), comingId);
    await expect.poll(() => read(ada, me.comingId), { timeout: 15_000 }).toEqual(['from a worker', 'back']);
    expect(ada.workers()).toHaveLength(1);
    const chunks = await inPage(ada);
    expect(chunks).toContain('worker');
    expect(chunks).not.toContain('client');
    expect(chunks).not.toContain('serve');
    expect(complaints).toEqual([]);
  });

  it('hands over to the worker of another tab when its tab closes', async () => {
    const { context, url } = await site('');
    const first = await openTab(context, url, relay.url, 'worker');
    const me = await first.evaluate(() => page.client.becomeGuest());
    const second = await openTab(context, url, relay.url, 'worker');
    await became(second, { phase: 'ready', role: 'view' });
    await first.close();
    await became(second, { phase: 'ready', role: 'owner', connection: 'online' });
    expect(await second.evaluate(() => page.client.status.value.me)).toEqual(me);
  });

  it('lives in the page where the policy allows no worker', async () => {
    const { context, url } = await site(
      strictPolicy(relay.url).replace("worker-src 'self'", "worker-src 'none'"),
    );
    const only = await openTab(context, url, relay.url, 'worker');
    expect((await only.evaluate(() => page.client.becomeGuest())).kind).toBe('guest');
    expect(only.workers()).toHaveLength(0);
    expect(await inPage(only)).toContain('client');
  });
});

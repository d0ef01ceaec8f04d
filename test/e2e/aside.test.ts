/**
 * A page that goes into the browser's back/forward cache, and comes back: in a whole Chromium, for its headless shell has
 * no such cache.
 */
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fullChromiumPath } from '../../scripts/chromium.mjs';
import type { ClientStatus } from '../../core/client.js';
import { RATES, scaled } from '../../relay/src/rates.js';
import { startRelay } from '../../relay/src/server.js';
import { journal, newProfile, openTab, servePage, trespasses, type InPage } from '../support/tabs.js';

/** Of the page in which a function runs. */
declare const page: InPage & { events: string[] };

let relay: Awaited<ReturnType<typeof startRelay>>;
let site: Awaited<ReturnType<typeof servePage>>;
let browser: Browser;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  relay = await startRelay({ data: ':memory:', port: 0, rates: scaled(RATES, 1e6) });
  site = await servePage();
  const executablePath = fullChromiumPath();
  browser = await chromium.launch({
    ...(executablePath ? { executablePath } : { channel: 'chromium' }),
    args: ['--no-sandbox'],
    // As people have it.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
});

afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
});

afterAll(async () => {
  await browser?.close();
  await site?.stop();
  await relay?.close();
});

/** Somebody who is signed in and online, in one tab. */
async function person(place: 'page' | 'worker' = 'page') {
  const context = await newProfile(browser);
  contexts.push(context);
  const first = await openTab(context, site.url, relay.url, place);
  const { comingId } = await first.evaluate(() => {
    page.events = [];
    for (const name of ['pagehide', 'pageshow'] as const) {
      addEventListener(name, ({ persisted }) => page.events.push(`${name} ${persisted}`));
    }
    return page.client.becomeGuest();
  });
  await is(first, { connection: 'online' });
  return { context, first, id: comingId };
}

/** Waits until a tab's status says this. */
async function is(where: Page, wanted: Partial<ClientStatus>): Promise<void> {
  const shown = () => where.evaluate(() => page.client.status.value);
  await expect.poll(shown, { timeout: 20_000 }).toMatchObject(wanted);
}

const talkTo = (where: Page, peer: string) =>
  where.evaluate(async (peer) => {
    page.conversation = await page.client.openConversation(peer);
  }, peer);

const say = (where: Page, text: string) => where.evaluate((text) => page.conversation.send(text), text);

const texts = (where: Page) =>
  where.evaluate(() => page.conversation.snapshot.value.messages.map(({ text }) => text).sort());

const shows = (where: Page, ...wanted: string[]) =>
  expect.poll(() => texts(where), { timeout: 20_000 }).toEqual(wanted.sort());

/** Goes elsewhere: the page is put aside as it is. */
const leave = (where: Page) => where.goto('about:blank');

/** Goes back; whether it is the page as it was, and not another one of the same address. */
async function comeBack(where: Page): Promise<boolean> {
  // A page from the cache is not loaded.
  await where.goBack({ waitUntil: 'commit' });
  await where.waitForFunction(() => 'page' in globalThis);
  const events = await where.evaluate(() => (page.events as string[] | undefined)?.splice(0));
  if (events) expect(events).toEqual(['pagehide true', 'pageshow true']);
  return events !== undefined;
}

describe('a page that is put aside', () => {
  // The browser gives up a page that stood in the middle of a transaction which others wait for, and loads it anew then.
  it.each(['page', 'worker'] as const)(
    'gives the profile away, and is a view of what went on when it comes back, with its client in the %s',
    async (place) => {
      const ada = await person(place);
      const ben = await person();
      const second = await openTab(ada.context, site.url, relay.url, place);
      await Promise.all([talkTo(ada.first, ben.id), talkTo(second, ben.id), talkTo(ben.first, ada.id)]);
      await say(ada.first, 'before');
      await leave(ada.first);
      await is(second, { role: 'owner', connection: 'online' });
      await say(second, 'from the other tab');
      await shows(ben.first, 'before', 'from the other tab');
      await say(ben.first, 'from Ben');
      await shows(second, 'before', 'from Ben', 'from the other tab');
      if (!(await comeBack(ada.first))) await talkTo(ada.first, ben.id);
      await is(ada.first, { role: 'view', phase: 'ready', connection: 'online' });
      await shows(ada.first, 'before', 'from Ben', 'from the other tab');
      await say(ada.first, 'after');
      await shows(ben.first, 'after', 'before', 'from Ben', 'from the other tab');
      await second.close();
      await is(ada.first, { role: 'owner', connection: 'online' });
      await say(ada.first, 'last');
      await shows(ben.first, 'after', 'before', 'from Ben', 'from the other tab', 'last');
      expect(trespasses(await journal(ada.first))).toEqual([]);
    },
  );

  it('is the owner again when it is alone, as it was, and loses nothing that it was about to send', async () => {
    const ada = await person();
    const ben = await person();
    await Promise.all([talkTo(ada.first, ben.id), talkTo(ben.first, ada.id)]);
    const wanted: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      await ada.first.evaluate((round) => {
        // In the middle of something: nobody waits for it.
        for (let n = 0; n < 5; n += 1) void page.conversation.send(`round ${round} ${n}`);
      }, round);
      await leave(ada.first);
      await say(ben.first, `round ${round} from Ben`);
      expect(await comeBack(ada.first)).toBe(true);
      await is(ada.first, { role: 'owner', phase: 'ready', connection: 'online' });
      wanted.push(...[0, 1, 2, 3, 4].map((n) => `round ${round} ${n}`), `round ${round} from Ben`);
      for (const where of [ada.first, ben.first]) await shows(where, ...wanted);
    }
    expect(trespasses(await journal(ada.first))).toEqual([]);
  });
});

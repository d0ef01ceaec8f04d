import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ClientStatus } from '../../core/client.js';
import { RATES, scaled } from '../../relay/src/rates.js';
import { startRelay } from '../../relay/src/server.js';
import { journal, newProfile, openTab, servePage, trespasses, type InPage } from '../support/tabs.js';
import { launch } from '../support/visitors.js';

/** Of the page in which a function runs. */
declare const page: InPage;

let relay: Awaited<ReturnType<typeof startRelay>>;
let site: Awaited<ReturnType<typeof servePage>>;
let browser: Browser;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  relay = await startRelay({ data: ':memory:', port: 0, rates: scaled(RATES, 1e6) });
  site = await servePage();
  browser = await launch();
});

afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
});

afterAll(async () => {
  await browser?.close();
  await site?.stop();
  await relay?.close();
});

async function profile(): Promise<BrowserContext> {
  const context = await newProfile(browser);
  contexts.push(context);
  return context;
}

const tab = (context: BrowserContext) => openTab(context, site.url, relay.url);

/** Somebody who is signed in and online, in one tab. */
async function person(): Promise<{ context: BrowserContext; first: Page; id: string }> {
  const context = await profile();
  const first = await tab(context);
  const { comingId } = await first.evaluate(() => page.client.becomeGuest());
  await is(first, { connection: 'online' });
  return { context, first, id: comingId };
}

/** Waits until a tab's status says this. */
async function is(where: Page, wanted: Partial<ClientStatus>): Promise<void> {
  await where.evaluate(
    (wanted) =>
      new Promise<void>((resolve) => {
        page.client.status.subscribe((status) => {
          const keys = Object.keys(wanted) as (keyof ClientStatus)[];
          if (keys.every((key) => status[key] === wanted[key])) resolve();
        });
      }),
    wanted,
  );
}

const talkTo = (where: Page, peer: string) =>
  where.evaluate(async (peer) => {
    page.conversation = await page.client.openConversation(peer);
  }, peer);

/** Sends; what became of it is not known when the tab goes meanwhile. */
const say = (where: Page, text: string) =>
  where.evaluate((text) => page.conversation.send(text).then(() => true), text).catch(() => false);

const texts = (where: Page) =>
  where.evaluate(async () => {
    while (page.conversation.snapshot.value.hasEarlier) await page.conversation.loadEarlier();
    return page.conversation.snapshot.value.messages.map(({ text }) => text).sort();
  });

const roles = (tabs: readonly Page[]) =>
  Promise.all(tabs.map((one) => one.evaluate(() => page.client.status.value.role)));

async function ownerOf(tabs: readonly Page[]): Promise<Page> {
  await expect
    .poll(async () => (await roles(tabs)).filter((role) => role === 'owner').length, { timeout: 20_000 })
    .toBe(1);
  return tabs[(await roles(tabs)).indexOf('owner')]!;
}

describe('five tabs of one profile', () => {
  it('send and receive at once, each message once in every one of them and at the other side', async () => {
    const ada = await person();
    const ben = await person();
    const tabs = [ada.first];
    while (tabs.length < 5) tabs.push(await tab(ada.context));
    await Promise.all(tabs.map((one) => is(one, { phase: 'ready', connection: 'online' })));
    await Promise.all([...tabs.map((one) => talkTo(one, ben.id)), talkTo(ben.first, ada.id)]);
    const sent: string[] = [];
    const send = async (where: Page, name: string) => {
      for (let n = 0; n < 10; n += 1) {
        sent.push(`${name} ${n}`);
        expect(await say(where, `${name} ${n}`)).toBe(true);
      }
    };
    await Promise.all([...tabs.map((one, at) => send(one, `tab ${at}`)), send(ben.first, 'ben')]);
    for (const one of [...tabs, ben.first]) {
      await expect.poll(() => texts(one), { timeout: 20_000 }).toEqual([...sent].sort());
    }
    expect((await roles(tabs)).filter((role) => role === 'owner')).toHaveLength(1);
    expect(trespasses(await journal(ada.first))).toEqual([]);
  });

  it('load what encrypts in one of them only', async () => {
    const ada = await person();
    const loaded: string[] = [];
    const second = await ada.context.newPage();
    second.on('request', (request) => loaded.push(request.url()));
    await second.close();
    ada.context.on('request', (request) => loaded.push(request.url()));
    const view = await tab(ada.context);
    await is(view, { phase: 'ready', role: 'view' });
    const chunks = loaded.map((url) => /chunks\/([a-z-]+)-/.exec(url)?.[1]).filter(Boolean);
    expect(chunks).toContain('shared');
    expect(chunks).not.toContain('client');
    expect(chunks).not.toContain('serve');
  });
});

/** The same numbers for the same seed (mulberry32). */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

describe('tabs that are opened, closed and killed at random', () => {
  const rounds = process.env['COMING_SEEDS'] ? 200 : 12;

  it('have one owner at every instant, lose nothing, show nothing twice, and go on within a second', async () => {
    const ada = await person();
    const ben = await person();
    await Promise.all([talkTo(ada.first, ben.id), talkTo(ben.first, ada.id)]);
    let tabs = [ada.first];
    const pick = random(8);
    const certain = new Set<string>();
    const possible = new Set<string>();
    const delays: number[] = [];
    const send = async (where: Page, text: string) => {
      possible.add(text);
      if (await say(where, text)) certain.add(text);
    };
    for (let round = 0; round < rounds; round += 1) {
      while (tabs.length < 3) {
        const added = await tab(ada.context);
        await talkTo(added, ben.id);
        tabs.push(added);
      }
      const owner = await ownerOf(tabs);
      const victim = pick(3) > 0 ? owner : tabs[pick(tabs.length)]!;
      const sending = tabs.flatMap((one, at) =>
        [0, 1, 2].map((n) => send(one, `round ${round} tab ${at} ${n}`)),
      );
      sending.push(send(ben.first, `round ${round} ben`));
      const how = pick(3);
      tabs = tabs.filter((one) => one !== victim);
      if (how === 0) await victim.close();
      else if (how === 1) await crash(victim);
      else {
        await victim.reload();
        await victim.close();
      }
      const began = Date.now();
      // A tab whose renderer it shared goes with it.
      const answered = await Promise.all(tabs.map((one) => alive(one)));
      tabs = tabs.filter((_, at) => answered[at]);
      await Promise.all(sending);
      if (victim === owner && tabs.length > 0) {
        const taken = (await journal(tabs[0]!)).filter(({ taking }) => taking).at(-1)!.at;
        delays.push(
          ...answered.filter((at): at is number => at !== undefined).map((at) => at - Math.max(taken, began)),
        );
      }
    }
    const last = tabs[0] ?? (await tab(ada.context));
    await talkTo(last, ben.id);
    await expect
      .poll(async () => (await texts(ben.first)).join() === (await texts(last)).join(), { timeout: 60_000 })
      .toBe(true);
    const shown = await texts(last);
    expect(new Set(shown).size).toBe(shown.length);
    expect([...certain].filter((text) => !shown.includes(text))).toEqual([]);
    expect(shown.filter((text) => !possible.has(text))).toEqual([]);
    expect(certain.size).toBeGreaterThan(rounds * 4);
    expect(trespasses(await journal(last))).toEqual([]);
    expect(delays.length).toBeGreaterThan(rounds / 2);
    expect(Math.max(...delays)).toBeLessThan(1000);
  });

  async function crash(victim: Page): Promise<void> {
    const gone = new Promise((resolve) => victim.once('crash', resolve));
    const session = await victim.context().newCDPSession(victim);
    void session.send('Page.crash').catch(() => undefined);
    await gone;
    await victim.close();
  }

  /** When a tab was answered by its owner; undefined when it is gone. */
  function alive(where: Page): Promise<number | undefined> {
    const answered = where.evaluate(() => page.conversation.markRead().then(() => Date.now()));
    return answered.catch(() => undefined);
  }
});

describe('an owner that stands still', () => {
  it('cannot write any more when another tab took over, and is a view when it goes on', async () => {
    const ada = await person();
    const ben = await person();
    const second = await tab(ada.context);
    await Promise.all([talkTo(ada.first, ben.id), talkTo(second, ben.id), talkTo(ben.first, ada.id)]);
    const session = await ada.context.newCDPSession(ada.first);
    await session.send('Debugger.enable');
    // In the middle of something.
    const begun = ada.first.evaluate(() => {
      const sent = Array.from({ length: 30 }, (_, n) => page.conversation.send(`first ${n}`));
      return Promise.all(sent).then((ids) => ids.length);
    });
    await session.send('Debugger.pause');
    expect(await say(second, 'second')).toBe(true);
    await is(second, { role: 'owner' });
    await session.send('Debugger.resume');
    await session.send('Debugger.disable');
    await is(ada.first, { role: 'view', phase: 'ready' });
    expect(await begun).toBe(30);
    for (const where of [ada.first, second, ben.first]) {
      await expect.poll(async () => (await texts(where)).length, { timeout: 20_000 }).toBe(31);
    }
    const written = await journal(second);
    expect(trespasses(written)).toEqual([]);
    expect(new Set(written.map(({ tab: by }) => by)).size).toBe(2);
    await is(second, { connection: 'online', role: 'owner' });
  });

  it('knows when it goes on that its successor erased everything, and brings nothing back', async () => {
    const ada = await person();
    const second = await tab(ada.context);
    await is(second, { phase: 'ready', role: 'view' });
    const session = await ada.context.newCDPSession(ada.first);
    await session.send('Debugger.enable');
    await session.send('Debugger.pause');
    await is(second, { role: 'owner', phase: 'ready' });
    await second.evaluate(() => page.client.erase());
    await is(second, { role: 'owner', phase: 'signed-out' });
    await session.send('Debugger.resume');
    await session.send('Debugger.disable');
    await is(ada.first, { role: 'view', phase: 'signed-out', problem: undefined });
    // The next one is somebody else, in both.
    const { comingId } = await ada.first.evaluate(() => page.client.becomeGuest());
    expect(comingId).not.toBe(ada.id);
    // In memory, as long as a tab that stands still keeps the database from going.
    await is(second, { role: 'owner', phase: 'ready', storage: 'memory' });
    expect(await second.evaluate(() => page.client.status.value.me?.comingId)).toBe(comingId);
  });

  // Chromium freezes no page that a debugger sees, so the page is only told what it is told then.
  it('gives way at once when it is told that it will be frozen, and takes part again when it is told that it goes on', async () => {
    const ada = await person();
    const second = await tab(ada.context);
    await is(second, { phase: 'ready', role: 'view' });
    await ada.first.evaluate(() => document.dispatchEvent(new Event('freeze')));
    await is(second, { role: 'owner', connection: 'online' });
    await ada.first.evaluate(() => document.dispatchEvent(new Event('resume')));
    await is(ada.first, { role: 'view', phase: 'ready' });
    expect(trespasses(await journal(second))).toEqual([]);
  });
});

describe('tabs where the browser has no Web Locks', () => {
  it('have one owner, which the others notice when it is gone; nothing is lost or shown twice', async () => {
    const ben = await person();
    const context = await profile();
    await context.addInitScript(() => {
      Object.defineProperty(Navigator.prototype, 'locks', { get: () => undefined });
    });
    const tabs = [await tab(context)];
    const { comingId } = await tabs[0]!.evaluate(() => page.client.becomeGuest());
    while (tabs.length < 3) tabs.push(await tab(context));
    await Promise.all(tabs.map((one) => is(one, { phase: 'ready', connection: 'online' })));
    await Promise.all([...tabs.map((one) => talkTo(one, ben.id)), talkTo(ben.first, comingId)]);
    const sayAll = (left: readonly Page[], when: string) =>
      Promise.all(left.map((one, at) => say(one, `${when} ${at}`)));
    expect(await sayAll(tabs, 'all')).toEqual([true, true, true]);
    const owner = await ownerOf(tabs);
    const left = tabs.filter((one) => one !== owner);
    const session = await context.newCDPSession(owner);
    void session.send('Page.crash').catch(() => undefined);
    await ownerOf(left);
    expect(await sayAll(left, 'left')).toEqual([true, true]);
    const wanted = ['all 0', 'all 1', 'all 2', 'left 0', 'left 1'];
    for (const where of [...left, ben.first]) {
      await expect.poll(() => texts(where), { timeout: 20_000 }).toEqual(wanted);
    }
    expect(trespasses(await journal(left[0]!))).toEqual([]);
  });
});

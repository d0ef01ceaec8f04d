import type { Browser, FrameLocator } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDemo, type Demo } from '../support/demo.js';
import {
  hears,
  launch,
  leave,
  messages,
  person,
  say,
  turnTo,
  visit,
  type Visitor,
} from '../support/visitors.js';

describe('the demo', () => {
  let demo: Demo;
  let browser: Browser;
  let first: Visitor;
  let second: Visitor;

  beforeAll(async () => {
    demo = await startDemo();
    browser = await launch();
    first = await visit(browser, demo.url);
  });

  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
  });

  it('shows two people side by side who can chat at once', async () => {
    const [ada, bo] = [person(first, 'Ada'), person(first, 'Bo')];
    await say(ada, 'Bo', 'Hello Bo');
    await hears(bo, 'Hello Bo');
    await say(bo, 'Ada', 'Hello Ada');
    await hears(ada, 'Hello Ada');
  });

  it('lets another browser join as a third person', async () => {
    second = await visit(browser, demo.url);
    const cleo = person(second, 'Cleo');
    await turnTo(cleo, 'Ada');
    await say(cleo, 'Ada', 'Hello from elsewhere');
    const ada = person(first, 'Ada');
    await leave(ada);
    await turnTo(ada, 'Cleo');
    await hears(ada, 'Hello from elsewhere');
    await say(ada, 'Cleo', 'Welcome');
    await hears(cleo, 'Welcome');
  });

  it('goes on after a reload in the middle, with everything in its place and nothing twice', async () => {
    const cleo = person(second, 'Cleo');
    await say(cleo, 'Ada', 'before the reload');
    await first.page.reload();
    const ada = person(first, 'Ada');
    await leave(ada);
    await turnTo(ada, 'Cleo');
    await hears(ada, 'before the reload');
    await say(ada, 'Cleo', 'after the reload');
    await hears(cleo, 'after the reload');
    for (const text of ['Hello from elsewhere', 'Welcome', 'before the reload', 'after the reload']) {
      await expectOnce(ada, text);
      await expectOnce(cleo, text);
    }
  });

  it('survives a relay that is killed, with messages sent meanwhile', async () => {
    const [ada, cleo] = [person(first, 'Ada'), person(second, 'Cleo')];
    const back = demo.kill('relay');
    await say(ada, 'Cleo', 'into the void');
    await back;
    await hears(cleo, 'into the void');
    await say(cleo, 'Ada', 'out of the void');
    await hears(ada, 'out of the void');
    await expectOnce(cleo, 'into the void');
    await expectOnce(ada, 'out of the void');
  });

  it('delivers to somebody who was away', async () => {
    const ada = person(first, 'Ada');
    await second.page.close();
    await say(ada, 'Cleo', 'while you were away');
    const page = await second.context.newPage();
    second = { ...second, page };
    await page.goto(demo.url);
    const cleo = person(second, 'Cleo');
    await turnTo(cleo, 'Ada');
    await hears(cleo, 'while you were away');
    await expectOnce(cleo, 'while you were away');
  });

  it('says why somebody has no coins yet, and asks again when told to', async () => {
    const third = await visit(browser, demo.url, (context) =>
      context.route('**/fund', (route) => route.fulfill({ status: 502, body: 'The local chain is away' })),
    );
    const dan = person(third, 'Dan');
    await dan.getByText('No coins yet: The local chain is away.').waitFor();
    await third.context.unroute('**/fund');
    await dan.getByRole('button', { name: 'Ask again' }).click();
    await dan.getByText('identity and balance').click();
    await dan.getByText('0.05 XBTC').waitFor();
    await dan.getByRole('alert').waitFor({ state: 'hidden' });
    await third.context.close();
  });

  it('breaks no rule of the content security policy and throws no error', () => {
    expect([...first.complaints, ...second.complaints]).toEqual([]);
  });
});

async function expectOnce(who: FrameLocator, text: string): Promise<void> {
  expect(await messages(who).getByText(text, { exact: true }).count()).toBe(1);
}

/** People at browsers of their own with the demo open, and what they do there. */
import { type Browser, type BrowserContext, type FrameLocator, type Page, chromium } from 'playwright';
import { chromiumPath } from '../../scripts/chromium.mjs';

/** One browser profile with the demo open. */
export interface Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the page complained about. */
  readonly complaints: string[];
}

export function launch(): Promise<Browser> {
  const executablePath = chromiumPath();
  return chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox'] });
}

/** @param prepare - What has to be there before the page opens. */
export async function visit(
  browser: Browser,
  url: string,
  prepare?: (context: BrowserContext) => Promise<unknown>,
): Promise<Visitor> {
  const context = await browser.newContext();
  context.setDefaultTimeout(20_000);
  await prepare?.(context);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // A server that is away is reported by the browser itself.
    if (message.type() === 'error' && !/WebSocket connection/.test(message.text()))
      complaints.push(message.text());
  });
  await page.goto(url);
  return { context, page, complaints };
}

export function person({ page }: Visitor, name: string): FrameLocator {
  return page.frameLocator(`iframe[title="${name}"]`);
}

/** Goes back to the list. Two people side by side are in each other's conversation at first. */
export async function leave(who: FrameLocator): Promise<void> {
  await who.getByRole('button', { name: 'Back to conversations' }).click();
}

/** Goes from the list to the conversation with somebody. */
export async function turnTo(who: FrameLocator, name: string): Promise<void> {
  await who.getByRole('button', { name: new RegExp(name) }).click();
  await who.getByRole('textbox', { name: `Message ${name}` }).waitFor();
}

export async function say(from: FrameLocator, to: string, text: string): Promise<void> {
  const field = from.getByRole('textbox', { name: `Message ${to}` });
  await field.fill(text);
  await field.press('Enter');
  await hears(from, text);
}

export async function hears(who: FrameLocator, text: string): Promise<void> {
  await messages(who).getByText(text, { exact: true }).waitFor();
}

/** The list of the conversation that is open. */
export function messages(who: FrameLocator) {
  return who.getByRole('region', { name: /^Messages with/ });
}

/** How people of the demo pay, and what they see of it. */
import type { FrameLocator, Locator, Page } from 'playwright';
import type { Holdings } from './chain-reader.js';
import { messages } from './visitors.js';

/** What the bubble says of a payment, by who looks and how far it is. */
export const STANDING = {
  signed: 'Signed, on its way',
  inBlock: 'In a block, not final yet',
  // The demo has one node.
  final: 'Final, as one computer of the network says',
  checkedBy: (name: string) => `Final, and checked by ${name}’s device`,
  arriving: 'Arriving, not confirmed yet',
  received: 'Received, as one computer of the network says',
};

const DECIMALS = 8;

/** Base units of XBTC or PCX, from text that begins with the amount. */
export function baseUnits(text: string): bigint {
  const [, whole, part = ''] = /(\d+)(?:\.(\d+))?/.exec(text)!;
  return BigInt(whole! + part.padEnd(DECIMALS, '0'));
}

/** From the conversation to the last question before a payment; answers with the fee that it shows. */
export async function prepare(who: FrameLocator, to: string, amount: string): Promise<bigint> {
  await openSheet(who, to);
  await who.getByRole('textbox', { name: 'Amount' }).fill(amount);
  await who.getByRole('button', { name: 'Continue' }).click();
  const fee = sheet(who).getByText(/^0\.\d+ PCX$/);
  return baseUnits(await fee.first().innerText());
}

export async function openSheet(who: FrameLocator, to: string): Promise<void> {
  await who.getByRole('button', { name: `Pay ${to}`, exact: true }).click();
}

/** Its content is beside the dialog in the tree, not inside of it. */
export function sheet(who: FrameLocator): Locator {
  return who.locator('coming-pay-sheet');
}

export function confirmation(who: FrameLocator, amount: string): Locator {
  return who.getByRole('button', { name: `Pay ${amount} XBTC`, exact: true });
}

export async function closeSheet(who: FrameLocator): Promise<void> {
  await sheet(who).getByRole('button', { name: 'Close' }).last().click();
  await who.getByRole('dialog').waitFor({ state: 'hidden' });
}

/** The bubbles of all payments of this amount in the conversation that is open. */
export function bubbles(who: FrameLocator, amount: string): Locator {
  return messages(who).locator('coming-payment').filter({ hasText: amount });
}

/** Waits until the only payment of this amount stands so. */
export async function stands(who: FrameLocator, amount: string, standing: string): Promise<void> {
  await bubbles(who, amount).getByText(standing, { exact: true }).waitFor();
}

/** Notes from now on what the newest payment of somebody's conversation says; the function tells what it said. */
export async function noteStandings(page: Page, name: string): Promise<() => Promise<string[]>> {
  const frame = page.frames().find((one) => one.url().includes(`name=${name}`))!;
  await frame.evaluate(() => {
    const said: string[] = [];
    Object.assign(window, { said });
    const all = (root: ParentNode): Element[] =>
      [...root.querySelectorAll('*')].flatMap((element) => [
        element,
        ...(element.shadowRoot ? all(element.shadowRoot) : []),
      ]);
    const look = () => {
      const newest = all(document).filter(({ localName }) => localName === 'coming-payment');
      const text = newest.at(-1)?.shadowRoot?.querySelector('[role=status]')?.textContent?.trim();
      if (text && text !== said.at(-1)) said.push(text);
      requestAnimationFrame(look);
    };
    look();
  });
  return () => frame.evaluate(() => (window as unknown as { said: string[] }).said);
}

/** What `<coming-identity>` shows; leaves it open. */
export async function shownHoldings(who: FrameLocator): Promise<Holdings> {
  const identity = who.locator('coming-identity');
  if (!(await identity.isVisible())) await who.getByText('identity and balance').click();
  const amount = async (symbol: string) =>
    baseUnits(await identity.getByText(new RegExp(`^[\\d.]+ ${symbol}$`)).innerText());
  return { xbtc: await amount('XBTC'), pcx: await amount('PCX') };
}

/**
 * The list of devices on the chain: written with `<coming-identity>` on the local chain, and what others see of it.
 */
import type { Browser } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { startDevchain, type RunningDevchain } from '../../devchain/src/node/server.js';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { arrive, bubble, lookAt, openSite, write, type Site, type Visiting } from '../support/kit-site.js';
import { LyingRelay } from '../support/lying-relay.js';
import { launch } from '../support/visitors.js';

let site: Site;
let browser: Browser;
let chain: RunningDevchain;

beforeAll(async () => {
  site = await openSite();
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

beforeEach(async () => {
  // @polkadot/api says that this chain has no MetadataApi.
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  chain = await startDevchain({ port: 0, blockTime: 100 });
});

afterEach(() => chain.close());

/** The page of somebody who asks these nodes. */
const page = (relay: LyingRelay, nodes: readonly string[], peer = '') =>
  site.page({
    relay: relay.url,
    chain: nodes.join(' '),
    genesis: chain.chain.genesisHash,
    ...(peer && { peer, label: 'Ada' }),
  });

const fund = async (who: Visiting, pcx: number): Promise<void> => {
  await chain.chain.request('dev_fund', [who.id, { pcx, xbtc: 0 }]);
  // What is proven is what a final block has.
  const funded = (await numberOf()) + 1;
  while ((await numberOf(await chain.chain.request('chain_getFinalizedHead'))) < funded) {
    await new Promise((resolve) => setImmediate(resolve));
  }
};

async function numberOf(block?: unknown): Promise<number> {
  const header = await chain.chain.request('chain_getHeader', block === undefined ? [] : [block]);
  return Number((header as { number: string }).number);
}

const press = ({ identity }: Visiting, name: string) => identity.getByRole('button', { name }).click();

const isSaid = ({ identity }: Visiting, text: string) =>
  identity.locator('coming-anchor-flow').getByText(text, { exact: true }).waitFor();

/** Opens the dialog about the chain, and asks it. */
async function askChain(who: Visiting): Promise<void> {
  await press(who, 'On the chain');
  await press(who, 'Ask the chain');
}

async function anchor(who: Visiting): Promise<void> {
  await askChain(who);
  await isSaid(who, 'Your devices are not on the chain');
  await press(who, 'What it costs');
  await press(who, 'Write it to the chain');
  await isSaid(who, 'The chain names your devices now.');
  await press(who, 'Close');
}

/** What the sheet about Ada says. */
async function says(who: Visiting, title: string, text: string): Promise<void> {
  await who.contact.locator('.status').getByText(title, { exact: true }).waitFor();
  await who.contact.getByText(text, { exact: true }).waitFor();
}

async function close({ chat }: Visiting): Promise<void> {
  await chat.getByRole('button', { name: 'Close' }).last().click();
  await chat.getByRole('dialog').waitFor({ state: 'hidden' });
}

async function arrives(from: Visiting, text: string): Promise<void> {
  await write(from, text);
  await bubble(from, text)
    .getByRole('img', { name: /^(Sent|Delivered|Read)$/ })
    .waitFor();
}

it('is refused in words without coins, written with them, and others see how sure it is', async () => {
  const relay = await LyingRelay.start();
  const second = await CuttingProxy.start(chain.port);
  const both = [chain.url, second.url];
  const ada = await arrive(browser, page(relay, both));
  await askChain(ada);
  await isSaid(ada, 'Your devices are not on the chain');
  await press(ada, 'What it costs');
  await ada.identity.getByText('0.125 PCX', { exact: true }).waitFor();
  const lacking =
    'There is too little PCX on this account for the deposit and the fee. Send some to your Coming ID, then try again.';
  await press(ada, 'Write it to the chain');
  await isSaid(ada, lacking);
  // The deposit alone is not enough.
  await fund(ada, 12_500_000);
  await ada.identity.getByText('0.125 PCX', { exact: true }).nth(1).waitFor(); // in the balances too
  await press(ada, 'Write it to the chain');
  await isSaid(ada, lacking);

  const bo = await arrive(browser, page(relay, both, ada.id));
  await lookAt(bo, 'Ada');
  await says(
    bo,
    'Not verified',
    'Their devices are signed by this account. Compare the safety number to be sure that the account is theirs.',
  );
  await fund(ada, 50_000_000);
  await ada.identity.getByText('0.625 PCX', { exact: true }).waitFor();
  await press(ada, 'Write it to the chain');
  await isSaid(ada, 'The chain names your devices now.');
  await press(ada, 'Close');
  await ada.identity.getByRole('button', { name: 'Your devices are on the chain' }).waitFor();

  await bo.contact.getByRole('button', { name: 'Look again' }).click();
  await says(
    bo,
    'Verified on the chain',
    'Independent nodes prove that the chain names exactly these devices.',
  );
  const carl = await arrive(browser, page(relay, [chain.url], ada.id));
  await lookAt(carl, 'Ada');
  await says(
    carl,
    'Confirmed by one node',
    'One node of the chain says that these are their devices. It could be wrong; compare the safety number to be sure.',
  );
  expect([...ada.complaints, ...bo.complaints, ...carl.complaints]).toEqual([]);
});

it('is not asked when no node answers: it says so, and nobody is kept from chatting', async () => {
  const relay = await LyingRelay.start();
  const ada = await arrive(browser, page(relay, [chain.url]));
  const bo = await arrive(browser, page(relay, [chain.url], ada.id));
  await fund(ada, 50_000_000);
  await ada.identity.getByText('0.5 PCX', { exact: true }).waitFor();
  await anchor(ada);
  await lookAt(bo, 'Ada');
  await bo.contact.getByText('Confirmed by one node').waitFor();
  await close(bo);

  await chain.close();
  for (const { page: open } of [ada, bo]) await open.reload();
  await lookAt(bo, 'Ada');
  await says(bo, 'Not verified', 'The chain can’t be reached now, so it was not asked.');
  await close(bo);
  await arrives(bo, 'hello');
  await askChain(ada);
  await isSaid(ada, 'The chain can’t be reached now. Try again later.');
});

it('a relay that hides a device from somebody who never saw it is contradicted by the chain', async () => {
  const relay = await LyingRelay.start();
  const ada = await arrive(browser, page(relay, [chain.url]));
  const root = await relay.logOf(ada.account);
  await press(ada, 'Manage Web browser');
  await ada.identity.getByRole('button', { name: /^Rename/ }).click();
  await ada.identity.getByRole('textbox', { name: 'Name of the device' }).fill('telephone');
  await press(ada, 'Save');
  await ada.identity.getByRole('button', { name: 'Manage telephone' }).waitFor();
  await fund(ada, 50_000_000);
  await ada.identity.getByText('0.5 PCX', { exact: true }).waitFor();
  await anchor(ada);

  relay.serveLog(ada.account, root);
  const bo = await arrive(browser, page(relay, [chain.url], ada.id));
  await lookAt(bo, 'Ada');
  await says(
    bo,
    'Something changed',
    'The list of this person’s devices changed in a way it should not: it split, lost entries, or contradicts the chain. Somebody may be between the two of you.',
  );
  await close(bo);
  await write(bo, 'a secret');
  await bubble(bo, 'a secret')
    .getByText(/^Not sent\. The list of this person’s devices changed in a way it should not\./)
    .waitFor();
  expect(relay.sentBy(bo.account)).toEqual([]);

  relay.repent();
  await bo.chat.getByRole('button', { name: 'Have a look' }).click();
  await bo.contact.getByRole('button', { name: 'Go on all the same…' }).click();
  await bo.contact.getByRole('button', { name: 'Go on with the new list' }).click();
  await bo.contact.getByText('Confirmed by one node').waitFor();
  await close(bo);
  await bubble(bo, 'a secret').getByRole('button', { name: 'Try again' }).click();
  await bubble(bo, 'a secret')
    .getByRole('img', { name: /^(Sent|Delivered|Read)$/ })
    .waitFor();
});

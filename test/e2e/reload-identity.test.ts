/**
 * A page that is reloaded in the middle of something about one's own account: what the person finds, and how they go on.
 */
import type { Browser, Locator, Page } from 'playwright';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { startDevchain } from '../../devchain/src/node/server.js';
import { running } from '../../relay/test/running.js';
import { arrive, openSite, type Site, type Visiting } from '../support/kit-site.js';
import { launch, visit } from '../support/visitors.js';

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

const press = (identity: Locator, name: string | RegExp) =>
  identity.getByRole('button', { name, exact: true }).click();

/** Reloads, and waits until the person is back, with nothing open. */
async function reload({ page, identity }: Visiting): Promise<void> {
  await page.reload();
  await identity.getByText('Connected', { exact: true }).waitFor();
  expect(await identity.getByRole('dialog').count()).toBe(0);
}

async function shownWords(identity: Locator): Promise<string[]> {
  await press(identity, /^Backup/);
  await press(identity, /^Write down 12 words/);
  await press(identity, 'Show the words');
  const list = identity.getByRole('list', { name: 'The words, in order' });
  await list.waitFor();
  return list.getByRole('listitem').allTextContents();
}

it('while words are checked: nothing counts as backed up, no word is shown, and it begins anew with the same words', async () => {
  const relay = await running();
  const ada = await arrive(browser, site.page({ relay: relay.url }));
  const { identity } = ada;
  const words = await shownWords(identity);
  await press(identity, 'I wrote them down');
  await identity.getByRole('heading', { name: 'Check what you wrote' }).waitFor();
  await reload(ada);
  await identity.getByText('If you lose this device, this identity is lost.').waitFor();
  expect(await shownWords(identity)).toEqual(words);
  await press(identity, 'I wrote them down');
  for (const field of await identity.getByRole('textbox', { name: /^Word \d+$/ }).all()) {
    const label = await field.evaluate((input: HTMLInputElement) => input.labels![0]!.textContent);
    await field.fill(words[Number(/\d+/.exec(label!)![0]) - 1]!);
  }
  await press(identity, 'Check');
  await identity.getByText(/^You have your words/).waitFor();
  await reload(ada);
  await identity.getByText('Not backed up').waitFor({ state: 'detached' });
  expect(await identity.getByText('If you lose this device, this identity is lost.').count()).toBe(0);
  expect(ada.complaints).toEqual([]);
});

/** What a device that is being linked shows. */
async function offered(page: Page): Promise<string> {
  const identity = page.locator('coming-identity');
  await press(identity, 'I have an identity');
  await press(identity, /^Link this device/);
  return (await identity.locator('coming-restore .mono').textContent())!;
}

async function paste(identity: Locator, text: string): Promise<void> {
  await identity.getByRole('textbox', { name: 'Or paste the text that it shows' }).fill(text);
  await press(identity, 'Use this text');
}

/** Has the device that shows this text confirmed; gives what it is answered. */
async function confirmed({ identity }: Visiting, offer: string): Promise<string> {
  await press(identity, /^Link another device/);
  await paste(identity, offer);
  await press(identity, /^The codes are the same/);
  return (await identity.locator('coming-link-flow .mono').textContent())!;
}

it('while devices are linked: the one that is there answers the same offer again, the new one begins anew', async () => {
  const relay = await running();
  const url = site.page({ relay: relay.url });
  const ada = await arrive(browser, url);
  const { context, page, complaints } = await visit(browser, url);
  onTestFinished(() => context.close());
  const fresh = page.locator('coming-identity');
  const outdated = await offered(page);
  await page.reload();
  const offer = await offered(page);
  expect(offer).not.toBe(outdated);

  // Confirmed, and reloaded before the new device had the answer.
  await confirmed(ada, offer);
  await reload(ada);
  const devices = ada.identity.getByRole('list', { name: 'Devices' }).getByRole('listitem');
  await expect.poll(() => devices.count()).toBe(2);
  const answer = await confirmed(ada, offer);
  await press(ada.identity, 'Done');
  await expect.poll(() => devices.count()).toBe(2);

  await press(fresh, 'I have the answer');
  await paste(fresh, answer);
  await fresh.getByText('Connected', { exact: true }).waitFor();
  expect(await fresh.locator('.id bdi').getAttribute('title')).toBe(ada.id);
  expect([...ada.complaints, ...complaints]).toEqual([]);
});

it('while the list is written to the chain: it is written all the same, and the page says so when it is asked', async () => {
  // @polkadot/api says that this chain has no MetadataApi.
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const devchain = await startDevchain({ port: 0, blockTime: 'manual' });
  onTestFinished(() => devchain.close());
  const ask = (method: string, params: readonly unknown[] = []) =>
    devchain.chain.request(method, [...params]) as Promise<unknown>;
  const newBlocks = async () => {
    for (let block = 0; block < 3; block += 1) await ask('dev_newBlock');
  };
  const relay = await running();
  const { genesisHash: genesis } = devchain.chain;
  const ada = await arrive(browser, site.page({ relay: relay.url, chain: devchain.url, genesis }));
  const { identity } = ada;
  const funded = ask('dev_fund', [ada.id, { pcx: 50_000_000, xbtc: 0 }]);
  await newBlocks();
  await funded;
  await identity.getByText('0.5 PCX', { exact: true }).waitFor();
  await press(identity, /^On the chain/);
  await press(identity, 'Ask the chain');
  await press(identity, 'What it costs');
  await press(identity, 'Write it to the chain');
  const pending = async () => ((await ask('author_pendingExtrinsics')) as unknown[]).length;
  await expect.poll(pending, { timeout: 20_000 }).toBe(1);
  await reload(ada);
  // Not final yet: it is not claimed to be there.
  await press(identity, /^On the chain/);
  await press(identity, 'Ask the chain');
  const flow = identity.locator('coming-anchor-flow');
  await flow.getByText('Your devices are not on the chain').waitFor();
  await press(identity, 'Close');
  await newBlocks();
  await reload(ada);
  await press(identity, /^On the chain/);
  await press(identity, 'Ask the chain');
  await flow.getByText('Your devices are on the chain', { exact: true }).first().waitFor();
  expect(ada.complaints).toEqual([]);
});

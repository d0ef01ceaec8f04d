import { beforeAll, describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import '../../components/identity/define.js';
import type { ComingIdentity } from '../../components/identity/identity.js';
import { createLoopback, guest, until, type Person } from '../../stories/support/people.js';
import { expectAccessible, html, mount } from './support.js';

const show = (client: ComingIdentity['client']) =>
  mount<ComingIdentity>(html`<coming-identity .client=${client}></coming-identity>`);

const PASSPHRASE = 'seven wise otters juggle';

describe('export and import in <coming-identity>', () => {
  let ada: Person;
  let bo: Person;
  let file: File;

  beforeAll(async () => {
    const relay = createLoopback();
    [ada, bo] = [await guest(relay), await guest(relay)];
    const conversation = await ada.client.openConversation(bo.client.status.value.me!.comingId);
    for (const text of ['one', 'two']) await conversation.send(text);
    await until(bo.client.conversations, ([first]) => first?.unread === 2);
  });

  async function begin(element: ComingIdentity, way: RegExp): Promise<void> {
    await page
      .elementLocator(element)
      .getByRole('button', { name: /Export and import/ })
      .click();
    await page.elementLocator(element).getByRole('button', { name: way }).click();
  }

  it('saves a file that is of use only with the passphrase', async () => {
    const element = show(ada.client);
    await begin(element, /Export everything/);
    await expectAccessible(element);
    const saved = vi.spyOn(URL, 'createObjectURL');
    const clicked = vi.spyOn(HTMLAnchorElement.prototype, 'click');
    await page.getByLabelText('Passphrase', { exact: true }).fill(PASSPHRASE);
    await page.getByLabelText('Passphrase again').fill('something else');
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await expect.element(page.getByText('The two are not the same.')).toBeVisible();
    expect(saved).not.toHaveBeenCalled();
    await page.getByLabelText('Passphrase again').fill(PASSPHRASE);
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await expect.element(page.getByText(/The file was saved/), { timeout: 15_000 }).toBeVisible();
    expect(clicked).toHaveBeenCalledTimes(1);
    const link = clicked.mock.contexts[0] as HTMLAnchorElement;
    expect(link.download).toMatch(/^coming-export-\d{4}-\d\d-\d\d\.coming$/);
    file = new File([saved.mock.calls[0]![0] as Blob], link.download);
    expect(new TextDecoder().decode(await file.arrayBuffer())).not.toContain(
      bo.client.status.value.me!.comingId,
    );
    expect(ada.client.status.value.me!.backedUp).toBe(true);
    vi.restoreAllMocks();
  });

  it('takes the file in again, and says what was new', async () => {
    const element = show(ada.client);
    await begin(element, /^Import/);
    await expectAccessible(element);
    await userEvent.upload(page.getByLabelText('The file'), file);
    await page.getByLabelText('Passphrase').fill('not the passphrase');
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await expect
      .element(page.getByText('The passphrase does not fit this file.'), { timeout: 15_000 })
      .toBeVisible();
    await page.getByLabelText('Passphrase').fill(PASSPHRASE);
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await expect
      .element(page.getByText('Everything in this file was here already.'), { timeout: 15_000 })
      .toBeVisible();
  });

  it('refuses the file of somebody else, and a file that is none', async () => {
    const element = show(bo.client);
    await begin(element, /^Import/);
    for (const [one, why] of [
      [file, /of another identity/],
      [new File(['hello'], 'hello.txt'), /not an exported file/],
    ] as const) {
      await userEvent.upload(page.getByLabelText('The file'), one);
      await page.getByLabelText('Passphrase').fill(PASSPHRASE);
      await page.getByRole('button', { name: 'Import', exact: true }).click();
      await expect.element(page.getByText(why), { timeout: 15_000 }).toBeVisible();
    }
    expect(bo.client.conversations.value[0]!.unread).toBe(2);
  });
});

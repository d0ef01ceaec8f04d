import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { page, userEvent, type Locator } from 'vitest/browser';
import '../../components/identity/define.js';
import type { ComingIdentity } from '../../components/identity/identity.js';
import type { ComingClient } from '../../core/client.js';
import {
  createLoopback,
  guest,
  until,
  visitor,
  type LoopbackRelay,
  type Person,
} from '../../stories/support/people.js';
import { identityShown } from '../../stories/support/pretending-people.js';
import { expectAccessible, expectFocus, html, mount } from './support.js';
import { install, makePairs, signAs, uninstall } from './wallet-double.js';

let relay: LoopbackRelay;
let ada: Person;

beforeEach(async () => {
  relay = createLoopback();
  ada = await guest(relay);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await ada.client.close();
});

const show = (client: ComingClient) =>
  mount<ComingIdentity>(html`<coming-identity .client=${client}></coming-identity>`);

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
const heading = (name: string | RegExp) => page.getByRole('heading', { name });
const box = (name: string | RegExp) => page.getByRole('textbox', { name });

/** Presses a button by keyboard. */
async function press(locator: Locator): Promise<void> {
  await expect.element(locator).toBeInTheDocument();
  (locator.element() as HTMLElement).focus();
  await userEvent.keyboard('{Enter}');
}

/** Everything that is in the document, shadow roots included: text, attributes and what fields hold. */
function everything(root: ParentNode = document): string {
  return [...root.querySelectorAll('*')]
    .map((element) => {
      const attributes = [...element.attributes].map(({ value }) => value).join(' ');
      const value =
        element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element.value : '';
      const own = [...element.childNodes]
        .filter((node) => node.nodeType === Node.TEXT_NODE)
        .map((node) => node.textContent);
      return [attributes, value, ...own, element.shadowRoot ? everything(element.shadowRoot) : ''].join('\n');
    })
    .join('\n');
}

/** Whether three of the words stand together anywhere. */
function holds(words: readonly string[]): boolean {
  const text = everything().toLowerCase().replaceAll(/\s+/g, ' ');
  return words.some((_, at) => at + 3 <= words.length && text.includes(words.slice(at, at + 3).join(' ')));
}

/** The words that are shown now. */
const shownWords = () =>
  page
    .getByRole('list', { name: 'The words, in order' })
    .getByRole('listitem')
    .elements()
    .map((item) => item.textContent!.trim());

async function toWords(): Promise<string[]> {
  await userEvent.click(button(/^Backup/));
  await userEvent.click(button(/Write down 12 words/));
  await userEvent.click(button('Show the words'));
  await expectFocus(heading('Your 12 words'));
  return shownWords();
}

/** Types the words that are asked for, out of these. */
async function answer(words: readonly string[]): Promise<void> {
  const labels = page.getByRole('textbox', { name: /^Word \d+$/ });
  for (const field of labels.elements() as HTMLInputElement[]) {
    const label = field.labels![0]!.textContent!;
    const position = Number(/\d+/.exec(label)![0]);
    await userEvent.fill(page.getByRole('textbox', { name: label, exact: true }), words[position - 1]!);
  }
  await userEvent.click(button('Check'));
}

describe('the backup of a guest', () => {
  it('shows twelve words once they are asked for, checks three of them, and forgets them', async () => {
    const element = show(ada.client);
    await expect.element(page.getByText(/If you lose this device/)).toBeVisible();
    const words = await toWords();
    expect(words).toHaveLength(12);
    expect(holds(words)).toBe(true);
    await expectAccessible(element);

    await userEvent.click(button('I wrote them down'));
    await expect.element(heading('Check what you wrote')).toBeVisible();
    expect(page.getByRole('textbox', { name: /^Word/ }).elements()).toHaveLength(3);
    expect(holds(words)).toBe(false);
    await expectAccessible(element);

    await answer(words.map(() => 'abandon'));
    await expect.element(page.getByText(/not the words of this identity/)).toBeVisible();
    await answer(words);
    await expect.element(page.getByText(/You have your words/)).toBeVisible();
    expect(holds(words)).toBe(false);
    await userEvent.click(button('Done'));
    await expect.element(page.getByText(/If you lose this device/)).not.toBeInTheDocument();
    expect(ada.client.status.value.me?.backedUp).toBe(true);
  });

  it('takes the words out of the document when the dialog is closed, and shows none to a click that no person made', async () => {
    show(ada.client);
    const words = await toWords();
    await userEvent.keyboard('{Escape}');
    await expect.element(page.getByRole('dialog')).not.toBeInTheDocument();
    expect(holds(words)).toBe(false);
    await expectFocus(button(/^Backup/));

    await userEvent.click(button(/^Backup/));
    await userEvent.click(button(/Write down 12 words/));
    (button('Show the words').element() as HTMLElement).click();
    await userEvent.click(button('Back'));
    await expectFocus(heading('Backup'));
  });

  it('brings the identity back on another device by its words, and says which word cannot be', async () => {
    show(ada.client);
    const words = await toWords();
    document.querySelector('main')!.remove();
    const client = visitor(relay);
    const element = show(client);
    await userEvent.click(button('I have an identity'));
    await expectFocus(heading('I have an identity'));
    await expectAccessible(element);
    await userEvent.click(button(/With my words/));
    await expectFocus(box('Your words, in order'));
    await expectAccessible(element);
    await userEvent.fill(box('Your words, in order'), ['nonsense', ...words.slice(1)].join('\n'));
    await userEvent.click(button('Restore'));
    await expect.element(page.getByText(/Word 1 is not one of the words/)).toBeVisible();
    await userEvent.fill(box('Your words, in order'), words.join('  ').toUpperCase());
    await userEvent.click(button('Restore'));
    await expect.element(page.getByText('Guest', { exact: true })).toBeVisible();
    expect(client.status.value.me?.comingId).toBe(ada.id);
    expect(holds(words)).toBe(false);
    await client.close();
  });

  it('saves a file for a passphrase that is typed twice and strong enough, and reads it again', async () => {
    let saved: Blob | undefined;
    vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
      saved = blob as Blob;
      return 'blob:none';
    });
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined);
    const element = show(ada.client);
    await userEvent.click(button(/^Backup/));
    await userEvent.click(button(/Save a file/));
    const first = page.getByLabelText('Passphrase', { exact: true });
    await expectFocus(first);
    await userEvent.fill(first, 'short');
    await expect.element(page.getByText(/Too short/)).toBeVisible();
    await userEvent.fill(first, 'aaaaaaaaaaaa');
    await expect.element(page.getByText(/Weak/)).toBeVisible();
    const passphrase = 'a walk along the north shore';
    await userEvent.fill(first, passphrase);
    await expect.element(page.getByText('Strong.')).toBeVisible();
    await expectAccessible(element);
    await userEvent.fill(page.getByLabelText('Passphrase again'), 'another');
    await userEvent.click(button('Save the file'));
    await expect.element(page.getByText('The two are not the same.')).toBeVisible();
    await userEvent.fill(page.getByLabelText('Passphrase again'), passphrase);
    await userEvent.click(button('Save the file'));
    await expect.element(page.getByText(/The file was saved/)).toBeVisible();
    expect(everything()).not.toContain(passphrase);
    const json = await saved!.text();
    expect(JSON.parse(json)).toMatchObject({ address: ada.id });

    document.querySelector('main')!.remove();
    const client = visitor(relay);
    const restoring = show(client);
    await userEvent.click(button('I have an identity'));
    await userEvent.click(button(/With my file/));
    await expectAccessible(restoring);
    await userEvent.upload(page.getByLabelText('The file'), new File([json], 'identity.json'));
    await userEvent.fill(page.getByLabelText('Passphrase'), 'a wrong passphrase');
    await userEvent.click(button('Restore'));
    await expect.element(page.getByText(/passphrase does not fit/)).toBeVisible();
    await userEvent.fill(page.getByLabelText('Passphrase'), passphrase);
    await userEvent.click(button('Restore'));
    await expect.element(page.getByText('Guest', { exact: true })).toBeVisible();
    expect(client.status.value.me?.comingId).toBe(ada.id);
    expect(everything()).not.toContain(passphrase);
    await client.close();
  }, 60_000);
});

/** Links a second device over the two screens, by keyboard and pasted texts alone; both are on the page. */
async function link(): Promise<{ client: ComingClient; element: ComingIdentity }> {
  const client = visitor(relay);
  const element = show(client);
  await press(button('I have an identity'));
  await press(button(/Link this device/));
  await expect.element(page.getByRole('img', { name: 'The code of this device' })).toBeVisible();
  const inRestore = () =>
    element.shadowRoot!.querySelector('coming-welcome')!.shadowRoot!.querySelector('coming-restore')!
      .shadowRoot!;
  const code = inRestore().querySelector('.pin')!.textContent!.trim();
  const offer = inRestore().querySelector('.text .mono')!.textContent!;

  await press(button(/Link another device/));
  await userEvent.fill(box('Or paste the text that it shows'), offer);
  await press(button('Use this text'));
  await expect.element(heading(/yours\?$/)).toBeVisible();
  await expect.element(page.getByText(code, { exact: true }).last()).toBeVisible();
  await press(button(/The codes are the same/));
  await expect.element(heading('Almost there')).toBeVisible();
  const answered = document
    .querySelector('coming-identity')!
    .shadowRoot!.querySelector('coming-identity-card')!
    .shadowRoot!.querySelector('coming-link-flow')!
    .shadowRoot!.querySelector('.text .mono')!.textContent!;
  await press(button('Done'));

  await press(button('I have the answer'));
  await expect.element(page.getByText(/Conversations begin on this device then/)).toBeVisible();
  await userEvent.fill(box('Or paste the text that it shows'), answered);
  await press(button('Use this text'));
  await until(client.status, ({ me }) => me?.comingId === ada.id);
  return { client, element };
}

describe('the devices of an account', () => {
  it('are linked over two screens that show the same code, and are listed with what they read', async () => {
    const element = show(ada.client);
    const { client } = await link();
    await expect
      .poll(() => page.getByText(/Reads conversations started on/).elements().length)
      .toBeGreaterThan(0);
    expect(client.status.value.me?.access).toBe('origin');
    await expectAccessible(element);
    await client.close();
  });

  it('refuses what is not the text of a device that is being linked', async () => {
    const element = show(ada.client);
    await userEvent.click(button(/Link another device/));
    await expectFocus(heading('Link another device'));
    await expectAccessible(element);
    await userEvent.fill(box('Or paste the text that it shows'), 'https://example.com');
    await userEvent.click(button('Use this text'));
    await expect.element(page.getByText(/not the text of a device/)).toBeVisible();
  });

  it('can be renamed, allowed to read everything, and removed, each after asking', async () => {
    show(ada.client);
    const { client, element: other } = await link();
    other.remove();
    const identity = await ada.client.openIdentity();
    const second = () => identity.snapshot.value.devices.find(({ thisDevice }) => !thisDevice)!;
    await until(identity.snapshot, ({ devices }) => devices.length === 2);
    const manage = () =>
      userEvent.click(page.getByRole('button', { name: `Manage ${second().name}` }).last());

    await manage();
    await userEvent.click(button('Rename'));
    await expectFocus(box('Name of the device'));
    await userEvent.fill(box('Name of the device'), 'Tablet');
    await userEvent.keyboard('{Enter}');
    await expect.element(button('Manage Tablet')).toBeVisible();
    await expectFocus(button('Manage Tablet'));

    await userEvent.click(button('Manage Tablet'));
    await userEvent.click(button(/Let it read everything/));
    await expect.element(heading('Let Tablet read everything?')).toBeVisible();
    await expectFocus(button('Cancel'));
    (button('Let it read everything').element() as HTMLElement).click();
    expect(second().access).toBe('origin');
    await userEvent.click(button('Let it read everything'));
    await expect.poll(() => second().access).toBe('full');

    await userEvent.click(button('Manage Tablet'));
    await userEvent.click(button(/^Remove/));
    await expectFocus(button('Cancel'));
    await userEvent.click(button('Remove'));
    await until(identity.snapshot, ({ devices }) => devices.length === 1);
    await client.close();
  });

  it('asks the wallet for what its account signs, tells so before, and says when it refused', async () => {
    const { ada: pair } = await makePairs();
    install([pair]);
    const client = visitor(relay);
    const element = show(client);
    await userEvent.click(button(/Connect a wallet/));
    await expect.element(page.getByText('Wallet account')).toBeVisible();
    const name = client.status.value.me!.deviceName;
    await userEvent.click(button(`Manage ${name}`));
    await userEvent.click(button('Rename'));
    await expect.element(page.getByText('Your wallet will ask you to confirm this.')).toBeVisible();
    await userEvent.fill(box('Name of the device'), 'Desk');
    uninstall();
    install([pair], { signRaw: () => Promise.reject(new Error('Cancelled')) });
    await userEvent.keyboard('{Enter}');
    await expect.element(heading('Not confirmed')).toBeVisible();
    await expectAccessible(element);
    uninstall();
    install([pair]);
    await userEvent.click(button('Try again'));
    await expect.element(button('Manage Desk')).toBeVisible();
    uninstall();
    await client.close();
  });

  it('goes on as an account of the wallet, which is asked twice, and says so before', async () => {
    const { ada: pair } = await makePairs();
    const signRaw = vi.fn(signAs([pair]));
    install([pair], { signRaw });
    const element = show(ada.client);
    await userEvent.click(button(/^Continue with a wallet/));
    await expectFocus(heading('Continue with a wallet'));
    await expectAccessible(element);
    await userEvent.click(button('Choose the account'));
    await expect.element(page.getByText('Wallet account')).toBeVisible();
    expect(signRaw).toHaveBeenCalledTimes(2);
    expect(ada.client.status.value.me?.kind).toBe('wallet');
    uninstall();
  });

  it('says what is lost before it signs out, and where a list that split is settled', async () => {
    const repair = vi.fn(async () => undefined);
    const element = show(identityShown(ada.client, { forked: true }, { repair }));
    await userEvent.click(button(/^Settle it/));
    await expectFocus(button('Cancel'));
    await expectAccessible(element);
    await userEvent.click(button('This list is right'));
    await expect.poll(() => repair.mock.calls.length).toBe(1);

    await userEvent.click(button('Erase everything on this device'));
    await expect.element(page.getByText(/never backed up/)).toBeVisible();
    await expectAccessible(element);
  });

  it('shows its Coming ID as a code', async () => {
    const element = show(ada.client);
    await userEvent.click(button('Show my code'));
    await expect.element(page.getByRole('img', { name: 'Your Coming ID' })).toBeVisible();
    await expectFocus(heading('Your Coming ID'));
    await expectAccessible(element);
    await userEvent.click(button('Close'));
    await expectFocus(button('Show my code'));
  });
});

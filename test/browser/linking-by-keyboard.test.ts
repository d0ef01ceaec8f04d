import { expect, it, onTestFinished, vi } from 'vitest';
import { page, userEvent, type Locator } from 'vitest/browser';
import '../../components/identity/define.js';
import type { ComingIdentity } from '../../components/identity/identity.js';
import type { ComingClient } from '../../core/client.js';
import { createLoopback, guest, until, visitor } from '../../stories/support/people.js';
import { expectFocus, focused, html, mount } from './support.js';

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
const heading = (name: string | RegExp) => page.getByRole('heading', { name });

const show = (client: ComingClient) =>
  mount<ComingIdentity>(html`<coming-identity .client=${client}></coming-identity>`);

/** Tabs until something has the focus, as somebody without a pointer has to. */
async function tabTo(wanted: Locator): Promise<void> {
  await expect.element(wanted).toBeVisible();
  for (let steps = 0; steps < 60; steps += 1) {
    await userEvent.keyboard('{Tab}');
    if (focused() === wanted.query()) return;
  }
  throw new Error('no way leads there by keyboard');
}

async function press(wanted: Locator, key = '{Enter}'): Promise<void> {
  await tabTo(wanted);
  await userEvent.keyboard(key);
}

/** The text that a button copies. */
async function copied(): Promise<string> {
  const write = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
  await press(button('Copy the text').last());
  await expect.poll(() => write.mock.calls.length).toBe(1);
  const [[text]] = write.mock.calls as [[string]];
  write.mockRestore();
  return text;
}

/** Types a text into the field that it goes to, and says that it is all. */
async function give(text: string): Promise<void> {
  await tabTo(page.getByRole('textbox', { name: 'Or paste the text that it shows' }));
  await userEvent.keyboard(text);
  await press(button('Use this text'));
}

it('two devices are linked with the keyboard alone: offer, comparison, choice of access, answer', async () => {
  const relay = createLoopback();
  const old = await guest(relay);
  const client = visitor(relay);
  onTestFinished(async () => {
    await Promise.all([old.client.close(), client.close()]);
  });
  show(client);
  await press(button('I have an identity'));
  await expectFocus(heading('I have an identity'));
  await press(button(/Link this device/), ' ');
  await expectFocus(heading('Link this device'));
  const offer = await copied();
  const code = page.getByText(/^(\d{4} ){2}\d{4}$/);
  const shown = code.element().textContent;

  show(old.client);
  await press(button(/Link another device/));
  await expectFocus(heading('Link another device'));
  await give(offer);
  await expectFocus(heading(/yours\?$/));
  await expect.poll(() => code.elements().map((one) => one.textContent)).toEqual([shown, shown]);
  // A group of choices is one stop; arrows choose.
  await tabTo(page.getByRole('radio', { name: /started on/ }));
  await userEvent.keyboard('{ArrowDown}');
  await expectFocus(page.getByRole('radio', { name: 'Everything' }));
  expect((focused() as HTMLInputElement).checked).toBe(true);
  await press(button(/The codes are the same/));
  await expectFocus(heading('Almost there'));
  const answer = await copied();
  await press(button('Done'));
  await expectFocus(button(/Link another device/));

  await press(button('I have the answer'));
  await expectFocus(heading(/answer/i));
  await give(answer);
  const { me } = await until(client.status, (status) => status.me !== undefined);
  expect(me).toMatchObject({ comingId: old.id, access: 'full', deviceId: 2 });
}, 180_000);

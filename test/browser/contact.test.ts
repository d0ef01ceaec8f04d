import encodeQR from 'qr';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import '../../components/contact/define.js';
import type { ComingContact } from '../../components/contact/contact.js';
import type { Contact } from '../../core/client.js';
import {
  createLoopback,
  guest,
  talk,
  until,
  type LoopbackRelay,
  type Person,
} from '../../stories/support/people.js';
import { contactShown } from '../../stories/support/pretending-people.js';
import { expectAccessible, expectFocus, html, mount } from './support.js';

let relay: LoopbackRelay;
let ada: Person;
let grace: Person;

beforeEach(async () => {
  relay = createLoopback();
  ada = await guest(relay);
  grace = await guest(relay);
  await talk(ada, grace, [{ from: 'me', text: 'Hello' }]);
});

let timer: ReturnType<typeof setInterval> | undefined;

afterEach(() => {
  clearInterval(timer);
  vi.restoreAllMocks();
});

const show = (person: Person, peer: string, label = 'Grace') =>
  mount<ComingContact>(
    html`<coming-contact .client=${person.client} peer=${peer} label=${label}></coming-contact>`,
  );

const button = (name: string | RegExp) => page.getByRole('button', { name });
const heading = (name: string | RegExp) => page.getByRole('heading', { name });

/** What the other one knows of the first. */
async function known(person: Person, peer: Person): Promise<Contact> {
  const contact = await person.client.openContact(peer.id);
  await until(contact.snapshot, ({ safetyNumber }) => safetyNumber !== undefined);
  return contact;
}

/** What the camera sees from now on: a screen with this code, or nothing. */
function showToCamera(text: string) {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 480;
  const context = canvas.getContext('2d')!;
  const modules = text ? encodeQR(text, 'raw', { border: 4 }) : [];
  const size = Math.floor(480 / Math.max(modules.length, 1));
  const draw = () => {
    context.fillStyle = '#fff';
    context.fillRect(0, 0, 480, 480);
    context.fillStyle = '#000';
    modules.forEach((row, y) =>
      row.forEach((isDark, x) => isDark && context.fillRect(x * size, y * size, size, size)),
    );
  };
  // A canvas gives a picture only when it is drawn on.
  timer = setInterval(draw, 50);
  const streams: MediaStream[] = [];
  const asked = vi.spyOn(navigator.mediaDevices, 'getUserMedia').mockImplementation(async () => {
    streams.push(canvas.captureStream(10));
    return streams.at(-1)!;
  });
  return { asked, tracks: () => streams.flatMap((stream) => stream.getTracks()) };
}

describe('<coming-contact>', () => {
  it('shows who it is, how sure that is, and their devices', async () => {
    const element = show(ada, grace.id);
    await expect.element(heading('Grace')).toBeVisible();
    await expect.element(page.getByText('Not verified')).toBeVisible();
    await expect.element(page.getByText(/Reads all conversations/)).toBeVisible();
    await expectAccessible(element);
  });

  it('shows the safety number that the other one sees, in twelve groups of five', async () => {
    const theirs = await known(grace, ada);
    const element = show(ada, grace.id);
    await userEvent.click(button('Compare safety number'));
    await expectFocus(heading('Safety number'));
    const number = page.getByRole('group', { name: 'Safety number' });
    await expect.element(number).toBeVisible();
    const groups = number.element().textContent!.trim().split(/\s+/);
    expect(groups).toHaveLength(12);
    expect(groups.join('')).toBe(theirs.snapshot.value.safetyNumber);
    await expect.element(page.getByRole('img', { name: /code for them/ })).toBeVisible();
    await expectAccessible(element);
    theirs.close();
  });

  it('counts as compared when the visitor says that the numbers are the same', async () => {
    const contact = await known(ada, grace);
    show(ada, grace.id);
    await userEvent.click(button('Compare safety number'));
    const same = button('They are the same');
    await expect.element(same).toHaveAttribute('aria-disabled', 'false');
    await userEvent.click(same);
    await expect.element(page.getByText('Compared', { exact: true })).toBeVisible();
    expect(contact.snapshot.value.status).toBe('compared');

    await userEvent.click(button('Show safety number'));
    await userEvent.click(button(/Take back/));
    await expect.element(page.getByText('Not verified')).toBeVisible();
    contact.close();
  });

  it('ignores a click that no person made', async () => {
    const contact = await known(ada, grace);
    const compare = vi.fn();
    contact.snapshot.subscribe(({ status }) => compare(status));
    show(ada, grace.id);
    await userEvent.click(button('Compare safety number'));
    await expect.element(button('They are the same')).toHaveAttribute('aria-disabled', 'false');
    (button('They are the same').element() as HTMLElement).click();
    await userEvent.click(button('Back'));
    await expect.element(page.getByText('Not verified')).toBeVisible();
    (button('Block').element() as HTMLElement).click();
    await expect.element(button('Unblock')).not.toBeInTheDocument();
    expect(compare.mock.calls.flat()).not.toContain('compared');
    contact.close();
  });

  it('takes the text of their code as well as the camera, and says when it is of somebody else', async () => {
    const theirs = await known(grace, ada);
    const stranger = await guest(relay);
    await talk(ada, stranger);
    const other = await known(stranger, ada);
    const element = show(ada, grace.id);
    await userEvent.click(button('Compare safety number'));
    await userEvent.click(button('Scan their code'));
    await expectFocus(heading(/Scan Grace/));
    await expectAccessible(element);
    const field = page.getByRole('textbox', { name: /paste the text/ });
    const paste = async (text: string) => {
      await userEvent.fill(field, text);
      await userEvent.click(button('Use this text'));
    };
    await paste('https://example.com/');
    await expect.element(page.getByText(/This is not a safety code/)).toBeVisible();
    await paste(other.snapshot.value.qr!);
    await expect.element(page.getByText(/This code is of other accounts/)).toBeVisible();
    await expectAccessible(element);
    await paste(theirs.snapshot.value.qr!);
    await expect.element(page.getByText('Compared', { exact: true })).toBeVisible();
    theirs.close();
    other.close();
  });

  it('reads their code with the camera, only when asked, and switches it off again', async () => {
    const theirs = await known(grace, ada);
    const camera = showToCamera(theirs.snapshot.value.qr!);
    show(ada, grace.id);
    await userEvent.click(button('Compare safety number'));
    await userEvent.click(button('Scan their code'));
    await expectFocus(heading(/Scan Grace/));
    expect(camera.asked).not.toHaveBeenCalled();
    await userEvent.click(button('Scan with the camera'));
    await expect.element(page.getByText('Compared', { exact: true })).toBeVisible();
    expect(camera.tracks().map(({ readyState }) => readyState)).toEqual(['ended']);
    theirs.close();
  });

  it('says where to allow the camera, and switches it off when the visitor goes back', async () => {
    const camera = showToCamera('');
    const element = show(ada, grace.id);
    await userEvent.click(button('Compare safety number'));
    await userEvent.click(button('Scan their code'));
    camera.asked.mockRejectedValueOnce(new DOMException('', 'NotAllowedError'));
    await userEvent.click(button('Scan with the camera'));
    await expect.element(page.getByText(/camera can’t be used/)).toBeVisible();
    await userEvent.click(button('Scan with the camera'));
    await expect.element(button('Switch the camera off')).toBeVisible();
    await expectAccessible(element);
    await userEvent.click(button('Back'));
    await expect.poll(() => camera.tracks().map(({ readyState }) => readyState)).toEqual(['ended']);
  });

  it('says what to do when the numbers differ', async () => {
    const element = show(ada, grace.id);
    await userEvent.click(button('Compare safety number'));
    await userEvent.click(button('They differ'));
    await expectFocus(heading(/somebody may be between you/));
    await expectAccessible(element);
    await userEvent.click(button('Block'));
    await expect.element(page.getByText(/Grace is blocked/)).toBeVisible();
    await userEvent.click(button('Unblock'));
    await expect.element(page.getByText(/Grace is blocked/)).not.toBeInTheDocument();
  });

  it('gives a name that only this device knows', async () => {
    const element = show(ada, grace.id);
    await userEvent.click(button('Rename'));
    const field = page.getByRole('textbox', { name: 'Name' });
    await expectFocus(field);
    await expectAccessible(element);
    await userEvent.fill(field, 'Admiral');
    await userEvent.keyboard('{Enter}');
    await expectFocus(heading('Admiral'));
  });

  it('asks a site only for what is the address of one', async () => {
    show(ada, grace.id);
    await userEvent.click(page.getByText('Website', { exact: true }));
    const field = page.getByRole('textbox', { name: 'Address of their website' });
    await userEvent.fill(field, 'not a site');
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByText(/not the address of a website/)).toBeVisible();
  });

  it('tells once that new devices were shown, and marks them as long as they are', async () => {
    const contact = await known(ada, grace);
    const noticed = vi.fn(() => contact.refresh());
    const client = contactShown(ada.client, { newDevices: [1] }, { noticed });
    const element = mount<ComingContact>(
      html`<coming-contact .client=${client} peer=${grace.id} label="Grace"></coming-contact>`,
    );
    await expect.element(page.getByText('New', { exact: true })).toBeVisible();
    await userEvent.click(button('Look again'));
    await expectAccessible(element);
    expect(noticed).toHaveBeenCalledTimes(1);
    contact.close();
  });

  it('says why somebody cannot be shown', async () => {
    const element = show(ada, ada.id);
    await expect.element(page.getByRole('heading', { name: /can’t be shown/ })).toBeVisible();
    await expect.element(page.getByText(/your own Coming ID/)).toBeVisible();
    await expectAccessible(element);
  });
});

import { describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { ComingChat } from '../../components/chat/chat.js';
import '../../components/chat/define.js';
import '../../components/identity/define.js';
import { smallPicture } from '../../components/identity/small-picture.js';
import { createLoopback, guest, say, talk, until, type Line } from '../../stories/support/people.js';
import { paintedPicture } from '../../stories/support/painted-picture.js';
import { expectAccessible, expectFocus, html, mount } from './support.js';

const field = () => page.getByRole('textbox', { name: 'Message Ada' });
const item = (text: string) => page.getByRole('listitem').filter({ hasText: text });

async function chat(said: readonly Line[] = [], dir = 'ltr') {
  const relay = createLoopback();
  const [me, ada] = await Promise.all([guest(relay), guest(relay)]);
  const talking = await talk(me, ada, said);
  const element = mount<ComingChat>(
    html`<coming-chat .client=${me.client} peer=${ada.id} label="Ada" dir=${dir}></coming-chat>`,
  );
  await expect.element(field()).toBeEnabled();
  return { relay, me, ada, talking, element };
}

/** Opens the menu of the message with this text, by keyboard. */
async function menuOf(text: string): Promise<void> {
  const button = item(text).getByRole('button', { name: 'Message actions' });
  (button.element() as HTMLElement).focus();
  await userEvent.keyboard('{Enter}');
  await expect.element(page.getByRole('menu')).toBeVisible();
}

describe('<coming-chat>, about messages', () => {
  it('answers a message, and shows at both ends what it answers, with a way to it', async () => {
    const { element, talking } = await chat([{ from: 'them', text: 'Nine or ten?' }]);
    await menuOf('Nine or ten?');
    await expectAccessible(element);
    await userEvent.click(page.getByRole('menuitem', { name: 'Reply' }));
    await expect.element(page.getByText('Answer to Ada')).toBeVisible();
    await expectFocus(field());
    await expectAccessible(element);
    await userEvent.keyboard('Ten{Enter}');
    await expect.element(page.getByText('Answer to Ada')).not.toBeInTheDocument();
    const { messages } = await until(talking.theirs.snapshot, (value) => value.messages.length === 2);
    expect(messages[1]!.reply).toMatchObject({ mine: true, text: 'Nine or ten?' });
    const quote = item('Ten').getByRole('button', { name: /Answers Ada/ });
    await expect.element(quote).toBeVisible();
    await expectAccessible(element);
    await userEvent.click(quote);
    await expectFocus(item('Nine or ten?').getByRole('button', { name: 'Message actions' }).first());
  });

  it('reacts from the menu, with the arrow keys too, and takes it back from the chip', async () => {
    const { element, talking } = await chat([{ from: 'them', text: 'Done!' }]);
    await menuOf('Done!');
    await expectFocus(page.getByRole('menuitemradio', { name: 'React with 👍' }));
    await userEvent.keyboard('{ArrowRight}{Enter}');
    await until(talking.theirs.snapshot, ({ messages }) => messages[0]!.reactions?.[0]?.emoji === '❤️');
    const chip = page.getByRole('button', { name: /You reacted with ❤️/ });
    await expect.element(chip).toBeVisible();
    await expectAccessible(element);
    await userEvent.click(chip);
    await until(talking.theirs.snapshot, ({ messages }) => messages[0]!.reactions?.length === 0);
    await expect.element(chip).not.toBeInTheDocument();
    await menuOf('Done!');
    await userEvent.click(page.getByRole('menuitem', { name: 'More reactions' }));
    await userEvent.click(page.getByRole('menuitemradio', { name: 'React with 🚀' }));
    await until(talking.theirs.snapshot, ({ messages }) => messages[0]!.reactions?.[0]?.emoji === '🚀');
  });

  it('words an own message anew, marked as edited, and gives the draft back', async () => {
    const { element, talking } = await chat([{ from: 'me', text: 'Helo' }]);
    await userEvent.fill(field(), 'a draft');
    await menuOf('Helo');
    await userEvent.click(page.getByRole('menuitem', { name: 'Edit' }));
    await expect.element(field()).toHaveValue('Helo');
    await userEvent.fill(field(), 'Hello');
    await userEvent.keyboard('{Enter}');
    await until(talking.theirs.snapshot, ({ messages }) => messages[0]!.text === 'Hello');
    await expect.element(item('Hello').getByText('edited')).toBeVisible();
    await expect.element(field()).toHaveValue('a draft');
    await expectAccessible(element);
    await menuOf('Hello');
    await userEvent.click(page.getByRole('menuitem', { name: 'Edit' }));
    await userEvent.keyboard('{Escape}');
    await expect.element(field()).toHaveValue('a draft');
  });

  it('deletes for both, which leaves a mark, and here alone, which leaves none', async () => {
    const { element, talking } = await chat([
      { from: 'me', text: 'Oops' },
      { from: 'them', text: 'Spam' },
    ]);
    await menuOf('Oops');
    await userEvent.click(page.getByRole('menuitem', { name: 'Delete…' }));
    await expectFocus(page.getByRole('menuitem', { name: 'Delete for both' }));
    await userEvent.keyboard('{Enter}');
    await until(talking.theirs.snapshot, ({ messages }) => messages[0]!.deleted === true);
    await expect.element(item('Deleted message')).toBeVisible();
    await menuOf('Spam');
    await expect.element(page.getByRole('menuitem', { name: 'Edit' })).not.toBeInTheDocument();
    await userEvent.click(page.getByRole('menuitem', { name: 'Delete…' }));
    await expect.element(page.getByRole('menuitem', { name: 'Delete for both' })).not.toBeInTheDocument();
    await userEvent.click(page.getByRole('menuitem', { name: 'Delete on this device' }));
    await expect.element(item('Spam')).not.toBeInTheDocument();
    expect(talking.theirs.snapshot.value.messages).toHaveLength(2);
    await expectAccessible(element);
  });

  it('opens the menu with the other mouse button, and leaves links their own', async () => {
    await chat([{ from: 'them', text: 'See https://a.example/x' }], 'rtl');
    const link = page.getByRole('link').element();
    const onLink = new MouseEvent('contextmenu', { bubbles: true, cancelable: true, composed: true });
    link.dispatchEvent(onLink);
    expect(onLink.defaultPrevented).toBe(false);
    await userEvent.click(item('See').getByText('See'), { button: 'right' });
    await expect.element(page.getByRole('menu')).toBeVisible();
    await userEvent.keyboard('{Escape}');
    await expect.element(page.getByRole('menu')).not.toBeInTheDocument();
  });

  it('shows that the other is writing, and tells them too', async () => {
    const { element, talking } = await chat([
      { from: 'me', text: 'Hi' },
      { from: 'them', text: 'Hi' },
    ]);
    await talking.theirs.setTyping(true);
    await expect.element(page.getByText('writing…')).toBeVisible();
    await expectAccessible(element);
    await userEvent.type(field(), 'H');
    await until(talking.theirs.snapshot, ({ typing }) => typing === true);
  });
});

describe('<coming-chat>, about a conversation', () => {
  it('sets after how long messages disappear, and says so in the thread', async () => {
    const { element, talking } = await chat([{ from: 'them', text: 'Hi' }]);
    await userEvent.click(page.getByRole('button', { name: 'Settings of this conversation' }));
    const timer = page.getByRole('combobox', { name: 'Messages disappear' });
    await expect.element(timer).toBeVisible();
    await expectAccessible(element);
    await userEvent.selectOptions(timer, '1 day');
    await until(talking.theirs.snapshot, (value) => value.timer === 86_400);
    await userEvent.click(page.getByRole('checkbox', { name: 'Mute' }));
    await until(talking.mine.snapshot, ({ settings }) => settings?.muted === true);
    await userEvent.click(page.getByRole('button', { name: 'Close' }));
    await expect
      .element(page.getByText('You changed this: Messages now disappear after 1 day.'))
      .toBeVisible();
    await talking.theirs.setTimer(0);
    await expect.element(page.getByText('Ada changed this: Messages no longer disappear.')).toBeVisible();
    await expectAccessible(element);
  });

  it('is deleted after a question, back to the list', async () => {
    const relay = createLoopback();
    const [me, ada] = await Promise.all([guest(relay), guest(relay)]);
    const talking = await talk(me, ada, [{ from: 'them', text: 'Hi' }]);
    await talking.mine.setPetname('Ada');
    mount(html`<coming-chat .client=${me.client}></coming-chat>`);
    await userEvent.click(page.getByRole('button', { name: /Ada/ }));
    await userEvent.click(page.getByRole('button', { name: 'Settings of this conversation' }));
    await userEvent.click(page.getByRole('button', { name: 'Delete this conversation' }));
    await userEvent.click(page.getByRole('button', { name: 'Delete', exact: true }));
    await expect.element(page.getByText('No conversations yet')).toBeVisible();
  });

  it('keeps a draft over a reload, with what it answers, and shows it in the list', async () => {
    const { element, me, talking } = await chat([{ from: 'them', text: 'Nine or ten?' }]);
    await menuOf('Nine or ten?');
    await userEvent.click(page.getByRole('menuitem', { name: 'Reply' }));
    await userEvent.keyboard('Let me th');
    await until(talking.mine.snapshot, ({ draft }) => draft?.text === 'Let me th');
    element.remove();
    const list = mount(html`<coming-chat .client=${me.client}></coming-chat>`);
    await expect.element(page.getByText('Draft: Let me th')).toBeVisible();
    await expectAccessible(list);
    await userEvent.click(page.getByRole('button', { name: /Draft: Let me th/ }));
    await expect.element(page.getByRole('textbox', { name: /^Message/ })).toHaveValue('Let me th');
    await expect.element(page.getByText(/^Answer to/)).toBeVisible();
  });

  it('asks about a stranger, whose words cannot be followed, and lets them in', async () => {
    const relay = createLoopback();
    const [me, ada] = await Promise.all([guest(relay), guest(relay)]);
    await ada.client.setProfile({ name: 'Ada ✅', picture: await paintedPicture() });
    const theirs = await ada.client.openConversation(me.id);
    await theirs.send('Hello https://a.example');
    await until(me.client.conversations, ([first]) => first?.profile !== undefined);
    const element = mount(html`<coming-chat .client=${me.client}></coming-chat>`);
    await userEvent.click(page.getByRole('button', { name: /~Ada \(their own word\).*Request/ }));
    await expect.element(page.getByText('~Ada wants to write to you')).toBeVisible();
    await expect.element(page.getByText('Hello https://a.example').first()).toBeVisible();
    await expect.element(page.getByRole('link')).not.toBeInTheDocument();
    const shown = element.shadowRoot!.querySelector('coming-chat-conversation')!.shadowRoot!;
    expect(shown.querySelector('coming-portrait')).toBeNull();
    await expectAccessible(element);
    expect(theirs.snapshot.value.messages[0]!.state).toBe('sent');
    await userEvent.click(page.getByRole('button', { name: 'Accept' }));
    await expect.element(page.getByText('~Ada wants to write to you')).not.toBeInTheDocument();
    await expect.element(page.getByRole('link')).toBeVisible();
    await until(theirs.snapshot, ({ messages }) => messages[0]!.state === 'read');
  });

  it('blocks a stranger, or deletes what they wrote', async () => {
    const relay = createLoopback();
    const [me, ada, bo] = await Promise.all([guest(relay), guest(relay), guest(relay)]);
    for (const { client } of [ada, bo]) await (await client.openConversation(me.id)).send('Buy this');
    await until(me.client.conversations, (list) => list.length === 2);
    mount(html`<coming-chat .client=${me.client}></coming-chat>`);
    await userEvent.click(page.getByRole('button', { name: /Request/ }).first());
    await userEvent.click(page.getByRole('button', { name: 'Block' }));
    await expect.element(page.getByText(/You blocked this person/)).toBeVisible();
    await userEvent.click(page.getByRole('button', { name: 'Back to conversations' }));
    await userEvent.click(page.getByRole('button', { name: /Request/ }).last());
    await userEvent.click(page.getByRole('button', { name: 'Delete', exact: true }));
    await until(me.client.conversations, (list) => list.length === 1);
    await expect.element(page.getByRole('button', { name: /Request/ })).toBeVisible();
  });

  it('is a note to self with one’s own Coming ID', async () => {
    const me = await guest(createLoopback());
    const element = mount(html`<coming-chat .client=${me.client} peer=${me.id}></coming-chat>`);
    const own = page.getByRole('textbox', { name: 'Message Note to self' });
    await userEvent.fill(own, 'Buy milk');
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByRole('img', { name: 'Sent' })).toBeVisible();
    await expectAccessible(element);
  });

  it('shows a name that somebody gave to themselves as such, and a picture only with their own badge', async () => {
    const { element, ada, talking } = await chat([{ from: 'me', text: 'Hi' }]);
    element.label = '';
    await ada.client.setProfile({ name: 'Ada', picture: await paintedPicture() });
    await say(talking, 'them', 'Hello');
    const heading = page.getByRole('heading', { name: '~Ada (their own word)' });
    await expect.element(heading).toBeVisible();
    const portrait = () =>
      element
        .shadowRoot!.querySelector('coming-chat-conversation')!
        .shadowRoot!.querySelector('coming-portrait')!;
    await vi.waitFor(() => expect(portrait().shadowRoot!.querySelector('img')!.naturalWidth).toBe(96));
    expect(portrait().shadowRoot!.querySelector('.identicon')).not.toBeNull();
    await expectAccessible(element);
    await talking.mine.setPetname('Countess');
    await expect.element(page.getByRole('heading', { name: 'Countess' })).toBeVisible();
  });
});

describe('<coming-identity>', () => {
  it('sets one’s name and picture, which goes out without what the file said', async () => {
    const relay = createLoopback();
    const me = await guest(relay);
    const element = mount(html`<coming-identity .client=${me.client}></coming-identity>`);
    await userEvent.click(page.getByRole('button', { name: /Name and picture/ }));
    const name = page.getByRole('textbox', { name: 'Name' });
    await expectFocus(name);
    await expectAccessible(element);
    const secret = 'GPS 48.2082 16.3738';
    const file = new File([(await paintedPicture()) as Uint8Array<ArrayBuffer>, secret], 'me.webp', {
      type: 'image/webp',
    });
    await userEvent.upload(page.getByLabelText('Choose a picture'), file);
    await until(me.client.profile, ({ picture }) => picture !== undefined);
    const bytes = (await me.client.pictureOf(me.id))!;
    expect(new TextDecoder('latin1').decode(bytes)).not.toContain(secret);
    await userEvent.fill(name, 'Ada ✓');
    await userEvent.keyboard('{Enter}');
    await until(me.client.profile, (profile) => profile.name === 'Ada');
    await expect.element(page.getByText('Ada', { exact: true })).toBeVisible();
    await expectAccessible(element);
  });

  it('makes any picture small, and refuses what is none', async () => {
    const canvas = new OffscreenCanvas(1500, 900);
    const context = canvas.getContext('2d')!;
    for (let n = 0; n < 4000; n += 1) {
      context.fillStyle = `hsl(${(n * 137) % 360} 80% ${(n * 31) % 100}%)`;
      context.fillRect((n * 7919) % 1500, (n * 104_729) % 900, 40, 40);
    }
    const bytes = await smallPicture(await canvas.convertToBlob({ type: 'image/png' }));
    expect(bytes.length).toBeLessThanOrEqual(32 * 1024);
    const shown = await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>]));
    expect([shown.width, shown.height]).toEqual([192, 192]);
    await expect(smallPicture(new Blob(['<svg xmlns="http://www.w3.org/2000/svg"/>']))).rejects.toThrow();
  });
});

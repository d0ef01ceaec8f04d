import { describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { ComingChat } from '../../components/chat/chat.js';
import '../../components/chat/define.js';
import type { ComingClient, SearchPage } from '../../core/client.js';
import { ComingError } from '../../core/errors.js';
import { crowd, nobody, write } from '../../stories/support/crowds.js';
import { createLoopback, guest, say, talk, until } from '../../stories/support/people.js';
import { pretending } from '../../stories/support/pretending.js';
import { expectAccessible, expectFocus, html, mount } from './support.js';

const search = () => page.getByRole('combobox', { name: 'Search' });
const options = () => page.getByRole('option');
const item = (text: string) => page.getByRole('listitem').filter({ hasText: text });
const region = () => page.getByRole('region', { name: 'Messages with Ada' });
const scroller = () => region().element() as HTMLElement;
const field = () => page.getByRole('textbox', { name: 'Message Ada' });
const newest = () => page.getByRole('button', { name: 'Go to the newest message' });

async function inbox(client: ComingClient): Promise<ComingChat> {
  const element = mount<ComingChat>(html`<coming-chat .client=${client}></coming-chat>`);
  await expect.element(search()).toBeVisible();
  return element;
}

/** Me, Ada and Grace, who said something about tea, Ada long ago. */
async function friends(later = 0) {
  const relay = createLoopback();
  const [me, ada, grace] = await Promise.all([guest(relay), guest(relay), guest(relay)]);
  const withAda = await talk(me, ada, [
    { from: 'them', text: 'Do you like tea?' },
    { from: 'me', text: 'Green TEA, yes' },
  ]);
  await withAda.mine.setPetname('Ada');
  await write(withAda.mine, lines(later));
  const withGrace = await talk(me, grace, [{ from: 'them', text: 'I would rather have coffee' }]);
  await withGrace.mine.setPetname('Grace Teasdale');
  return { me, ada, grace, withAda, withGrace };
}
const lines = (count: number) => Array.from({ length: count }, (_, at) => `Line ${at + 1}`);

/** Waits until a person would see it, inside of what scrolls. */
const expectSeen = (text: string) =>
  expect
    .poll(() => {
      const { top, bottom } = item(text).first().element().getBoundingClientRect();
      const around = scroller().getBoundingClientRect();
      return top >= around.top && bottom <= around.bottom;
    })
    .toBe(true);

describe('<coming-chat>, finding something', () => {
  it('finds people and messages, says how many, and marks what was looked for', async () => {
    const { me } = await friends();
    const element = await inbox(me.client);
    await expectAccessible(element);
    await userEvent.fill(search(), 'tea');
    await expect.element(page.getByText('Found: 1 person, 2 messages')).toBeInTheDocument();
    await expect
      .element(page.getByRole('group', { name: 'People' }).getByRole('option'))
      .toHaveTextContent('Grace Teasdale');
    const messages = page.getByRole('group', { name: 'Messages' }).getByRole('option');
    await expect.element(messages.nth(0)).toHaveTextContent(/Ada.*You: Green TEA, yes/s);
    await expect.element(messages.nth(1)).toHaveTextContent(/Ada.*Do you like tea\?/s);
    const marks = page
      .getByRole('mark')
      .elements()
      .map((mark) => mark.textContent);
    expect(marks).toEqual(['Tea', 'TEA', 'tea']);
    await expect.element(page.getByRole('list', { name: 'Conversations' })).not.toBeInTheDocument();
    await expectAccessible(element);
  });

  it('goes through what was found with the arrows, opens it with Enter, and comes back to it', async () => {
    const { me } = await friends();
    await inbox(me.client);
    await userEvent.fill(search(), 'tea');
    await expect.element(options().nth(2)).toBeVisible();
    await userEvent.keyboard('{ArrowUp}');
    await expect.element(options().nth(2)).toHaveAttribute('aria-selected', 'true');
    await userEvent.keyboard('{ArrowDown}{ArrowDown}');
    await expect.element(options().nth(1)).toHaveAttribute('aria-selected', 'true');
    expect(search().element().getAttribute('aria-activedescendant')).toBe(options().nth(1).element().id);
    await expectFocus(search());
    await userEvent.keyboard('{Enter}');
    await expectFocus(item('Green TEA').getByRole('button', { name: 'Message actions' }));

    await userEvent.click(page.getByRole('button', { name: 'Back to conversations' }));
    await expectFocus(search());
    await expect.element(search()).toHaveValue('tea');
    await expect.element(options().nth(1)).toHaveAttribute('aria-selected', 'true');
    await userEvent.keyboard('{Escape}');
    await expect.element(search()).toHaveValue('');
    await expect.element(page.getByRole('list', { name: 'Conversations' })).toBeVisible();
    await expectFocus(search());
  });

  it('opens a person where one left off', async () => {
    const { me } = await friends();
    await inbox(me.client);
    await userEvent.fill(search(), 'grace');
    await userEvent.click(options().first());
    await expectFocus(page.getByRole('textbox', { name: 'Message Grace Teasdale' }));
  });

  it('finds somebody by a part of their Coming ID, and begins with somebody new by all of it', async () => {
    const { me, ada } = await friends();
    await inbox(me.client);
    await userEvent.fill(search(), ada.id.slice(-6));
    await expect.element(options()).toHaveTextContent('Ada');
    const other = nobody();
    await userEvent.fill(search(), other);
    await userEvent.click(options().filter({ hasText: /^\s*Write to/ }));
    await expect.element(page.getByText(/Say hello to/)).toBeVisible();
  });

  it('says when there is nothing, and that only this device was searched', async () => {
    const { me } = await friends();
    const element = await inbox(me.client);
    await userEvent.fill(search(), 'cocoa');
    await expect.element(page.getByRole('heading', { name: 'Nothing found for “cocoa”' })).toBeVisible();
    await expect.element(search()).toHaveAttribute('aria-expanded', 'false');
    await expectAccessible(element);
    await userEvent.click(page.getByRole('button', { name: 'Clear search' }));
    await expectFocus(search());
    await expect.element(page.getByRole('list', { name: 'Conversations' })).toBeVisible();
  });

  it('says that it is searching, why it failed, and tries again when asked', async () => {
    const { me } = await friends();
    const fails = vi
      .fn<ComingClient['search']>()
      .mockRejectedValueOnce(new ComingError('not-loaded', ''))
      .mockReturnValueOnce(new Promise(() => undefined))
      .mockImplementation((query, given) => me.client.search(query, given));
    const element = await inbox({ ...pretending(me.client, {}), search: fails });
    await userEvent.fill(search(), 'coffee');
    await expect.element(page.getByText(/A part of this page could not be loaded/)).toBeVisible();
    await expectAccessible(element);
    await userEvent.click(page.getByRole('button', { name: 'Try again' }));
    await expectFocus(search());
    await expect.element(page.getByText('Searching…')).toBeInTheDocument();
    await expectAccessible(element);
    await userEvent.fill(search(), 'coffe');
    await expect.element(options()).toHaveTextContent('I would rather have coffee');
  });

  it('shows nothing of a search that was overtaken by another', async () => {
    const { me } = await friends();
    let answer: ((page: SearchPage) => void) | undefined;
    const late = await me.client.search('tea');
    const slow: ComingClient['search'] = (query, given) =>
      query === 'tea' ? new Promise((resolve) => (answer = resolve)) : me.client.search(query, given);
    await inbox({ ...pretending(me.client, {}), search: slow });
    await userEvent.fill(search(), 'tea');
    await expect.poll(() => answer).toBeDefined();
    await userEvent.fill(search(), 'coffee');
    await expect.element(options()).toHaveTextContent('I would rather have coffee');
    answer!(late);
    await expect.element(options()).toHaveTextContent('I would rather have coffee');
  });

  it('finds more when the end of what was found is reached', async () => {
    const { me } = await friends(70);
    await inbox(me.client);
    await userEvent.fill(search(), 'line');
    await expect.poll(() => options().length).toBe(20);
    await userEvent.keyboard('{ArrowUp}{ArrowDown}');
    await expect.poll(() => options().length).toBe(40);
    await expect.element(options().nth(19)).toHaveAttribute('aria-selected', 'true');
    const list = page.getByRole('listbox').element();
    list.scrollTop = list.scrollHeight;
    await expect.poll(() => options().length).toBe(60);
  });

  it('goes on after it was moved, and after it was removed and put back', async () => {
    const { me } = await friends();
    const element = await inbox(me.client);
    await userEvent.fill(search(), 'tea');
    await expect.poll(() => options().length).toBe(3);
    const stage = element.parentElement!;
    const elsewhere = document.createElement('div');
    stage.append(elsewhere);
    elsewhere.append(element);
    await expect.poll(() => options().length).toBe(3);
    element.remove();
    stage.append(element);
    await userEvent.fill(search(), 'coffee');
    await expect.element(options()).toHaveTextContent('coffee');
    await userEvent.fill(search(), '');
    await expect.element(page.getByRole('list', { name: 'Conversations' })).toBeVisible();
  });
});

// Long conversations take their time on a busy machine.
describe('<coming-chat>, at a message that is far from the end', { timeout: 60_000 }, () => {
  /** The first thing that Ada said, found; what came after it is many pages long. */
  async function far(later = 70) {
    const scene = await friends(later);
    const element = await inbox(scene.me.client);
    await userEvent.fill(search(), 'do you like tea');
    await userEvent.click(options().first());
    await expectFocus(item('Do you like tea?').getByRole('button', { name: 'Message actions' }));
    return { ...scene, element };
  }
  const mine = (scene: Awaited<ReturnType<typeof far>>) => scene.withAda.mine.snapshot;

  it('shows it, marked for a moment, and leads back to the newest', async () => {
    const { element } = await far();
    await expectSeen('Do you like tea?');
    const marked = item('Do you like tea?').element();
    expect(marked.getAnimations().map(({ effect }) => effect?.getTiming().duration)).toEqual([2400]);
    expect(page.getByText('Line 70').query()).toBeNull();
    await expect.element(newest()).toBeVisible();
    await expectAccessible(element);
    await userEvent.click(newest());
    await expectSeen('Line 70');
    await expect.element(newest()).not.toBeInTheDocument();
    await expectFocus(region());
  });

  it('brings in what came later on scrolling and by button, without a jump, until the end', async () => {
    await far(150);
    const place = (text: string) => item(text).first().element().getBoundingClientRect().top;
    scroller().scrollTop = scroller().scrollHeight;
    const before = place('Line 20 ');
    await expect.element(page.getByText('Line 80', { exact: true })).toBeInTheDocument();
    expect(Math.abs(place('Line 20 ') - before)).toBeLessThan(1.5);
    for (const text of ['Line 140', 'Line 150']) {
      (page.getByRole('button', { name: 'Load later messages' }).element() as HTMLElement).click();
      await expect.element(page.getByText(text, { exact: true })).toBeInTheDocument();
    }
    await expect.element(page.getByRole('button', { name: /later messages/ })).not.toBeInTheDocument();
    await expectFocus(region());
    await expect.element(newest()).toBeVisible();
    scroller().scrollTop = scroller().scrollHeight;
    await expect.element(newest()).not.toBeInTheDocument();
  });

  it('counts what arrives meanwhile, and has nothing read that was not seen', async () => {
    const scene = await far(150);
    const { unread: before } = mine(scene).value;
    scroller().scrollTop = scroller().scrollHeight;
    await say(scene.withAda, 'them', 'Are you there?');
    await expect.element(page.getByRole('log')).toHaveTextContent('1 new message');
    const pill = page.getByRole('button', { name: '1 new message' });
    await expect.element(pill).toBeVisible();
    expect(mine(scene).value.unread).toBe(before + 1);
    await userEvent.click(pill);
    await expectSeen('Are you there?');
    await until(mine(scene), ({ unread }) => unread === 0);
  });

  it('shows what is said now', async () => {
    await far();
    await userEvent.fill(field(), 'By the way');
    await userEvent.keyboard('{Enter}');
    await expectSeen('By the way');
  });

  it('goes from an answer to what it answers, however far that is', async () => {
    const relay = createLoopback();
    const [me, ada] = await Promise.all([guest(relay), guest(relay)]);
    const talking = await talk(me, ada, [{ from: 'them', text: 'Nine or ten?' }]);
    const [first] = talking.mine.snapshot.value.messages;
    await write(talking.mine, lines(70));
    await talking.mine.send({ text: 'Ten', replyTo: { id: first!.id, mine: false } });
    mount(html`<coming-chat .client=${me.client} peer=${ada.id} label="Ada"></coming-chat>`);
    const quote = item('Ten').getByRole('button', { name: /Answers Ada/ });
    await userEvent.click(quote);
    await expectFocus(item('Nine or ten?').first().getByRole('button', { name: 'Message actions' }));
    await expectSeen('Nine or ten?');
    await userEvent.click(newest());
    await expectSeen('Ten');
  });

  it('says when a message is no longer here', async () => {
    const { me } = await friends(70);
    const gone = pretending(me.client, { conversation: { loadAround: () => Promise.resolve(false) } });
    const element = await inbox(gone);
    await userEvent.fill(search(), 'do you like tea');
    await userEvent.click(options().first());
    await expect.element(page.getByText('That message is not on this device any more.')).toBeVisible();
    await expectSeen('Line 70');
    await expectFocus(region());
    await expectAccessible(element);
  });

  it('is found from within the conversation, too', async () => {
    const { me, ada } = await friends();
    const element = mount<ComingChat>(
      html`<coming-chat .client=${me.client} peer=${ada.id} label="Ada"></coming-chat>`,
    );
    await expect.element(field()).toBeEnabled();
    await userEvent.click(page.getByRole('button', { name: 'Settings of this conversation' }));
    await userEvent.click(page.getByRole('button', { name: 'Search this conversation' }));
    const here = page.getByRole('combobox', { name: 'Search messages with Ada' });
    await expectFocus(here);
    await userEvent.fill(here, 'tea');
    await expect.poll(() => options().length).toBe(2);
    await expect.element(options().nth(0)).toHaveTextContent(/You.*Green TEA, yes/s);
    await expect.element(options().nth(1)).toHaveTextContent(/Ada.*Do you like tea/s);
    await expectAccessible(element);
    await userEvent.keyboard('{ArrowDown}{Enter}');
    await expectFocus(item('Green TEA').getByRole('button', { name: 'Message actions' }));
    await expect.element(here).not.toBeInTheDocument();
  });
});

describe('<coming-chat>, with many conversations', { timeout: 60_000 }, () => {
  const conversations = () => page.getByRole('list', { name: 'Conversations' }).getByRole('button');

  it('shows more of them when the end is reached, by scrolling and by button', async () => {
    const client = await crowd(230);
    const element = await inbox(client);
    await expect.poll(() => conversations().length).toBe(100);
    const more = page.getByRole('button', { name: 'More conversations' });
    (more.element() as HTMLElement).scrollIntoView();
    await expect.poll(() => conversations().length).toBe(200);
    (more.element() as HTMLElement).focus({ preventScroll: true });
    await userEvent.keyboard('{Enter}');
    await expect.poll(() => conversations().length).toBe(230);
    await expect.element(more).not.toBeInTheDocument();
    await expectFocus(conversations().nth(200));
    await expectAccessible(element);
  });

  it('finds somebody who is not in the list yet', async () => {
    const client = await crowd(130, ['Ada Lovelace']);
    await inbox(client);
    await userEvent.fill(search(), 'lovelace');
    await expect.element(options()).toHaveTextContent('Ada Lovelace');
  });

  it('says why no more can be shown, and tries again when asked', async () => {
    const client = await crowd(101);
    const loadMoreConversations = vi
      .fn<ComingClient['loadMoreConversations']>()
      .mockRejectedValueOnce(new ComingError('owner-gone', ''))
      .mockImplementation(() => client.loadMoreConversations());
    await inbox({ ...pretending(client, {}), loadMoreConversations });
    const more = page.getByRole('button', { name: 'More conversations' });
    (more.element() as HTMLElement).scrollIntoView();
    await expect.element(page.getByText(/A tab was closed while this was done/)).toBeVisible();
    await userEvent.click(more);
    await expect.poll(() => conversations().length).toBe(101);
  });

  it('begins another conversation next to the search', async () => {
    const { me } = await friends();
    const element = await inbox(me.client);
    const button = page.getByRole('button', { name: 'New conversation' });
    await expect.element(button).toHaveAttribute('aria-expanded', 'false');
    await userEvent.click(button);
    await expectFocus(page.getByRole('textbox', { name: 'New conversation' }));
    await expect.element(button).toHaveAttribute('aria-expanded', 'true');
    await expectAccessible(element);
  });
});

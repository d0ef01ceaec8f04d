import { describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { ComingChat } from '../../components/chat/chat.js';
import '../../components/chat/define.js';
import type { ComingMessageSentEvent } from '../../components/chat/events.js';
import { ComingError } from '../../core/errors.js';
import { createLoopback, guest, say, talk, until, visitor, type Line } from '../../stories/support/people.js';
import { pretending, type Pretence } from '../../stories/support/pretending.js';
import { expectAccessible, expectFocus, html, mount } from './support.js';

const field = () => page.getByRole('textbox', { name: 'Message Ada' });
const log = () => page.getByRole('log');
const lines = (count: number): Line[] =>
  Array.from({ length: count }, (_, at) => ({ from: at % 3 === 1 ? 'me' : 'them', text: `Line ${at + 1}` }));

/** Me and Ada, what was said before, and my chat with her on the page. */
async function chat(said: readonly Line[] = [], pretence?: Pretence) {
  const relay = createLoopback();
  const [me, ada] = await Promise.all([guest(relay), guest(relay)]);
  const talking = await talk(me, ada, said);
  const client = pretence ? pretending(me.client, pretence) : me.client;
  const element = mount<ComingChat>(
    html`<coming-chat .client=${client} peer=${ada.id} label="Ada"></coming-chat>`,
  );
  await expect.element(field()).toBeEnabled();
  return { relay, me, ada, talking, element };
}

/** The element that scrolls, found by what it is for. */
const scroller = () => page.getByRole('region', { name: 'Messages with Ada' }).element() as HTMLElement;
const fromEnd = () => scroller().scrollHeight - scroller().scrollTop - scroller().clientHeight;

describe('<coming-chat>', () => {
  it('is enough by itself: a guest is made, then the conversation opens', async () => {
    const relay = createLoopback();
    const ada = await guest(relay);
    const element = mount(
      html`<coming-chat .client=${visitor(relay)} peer=${ada.id} label="Ada"></coming-chat>`,
    );
    await expect.element(page.getByText(/end-to-end encrypted/)).toBeVisible();
    await expectAccessible(element);
    await userEvent.click(page.getByRole('button', { name: /Chat as a guest/ }));
    await expect.element(page.getByText('Say hello to Ada')).toBeVisible();
    await expectFocus(field());
    await expectAccessible(element);
  });

  it('sends with Enter, breaks the line with Shift and Enter, and tells the page', async () => {
    const { element, talking } = await chat();
    const sent = vi.fn<(event: ComingMessageSentEvent) => void>();
    element.addEventListener('coming-message-sent', sent);
    await userEvent.click(field());
    await userEvent.keyboard('One{Shift>}{Enter}{/Shift}two{Enter}');
    await expect.element(field()).toHaveValue('');
    const { messages } = await until(talking.theirs.snapshot, (value) => value.messages.length === 1);
    expect(messages[0]?.text).toBe('One\ntwo');
    expect(sent).toHaveBeenCalledTimes(1);
    expect(sent.mock.calls[0]?.[0].id).toBe(messages[0]?.id);
    await expect.element(page.getByRole('listitem').filter({ hasText: 'two' })).toBeVisible();
    await expectAccessible(element);
  });

  it('sends with the button, and not while there is nothing to send', async () => {
    const { talking } = await chat();
    const button = page.getByRole('button', { name: 'Send' });
    await expect.element(button).toBeDisabled();
    await userEvent.fill(field(), '  \n ');
    await expect.element(button).toBeDisabled();
    await userEvent.fill(field(), 'Hello');
    await userEvent.click(button);
    await until(talking.theirs.snapshot, ({ messages }) => messages.at(-1)?.text === 'Hello');
    await expectFocus(field());
  });

  it('leaves Enter to an input method that is composing', async () => {
    const { talking } = await chat();
    await userEvent.fill(field(), 'にほ');
    const enter = { key: 'Enter', bubbles: true, cancelable: true };
    field()
      .element()
      .dispatchEvent(new KeyboardEvent('keydown', { ...enter, isComposing: true }));
    field()
      .element()
      .dispatchEvent(new KeyboardEvent('keydown', { ...enter, keyCode: 229 }));
    await expect.element(field()).toHaveValue('にほ');
    expect(talking.mine.snapshot.value.messages).toHaveLength(0);
  });

  it('makes room for the next text at once, and gives back what could not be stored', async () => {
    let settle: { resolve: (id: string) => void; reject: (error: Error) => void } | undefined;
    const send = () => new Promise<string>((resolve, reject) => (settle = { resolve, reject }));
    const { element } = await chat([], { conversation: { send } });
    await userEvent.fill(field(), 'Something long');
    await userEvent.keyboard('{Enter}');
    await expect.element(field()).toHaveValue('');
    await userEvent.keyboard('and more');
    settle!.reject(new ComingError('message-too-long', ''));
    await expect.element(page.getByText('This message is too long.', { exact: false })).toBeVisible();
    await expect.element(field()).toHaveValue('Something long\nand more');
    await expectAccessible(element);

    await userEvent.keyboard('{Enter}');
    settle!.resolve('00');
    await expect.element(field()).toHaveValue('');
  });

  it('sends each of several texts that are written faster than they are stored', async () => {
    const { talking } = await chat();
    await userEvent.click(field());
    for (let n = 0; n < 10; n += 1) await userEvent.keyboard(`text ${n}{Enter}`);
    await vi.waitFor(() => {
      const texts = talking.theirs.snapshot.value.messages.map(({ text }) => text);
      expect(texts).toEqual(Array.from({ length: 10 }, (_, n) => `text ${n}`));
    });
  });

  it('mirrors no more of a long text than makes the field grow', async () => {
    await chat();
    await userEvent.fill(field(), 'word '.repeat(10_000));
    const grow = field().element().parentElement!;
    expect(grow.dataset['text']!.length).toBeLessThanOrEqual(2000);
  });

  it('says for each own message what has become of it', async () => {
    const states = ['queued', 'sent', 'delivered', 'read'] as const;
    const { element } = await chat(
      states.map((text) => ({ from: 'me', text })),
      {
        snapshot: ({ messages }) => ({
          messages: messages.map((message, at) => ({ ...message, state: states[at] ?? 'read' })),
        }),
      },
    );
    for (const words of ['Waiting to be sent', 'Sent', 'Delivered', 'Read']) {
      await expect.element(page.getByRole('img', { name: words, exact: true })).toBeVisible();
    }
    await expectAccessible(element);
  });

  it('shows that a message was delivered and read as it happens', async () => {
    const { talking } = await chat();
    await userEvent.fill(field(), 'Hello');
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByRole('img', { name: 'Delivered' })).toBeVisible();
    await talking.theirs.markRead();
    await expect.element(page.getByRole('img', { name: 'Read' })).toBeVisible();
  });

  it('offers to try a failed message again', async () => {
    const retry = vi.fn(async () => undefined);
    const { element, talking } = await chat([{ from: 'me', text: 'Hello' }], {
      conversation: { retry },
      snapshot: ({ messages }) => ({
        messages: messages.map((message) => ({ ...message, state: 'failed', problem: 'relay-refused' })),
      }),
    });
    await expect.element(page.getByText(/Not sent. The relay refused/)).toBeVisible();
    await expectAccessible(element);
    await userEvent.click(page.getByRole('button', { name: 'Try again' }));
    expect(retry).toHaveBeenCalledWith(talking.mine.snapshot.value.messages[0]?.id);
  });

  it('announces only what arrives, not what was there', async () => {
    const { talking } = await chat([{ from: 'them', text: 'From before' }]);
    await expect.element(page.getByText('From before')).toBeVisible();
    expect(log().element().textContent?.trim()).toBe('');
    await say(talking, 'them', 'Just now');
    await expect.element(log()).toHaveTextContent('Ada: Just now');
    await userEvent.fill(field(), 'My own');
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByRole('listitem').filter({ hasText: 'My own' })).toBeVisible();
    expect(log().element().textContent).not.toContain('My own');
  });

  it('makes links of web addresses and text of everything else', async () => {
    await chat([{ from: 'them', text: '<b>look</b>: https://a.example/x. javascript:alert(1)' }]);
    const link = page.getByRole('link');
    await expect.element(link).toHaveAttribute('href', 'https://a.example/x');
    await expect.element(link).toHaveAttribute('rel', 'noopener noreferrer ugc');
    await expect.element(link).toHaveAttribute('target', '_blank');
    await expect.element(page.getByText('<b>look</b>:')).toBeVisible();
  });

  it('marks messages read only while they can be seen', async () => {
    const { talking, element } = await chat();
    element.hidden = true;
    await expect.element(element).not.toBeVisible();
    const id = await say(talking, 'them', 'Can you see this?');
    await until(talking.mine.snapshot, ({ unread }) => unread === 1);
    const message = () => talking.theirs.snapshot.value.messages.find((one) => one.id === id);
    expect(message()?.state).not.toBe('read');

    element.hidden = false;
    await until(talking.theirs.snapshot, () => message()?.state === 'read');
    expect(talking.mine.snapshot.value.unread).toBe(0);
  });

  it('does not mark anything read while the page is in the background', async () => {
    const state = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    const { talking } = await chat();
    await say(talking, 'them', 'Psst');
    await expect.element(page.getByRole('listitem').filter({ hasText: 'Psst' })).toBeVisible();
    expect(talking.mine.snapshot.value.unread).toBe(1);
    state.mockRestore();
    document.dispatchEvent(new Event('visibilitychange'));
    await until(talking.mine.snapshot, ({ unread }) => unread === 0);
  });

  it('stays at the end while messages come in, and offers the way back when it is elsewhere', async () => {
    const { talking, element } = await chat(lines(30));
    await expect.element(page.getByText('Line 30')).toBeVisible();
    await expect.poll(fromEnd).toBeLessThan(2);
    await say(talking, 'them', 'At the end');
    await expect.element(page.getByRole('listitem').filter({ hasText: 'At the end' })).toBeInViewport();

    scroller().scrollTop = scroller().scrollHeight / 3;
    await expect.element(page.getByRole('button', { name: 'Go to the newest message' })).toBeVisible();
    const before = scroller().scrollTop;
    await say(talking, 'them', 'Out of sight');
    await say(talking, 'them', 'Out of mind');
    const pill = page.getByRole('button', { name: '2 new messages' });
    await expect.element(pill).toBeVisible();
    expect(scroller().scrollTop).toBe(before);
    expect(talking.mine.snapshot.value.unread).toBe(2);
    await expectAccessible(element);

    await userEvent.click(pill);
    await expect.poll(fromEnd).toBeLessThan(2);
    await expect.element(pill).not.toBeInTheDocument();
    await until(talking.mine.snapshot, ({ unread }) => unread === 0);
    await expectFocus(page.getByRole('region', { name: 'Messages with Ada' }));
  });

  it('loads earlier messages by button and by scrolling, without a jump', async () => {
    await chat(lines(130));
    await expect.element(page.getByText('Line 130')).toBeVisible();
    const earlier = page.getByRole('button', { name: 'Load earlier messages' });
    const top = (text: string) => page.getByText(text, { exact: true }).element().getBoundingClientRect().top;

    scroller().scrollTop = 400;
    await expect.element(page.getByRole('button', { name: 'Go to the newest message' })).toBeVisible();
    const before = top('Line 75');
    (earlier.element() as HTMLElement).click();
    await expect.element(page.getByText('Line 11', { exact: true })).toBeInTheDocument();
    expect(Math.abs(top('Line 75') - before)).toBeLessThan(1.5);

    scroller().scrollTop = 100;
    const placed = top('Line 12');
    await expect.element(page.getByText('Line 1', { exact: true })).toBeInTheDocument();
    await expect.element(earlier).not.toBeInTheDocument();
    expect(Math.abs(top('Line 12') - placed)).toBeLessThan(1.5);
  });

  it('says that it is offline, sends later, and says when it is online again', async () => {
    const { relay, talking, element } = await chat();
    relay.online = false;
    await expect
      .element(page.getByText('Offline. Messages are sent when the connection is back.'))
      .toBeVisible();
    await userEvent.fill(field(), 'From the tunnel');
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByRole('img', { name: 'Waiting to be sent' })).toBeVisible();
    await expectAccessible(element);
    await userEvent.click(page.getByRole('button', { name: 'Connect now' }));
    await expect.element(page.getByText(/^Offline/)).toBeVisible();
    relay.online = true;
    await until(talking.theirs.snapshot, ({ messages }) => messages.at(-1)?.text === 'From the tunnel');
    await expect.element(page.getByText(/^Offline/)).not.toBeInTheDocument();
  });

  it('offers to take over when the same device is connected elsewhere', async () => {
    const { element } = await chat([], { status: { connection: 'displaced' } });
    const reconnect = vi.spyOn(element.client!, 'reconnect');
    await expect.element(page.getByText(/open somewhere else/)).toBeVisible();
    await expectAccessible(element);
    await userEvent.click(page.getByRole('button', { name: 'Use it here' }));
    expect(reconnect).toHaveBeenCalledTimes(1);
  });

  it('says what is wrong with a conversation, and what could not be decrypted', async () => {
    const { element } = await chat([], {
      snapshot: () => ({ problem: 'unknown-account', undecryptable: 2 }),
    });
    await expect.element(page.getByText(/Nobody with this Coming ID has used this relay yet/)).toBeVisible();
    await expect.element(page.getByText(/2 messages arrived that could not be decrypted/)).toBeVisible();
    await expectAccessible(element);
  });

  it('says why a conversation cannot be opened, and tries again when asked', async () => {
    const { client } = await guest(createLoopback());
    const element = mount<ComingChat>(
      html`<coming-chat .client=${client} peer="5Uwrong" label="Ada"></coming-chat>`,
    );
    await expect.element(page.getByText(/This is not a Coming ID/)).toBeVisible();
    await expectAccessible(element);
    await userEvent.click(page.getByRole('button', { name: 'Try again' }));
    await expect.element(page.getByText(/This is not a Coming ID/)).toBeVisible();
  });

  it('opens the person from its header, who can be given another name there', async () => {
    const { element, talking } = await chat();
    const header = page.getByRole('button', { name: 'Ada', exact: true });
    await userEvent.click(header);
    await expect.element(page.getByRole('dialog', { name: 'About Ada' })).toBeVisible();
    await expect.element(page.getByText('Not verified')).toBeVisible();
    await expectAccessible(element);
    await userEvent.click(page.getByRole('button', { name: 'Rename' }));
    const name = page.getByRole('textbox', { name: 'Name' });
    await expectFocus(name);
    await userEvent.fill(name, 'Countess');
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByRole('dialog', { name: 'About Countess' })).toBeVisible();
    await userEvent.click(page.getByRole('button', { name: 'Close' }));
    await expectFocus(page.getByRole('button', { name: 'Countess', exact: true }));
    expect(talking.mine.snapshot.value.petname).toBe('Countess');
    await expect.element(page.getByRole('textbox', { name: 'Message Countess' })).toBeVisible();
  });

  it('goes on after it was moved, and after it was removed and put back', async () => {
    const { element, talking } = await chat([{ from: 'them', text: 'Before' }]);
    await userEvent.fill(field(), 'A draft');
    mount(html`<section></section>`).append(element);
    await expect.element(page.getByRole('listitem').filter({ hasText: 'Before' })).toBeVisible();
    await expect.element(field()).toHaveValue('A draft');

    element.remove();
    await say(talking, 'them', 'Meanwhile');
    mount(html`<section></section>`).append(element);
    await expect.element(page.getByRole('listitem').filter({ hasText: 'Meanwhile' })).toBeVisible();
    await expect.element(field()).toHaveValue('A draft');
    expect(log().element().textContent?.trim()).toBe('');
  });

  it('changes over when its peer changes, and keeps a draft for each', async () => {
    const { element, me, ada } = await chat();
    const grace = await guest(createLoopback());
    await userEvent.fill(field(), 'For Ada');
    element.peer = grace.id;
    await expect.element(field()).toHaveValue('');
    element.peer = ada.id;
    await expect.element(field()).toHaveValue('For Ada');
    expect(me.client.conversations.value.map(({ peer }) => peer)).toContain(grace.id);
  });

  it('takes further controls into the composer', async () => {
    const { element } = await chat();
    const control = document.createElement('button');
    control.slot = 'composer-actions';
    control.textContent = 'Pay';
    element.append(control);
    await expect.element(page.getByRole('button', { name: 'Pay' })).toBeVisible();
    const [pay, text] = [control, field().element()].map((one) => one.getBoundingClientRect());
    expect(pay!.right).toBeLessThanOrEqual(text!.left);
    expect(Math.abs(pay!.bottom - text!.bottom)).toBeLessThan(24);
  });

  it('says that it was closed', async () => {
    const { client } = await guest(createLoopback());
    const element = mount<ComingChat>(html`<coming-chat .client=${client}></coming-chat>`);
    await expect.element(page.getByRole('heading', { name: 'Conversations', exact: true })).toBeVisible();
    await client.close();
    await expect.element(page.getByText(/This chat was closed/)).toBeVisible();
    await expectAccessible(element);
  });
});

describe('<coming-chat> without a peer', () => {
  const newConversation = () => page.getByRole('textbox', { name: 'New conversation' });

  async function list(client: ComingChat['client']): Promise<ComingChat> {
    const element = mount<ComingChat>(html`<coming-chat .client=${client}></coming-chat>`);
    await expect.element(newConversation().or(page.getByRole('combobox')).first()).toBeVisible();
    return element;
  }

  it('says how to begin when there is nothing yet', async () => {
    const { client } = await guest(createLoopback());
    const element = await list(client);
    await expect.element(page.getByText('No conversations yet')).toBeVisible();
    await expectAccessible(element);
  });

  it('goes on to whom one writes to when the identity is made', async () => {
    mount(html`<coming-chat .client=${visitor(createLoopback())}></coming-chat>`);
    await userEvent.click(page.getByRole('button', { name: /Chat as a guest/ }));
    await expectFocus(newConversation());
  });

  it('lists conversations with name, last message and unread messages; the latest first', async () => {
    const relay = createLoopback();
    const [me, ada, grace] = await Promise.all([guest(relay), guest(relay), guest(relay)]);
    const withAda = await talk(me, ada, [
      { from: 'them', text: 'First' },
      { from: 'them', text: 'Second' },
    ]);
    await withAda.mine.setPetname('Ada');
    const withGrace = await talk(me, grace, [{ from: 'me', text: 'Hello Grace' }]);
    const element = await list(me.client);
    const items = page.getByRole('listitem');
    await expect.element(items.nth(0)).toHaveTextContent('You: Hello Grace');
    await expect.element(items.nth(1)).toHaveTextContent(/Ada.*Second.*2 unread messages/);
    await expectAccessible(element);
    await say(withAda, 'them', 'Third');
    await expect.element(items.nth(0)).toHaveTextContent(/Third.*3 unread messages/);
    withGrace.mine.close();
  });

  it('opens a conversation by keyboard, goes back, and keeps the place', async () => {
    const relay = createLoopback();
    const [me, ada] = await Promise.all([guest(relay), guest(relay)]);
    const { mine } = await talk(me, ada, [{ from: 'them', text: 'Hello' }]);
    await mine.setPetname('Ada');
    await list(me.client);
    const item = page.getByRole('button', { name: /Ada.*Hello/ });
    (item.element() as HTMLElement).focus();
    await userEvent.keyboard('{Enter}');
    await expectFocus(field());
    await userEvent.keyboard('Half a thought');
    await userEvent.click(page.getByRole('button', { name: 'Back to conversations' }));
    await expectFocus(page.getByRole('button', { name: /Ada.*Draft: Half a thought/ }));
    await userEvent.keyboard('{Enter}');
    await expect.element(field()).toHaveValue('Half a thought');
  });

  it('begins a conversation with a Coming ID, and refuses in words what is none', async () => {
    const relay = createLoopback();
    const [me, ada] = await Promise.all([guest(relay), guest(relay)]);
    const element = await list(me.client);
    await userEvent.fill(newConversation(), `${ada.id.slice(0, -1)}x`);
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByText(/This is not a Coming ID/)).toBeVisible();
    await expect.element(newConversation()).toHaveAttribute('aria-invalid', 'true');
    await expectFocus(newConversation());
    await expectAccessible(element);

    await userEvent.fill(newConversation(), `  ${ada.id} `);
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByText(/Say hello to/)).toBeVisible();
    expect(me.client.conversations.value.map(({ peer }) => peer)).toEqual([ada.id]);
  });
});

import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html } from 'lit';
import { expect, userEvent, waitFor } from 'storybook/test';
import '../components/chat/define.js';
import type { ComingClient } from '../core/client.js';
import { ComingError } from '../core/errors.js';
import { crowd, nobody, write } from './support/crowds.js';
import { elementInside, inside } from './support/inside.js';
import { Clock, createLoopback, guest, talk } from './support/people.js';
import { paintedPicture } from './support/painted-picture.js';
import { pretending } from './support/pretending.js';
import { arabicPlans, longText, plans } from './support/script.js';
import './support/page.css';

interface Loaded {
  readonly client: ComingClient;
  /** Empty: all conversations. */
  readonly peer?: string;
}

const chat = ({ client, peer = '' }: Loaded, theme: 'light' | 'dark' = 'light') =>
  html`<coming-chat .client=${client} peer=${peer} label=${peer ? 'Ada' : ''} theme=${theme}></coming-chat>`;

const meta: Meta = {
  title: 'Finding',
  component: 'coming-chat',
  render: (_args, { loaded }) => chat(loaded as Loaded),
};
export default meta;

type Story = StoryObj;
type Play = NonNullable<Story['play']>;

const LIST = ['coming-chat', 'coming-chat-list'];
const INBOX = [...LIST, 'coming-chat-inbox'];
const SEARCH = [...INBOX, 'coming-chat-search'];
const CONVERSATION = ['coming-chat', 'coming-chat-conversation'];
const THREAD = [...CONVERSATION, 'coming-chat-thread'];

/** Several people, who have said this and that. */
async function people(): Promise<Loaded> {
  const relay = createLoopback();
  const clock = new Clock();
  const [me, ada, grace, edsger] = await Promise.all([1, 2, 3, 4].map(() => guest(relay, clock)));
  await grace!.client.setProfile({ name: 'Grace Hopper', picture: await paintedPicture() });
  const withAda = await talk(me!, ada!, plans(), clock);
  await withAda.mine.setPetname('Ada');
  const withGrace = await talk(
    me!,
    grace!,
    [{ from: 'them', text: 'Is it the walk on Sunday that you mean?' }],
    clock,
  );
  const withEdsger = await talk(
    me!,
    edsger!,
    [
      { from: 'me', text: `${longText} A walk would do you good.` },
      { from: 'them', text: 'Walking is the best proof.' },
    ],
    clock,
  );
  await withEdsger.mine.setPetname('Edsger Walker');
  clock.set(Date.now());
  for (const { mine } of [withAda, withGrace, withEdsger]) mine.close();
  return { client: me!.client };
}

const typing =
  (text: string): Play =>
  async ({ canvasElement }) => {
    await userEvent.type(await elementInside(canvasElement, ...SEARCH, '#query'), text);
  };

const finding =
  (text: string, count: number): Play =>
  async (context) => {
    await typing(text)(context);
    const search = await inside(context.canvasElement, ...SEARCH, '#results');
    await waitFor(() => expect(search.getAllByRole('option')).toHaveLength(count));
  };

export const Conversations: Story = {
  loaders: [people],
  play: async ({ canvasElement }) => {
    await elementInside(canvasElement, ...SEARCH, '#query');
  },
};
export const ConversationsDark: Story = {
  ...Conversations,
  render: (_args, { loaded }) => chat(loaded as Loaded, 'dark'),
};

/** People first, then what was said, the latest first. */
export const Found: Story = { loaders: [people], play: finding('walk', 5) };
export const FoundDark: Story = { ...Found, render: ConversationsDark.render! };
export const FoundNarrow: Story = {
  ...Found,
  render: (_args, { loaded }) => html`<div class="narrow">${chat(loaded as Loaded)}</div>`,
};

/** With the keyboard: one of what was found is about to be opened. */
export const FoundByKeyboard: Story = {
  loaders: [people],
  play: async (context) => {
    await finding('walk', 5)(context);
    await userEvent.keyboard('{ArrowDown}{ArrowDown}');
    const search = await inside(context.canvasElement, ...SEARCH, '#results');
    await expect(search.getAllByRole('option')[1]).toHaveAttribute('aria-selected', 'true');
  },
};

export const FoundRightToLeft: Story = {
  loaders: [
    async () => {
      const relay = createLoopback();
      const clock = new Clock();
      const [me, ada] = await Promise.all([guest(relay, clock), guest(relay, clock)]);
      const { mine } = await talk(me, ada, arabicPlans(), clock);
      await mine.setPetname('آدا');
      clock.set(Date.now());
      return { client: me.client };
    },
  ],
  render: (_args, { loaded }) => html`<div dir="rtl" lang="ar">${chat(loaded as Loaded)}</div>`,
  play: finding('إلى', 1),
};

export const NothingFound: Story = {
  loaders: [people],
  play: async (context) => {
    await typing('submarine')(context);
    await (await inside(context.canvasElement, ...SEARCH, '.empty')).findByText(/Nothing found/);
  },
};

/** Nobody has this Coming ID in the list: one can write to them. */
export const SomebodyNew: Story = {
  loaders: [people],
  play: async (context) => {
    await typing(nobody())(context);
    const search = await inside(context.canvasElement, ...SEARCH, '#results');
    await search.findByText(/^Write to/);
  },
};

const searching = (search: ComingClient['search']): NonNullable<Story['loaders']> => [
  async () => ({ client: { ...pretending((await people()).client, {}), search } }),
];
const never = () => new Promise<never>(() => undefined);

/** People are there at once; messages are still being opened. */
export const Searching: Story = { loaders: searching(never), play: finding('ad', 1) };

export const SearchingAlone: Story = {
  loaders: searching(never),
  play: async (context) => {
    await typing('tea')(context);
    await elementInside(context.canvasElement, ...SEARCH, '.results .bones');
  },
};

export const SearchFailed: Story = {
  loaders: searching(() => Promise.reject(new ComingError('not-loaded', 'offline'))),
  play: async (context) => {
    await typing('tea')(context);
    await elementInside(context.canvasElement, ...SEARCH, '.results button');
  },
};

/** The form for a Coming ID, when there are conversations already. */
export const BeginAnother: Story = {
  loaders: [people],
  play: async ({ canvasElement }) => {
    await userEvent.click(await elementInside(canvasElement, ...INBOX, '[slot="beside"]'));
    await inside(canvasElement, ...INBOX, 'coming-chat-begin', 'form');
  },
};

const QUESTION = 'Shall we meet at the lighthouse, or down at the harbour?';

/** Hours ago somebody asked something, and an answer names it. */
async function longTalk(): Promise<Loaded> {
  const relay = createLoopback();
  const clock = new Clock();
  const [me, ada] = await Promise.all([guest(relay, clock), guest(relay, clock)]);
  clock.set(Date.now() - 14 * 60 * 60_000);
  const { mine } = await talk(
    me,
    ada,
    [
      { from: 'them', text: 'Before I forget it:' },
      { from: 'them', text: QUESTION },
    ],
    clock,
  );
  // From here on nobody needs to listen.
  await ada.client.close();
  const [, question] = mine.snapshot.value.messages;
  await write(
    mine,
    Array.from({ length: 62 }, (_, at) => `Step ${at + 1} of the way`),
    clock,
  );
  clock.set(Date.now());
  await mine.send({ text: 'The lighthouse!', replyTo: { id: question!.id, mine: false } });
  await mine.setPetname('Ada');
  return { client: me.client, peer: ada.id };
}

const expectMarked = async (canvas: HTMLElement, text: string) => {
  const list = await elementInside(canvas, ...THREAD, 'ol');
  await waitFor(() => {
    const said = [...list.querySelectorAll('.text')].find(({ textContent }) => textContent === text);
    return expect(said?.closest('li')?.getAnimations()).toHaveLength(1);
  });
};

/** A message was chosen: it is marked for a moment, among those around it. */
export const AtAMessage: Story = {
  loaders: [async () => ({ client: (await longTalk()).client })],
  play: async (context) => {
    const { canvasElement } = context;
    await finding('harbour', 1)(context);
    await userEvent.keyboard('{ArrowDown}{Enter}');
    await expectMarked(canvasElement, QUESTION);
  },
};

/** An answer leads to what it answers, further up than what is shown. */
export const FromAnAnswer: Story = {
  loaders: [longTalk],
  play: async ({ canvasElement }) => {
    const quote = await elementInside(canvasElement, ...THREAD, '.quote');
    await userEvent.click(quote);
    await expectMarked(canvasElement, QUESTION);
  },
};

/** It was deleted, or its time was over, since it was found. */
export const NoLongerHere: Story = {
  loaders: [
    async () => {
      const { client, peer } = await longTalk();
      const loadAround = () => Promise.resolve(false);
      return { client: pretending(client, { conversation: { loadAround } }), peer };
    },
  ],
  play: async ({ canvasElement }) => {
    await userEvent.click(await elementInside(canvasElement, ...THREAD, '.quote'));
    const problem = await elementInside(canvasElement, ...THREAD, '.problem');
    await waitFor(() => expect(problem).toHaveTextContent('not on this device any more'));
  },
};

/** In one conversation alone. */
export const WithinAConversation: Story = {
  loaders: [longTalk],
  play: async ({ canvasElement }) => {
    await userEvent.click(await elementInside(canvasElement, ...CONVERSATION, '.settings'));
    const menu = await inside(canvasElement, ...CONVERSATION, 'coming-conversation-menu', 'section');
    await userEvent.click(await menu.findByRole('button', { name: 'Search this conversation' }));
    const path = [...CONVERSATION, 'coming-conversation-menu', 'coming-chat-search'];
    await userEvent.type(await elementInside(canvasElement, ...path, '#query'), 'lighthouse');
    const results = await inside(canvasElement, ...path, '#results');
    await waitFor(() => expect(results.getAllByRole('option')).toHaveLength(2));
  },
};

const toTheEnd = async (canvas: HTMLElement): Promise<HTMLElement> => {
  const scroller = await elementInside(canvas, ...INBOX, '.scroller');
  await waitFor(() => expect(scroller.scrollHeight).toBeGreaterThan(scroller.clientHeight));
  scroller.scrollTop = scroller.scrollHeight;
  return scroller;
};

/** Each time the end of the list is reached more of it comes. */
export const ManyConversations: Story = {
  loaders: [async () => ({ client: await crowd(130, ['Zoe', 'Yann', 'Xenia', 'Wim']) })],
  play: async ({ canvasElement }) => {
    await toTheEnd(canvasElement);
    const list = await elementInside(canvasElement, ...LIST, 'ul');
    await waitFor(() => expect(list.children).toHaveLength(130));
  },
};

const loadingMore = (loadMoreConversations: ComingClient['loadMoreConversations']): Story => ({
  loaders: [async () => ({ client: { ...pretending(await crowd(101), {}), loadMoreConversations } })],
});

export const LoadingMore: Story = {
  ...loadingMore(never),
  play: async ({ canvasElement }) => {
    const scroller = await toTheEnd(canvasElement);
    await elementInside(canvasElement, ...INBOX, '.more .bones');
    scroller.scrollTop = scroller.scrollHeight;
  },
};

export const LoadingMoreFailed: Story = {
  ...loadingMore(() => Promise.reject(new ComingError('owner-gone', 'a story'))),
  play: async ({ canvasElement }) => {
    const scroller = await toTheEnd(canvasElement);
    const more = await inside(canvasElement, ...INBOX, '.more');
    await more.findByText(/A tab was closed/);
    scroller.scrollTop = scroller.scrollHeight;
  },
};

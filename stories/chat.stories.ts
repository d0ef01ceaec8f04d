import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html } from 'lit';
import { expect, userEvent, waitFor } from 'storybook/test';
import type { ComingChat } from '../components/chat/chat.js';
import '../components/chat/define.js';
import type { ComingClient } from '../core/client.js';
import { inside } from './support/inside.js';
import { openPageChain, payTo, PURSE } from './support/chain.js';
import {
  Clock,
  createLoopback,
  guest,
  say,
  talk,
  until,
  visitor,
  type Line,
  type Person,
} from './support/people.js';
import { paymentsShown } from './support/payments.js';
import { paintedPicture } from './support/painted-picture.js';
import { pretending, type Pretence } from './support/pretending.js';
import { arabicPlans, longText, manyLines, plans } from './support/script.js';
import './support/page.css';

/** What a story's loader made. */
interface Scene {
  readonly client: ComingClient;
  readonly peer: string;
}

/** Two people and what they said; told from the side of the first. */
async function scene(lines: readonly Line[] = [], pretence?: Pretence): Promise<Scene> {
  const relay = createLoopback();
  const clock = new Clock();
  const [me, ada] = await Promise.all([guest(relay, clock), guest(relay, clock)]);
  const ends = await talk(me, ada, lines, clock);
  clock.set(Date.now());
  await ends.theirs.markRead();
  ends.mine.close();
  return { client: pretence ? pretending(me.client, pretence) : me.client, peer: ada.id };
}

/** Two people on a chain in the page, both with something to pay. */
async function payers(): Promise<[Person, Person]> {
  const chain = await openPageChain();
  const relay = createLoopback();
  const person = () => guest(relay, undefined, chain.choice);
  const people = await Promise.all([person(), person()]);
  await Promise.all(people.map(({ id }) => chain.fund(id, PURSE)));
  return people;
}

const meta: Meta = {
  title: 'Chat',
  component: 'coming-chat',
  render: (_args, { loaded }) => {
    const { client, peer } = loaded as Scene;
    return html`<coming-chat .client=${client} peer=${peer} label="Ada"></coming-chat>`;
  },
};
export default meta;

type Story = StoryObj;

const CONVERSATION = ['coming-chat', 'coming-chat-conversation'];
const INBOX = ['coming-chat', 'coming-chat-list', 'coming-chat-inbox'];

/** The visitor's first look: an identity comes first. */
export const SignedOut: Story = {
  loaders: [async () => ({ client: visitor(createLoopback()), peer: '' })],
  play: async ({ canvasElement }) => {
    const chat = canvasElement.querySelector<ComingChat>('coming-chat')!;
    const signIn = await inside(canvasElement, 'coming-chat', 'coming-welcome', '.welcome');
    await userEvent.click(await signIn.findByRole('button', { name: /chat as a guest/i }));
    await waitFor(() => expect(chat.client?.status.value.phase).toBe('ready'));
  },
};

/** The same, before anything was clicked. */
export const BeforeSigningIn: Story = {
  loaders: [async () => ({ client: visitor(createLoopback()), peer: '' })],
};

export const History: Story = { loaders: [() => scene(plans())] };

/** A message is written and sent with Enter. */
export const Sending: Story = {
  loaders: [() => scene(plans().slice(0, 2))],
  play: async ({ canvasElement }) => {
    const composer = await inside(canvasElement, ...CONVERSATION, 'coming-chat-composer', 'form');
    const field = await composer.findByRole('textbox', { name: 'Message Ada' });
    await userEvent.type(field, 'See you on Sunday{Enter}');
    await waitFor(() => expect(field).toHaveValue(''));
    const thread = await inside(canvasElement, ...CONVERSATION, 'coming-chat-thread', 'ol');
    await thread.findByText('See you on Sunday');
  },
};

export const Empty: Story = { loaders: [() => scene()] };

export const LongText: Story = {
  loaders: [
    () =>
      scene([
        { from: 'them', text: longText },
        { from: 'me', text: longText },
      ]),
  ],
};

/** Only the latest messages are shown; earlier ones come on scrolling up. */
export const Earlier: Story = { loaders: [() => scene(manyLines(75))] };

export const Dark: Story = {
  ...History,
  render: (_args, { loaded }) => {
    const { client, peer } = loaded as Scene;
    return html`<coming-chat .client=${client} peer=${peer} label="Ada" theme="dark"></coming-chat>`;
  },
};

export const Narrow: Story = {
  ...History,
  render: (_args, { loaded }) => {
    const { client, peer } = loaded as Scene;
    return html`<div class="narrow">
      <coming-chat .client=${client} peer=${peer} label="Ada"></coming-chat>
    </div>`;
  },
};

export const RightToLeft: Story = {
  loaders: [() => scene(arabicPlans())],
  render: (_args, { loaded }) => {
    const { client, peer } = loaded as Scene;
    return html`<div dir="rtl" lang="ar">
      <coming-chat .client=${client} peer=${peer} label="آدا"></coming-chat>
    </div>`;
  },
};

/** Colours, roundness and font of the page around it. */
export const Themed: Story = {
  ...History,
  render: (_args, { loaded }) => {
    const { client, peer } = loaded as Scene;
    return html`<div class="themed">
      <coming-chat .client=${client} peer=${peer} label="Ada"></coming-chat>
    </div>`;
  },
};

/** What can be said about messages: answers, reactions, other wordings, deletions, and that they disappear. */
async function contents(): Promise<Scene> {
  const relay = createLoopback();
  const [me, ada] = await Promise.all([guest(relay), guest(relay)]);
  const talking = await talk(me, ada);
  const { mine, theirs } = talking;
  const first = await say(talking, 'them', 'Shall we take the train at nine, or the one after?');
  const second = await say(talking, 'me', 'The one after. I am not a morning person.');
  await theirs.send({ text: 'So I see. Ten it is!', replyTo: { id: second, mine: false } });
  await theirs.react({ id: second, mine: false }, '😂');
  await mine.react({ id: first, mine: false }, '👍');
  const third = await say(talking, 'them', 'Plattform 3');
  await theirs.edit(third, 'Platform 3, at the front.');
  const fourth = await say(talking, 'them', 'I told you so');
  await theirs.deleteForEveryone(fourth);
  await mine.send({ text: 'As I said', replyTo: { id: '00'.repeat(16), mine: false } });
  await mine.setTimer(24 * 3600);
  await mine.send('My seat is 41.');
  await until(theirs.snapshot, ({ messages }) => messages.length === 8);
  await until(mine.snapshot, ({ messages }) => messages.length === 8 && messages[3]?.editedAt !== undefined);
  await theirs.markRead();
  await theirs.setTyping(true);
  await until(mine.snapshot, ({ typing }) => typing === true);
  return { client: me.client, peer: ada.id };
}

export const Contents: Story = { loaders: [contents] };

export const ContentsDark: Story = { ...Dark, loaders: [contents] };

export const ContentsNarrow: Story = { ...Narrow, loaders: [contents] };

export const ContentsRightToLeft: Story = { ...RightToLeft, loaders: [contents] };

/** What can be done with one message. */
export const MessageMenu: Story = {
  loaders: [() => scene(plans().slice(0, 3))],
  play: async ({ canvasElement }) => {
    const thread = await inside(canvasElement, ...CONVERSATION, 'coming-chat-thread', 'ol');
    await userEvent.click((await thread.findAllByRole('button', { name: 'Message actions' })).at(-1)!);
    const menu = await inside(
      canvasElement,
      ...CONVERSATION,
      'coming-chat-thread',
      'coming-message-menu',
      '[popover]',
    );
    await menu.findByRole('menuitem', { name: 'Reply' });
  },
};

/** What can be chosen for one conversation. */
export const ConversationSettings: Story = {
  loaders: [() => scene(plans().slice(0, 3))],
  play: async ({ canvasElement }) => {
    const conversation = await inside(canvasElement, ...CONVERSATION, 'header');
    await userEvent.click(await conversation.findByRole('button', { name: /settings of this/i }));
    await inside(canvasElement, ...CONVERSATION, 'coming-conversation-menu', 'section');
  },
};

/** Somebody who was never written to: they learn nothing yet, and nothing in their words can be followed. */
export const Request: Story = {
  loaders: [
    async () => {
      const relay = createLoopback();
      const [me, ada] = await Promise.all([guest(relay), guest(relay)]);
      await ada.client.setProfile({ name: 'Ada ✅ Lovelace', picture: await paintedPicture() });
      const theirs = await ada.client.openConversation(me.id);
      await theirs.send('Hello! We met at the fair. This is me: https://ada.example');
      await until(me.client.conversations, ([first]) => first?.profile !== undefined);
      return { client: me.client, peer: ada.id };
    },
  ],
  render: (_args, { loaded }) => {
    const { client, peer } = loaded as Scene;
    return html`<coming-chat .client=${client} peer=${peer}></coming-chat>`;
  },
  play: async ({ canvasElement }) => {
    await inside(canvasElement, ...CONVERSATION, 'coming-chat-request', 'section');
  },
};

/** The list with a request, a draft, a note to self, and somebody who is writing. */
export const ConversationsOfAllKinds: Story = {
  loaders: [
    async () => {
      const relay = createLoopback();
      const [me, ada, grace, edsger] = await Promise.all([1, 2, 3, 4].map(() => guest(relay)));
      await ada!.client.setProfile({ name: 'Ada Lovelace', picture: await paintedPicture() });
      await (await ada!.client.openConversation(me!.id)).send('Hello! We met at the fair.');
      const first = await talk(me!, grace!, plans().slice(0, 2));
      await first.mine.setPetname('Grace');
      await first.mine.saveDraft({ text: 'I will bring the' });
      const second = await talk(me!, edsger!, plans().slice(2, 4));
      await second.mine.setPetname('Edsger');
      await (await me!.client.openConversation(me!.id)).send('Buy milk');
      await second.theirs.setTyping(true);
      await until(second.mine.snapshot, ({ typing }) => typing === true);
      await until(me!.client.conversations, (list) => list.some(({ profile }) => profile));
      return { client: me!.client, peer: '' };
    },
  ],
};

/** What is written now is sent when the connection is back. */
export const Offline: Story = {
  loaders: [
    async () => {
      const relay = createLoopback();
      const [me, ada] = await Promise.all([guest(relay), guest(relay)]);
      await talk(me, ada, plans().slice(0, 3));
      relay.online = false;
      const mine = await me.client.openConversation(ada.id);
      await mine.send('I am on the train, there is no signal here.');
      return { client: me.client, peer: ada.id };
    },
  ],
};

/** A message that could not be sent, and the way to try again. */
export const Failed: Story = {
  loaders: [
    () =>
      scene(plans(), {
        snapshot: ({ messages }) => ({
          messages: messages.map((message, at) =>
            at === messages.length - 1 ? { ...message, state: 'failed', problem: 'relay-refused' } : message,
          ),
        }),
      }),
  ],
};

/** All states that an own message can be in. */
export const States: Story = {
  loaders: [
    () =>
      scene(
        ['Waiting', 'Sent', 'Delivered', 'Read'].map((text) => ({ from: 'me', text })),
        {
          snapshot: ({ messages }) => ({
            messages: messages.map((message, at) => ({
              ...message,
              state: (['queued', 'sent', 'delivered', 'read'] as const)[at] ?? 'read',
            })),
          }),
        },
      ),
  ],
};

/** Two people pay each other, for real, on a chain in the page. */
export const Payments: Story = {
  loaders: [
    async () => {
      const [me, ada] = await payers();
      await talk(me, ada, [
        { from: 'them', text: 'The tickets were 0.02 altogether.' },
        { from: 'me', text: 'Here is my half:' },
      ]);
      await payTo(me, ada, 1_000_000n);
      await payTo(ada, me, 50_000n);
      return { client: me.client, peer: ada.id };
    },
  ],
  play: async ({ canvasElement }) => {
    const thread = await inside(canvasElement, ...CONVERSATION, 'coming-chat-thread', 'ol');
    await waitFor(() => expect(thread.getAllByRole('listitem')).toHaveLength(5));
    await inside(canvasElement, ...CONVERSATION, '[slot="actions"]');
  },
};

const OWN = ['signed', 'broadcast', 'in-block', 'retracted', 'final', 'received'] as const;

/** All states that an own payment can be in. */
export const PaymentStates: Story = {
  loaders: [
    async () => {
      const [me, ada] = await payers();
      const shown = [
        ...OWN.map((state) => ({ mine: true, state })),
        { mine: true, state: 'failed', problem: 'transfer-failed' } as const,
        { mine: true, state: 'expired' } as const,
      ];
      return { client: paymentsShown(me, ada, shown), peer: ada.id };
    },
  ],
};

/** What others say they paid stays grey until this device has checked it. */
export const PaymentClaims: Story = {
  loaders: [
    async () => {
      const [me, ada] = await payers();
      const client = paymentsShown(me, ada, [
        { mine: false, state: 'arriving' },
        { mine: false, state: 'received' },
        { mine: false, state: 'refuted', refutal: 'no-such-payment' },
        { mine: false, state: 'arriving', symbol: undefined, decimals: 0 },
      ]);
      return { client, peer: ada.id };
    },
  ],
};

export const PaymentClaimsDark: Story = { ...Dark, loaders: PaymentClaims.loaders! };

export const PaymentStatesNarrow: Story = { ...Narrow, loaders: PaymentStates.loaders! };

export const PaymentClaimsRightToLeft: Story = {
  ...PaymentClaims,
  render: (_args, { loaded }) => {
    const { client, peer } = loaded as Scene;
    return html`<div dir="rtl"><coming-chat .client=${client} peer=${peer} label="آدا"></coming-chat></div>`;
  },
};

/** Nobody has this Coming ID here, and something that arrived could not be read. */
export const Notices: Story = {
  loaders: [() => scene(plans(), { snapshot: () => ({ problem: 'unknown-account', undecryptable: 2 }) })],
};

export const Loading: Story = {
  loaders: [() => scene([], { snapshot: () => ({ loading: true }) })],
};

export const CannotStart: Story = {
  loaders: [() => scene([], { status: { phase: 'failed', me: undefined, problem: 'newer-database' } })],
};

/** Without a `peer`: everybody the visitor talks to. */
export const Conversations: Story = {
  loaders: [
    async () => {
      const relay = createLoopback();
      const clock = new Clock();
      const [me, ada, grace, edsger] = await Promise.all([1, 2, 3, 4].map(() => guest(relay, clock)));
      const first = await talk(me!, edsger!, plans().slice(0, 2), clock);
      await first.mine.markRead();
      const second = await talk(me!, grace!, plans().slice(2, 6), clock);
      await second.mine.setPetname('Grace');
      await second.mine.markRead();
      const third = await talk(me!, ada!, plans().slice(6, 8), clock);
      await third.mine.setPetname('Ada');
      clock.set(Date.now());
      return { client: me!.client, peer: '' };
    },
  ],
};

/** A mistyped Coming ID is refused in words. */
export const MistypedComingId: Story = {
  loaders: [async () => ({ client: (await guest(createLoopback())).client, peer: '' })],
  play: async ({ canvasElement }) => {
    const list = await inside(canvasElement, ...INBOX, 'coming-chat-begin', 'form');
    await userEvent.type(await list.findByRole('textbox', { name: 'New conversation' }), '5Unobody');
    await userEvent.click(list.getByRole('button', { name: 'Start' }));
    await waitFor(() => expect(list.getByRole('alert')).toHaveTextContent('not a Coming ID'));
  },
};

export const NoConversations: Story = {
  loaders: [async () => ({ client: (await guest(createLoopback())).client, peer: '' })],
};

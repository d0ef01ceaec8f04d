import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html } from 'lit';
import { expect, userEvent, waitFor, within } from 'storybook/test';
import '../components/contact/define.js';
import type { ComingClient, Contact, ContactSnapshot } from '../core/client.js';
import { elementInside } from './support/inside.js';
import { createLoopback, guest, talk, visitor } from './support/people.js';
import { contactShown } from './support/pretending-people.js';
import { pretending, type Pretence } from './support/pretending.js';

interface Loaded {
  readonly client: ComingClient;
  readonly peer: string;
}

/** Two people who know each other; the first one sees the second one so. */
async function scene(
  snapshot: Partial<ContactSnapshot> = {},
  members: Partial<Contact> = {},
  pretence: Pretence = {},
): Promise<Loaded> {
  const relay = createLoopback();
  const [me, them] = [await guest(relay), await guest(relay)];
  await talk(me, them, [{ from: 'me', text: 'Hello' }]);
  return { client: contactShown(me.client, snapshot, members, pretence), peer: them.id };
}

const contact = (loaded: Loaded, theme?: 'dark') =>
  html`<coming-contact
    .client=${loaded.client}
    peer=${loaded.peer}
    label="Grace Hopper"
    theme=${theme ?? 'light'}
  ></coming-contact>`;

const meta: Meta = {
  title: 'Contact',
  component: 'coming-contact',
  render: (_args, { loaded }) => contact(loaded as Loaded),
};
export default meta;

type Story = StoryObj;

const DAY = 86_400_000;
const DEVICES: ContactSnapshot['devices'] = [
  {
    id: 1,
    name: 'Firefox on Linux',
    origin: 'https://shop.example',
    addedAt: Date.now() - 90 * DAY,
    access: 'full',
  },
  { id: 2, name: 'Phone', origin: 'https://chat.example', addedAt: Date.now() - 2 * DAY, access: 'origin' },
];

const shown = (snapshot: Partial<ContactSnapshot>): Story => ({
  loaders: [() => scene({ devices: DEVICES, ...snapshot })],
});

const dark = (story: Story): Story => ({
  ...story,
  render: (_args, { loaded }) => contact(loaded as Loaded, 'dark'),
});

export const Unverified: Story = shown({});
export const Asserted: Story = shown({ status: 'asserted' });
export const NewerThanAnchor: Story = shown({ status: 'newer-than-anchor', newDevices: [2] });
export const ChainVerified: Story = shown({ status: 'chain-verified', domains: ['grace.example'] });
export const Compared: Story = shown({ status: 'compared', domains: ['grace.example'] });
export const ComparedDark: Story = dark(Compared);
export const Changed: Story = shown({ status: 'changed' });
export const ChangedDark: Story = dark(Changed);
export const NotKnownYet: Story = shown({ status: undefined, devices: [] });
export const Blocked: Story = shown({ blocked: true });
export const ChainUnreachable: Story = shown({ chain: 'unreachable' });

/** The number and the code, to be compared with what the other one sees. */
export const SafetyNumber: Story = {
  ...Unverified,
  play: async ({ canvasElement }) => {
    await press(canvasElement, 'Compare safety number');
  },
};
export const SafetyNumberDark: Story = { ...dark(Unverified), play: SafetyNumber.play! };

export const Scanning: Story = {
  ...Unverified,
  play: async ({ canvasElement }) => {
    await press(canvasElement, 'Compare safety number');
    await press(canvasElement, 'Scan their code');
  },
};

export const NumbersDiffer: Story = {
  ...Unverified,
  play: async ({ canvasElement }) => {
    await press(canvasElement, 'Compare safety number');
    await press(canvasElement, 'They differ');
  },
};

/** Going on although the list of devices changed as it should not asks first. */
export const GoingOnAllTheSame: Story = {
  ...Changed,
  play: ({ canvasElement }) => press(canvasElement, 'Go on all the same…'),
};

export const Renaming: Story = {
  ...Unverified,
  play: ({ canvasElement }) => press(canvasElement, 'Rename'),
};

export const Narrow: Story = {
  ...SafetyNumber,
  render: (_args, { loaded }) => html`<div class="narrow">${contact(loaded as Loaded)}</div>`,
};

export const RightToLeft: Story = {
  ...Compared,
  render: (_args, { loaded }) => html`<div dir="rtl">${contact(loaded as Loaded)}</div>`,
};

const NOTE = ['coming-contact', 'coming-contact-card', '#note'];

/** What only this device knows about somebody. */
export const Note: Story = {
  ...shown({ note: 'Met at the fair in Utrecht. Likes lighthouses; asks about the boat.' }),
  play: ({ canvasElement }) => showNote(canvasElement),
};
export const NoteDark: Story = { ...dark(Note), play: Note.play! };

/** Nothing is noted yet. */
export const NoteEmpty: Story = {
  ...Unverified,
  play: async ({ canvasElement }) => {
    const note = await elementInside(canvasElement, ...NOTE);
    await userEvent.click(note.closest('details')!.querySelector('summary')!);
    await showNote(canvasElement);
  },
};

/** It was changed and saved. */
export const NoteSaved: Story = {
  ...Unverified,
  play: async (context) => {
    const { canvasElement } = context;
    await NoteEmpty.play!(context);
    const note = await elementInside(canvasElement, ...NOTE);
    await userEvent.type(note, 'Prefers tea');
    await userEvent.click(within(note.closest('form')!).getByRole('button', { name: 'Save' }));
    const said = await elementInside(
      canvasElement,
      'coming-contact',
      'coming-contact-card',
      '[role="status"]',
    );
    await waitFor(() => expect(said).toHaveTextContent('The note is saved.'));
  },
};

export const NoteRightToLeft: Story = {
  ...shown({ note: 'التقينا في السوق. يحب المنارات.' }),
  render: RightToLeft.render!,
  play: Note.play!,
};

export const Loading: Story = {
  loaders: [
    async () => {
      const { client, peer } = await scene();
      return { client: { ...client, openContact: () => new Promise<never>(() => undefined) }, peer };
    },
  ],
};

export const Starting: Story = {
  loaders: [() => scene({}, {}, { status: { phase: 'starting', me: undefined } })],
};

export const SignedOut: Story = {
  loaders: [
    async () => ({
      client: pretending(visitor(createLoopback()), { status: { storage: 'persistent' } }),
      peer: (await scene()).peer,
    }),
  ],
};

/** Not a Coming ID. */
export const CannotBeShown: Story = {
  loaders: [async () => ({ ...(await scene()), peer: '5Uwrong' })],
};

/** Waits until the note can be seen, and shows it. */
async function showNote(canvas: HTMLElement): Promise<void> {
  const note = await elementInside(canvas, ...NOTE);
  await waitFor(() => expect(note).toBeVisible());
  note.scrollIntoView({ block: 'center' });
}

/** Presses a button of the card, in whatever view it is. */
async function press(canvas: HTMLElement, name: string): Promise<void> {
  const button = await waitFor(() => {
    const card = canvas.querySelector('coming-contact')?.shadowRoot?.querySelector('coming-contact-card');
    const buttons = [...(card?.shadowRoot?.querySelectorAll('button') ?? [])];
    const found = buttons.find((one) => (one.getAttribute('aria-label') ?? one.textContent)?.trim() === name);
    if (!found) throw new Error(`There is no button ${name} yet.`);
    return found;
  });
  await userEvent.click(button);
}

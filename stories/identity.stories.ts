import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html } from 'lit';
import { expect, userEvent, waitFor } from 'storybook/test';
import '../components/identity/define.js';
import type { ComingClient } from '../core/client.js';
import { openPageChain, PURSE } from './support/chain.js';
import { inside } from './support/inside.js';
import { createLoopback, guest, visitor } from './support/people.js';
import { pretending, type Pretence } from './support/pretending.js';
import { installWallet } from './support/story-wallet.js';

const ready = async (pretence?: Pretence) => {
  const { client } = await guest(createLoopback());
  return { client: pretence ? pretending(client, pretence) : client };
};

const meta: Meta = {
  title: 'Identity',
  component: 'coming-identity',
  render: (_args, { loaded }) =>
    html`<coming-identity .client=${(loaded as { client: ComingClient }).client}></coming-identity>`,
};
export default meta;

type Story = StoryObj;

/** Waits for a text in what a visitor sees of their wallet; each of its steps is drawn anew. */
const inWallet = (canvas: HTMLElement, text: RegExp) =>
  waitFor(async () => {
    const step = ['coming-identity', 'coming-welcome', 'coming-wallet-choice', '.choice'];
    return (await inside(canvas, ...step)).findByText(text, {}, { timeout: 100 });
  });

export const SignedOut: Story = {
  loaders: [() => ({ client: pretending(visitor(createLoopback()), { status: { storage: 'persistent' } }) })],
};

/** This browser has no wallet extension: it is said, with what to do about it. */
export const NoWallet: Story = {
  ...SignedOut,
  play: async ({ canvasElement }) => {
    const welcome = await inside(canvasElement, 'coming-identity', 'coming-welcome', '.welcome');
    await userEvent.click(await welcome.findByRole('button', { name: /connect a wallet/i }));
    await inWallet(canvasElement, /No wallet extension/);
  },
};

/** The wallet shares several accounts; one is chosen. */
export const ChooseAccount: Story = {
  ...SignedOut,
  beforeEach: () => installWallet({}),
  play: async ({ canvasElement }) => {
    const welcome = await inside(canvasElement, 'coming-identity', 'coming-welcome', '.welcome');
    await userEvent.click(await welcome.findByRole('button', { name: /connect a wallet/i }));
    await inWallet(canvasElement, /Savings/);
  },
};

export const Ready: Story = {
  loaders: [() => ready({ status: { storage: 'persistent', relay: 'wss://relay.example' } })],
};

export const Dark: Story = {
  ...Ready,
  render: (_args, { loaded }) =>
    html`<coming-identity
      .client=${(loaded as { client: ComingClient }).client}
      theme="dark"
    ></coming-identity>`,
};

export const RightToLeft: Story = {
  ...Ready,
  render: (_args, { loaded }) =>
    html`<div dir="rtl">
      <coming-identity .client=${(loaded as { client: ComingClient }).client}></coming-identity>
    </div>`,
};

/** What the account holds on a chain in the page. */
export const Balances: Story = {
  loaders: [
    async () => {
      const chain = await openPageChain();
      const { client, id } = await guest(createLoopback(), undefined, chain.choice);
      await chain.fund(id, PURSE);
      return { client: pretending(client, { status: { storage: 'persistent' } }) };
    },
  ],
  play: async ({ canvasElement }) => {
    const balances = await inside(canvasElement, 'coming-identity', 'coming-balances', 'dl');
    await balances.findByText('0.05 XBTC');
    await balances.findByText('1 PCX');
  },
};

export const BalancesDark: Story = { ...Dark, loaders: Balances.loaders! };

/** Private windows keep nothing. */
export const NothingStored: Story = { loaders: [() => ready()] };

export const Offline: Story = {
  loaders: [() => ready({ status: { storage: 'persistent', connection: 'offline' } })],
};

export const Starting: Story = {
  loaders: [() => ready({ status: { phase: 'starting', me: undefined } })],
};

export const Waiting: Story = {
  loaders: [() => ready({ status: { phase: 'waiting', me: undefined } })],
};

export const CannotStart: Story = {
  loaders: [() => ready({ status: { phase: 'failed', me: undefined, problem: 'storage-unavailable' } })],
};

/** Erasing asks first; nothing is preselected that destroys. */
export const ConfirmErasing: Story = {
  ...Ready,
  play: async ({ canvasElement }) => {
    const identity = await inside(canvasElement, 'coming-identity', '.card');
    await userEvent.click(await identity.findByRole('button', { name: 'Erase everything on this device' }));
    const cancel = await identity.findByRole('button', { name: 'Cancel' });
    await waitFor(() => expect((cancel.getRootNode() as ShadowRoot).activeElement).toBe(cancel));
  },
};

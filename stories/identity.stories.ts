import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html } from 'lit';
import { expect, userEvent, waitFor } from 'storybook/test';
import '../components/identity/define.js';
import type { ComingClient } from '../core/client.js';
import { openPageChain, PURSE } from './support/chain.js';
import { inside } from './support/inside.js';
import { createLoopback, guest, visitor } from './support/people.js';
import { pretending, type Pretence } from './support/pretending.js';

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

export const SignedOut: Story = {
  loaders: [() => ({ client: pretending(visitor(createLoopback()), { status: { storage: 'persistent' } }) })],
};

/** This browser has no wallet extension: it is said, with what to do about it. */
export const NoWallet: Story = {
  loaders: [() => ({ client: pretending(visitor(createLoopback()), { status: { storage: 'persistent' } }) })],
  play: async ({ canvasElement }) => {
    const signIn = await inside(canvasElement, 'coming-identity', 'coming-sign-in', '.sign-in');
    await userEvent.click(await signIn.findByRole('button', { name: /connect a wallet/i }));
    await waitFor(() => expect(signIn.getByRole('alert')).toHaveTextContent('No wallet extension'), {
      timeout: 10_000,
    });
  },
};

/** The wallet shares several accounts; one is chosen. */
export const ChooseAccount: Story = {
  ...SignedOut,
  beforeEach: () => {
    const page = window as { injectedWeb3?: Record<string, unknown> };
    const accounts = [
      { name: 'Everyday', address: '5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY', type: 'sr25519' },
      { name: 'Savings', address: '5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty', type: 'ed25519' },
    ];
    const enable = async () => ({ accounts: { get: async () => accounts }, signer: {} });
    page.injectedWeb3 = { ...page.injectedWeb3, story: { version: '1', enable } };
    return () => delete page.injectedWeb3?.['story'];
  },
  play: async ({ canvasElement }) => {
    const signIn = await inside(canvasElement, 'coming-identity', 'coming-sign-in', '.sign-in');
    await userEvent.click(await signIn.findByRole('button', { name: /connect a wallet/i }));
    await signIn.findByRole('button', { name: /Savings/ });
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
    const part = await inside(canvasElement, 'coming-identity', 'coming-balances', '.held');
    await part.findByText('As one computer of the payment network says.');
  },
};

/** Two nodes agree on it, and the page has checked their proofs. */
export const BalancesProven: Story = {
  loaders: [
    async () => {
      const chain = await openPageChain();
      const { client, id } = await guest(createLoopback(), undefined, chain.choiceOfTwo);
      await chain.fund(id, PURSE);
      return { client: pretending(client, { status: { storage: 'persistent' } }) };
    },
  ],
  play: async ({ canvasElement }) => {
    const part = await inside(canvasElement, 'coming-identity', 'coming-balances', '.held');
    await part.findByText('Checked: two computers of the payment network agree.');
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

import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html } from 'lit';
import { expect, userEvent, waitFor } from 'storybook/test';
import { defineSheet } from '../components/pay/define-sheet.js';
import '../components/pay/define.js';
import type { ComingPay } from '../components/pay/pay.js';
import type { ComingPaySheet } from '../components/pay/sheet.js';
import type { ComingClient, Payments } from '../core/client.js';
import { ComingError } from '../core/errors.js';
import { openPageChain, PURSE, type PageChain } from './support/chain.js';
import { inside } from './support/inside.js';
import { createLoopback, guest, visitor } from './support/people.js';
import { pretending } from './support/pretending.js';
import './support/page.css';

/** What a story's loader made. */
interface Scene {
  readonly client: ComingClient;
  readonly recipient: string;
  readonly chain: PageChain;
}

interface Given {
  readonly purse?: Partial<typeof PURSE>;
  readonly payments?: Partial<Payments>;
}

/** Somebody with a purse on a chain in the page, and Ada, who is to be paid. */
async function scene({ purse = PURSE, payments }: Given = {}): Promise<Scene> {
  const chain = await openPageChain();
  const relay = createLoopback();
  const person = () => guest(relay, undefined, chain.choice);
  const [me, ada] = await Promise.all([person(), person()]);
  await chain.fund(me.id, purse);
  return { client: payments ? pretending(me.client, { payments }) : me.client, recipient: ada.id, chain };
}

const button = ({ client, recipient }: Scene, amount: string, theme: 'light' | 'dark' = 'light') =>
  html`<coming-pay
    .client=${client}
    recipient=${recipient}
    amount=${amount}
    label="Ada"
    theme=${theme}
  ></coming-pay>`;

/** A story's clicks are made by a script, and the button ignores those: its sheet is opened for a visitor here. */
async function open(canvas: HTMLElement) {
  defineSheet();
  const element = canvas.querySelector<ComingPay>('coming-pay')!;
  await element.updateComplete;
  const sheet = element.shadowRoot!.querySelector<ComingPaySheet>('coming-pay-sheet')!;
  await sheet.show({ isTrusted: true });
  return inside(canvas, 'coming-pay', 'coming-pay-sheet', 'coming-dialog');
}

const meta: Meta = {
  title: 'Pay',
  component: 'coming-pay',
  render: (_args, { loaded }) => button(loaded as unknown as Scene, '0.001'),
};
export default meta;

type Story = StoryObj;

const chosen: Story = { render: (_args, { loaded }) => button(loaded as unknown as Scene, '') };

export const FixedAmount: Story = { loaders: [() => scene()] };

export const FreeAmount: Story = { ...chosen, loaders: [() => scene()] };

/** The page's own words on the button. */
export const OwnLabel: Story = {
  loaders: [() => scene()],
  render: (_args, { loaded }) => {
    const { client, recipient } = loaded as unknown as Scene;
    return html`<coming-pay .client=${client} recipient=${recipient} amount="0.001"
      >Buy me a coffee</coming-pay
    >`;
  },
};

/** Everything that is about to be paid, before it is. */
export const Confirming: Story = {
  ...FixedAmount,
  play: async ({ canvasElement }) => {
    const sheet = await open(canvasElement);
    await sheet.findByRole('button', { name: 'Pay 0.001 XBTC' });
    await waitFor(() => expect(sheet.getAllByText(/0\.000\d+ PCX/)).toHaveLength(2));
  },
};

/** What is wrong with an amount is said while it is typed. */
export const WrongAmount: Story = {
  ...FreeAmount,
  play: async ({ canvasElement }) => {
    await open(canvasElement);
    const step = await inside(canvasElement, 'coming-pay', 'coming-pay-sheet', 'coming-pay-amount', 'form');
    await userEvent.type(await step.findByRole('textbox', { name: 'Amount' }), '0.123456789');
    await step.findByText(/8 decimals at most/);
    const all = { initialSelectionStart: 0, initialSelectionEnd: 11 };
    await userEvent.type(step.getByRole('textbox'), '0.06', all);
    await step.findByText(/more than you can use/);
  },
};

/** There is less than the amount. */
export const TooLittle: Story = {
  loaders: [() => scene({ purse: { ...PURSE, xbtc: 50_000n } })],
  play: async ({ canvasElement }) => {
    await (await open(canvasElement)).findByText(/takes 0\.001 XBTC, and you have 0\.0005 XBTC/);
  },
};

/** The network fee is in PCX, and there is none: how much is missing, and where to send it. */
export const NothingForTheFee: Story = {
  loaders: [() => scene({ purse: { xbtc: PURSE.xbtc } })],
  play: async ({ canvasElement }) => {
    await (await open(canvasElement)).findByText(/you have 0 PCX/);
  },
};

export const Offline: Story = {
  loaders: [
    async () => {
      const made = await scene();
      made.chain.online = false;
      return made;
    },
  ],
  play: async ({ canvasElement }) => {
    const sheet = await open(canvasElement);
    await sheet.findByText('The payment network can’t be reached.');
    await sheet.findByRole('button', { name: 'Try again' });
  },
};

/** The fee rose between agreeing and paying. */
export const FeeWentUp: Story = {
  loaders: [
    () => scene({ payments: { pay: () => Promise.reject(new ComingError('fee-changed', 'for the story')) } }),
  ],
};

/** The wallet said no. */
export const Refused: Story = {
  loaders: [
    () =>
      scene({ payments: { pay: () => Promise.reject(new ComingError('wallet-refused', 'for the story')) } }),
  ],
};

/** A visitor without an identity makes one on the way. */
export const SignedOut: Story = {
  loaders: [
    async () => {
      const chain = await openPageChain();
      const relay = createLoopback();
      return { client: visitor(relay, undefined, chain.choice), recipient: (await guest(relay)).id, chain };
    },
  ],
  play: async ({ canvasElement }) => {
    await (await open(canvasElement)).findByText('An identity is needed to pay.');
  },
};

export const Misconfigured: Story = {
  loaders: [() => scene()],
  render: (_args, { loaded }) => button(loaded as unknown as Scene, '1,5'),
};

export const Dark: Story = {
  ...Confirming,
  render: (_args, { loaded }) => button(loaded as unknown as Scene, '0.001', 'dark'),
};

export const RightToLeft: Story = {
  ...WrongAmount,
  render: (_args, { loaded }) => html`<div dir="rtl">${button(loaded as unknown as Scene, '')}</div>`,
};

export const Narrow: Story = {
  ...Confirming,
  render: (_args, { loaded }) =>
    html`<div class="narrow">${button(loaded as unknown as Scene, '0.001')}</div>`,
};

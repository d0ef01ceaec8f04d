import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html } from 'lit';
import { userEvent, waitFor } from 'storybook/test';
import '../components/sign-in/define.js';
import type { ComingSignInEvent } from '../components/sign-in/events.js';
import { elementInside, inside } from './support/inside.js';
import { installWallet, type StoryWallet } from './support/story-wallet.js';

const signIn = html`<coming-sign-in challenge="x7FkQ2mN0pLs9TzB"></coming-sign-in>`;

const meta: Meta = {
  title: 'Sign-in',
  component: 'coming-sign-in',
  render: () => signIn,
};
export default meta;

type Story = StoryObj;

export const Button: Story = {};

export const Dark: Story = {
  render: () => html`<coming-sign-in challenge="x7FkQ2mN0pLs9TzB" theme="dark"></coming-sign-in>`,
};

export const Themed: Story = {
  render: () => html`<div class="themed">${signIn}</div>`,
};

/** The page gave no challenge. */
export const NotSetUp: Story = {
  render: () => html`<coming-sign-in></coming-sign-in>`,
};

/** Opens the dialog with a wallet that behaves like this one, and waits until it says so. */
function opened(wallet: StoryWallet | undefined, said: RegExp | string, theme?: 'dark'): Story {
  return {
    ...(theme && {
      render: () => html`<coming-sign-in challenge="x7FkQ2mN0pLs9TzB" theme=${theme}></coming-sign-in>`,
    }),
    ...(wallet && { beforeEach: () => installWallet(wallet) }),
    play: async ({ canvasElement }) => {
      await userEvent.click(await elementInside(canvasElement, 'coming-sign-in', 'button'));
      const choice = ['coming-sign-in', 'coming-sign-in-sheet', 'coming-wallet-choice', '.choice'];
      await waitFor(async () => {
        const { findByText } = await inside(canvasElement, ...choice);
        await findByText(said, {}, { timeout: 100 });
      });
    },
  };
}

const shares = ['Everyday', 'Savings'] as const;
const refusing = (why: string) => () => Promise.reject(new Error(why));
const never = () => new Promise<never>(() => undefined);

/** The wallet has not answered yet. */
export const Connecting: Story = opened({ enable: never }, /Waiting for your wallet/);

/** After some seconds without an answer. */
export const Silent: Story = opened({ enable: never }, /may be locked/);

export const ChooseAccount: Story = opened({ shares }, /Which account/);
export const ChooseAccountDark: Story = opened({ shares }, /Which account/, 'dark');

/** The wallet shows the text. */
export const Signing: Story = opened({ shares: ['Everyday'], sign: never }, /begins with/);

export const NoWallet: Story = opened(undefined, 'No wallet found');
export const NoWalletDark: Story = opened(undefined, 'No wallet found', 'dark');
export const NoAccounts: Story = opened({ shares: [] }, 'No account to use');
export const Refused: Story = opened({ enable: refusing('Rejected') }, 'Not confirmed');
export const Locked: Story = opened(
  { shares: ['Everyday'], sign: refusing('The wallet is locked') },
  'Your wallet is locked',
);
export const AccountGone: Story = opened(
  { shares: ['Everyday'], sign: never, takesBack: true },
  'That account is gone',
);
export const AskedTooOften: Story = opened(
  { shares: ['Everyday'], sign: refusing('Rate limit exceeded') },
  'Too fast for your wallet',
);

const signs = async () => ({ signature: `0x${'00'.repeat(64)}` });
/** The site's server did not believe what was signed. */
export const SiteRefused: Story = {
  ...opened({ shares: ['Savings'], sign: signs }, /did not let you in/),
  render: () =>
    html`<coming-sign-in
      challenge="x7FkQ2mN0pLs9TzB"
      @coming-sign-in=${(event: ComingSignInEvent) => event.waitUntil(Promise.reject(new Error('refused')))}
    ></coming-sign-in>`,
};
/** The site's server gives no challenge. */
export const SiteFailed: Story = {
  ...opened({ shares: ['Savings'], sign: signs }, /did not answer/),
  render: () => html`<coming-sign-in .getChallenge=${refusing('offline')}></coming-sign-in>`,
};

export const RightToLeft: Story = {
  ...ChooseAccount,
  render: () => html`<div dir="rtl">${signIn}</div>`,
};

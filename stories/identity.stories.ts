import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, type TemplateResult } from 'lit';
import { expect, userEvent, waitFor } from 'storybook/test';
import '../components/identity/define.js';
import { answered } from '../components/identity/link-parts.js';
import { askedWords, shownWords } from '../components/identity/words-views.js';
import { errorText } from '../components/locales/en.js';
import { identityWords } from '../components/locales/en-identity.js';
import type { ComingClient, Identity, IdentitySnapshot } from '../core/client.js';
import { ComingError, type ErrorCode, type SeldomErrorCode } from '../core/errors.js';
import { openPageChain, PURSE } from './support/chain.js';
import { elementInside, inside } from './support/inside.js';
import { createLoopback, guest, visitor } from './support/people.js';
import { paintedPicture } from './support/painted-picture.js';
import { pretending, type Pretence } from './support/pretending.js';
import { identityShown } from './support/pretending-people.js';
import { defineStoryStep } from './support/story-step.js';
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

const locked = (protection: 'passphrase' | 'passkey'): Story => ({
  loaders: [
    () => {
      const status = { phase: 'locked', storage: 'persistent', protection, passkeyId: '00' } as const;
      return { client: pretending(visitor(createLoopback()), { status }) };
    },
  ],
});

/** The device is locked with a passphrase. */
export const Locked: Story = locked('passphrase');

/** With a passkey. */
export const LockedWithPasskey: Story = locked('passkey');

const UNLOCK = ['coming-identity', 'coming-welcome', 'coming-unlock'];

/** The passphrase was another one. */
export const WrongPassphrase: Story = {
  loaders: [
    async () => {
      const client = visitor(createLoopback());
      const status = { phase: 'locked', storage: 'persistent', protection: 'passphrase' } as const;
      const unlock = () => Promise.reject(new ComingError<SeldomErrorCode>('wrong-passphrase', 'a story'));
      return { client: { ...pretending(client, { status }), unlock } };
    },
  ],
  play: async ({ canvasElement }) => {
    const unlock = await inside(canvasElement, ...UNLOCK, 'form');
    await userEvent.type(await unlock.findByLabelText('Passphrase'), 'something else{Enter}');
    await unlock.findByText(/This is not the passphrase/);
  },
};

/** Nobody can unlock it: erasing is the way out. */
export const LockForgotten: Story = {
  ...Locked,
  play: async ({ canvasElement }) => {
    const unlock = await inside(canvasElement, ...UNLOCK, 'form');
    await userEvent.click(await unlock.findByRole('button', { name: /can’t unlock/ }));
    await inside(canvasElement, ...UNLOCK, '.danger');
  },
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

/** An account that holds something, on a chain in the page. */
const holding = (choice: 'choice' | 'choiceOfTwo'): NonNullable<Story['loaders']> => [
  async () => {
    const chain = await openPageChain();
    const { client, id } = await guest(createLoopback(), undefined, chain[choice]);
    await chain.fund(id, PURSE);
    return { client: pretending(client, { status: { storage: 'persistent' } }) };
  },
];

/** Waits until each of these stands among what the account holds. */
const balancesSay =
  (...texts: readonly string[]): NonNullable<Story['play']> =>
  async ({ canvasElement }) => {
    const path = ['coming-identity', 'coming-identity-card', 'coming-balances', '.held'];
    const held = await inside(canvasElement, ...path);
    for (const text of texts) await held.findByText(text);
  };

/** What the account holds, as one node says. */
export const Balances: Story = {
  loaders: holding('choice'),
  play: balancesSay('0.05 XBTC', '1 PCX', 'As one computer of the payment network says.'),
};

/** Two nodes agree on it, and the page has checked their proofs. */
export const BalancesProven: Story = {
  loaders: holding('choiceOfTwo'),
  play: balancesSay('Checked: two computers of the payment network agree.'),
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

export const CannotStart: Story = {
  loaders: [() => ready({ status: { phase: 'failed', me: undefined, problem: 'storage-unavailable' } })],
};

const DAY = 86_400_000;
const DEVICES: IdentitySnapshot['devices'] = [
  {
    id: 1,
    name: 'Firefox on Linux',
    origin: 'https://shop.example',
    addedAt: Date.now() - 90 * DAY,
    access: 'full',
    thisDevice: true,
  },
  {
    id: 2,
    name: 'Phone of Ada',
    origin: 'https://chat.example',
    addedAt: Date.now() - 2 * DAY,
    access: 'origin',
    thisDevice: false,
  },
];
const PERSISTENT: Pretence = { status: { storage: 'persistent', relay: 'wss://relay.example' } };

const account = (
  snapshot: Partial<IdentitySnapshot> = {},
  members: Partial<Identity> = {},
  pretence: Pretence = PERSISTENT,
): NonNullable<Story['loaders']> => [
  async () => {
    const { client } = await guest(createLoopback());
    return { client: identityShown(client, { devices: DEVICES, ...snapshot }, members, pretence) };
  },
];

const WITH_CHAIN: Pretence = {
  status: { ...PERSISTENT.status, chain: 'polkadot:6ac13efb5b368b97b4934cef6edfdd99' },
  payments: {},
};

export const TwoDevices: Story = { loaders: account({ backedUp: true }) };
export const TwoDevicesDark: Story = { ...Dark, loaders: TwoDevices.loaders! };
export const NotBackedUp: Story = { loaders: account({ backedUp: false }) };

/** The relay has another list of devices than this device. */
export const ListSplit: Story = { loaders: account({ forked: true, backedUp: true }) };

/** The key is on another device, which has to be used for everything that is signed. */
export const LinkedDevice: Story = {
  loaders: account({ hasKey: false, hasWords: false, backedUp: true }),
};

export const AccountLoading: Story = {
  loaders: [
    async () => {
      const { client } = await guest(createLoopback());
      const never = () => new Promise<never>(() => undefined);
      return { client: { ...pretending(client, PERSISTENT), openIdentity: never } };
    },
  ],
};

/** A part that is loaded when it is needed could not be. */
export const AccountFailed: Story = {
  loaders: [
    async () => {
      const { client } = await guest(createLoopback());
      const fails = () => Promise.reject(new ComingError('not-loaded', 'offline'));
      return { client: { ...pretending(client, PERSISTENT), openIdentity: fails } };
    },
  ],
};

/** Presses these buttons of the card and its dialogs, one after the other. */
const pressing =
  (...names: readonly string[]): NonNullable<Story['play']> =>
  async ({ canvasElement }) => {
    for (const name of names) await press(canvasElement, name);
  };

const PROFILE = ['coming-identity', 'coming-identity-card', 'coming-profile-flow'];

/** One's own account, with what one says of oneself. */
const profiled: NonNullable<Story['loaders']> = [
  async () => {
    const { client } = await guest(createLoopback());
    await client.setProfile({ name: 'Ada Lovelace', picture: await paintedPicture() });
    return { client: identityShown(client, { devices: DEVICES, backedUp: true }, {}, PERSISTENT) };
  },
];

/** What contacts see: nothing is said yet. */
export const Profile: Story = {
  ...TwoDevices,
  play: async (context) => {
    await pressing('Name and picture')(context);
    await (await inside(context.canvasElement, ...PROFILE, 'form')).findByLabelText('Name');
  },
};

export const ProfileWithPicture: Story = {
  loaders: profiled,
  play: async (context) => {
    await pressing('Name and picture')(context);
    const form = await inside(context.canvasElement, ...PROFILE, 'form');
    await waitFor(() => expect(form.getByLabelText('Name')).toHaveValue('Ada Lovelace'));
    await form.findByRole('button', { name: 'Remove the picture' });
  },
};
export const ProfileDark: Story = { ...Dark, loaders: profiled, play: ProfileWithPicture.play! };
export const ProfileRightToLeft: Story = {
  ...RightToLeft,
  loaders: profiled,
  play: ProfileWithPicture.play!,
};

/** A file that is no picture. */
export const ProfileUnreadable: Story = {
  loaders: profiled,
  play: async (context) => {
    await ProfileWithPicture.play!(context);
    const field = await elementInside(context.canvasElement, ...PROFILE, '[type="file"]');
    await userEvent.upload(field, new File(['words'], 'picture.png', { type: 'image/png' }));
    await (await inside(context.canvasElement, ...PROFILE, 'form')).findByText(/cannot be used/);
  },
};

/** The name was changed: the card behind it says so. */
export const ProfileSaved: Story = {
  loaders: profiled,
  play: async (context) => {
    await ProfileWithPicture.play!(context);
    const { canvasElement } = context;
    const field = await elementInside(canvasElement, ...PROFILE, '#name');
    await userEvent.type(field, ', Countess{Enter}');
    const card = await elementInside(canvasElement, 'coming-identity', 'coming-identity-card', '.who');
    await waitFor(() => expect(card).toHaveTextContent('Ada Lovelace, Countess'));
  },
};

export const OwnCode: Story = { ...TwoDevices, play: pressing('Show my code') };
export const Device: Story = { ...TwoDevices, play: pressing('Manage Phone of Ada') };
export const DeviceRename: Story = { ...TwoDevices, play: pressing('Manage Phone of Ada', 'Rename') };
export const DeviceGrant: Story = {
  ...TwoDevices,
  play: pressing('Manage Phone of Ada', 'Let it read everything'),
};
export const DeviceRemove: Story = { ...TwoDevices, play: pressing('Manage Phone of Ada', 'Remove') };
export const RemoveThisDevice: Story = {
  ...NotBackedUp,
  play: pressing('Manage Firefox on Linux', 'Remove'),
};
export const Backup: Story = { ...NotBackedUp, play: pressing('Back up') };
/** The words come after a click that a person has to make: a story cannot. */
export const BackupWarning: Story = { ...NotBackedUp, play: pressing('Back up', 'Write down 12 words') };
export const BackupWarningDark: Story = {
  ...Dark,
  loaders: NotBackedUp.loaders!,
  play: BackupWarning.play!,
};
export const Archive: Story = { ...NotBackedUp, play: pressing('Export and import') };
export const ArchiveExport: Story = {
  ...NotBackedUp,
  play: pressing('Export and import', 'Export everything'),
};
export const ArchiveImport: Story = { ...NotBackedUp, play: pressing('Export and import', 'Import') };
export const BackupFile: Story = { ...NotBackedUp, play: pressing('Back up', 'Save a file') };
export const Lock: Story = {
  loaders: [() => ready({ status: { storage: 'persistent', protection: 'passphrase' } })],
  play: pressing('Lock'),
};
export const LinkOther: Story = { ...TwoDevices, play: pressing('Link another device') };

const nothingToDo = () => undefined;

/** A step that only a press of a person's own leads to. */
const step = (content: (loaded: Record<string, unknown>) => TemplateResult): Story['render'] => {
  defineStoryStep();
  return (_args, { loaded }) => html`<story-step .step=${content(loaded)}></story-step>`;
};

/** Two devices of one account that are being linked: what the new one offers, and what it is answered. */
const linking: NonNullable<Story['loaders']> = [
  async () => {
    const relay = createLoopback();
    const [{ client }, other] = [await guest(relay), visitor(relay)];
    const { text } = await other.offerLink({ deviceName: 'Phone of Ada' });
    const identity = await client.openIdentity();
    return {
      client: pretending(client, PERSISTENT),
      text,
      answer: await identity.confirmLink(text, 'origin'),
    };
  },
];

/** Both screens show the same; this one asks, and lets choose what the other device may read. */
export const LinkConfirm: Story = {
  loaders: linking,
  play: async (context) => {
    const { canvasElement, loaded } = context;
    await press(canvasElement, 'Link another device');
    const path = ['coming-identity', 'coming-identity-card', 'coming-link-flow'];
    const field = await elementInside(canvasElement, ...path, 'coming-scanner', 'textarea');
    (field as HTMLTextAreaElement).value = loaded['text'] as string;
    await press(canvasElement, 'Use this text');
    await (await inside(canvasElement, ...path, 'fieldset')).findByText('Everything');
  },
};
export const LinkConfirmDark: Story = { ...Dark, loaders: linking, play: LinkConfirm.play! };
export const LinkAnswer: Story = {
  loaders: linking,
  render: step(({ answer }) => answered(answer as string, identityWords({}), {}, nothingToDo))!,
  play: async ({ canvasElement }) => {
    await elementInside(canvasElement, 'story-step', 'coming-qr-code', 'svg');
  },
};

const LIST = ['legal', 'winner', 'thank', 'year', 'wave', 'sausage', 'worth', 'useful'].concat(
  ...['legal', 'winner', 'thank', 'yellow'],
);
export const BackupShown: Story = {
  render: step(() => shownWords(LIST, identityWords({}), nothingToDo, nothingToDo))!,
  play: async ({ canvasElement }) => {
    const list = await inside(canvasElement, 'story-step', 'ol');
    if (list.getAllByRole('listitem').length !== 12) throw new Error('There are not twelve words.');
  },
};
const asking = (failure: TemplateResult) =>
  askedWords(
    {
      asked: [1, 6, 10],
      busy: false,
      failure,
      again: nothingToDo,
      submit: (event) => event.preventDefault(),
    },
    identityWords({}),
  );
export const BackupCheck: Story = {
  render: step(() => asking(html``))!,
  play: async ({ canvasElement }) => {
    await (await inside(canvasElement, 'story-step', 'form')).findByLabelText('Word 11');
  },
};
export const BackupCheckFailed: Story = {
  render: step(() =>
    asking(
      html`<p class="error" role="alert">${errorText(identityWords({}), 'words-differ' as ErrorCode)}</p>`,
    ),
  )!,
  play: async ({ canvasElement }) => {
    await (await inside(canvasElement, 'story-step', 'form')).findByText(/not the words of this identity/);
  },
};

export const HandOver: Story = { ...NotBackedUp, play: pressing('Continue with a wallet') };
export const SettleSplit: Story = { ...ListSplit, play: pressing('Settle it…') };

const COST = { fee: 15_500n, deposit: 12_500_000n, symbol: 'PCX', decimals: 8 };
export const Anchor: Story = {
  loaders: account({ backedUp: true, anchor: 'behind' }, { anchorCost: async () => COST }, WITH_CHAIN),
  play: pressing('On the chain', 'What it costs'),
};
export const AnchorOther: Story = {
  loaders: account({ backedUp: true, anchor: 'other' }, {}, WITH_CHAIN),
  play: pressing('On the chain'),
};
export const AnchorRefused: Story = {
  loaders: account(
    { backedUp: true, anchor: 'none' },
    { anchorCost: () => Promise.reject(new ComingError('chain-unreachable', 'offline')) },
    WITH_CHAIN,
  ),
  play: pressing('On the chain', 'What it costs'),
};

/** Somebody comes back with an identity that they have. */
export const Restore: Story = { ...SignedOut, play: pressing('I have an identity') };
export const RestoreWords: Story = { ...SignedOut, play: pressing('I have an identity', 'With my words') };
export const RestoreFile: Story = { ...SignedOut, play: pressing('I have an identity', 'With my file') };
export const RestoreByLink: Story = {
  ...SignedOut,
  play: pressing('I have an identity', 'Link this device'),
};
/** The ten minutes are over. */
export const RestoreByLinkExpired: Story = {
  loaders: [
    () => {
      const client = visitor(createLoopback());
      const late = async () => ({ ...(await client.offerLink()), expires: Date.now() });
      return { client: { ...pretending(client, { status: { storage: 'persistent' } }), offerLink: late } };
    },
  ],
  play: pressing('I have an identity', 'Link this device', 'Make a new code'),
};
export const RestoreByLinkDark: Story = {
  ...Dark,
  loaders: SignedOut.loaders!,
  play: RestoreByLink.play!,
};

export const Narrow: Story = {
  ...BackupWarning,
  render: (_args, { loaded }) =>
    html`<div class="narrow">
      <coming-identity .client=${(loaded as { client: ComingClient }).client}></coming-identity>
    </div>`,
};

/** Erasing asks first, and says what is lost; nothing is preselected that destroys. */
export const ConfirmErasing: Story = {
  ...NotBackedUp,
  play: pressing('Erase everything on this device'),
};

/** Presses a button, wherever inside of the element it is: by its name, or by what it begins with. */
async function press(canvas: HTMLElement, name: string): Promise<void> {
  const button = await waitFor(() => {
    const found = buttonsIn(canvas).find((one) => {
      const called = one.getAttribute('aria-label') ?? one.querySelector('b')?.textContent ?? one.textContent;
      return called?.trim() === name && one.checkVisibility();
    });
    if (!found) throw new Error(`There is no button ${name} yet.`);
    return found;
  });
  await userEvent.click(button);
}

function buttonsIn(root: ParentNode): HTMLElement[] {
  return [...root.querySelectorAll('*')].flatMap((element) => [
    ...(element.localName === 'button' ? [element as HTMLElement] : []),
    ...(element.shadowRoot ? buttonsIn(element.shadowRoot) : []),
  ]);
}

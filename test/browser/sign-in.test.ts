import { encodeAddress } from '@polkadot/util-crypto';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import '../../components/sign-in/define.js';
import type { ComingSignInEvent } from '../../components/sign-in/events.js';
import type { ComingSignIn } from '../../components/sign-in/sign-in.js';
import { verifySignIn } from '../../core/identity/sign-in.js';
import { expectAccessible, expectFocus, html, mount } from './support.js';
import { install, makePairs, signAs, uninstall, type Answers, type Pair } from './wallet-double.js';

const NONCE = 'x7FkQ2mN0pLs9TzB';

let ada: Pair;
let grace: Pair;
let answers: Answers = {};

beforeAll(async () => {
  ({ ada, grace } = await makePairs());
});

afterEach(() => {
  uninstall();
  answers = {};
});

/** The button on a page, which takes what is signed. */
function show(properties: Partial<ComingSignIn> = { challenge: NONCE }) {
  const element = mount<ComingSignIn>(html`<coming-sign-in></coming-sign-in>`);
  Object.assign(element, properties);
  const heard = vi.fn<(event: ComingSignInEvent) => void>();
  element.addEventListener('coming-sign-in', heard);
  return { element, heard };
}

const button = page.getByRole('button', { name: 'Sign in with a wallet' });
const dialog = page.getByRole('dialog', { name: `Sign in to ${location.host}` });
const trouble = (title: RegExp) => page.getByRole('heading', { name: title });
const alert = page.getByRole('alert');
const again = page.getByRole('button', { name: 'Try again' });

/** A wallet whose prompts wait until the test answers. */
function slowly() {
  let asked!: () => void;
  let answer!: () => void;
  const prompt = new Promise<void>((resolve) => (asked = resolve));
  const answered = new Promise<void>((resolve) => (answer = resolve));
  answers = {
    signRaw: async (request) => {
      asked();
      await answered;
      return signAs([ada, grace])(request);
    },
  };
  return { prompt, answer };
}

describe('<coming-sign-in>', () => {
  it('gives the page a signed sign-in to its own domain, which the site’s server accepts', async () => {
    install([ada]);
    const { element, heard } = show();
    await expectAccessible(element);
    await userEvent.tab();
    await expectFocus(button);
    await userEvent.keyboard('{Enter}');
    await expect.poll(() => heard.mock.calls.length).toBe(1);
    const { message, signature, scheme, account } = heard.mock.calls[0]![0];
    expect(account).toBe(encodeAddress(ada.publicKey, 44));
    const attempt = { message, signature, scheme, domain: location.host, nonce: NONCE, now: Date.now() };
    const signIn = await verifySignIn(attempt);
    expect(signIn).toMatchObject({
      account: ada.publicKey,
      uri: location.origin + location.pathname,
      chain: 'polkadot:6ac13efb5b368b97b4934cef6edfdd99',
    });
    expect(signIn.expiresAt - signIn.issuedAt).toBe(600_000);

    await expect.element(dialog).not.toBeInTheDocument();
    await expectFocus(button);
    await expect.element(page.getByText(/^Signed in as 5/)).toBeVisible();
    expect(element.matches(':state(signed-in)')).toBe(true);
  });

  it('can be sent as it is: the signature in hexadecimal digits', async () => {
    install([grace]);
    const { heard } = show();
    await userEvent.click(button);
    await expect.poll(() => heard.mock.calls.length).toBe(1);
    const event = heard.mock.calls[0]![0];
    const sent = JSON.parse(JSON.stringify(event)) as Record<string, string>;
    expect(sent).toEqual({
      message: event.message,
      signature: Array.from(event.signature, (byte) => byte.toString(16).padStart(2, '0')).join(''),
      scheme: 'ed25519',
      account: event.account,
    });
  });

  it('asks the site for a challenge each time, and stays while the site checks', async () => {
    install([ada]);
    let count = 0;
    const issuedAt = Date.now() - 5000;
    const { element, heard } = show({ getChallenge: () => ({ nonce: `${NONCE}${++count}`, issuedAt }) });
    let refuse!: () => void;
    element.addEventListener('coming-sign-in', (event) =>
      event.waitUntil(
        count === 1 ? new Promise((_, reject) => (refuse = reject as () => void)) : Promise.resolve(),
      ),
    );
    await userEvent.click(button);
    await expect.element(page.getByText(/is checking the signature/)).toBeVisible();
    refuse();
    await expect.element(trouble(/did not let you in/)).toBeVisible();
    await expectFocus(again);
    await expectAccessible(element);
    expect(element.matches(':state(signed-in)')).toBe(false);

    await userEvent.click(again);
    await expect.element(dialog).not.toBeInTheDocument();
    expect(heard.mock.calls.map(([{ message }]) => /Nonce: (.*)/.exec(message)![1])).toEqual([
      `${NONCE}1`,
      `${NONCE}2`,
    ]);
    expect(heard.mock.calls[0]![0].message).toContain(`Issued At: ${new Date(issuedAt).toISOString()}`);
  });

  it('says that the site could not begin, and when it gave nothing that can be signed', async () => {
    install([ada]);
    const { element, heard } = show({ getChallenge: () => Promise.reject(new Error('down')) });
    await userEvent.click(button);
    await expect.element(trouble(/did not answer/)).toBeVisible();
    element.getChallenge = () => 'too short';
    await element.updateComplete;
    await userEvent.click(again);
    await expect.element(trouble(/Not set up correctly/)).toBeVisible();
    expect(heard).not.toHaveBeenCalled();
  });

  it('asks which of several accounts, and takes back what the wallet takes back', async () => {
    const wallet = install([ada, grace]);
    const { element } = show();
    await userEvent.click(button);
    await expectFocus(page.getByRole('button', { name: /Ada/ }));
    await expectAccessible(element);
    wallet.share([grace]);
    await expect.element(page.getByRole('button', { name: /Ada/ })).not.toBeInTheDocument();
    wallet.share([]);
    await expect.element(trouble(/No account to use/)).toBeVisible();
  });

  it('says when the account goes away in the wallet while it is asked, and signs nothing with it', async () => {
    const { prompt, answer } = slowly();
    const wallet = install([ada, grace], answers);
    const { element, heard } = show();
    await userEvent.click(button);
    await userEvent.click(page.getByRole('button', { name: /Ada/ }));
    await prompt;
    await expect.element(page.getByText(/shows a text that begins with/)).toBeVisible();
    await expectAccessible(element);
    wallet.share([grace]);
    await expect.element(trouble(/That account is gone/)).toBeVisible();
    await expect.element(alert.filter({ hasText: /stopped sharing Ada/ })).toBeVisible();
    answer();
    await userEvent.click(again);
    await expect.poll(() => heard.mock.calls.length).toBe(1);
    expect(heard.mock.calls[0]![0].account).toBe(encodeAddress(grace.publicKey, 44));
  });

  it('takes only the account that the page asks for', async () => {
    const wallet = install([ada]);
    const { heard } = show({ challenge: NONCE, account: encodeAddress(grace.publicKey, 44) });
    await userEvent.click(button);
    await expect.element(trouble(/Another account is needed/)).toBeVisible();
    wallet.share([ada, grace]);
    uninstall();
    install([ada, grace]);
    await userEvent.click(again);
    await expect.poll(() => heard.mock.calls.length).toBe(1);
    expect(heard.mock.calls[0]![0].account).toBe(encodeAddress(grace.publicKey, 44));
  });

  it('says what is wrong with the wallet, and what to do about it', async () => {
    const { element, heard } = show();
    const say = async (title: RegExp, text: RegExp) => {
      await expect.element(trouble(title)).toBeVisible();
      await expect.element(alert.filter({ hasText: text })).toBeVisible();
      await expectFocus(again);
      await expectAccessible(element);
    };
    await userEvent.click(button);
    await say(/No wallet found/, /No wallet extension was found/);

    install([]);
    await say(/Your wallet is here now/, /You can go on/);
    await userEvent.click(again);
    await say(/No account to use/, /shares no account with this page/);

    install([ada], { enable: () => Promise.reject(new Error('Rejected')) });
    await userEvent.click(again);
    await say(/Not confirmed/, /The wallet said no/);

    install([ada], { signRaw: () => Promise.reject(new Error('Cancelled')) });
    await userEvent.click(again);
    await say(/Not confirmed/, /try again and confirm/);

    install([ada], { signRaw: () => Promise.reject(new Error('The wallet is locked')) });
    await userEvent.click(again);
    await say(/Your wallet is locked/, /unlock it, then try again/);

    install([ada]);
    await userEvent.click(again);
    await expect.poll(() => heard.mock.calls.length).toBe(1);
  });

  it('finds a wallet that comes into the page just after it was asked for', async () => {
    const { heard } = show();
    await userEvent.click(button);
    await expect.element(page.getByText(/Waiting for your wallet/)).toBeVisible();
    install([ada]);
    await expect.poll(() => heard.mock.calls.length).toBe(1);
  });

  it('says after a while that a wallet which says nothing may be locked, or that it was asked too often', async () => {
    let ask!: () => void;
    const asked = new Promise<void>((resolve) => (ask = resolve));
    const tooFast = async () => {
      ask();
      throw new Error('Rate limit exceeded. Try again later.');
    };
    let unlock!: () => void;
    const unlocked = new Promise<void>((resolve) => (unlock = resolve));
    install([ada], { enable: () => unlocked, signRaw: tooFast });
    show();
    await expect.element(button).toBeEnabled();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      await userEvent.click(button);
      await expect.element(page.getByText(/Waiting for your wallet/)).toBeVisible();
      await vi.advanceTimersByTimeAsync(10_000);
      await expect.element(page.getByText(/may be locked/)).toBeVisible();
      unlock();
      await expect.element(page.getByText(/shows a text that begins with/)).toBeVisible();
      await asked;
      await vi.advanceTimersByTimeAsync(5000);
    } finally {
      vi.useRealTimers();
    }
    await expect.element(trouble(/Too fast for your wallet/)).toBeVisible();
  });

  it('gives nothing to the page when the visitor leaves before the wallet answered', async () => {
    const { prompt, answer } = slowly();
    install([ada], answers);
    const { heard, element } = show();
    await userEvent.click(button);
    await prompt;
    await userEvent.keyboard('{Escape}');
    await expect.element(dialog).not.toBeInTheDocument();
    await expectFocus(button);
    answer();
    await element.updateComplete;
    await userEvent.click(button);
    await expect.poll(() => heard.mock.calls.length).toBe(1);
  });

  it('is off, and says so, when the page set it up in a way that cannot work', async () => {
    const { element } = show({});
    const isOff = async () => {
      await expect.element(button).toBeDisabled();
      await expect.element(alert.filter({ hasText: /not set up correctly/ })).toBeVisible();
      expect(element.matches(':state(invalid)')).toBe(true);
    };
    await isOff();
    await expectAccessible(element);
    element.challenge = 'short';
    await isOff();
    Object.assign(element, { challenge: NONCE, chain: 'chainx' });
    await isOff();
    Object.assign(element, { chain: '', account: 'Ada' });
    await isOff();
    element.account = '';
    await expect.element(button).toBeEnabled();
  });

  it('lets a page replace any single text and the label', async () => {
    const element = mount<ComingSignIn>(html`<coming-sign-in challenge=${NONCE}>Anmelden</coming-sign-in>`);
    element.strings = { walletMissingTitle: 'Keine Wallet' };
    await userEvent.click(page.getByRole('button', { name: 'Anmelden' }));
    await expect.element(page.getByRole('heading', { name: 'Keine Wallet' })).toBeVisible();
  });
});

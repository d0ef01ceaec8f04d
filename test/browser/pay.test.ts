import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import '../../components/pay/define.js';
import type { ComingPay } from '../../components/pay/pay.js';
import type { ComingClient, Payment, Payments } from '../../core/client.js';
import { ComingError, type ErrorCode } from '../../core/errors.js';
import { openPageChain, PURSE, type PageChain } from '../../stories/support/chain.js';
import { createLoopback, guest, until, visitor, type Person } from '../../stories/support/people.js';
import { pretending } from '../../stories/support/pretending.js';
import { expectAccessible, expectFocus, html, mount } from './support.js';

const ADA_GETS = 100_000n;

let chain: PageChain;
let me: Person;
let ada: Person;

beforeEach(async () => {
  chain = await openPageChain();
  const relay = createLoopback();
  const person = () => guest(relay, undefined, chain.choice);
  [me, ada] = await Promise.all([person(), person()]);
});

afterEach(async () => {
  await Promise.all([me.client.close(), ada.client.close()]);
  chain.devchain.close();
});

/** A pay button for Ada on the page. */
function show(given: { amount?: string; client?: ComingClient; to?: string } = {}): ComingPay {
  const { amount = '', client = me.client, to = ada.id } = given;
  return mount<ComingPay>(
    html`<coming-pay .client=${client} recipient=${to} amount=${amount} label="Ada"></coming-pay>`,
  );
}

const payButton = () => page.getByRole('button', { name: /^Pay/ }).first();
const field = () => page.getByRole('textbox', { name: 'Amount' });
const next = () => page.getByRole('button', { name: 'Continue' });
/** The last one that says what is paid: the first is the page's own. */
const confirm = () => page.getByRole('button', { name: /^Pay \d/ }).last();
const dialog = (name: string) => page.getByRole('dialog', { name });
const paid = () => page.getByText('You paid 0.001 XBTC to Ada').last();

async function toConfirmation(): Promise<void> {
  await userEvent.click(payButton());
  await expect.element(dialog('Confirm payment')).toBeVisible();
  await expect.element(confirm()).toHaveAttribute('aria-disabled', 'false');
}

/** What somebody has, in base units, once it is as expected. */
async function holds({ client }: Person, amount: bigint): Promise<void> {
  const payments = await client.openPayments();
  await until(payments.watchBalance(payments.assets[0]!.caip19), (balance) => balance?.usable === amount);
}

/** My client, with members of what pays replaced. */
const payingWith = (payments: Partial<Payments>) => pretending(me.client, { payments });

describe('<coming-pay>', () => {
  it('says of a payment that is done whose word that is, where only one node was asked', async () => {
    await chain.fund(me.id, PURSE);
    const element = show({ amount: '0.001' });
    await toConfirmation();
    await userEvent.click(confirm());
    await expect.element(paid()).toBeVisible();
    await expect.element(page.getByText(/^One computer of the payment network says so/)).toBeVisible();
    await expectAccessible(element);
  });

  it('pays an amount that the visitor chooses by keyboard alone, and shows every step until it is final', async () => {
    await chain.fund(me.id, PURSE);
    const element = show();
    const told: string[] = [];
    for (const stage of ['request', 'signed', 'in-block', 'final', 'failed']) {
      element.addEventListener(`coming-pay-${stage}`, () => told.push(stage));
    }
    await userEvent.tab();
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByText('You can use 0.05 XBTC')).toBeVisible();
    await expect.element(page.getByText('As one computer of the payment network says.')).toBeVisible();
    await expectFocus(field());
    await expectAccessible(element);
    await userEvent.keyboard('0.001{Enter}');
    await expect.element(dialog('Confirm payment')).toBeVisible();
    await expect.element(page.getByText(/0\.000\d+ PCX/).first()).toBeVisible();
    await expectAccessible(element);
    await userEvent.tab();
    await userEvent.tab();
    await expectFocus(confirm());
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByRole('list', { name: 'How far the payment is' })).toBeVisible();
    await expect.element(paid()).toBeVisible();
    await expectAccessible(element);
    await holds(ada, ADA_GETS);
    expect(told).toEqual(['request', 'signed', 'in-block', 'final']);
    await userEvent.keyboard('{Escape}');
    await expectFocus(payButton());
    await expectAccessible(element);
  });

  it('pays once when the button is clicked twice, and not when Continue is', async () => {
    await chain.fund(me.id, PURSE);
    show();
    await userEvent.click(payButton());
    await userEvent.fill(field(), '0.001');
    await userEvent.dblClick(next());
    await expect.element(confirm()).toHaveAttribute('aria-disabled', 'false');
    await userEvent.dblClick(confirm());
    await expect.element(paid()).toBeVisible();
    await holds(ada, ADA_GETS);
    await holds(me, PURSE.xbtc - ADA_GETS);
  });

  it('does nothing for a script: neither opens nor agrees', async () => {
    await chain.fund(me.id, PURSE);
    const pay = vi.fn();
    const element = show({ amount: '0.001', client: payingWith({ pay }) });
    await element.updateComplete;
    (payButton().element() as HTMLElement).click();
    await element.updateComplete;
    await expect.element(page.getByRole('dialog')).not.toBeInTheDocument();
    await toConfirmation();
    (confirm().element() as HTMLElement).click();
    await expect.element(dialog('Confirm payment')).toBeVisible();
    expect(pay).not.toHaveBeenCalled();
  });

  it('leaves it to the page whether anything opens', async () => {
    const element = show({ amount: '0.001' });
    const request = vi.fn((event: Event) => event.preventDefault());
    element.addEventListener('coming-pay-request', request);
    await userEvent.click(payButton());
    expect(request).toHaveBeenCalledTimes(1);
    expect(request.mock.calls[0]?.[0]).toMatchObject({ recipient: ada.id, amount: '0.001', asset: '' });
    await expect.element(page.getByRole('dialog')).not.toBeInTheDocument();
  });

  it('says at the field what is wrong with an amount, as it is typed', async () => {
    await chain.fund(me.id, PURSE);
    const element = show();
    await userEvent.click(payButton());
    await expect.element(page.getByText('You can use 0.05 XBTC')).toBeVisible();
    for (const [text, said] of [
      ['0.123456789', /8 decimals at most/],
      ['1', /more than you can use. You can use 0.05 XBTC/],
      ['1e-3', /not an amount/],
      ['1,5', /not an amount/],
      ['-1', /not an amount/],
    ] as const) {
      await userEvent.fill(field(), text);
      await expect.element(page.getByText(said)).toBeVisible();
      await expect.element(field()).toHaveAttribute('aria-invalid', 'true');
    }
    await expectAccessible(element);
    // In the middle of an amount nobody is corrected; with Enter it is meant.
    await userEvent.fill(field(), '0.0');
    await expect.element(field()).not.toHaveAttribute('aria-invalid');
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByText(/greater than zero/)).toBeVisible();
    await expectFocus(field());
    await userEvent.keyboard('1');
    await expect.element(field()).not.toHaveAttribute('aria-invalid');
  });

  it('takes a typed comma for the point that a telephone does not offer', async () => {
    await chain.fund(me.id, PURSE);
    show();
    await userEvent.click(payButton());
    await expect.element(field()).toBeVisible();
    await expectFocus(field());
    await userEvent.keyboard('0,001');
    await expect.element(field()).toHaveValue('0.001');
  });

  it('enters everything there is, less the fee where the fee is in the same coin', async () => {
    await chain.fund(me.id, PURSE);
    show();
    await userEvent.click(payButton());
    await userEvent.click(page.getByRole('button', { name: 'Max' }));
    await expect.element(field()).toHaveValue('0.05');
    await userEvent.selectOptions(page.getByRole('combobox', { name: 'Currency' }), 'PCX');
    await expect.element(page.getByText(/You can use 0\.999\d+ PCX/)).toBeVisible();
    await userEvent.click(page.getByRole('button', { name: 'Max' }));
    await userEvent.click(next());
    await expect.element(confirm()).toHaveAttribute('aria-disabled', 'false');
    await userEvent.click(confirm());
    await expect.element(page.getByText(/^You paid 0\.999\d+ PCX to Ada/).last()).toBeVisible();
  });

  it('pays what was shown, whatever the page makes of its attributes meanwhile', async () => {
    await chain.fund(me.id, PURSE);
    const element = show({ amount: '0.001' });
    await toConfirmation();
    Object.assign(element, { amount: '0.04', recipient: me.id, label: 'Mallory' });
    await element.updateComplete;
    await expect.element(page.getByRole('button', { name: 'Pay 0.001 XBTC' })).toBeVisible();
    await userEvent.click(page.getByRole('button', { name: 'Pay 0.001 XBTC' }));
    await expect.element(paid()).toBeVisible();
    await holds(ada, ADA_GETS);
  });

  it('shows the whole Coming ID, the fee, the total of each asset and the network', async () => {
    await chain.fund(me.id, PURSE);
    show({ amount: '0.001' });
    await toConfirmation();
    const text = dialog('Confirm payment').element().getRootNode() as ShadowRoot;
    const shown = (text.host as HTMLElement).textContent!.replace(/\s+/g, ' ');
    expect(shown.replaceAll(' ', '')).toContain(ada.id);
    expect(shown).toMatch(/Network fee 0\.000\d+ PCX Total 0\.001 XBTC ?0\.000\d+ PCX Network Other network/);
  });

  it('says how much is missing and where to send it, and goes on by itself when it is there', async () => {
    await chain.fund(me.id, { xbtc: PURSE.xbtc });
    const element = show({ amount: '0.001' });
    await userEvent.click(payButton());
    await expect.element(dialog('You need more PCX')).toBeVisible();
    await expect.element(page.getByText(/costs 0\.000\d+ PCX, and you have 0 PCX/)).toBeVisible();
    await expect.element(page.getByRole('button', { name: 'Copy Coming ID' })).toBeVisible();
    await expectAccessible(element);
    await chain.fund(me.id, { pcx: PURSE.pcx });
    await expect.element(dialog('Confirm payment')).toBeVisible();
  });

  it('says when there is too little of what is to be paid', async () => {
    await chain.fund(me.id, PURSE);
    const element = show({ amount: '0.5' });
    await userEvent.click(payButton());
    await expect.element(dialog('You need more XBTC')).toBeVisible();
    await expect
      .element(page.getByText('This payment takes 0.5 XBTC, and you have 0.05 XBTC.'))
      .toBeVisible();
    await expectAccessible(element);
  });

  it('asks again when the fee went up, and says by how much', async () => {
    await chain.fund(me.id, PURSE);
    const payments = await me.client.openPayments();
    const fees = [10_000n, 10_000n, 20_000n];
    const element = show({
      amount: '0.001',
      client: payingWith({
        estimateFee: async () => (fees.length > 1 ? fees.shift()! : fees[0]!),
        pay: (order, options) =>
          (options?.maxFee ?? 0n) < 20_000n
            ? Promise.reject(new ComingError('fee-changed', ''))
            : payments.pay(order, options),
      }),
    });
    await toConfirmation();
    await userEvent.click(confirm());
    await expect.element(page.getByText(/went up from 0\.0001 PCX to 0\.0002 PCX/)).toBeVisible();
    await expectAccessible(element);
    await userEvent.click(confirm());
    await expect.element(paid()).toBeVisible();
  });

  it.each<[ErrorCode, RegExp]>([
    ['wallet-unavailable', /No wallet extension was found/],
    ['wallet-refused', /The wallet said no/],
    ['wallet-no-accounts', /shares no account with this page/],
    ['call-paused', /has paused these payments/],
    ['device-log-forked', /changed in a way it should not/],
  ])('says %s in words, and pays the same order when it is tried again', async (code, said) => {
    await chain.fund(me.id, PURSE);
    const payments = await me.client.openPayments();
    const asked: string[] = [];
    const client = payingWith({
      pay: (order, options) => {
        asked.push(order.id);
        return asked.length === 1 ? Promise.reject(new ComingError(code, '')) : payments.pay(order, options);
      },
    });
    const element = show({ amount: '0.001', client });
    await toConfirmation();
    await userEvent.click(confirm());
    await expect.element(page.getByText(said)).toBeVisible();
    await expectAccessible(element);
    await userEvent.click(confirm());
    await expect.element(paid()).toBeVisible();
    expect(asked).toHaveLength(2);
    expect(asked[0]).toBe(asked[1]);
    expect(asked[0]).toMatch(/^[0-9a-f]{32}$/);
  });

  it('asks the wallet of a wallet account, and says when there is none', async () => {
    await chain.fund(me.id, PURSE);
    const { me: self } = me.client.status.value;
    const client = pretending(me.client, { status: { me: { ...self!, kind: 'wallet' } } });
    show({ amount: '0.001', client });
    await toConfirmation();
    await userEvent.click(confirm());
    await expect.element(page.getByText(/No wallet extension was found/)).toBeVisible();
  });

  it('says that a payment came to nothing, and offers the same once more', async () => {
    await chain.fund(me.id, PURSE);
    const payments = await me.client.openPayments();
    let failing = true;
    const client = payingWith({
      watch: (id) => {
        const real = payments.watch(id);
        const spoilt = (payment: Payment | undefined): Payment | undefined =>
          payment && failing ? { ...payment, state: 'expired', problem: 'transfer-expired' } : payment;
        const once = { of: real.value, as: spoilt(real.value) };
        const value = (): Payment | undefined => {
          if (once.of !== real.value) Object.assign(once, { of: real.value, as: spoilt(real.value) });
          return once.as;
        };
        return {
          get value() {
            return value();
          },
          subscribe: (listener) => real.subscribe(() => listener(value())),
        };
      },
    });
    const element = show({ amount: '0.001', client });
    const failed = vi.fn();
    element.addEventListener('coming-pay-failed', failed);
    await toConfirmation();
    await userEvent.click(confirm());
    await expect.element(dialog('Not paid')).toBeVisible();
    await expect.element(page.getByText(/did not take this payment in time/).last()).toBeVisible();
    expect(failed).toHaveBeenCalledTimes(1);
    await expectAccessible(element);
    await userEvent.click(page.getByRole('button', { name: 'Try again' }));
    failing = false;
    await expect.element(confirm()).toHaveAttribute('aria-disabled', 'false');
    await userEvent.click(confirm());
    await expect.element(paid()).toBeVisible();
    await holds(ada, ADA_GETS);
  });

  it('goes on while it is closed, and is found again when it is reopened', async () => {
    await chain.fund(me.id, PURSE);
    let sign: (() => void) | undefined;
    const payments = await me.client.openPayments();
    const signing = new Promise<void>((resolve) => (sign = resolve));
    const pay: Payments['pay'] = (order, options) => signing.then(() => payments.pay(order, options));
    const element = show({ amount: '0.001', client: payingWith({ pay }) });
    await toConfirmation();
    await userEvent.click(confirm());
    await expect.element(page.getByText('Signing…')).toBeVisible();
    await userEvent.keyboard('{Escape}');
    await expect.element(page.getByRole('dialog')).not.toBeInTheDocument();
    await userEvent.click(payButton());
    await expect.element(page.getByText('Signing…')).toBeVisible();
    await userEvent.keyboard('{Escape}');
    sign!();
    await expect.element(paid()).toBeVisible();
    await expectAccessible(element);
  });

  it('says that the network cannot be reached, and goes on when it can', async () => {
    await chain.fund(me.id, PURSE);
    chain.online = false;
    const element = show({ amount: '0.001' });
    await userEvent.click(payButton());
    await expect.element(page.getByText('The payment network can’t be reached.')).toBeVisible();
    await expectAccessible(element);
    chain.online = true;
    await userEvent.click(page.getByRole('button', { name: 'Try again' }));
    await expect.element(dialog('Confirm payment')).toBeVisible();
  });

  it('makes an identity first when there is none, then goes on', async () => {
    const client = visitor(createLoopback(), undefined, chain.choice);
    const element = show({ amount: '0.001', client });
    await userEvent.click(payButton());
    await expect.element(page.getByText('An identity is needed to pay.')).toBeVisible();
    await expectAccessible(element);
    await userEvent.click(page.getByRole('button', { name: /Chat as a guest/ }));
    await expect.element(dialog('You need more PCX')).toBeVisible();
    await client.close();
  });

  it('says when this page has no chain, and when the recipient cannot be paid', async () => {
    const { client } = await guest(createLoopback());
    const element = show({ amount: '0.001', client });
    await userEvent.click(payButton());
    await expect.element(page.getByText(/not set up for payments/)).toBeVisible();
    await expectAccessible(element);
    await userEvent.keyboard('{Escape}');
    await client.close();

    element.client = me.client;
    element.recipient = me.id;
    await userEvent.click(payButton());
    await expect.element(page.getByText(/This is your own Coming ID/)).toBeVisible();
  });

  it('is off, and says so, when its attributes cannot be read', async () => {
    const element = show({ amount: 'free', to: 'somebody' });
    await expect.element(payButton()).toBeDisabled();
    await expect.element(page.getByText(/not set up correctly/)).toBeVisible();
    expect(element.matches(':state(invalid)')).toBe(true);
    await expectAccessible(element);
    Object.assign(element, { amount: '0.001', recipient: ada.id });
    await expect.element(payButton()).toBeEnabled();
    expect(element.matches(':state(invalid)')).toBe(false);
  });

  it('goes on after it was moved, and after it was removed and put back', async () => {
    await chain.fund(me.id, PURSE);
    const element = show({ amount: '0.001' });
    mount(html`<section></section>`).append(element);
    await toConfirmation();
    element.remove();
    mount(html`<section></section>`).append(element);
    await toConfirmation();
    await userEvent.click(confirm());
    await expect.element(paid()).toBeVisible();
  });

  it('lets a page replace any single text, those included that are loaded later', async () => {
    const element = show();
    element.strings = { payButton: () => 'Bezahlen', payLackTitle: (symbol) => `${symbol} fehlen` };
    await userEvent.click(page.getByRole('button', { name: 'Bezahlen' }));
    await expect.element(dialog('PCX fehlen')).toBeVisible();
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import '../../components/pay/define.js';
import type { ComingPay } from '../../components/pay/pay.js';
import type { ComingClient, PaymentOrder } from '../../core/client.js';
import { ComingError } from '../../core/errors.js';
import { openPageChain, payTo, PURSE, type PageChain } from '../../stories/support/chain.js';
import { createLoopback, guest, until, visitor, type Person } from '../../stories/support/people.js';
import { pretending, type Pretence } from '../../stories/support/pretending.js';
import { expectAccessible, expectFocus, html, mount } from './support.js';

let chain: PageChain;
let me: Person;
let ada: Person;

beforeEach(async () => {
  chain = await openPageChain();
  const relay = createLoopback();
  [me, ada] = await Promise.all([
    guest(relay, undefined, chain.choice),
    guest(relay, undefined, chain.choice),
  ]);
});

afterEach(async () => {
  await Promise.all([me.client.close(), ada.client.close()]);
  chain.devchain.close();
});

/** A pay button for Ada on the page. */
function button(attributes: { amount?: string; client?: ComingClient; to?: string } = {}): ComingPay {
  const { amount = '', client = me.client, to = ada.id } = attributes;
  return mount<ComingPay>(
    html`<coming-pay .client=${client} recipient=${to} amount=${amount} label="Ada"></coming-pay>`,
  );
}

const pay = (name: RegExp | string = /^Pay/) => page.getByRole('button', { name });
const amountField = () => page.getByRole('textbox', { name: 'Amount' });
const confirm = () => page.getByRole('button', { name: /^Pay \d/ }).last();
const dialog = (name: string) => page.getByRole('dialog', { name });

/** What Ada has, in base units. */
async function held(person: Person): Promise<bigint> {
  const payments = await person.client.openPayments();
  return (await until(payments.watchBalance(payments.assets[0]!.caip19), (value) => value !== undefined))!
    .usable;
}

describe('<coming-pay>', () => {
  it('pays an amount that the visitor chooses, and shows every step until it is final', async () => {
    await chain.fund(me.id, PURSE);
    const element = button();
    await userEvent.click(pay('Pay'));
    await expectFocus(amountField());
    await expect.element(page.getByText('You can use 0.05 XBTC')).toBeVisible();
    await expectAccessible(element);
    await userEvent.fill(amountField(), '0.001');
    await userEvent.keyboard('{Enter}');
    await expect.element(dialog('Confirm payment')).toBeVisible();
    await expect.element(confirm()).toHaveAttribute('aria-disabled', 'false');
    await expectAccessible(element);
    await userEvent.click(confirm());
    await expect.element(page.getByRole('list', { name: 'How far the payment is' })).toBeVisible();
    await expect.element(page.getByText('You paid 0.001 XBTC to Ada')).toBeVisible();
    await expectAccessible(element);
    expect(await held(ada)).toBe(100_000n);
  });
});

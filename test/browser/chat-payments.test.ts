import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import '../../components/chat/define.js';
import type { ComingChat } from '../../components/chat/chat.js';
import '../../components/identity/define.js';
import type { ComingClient } from '../../core/client.js';
import { openPageChain, payTo, PURSE, type PageChain } from '../../stories/support/chain.js';
import { createLoopback, guest, talk, until, type Person, type Talk } from '../../stories/support/people.js';
import { paymentsShown, type Shown } from '../../stories/support/payments.js';
import { pretending } from '../../stories/support/pretending.js';
import { expectAccessible, html, mount } from './support.js';

let chain: PageChain;
let me: Person;
let ada: Person;
let talking: Talk;

beforeEach(async () => {
  chain = await openPageChain();
  const relay = createLoopback();
  const person = () => guest(relay, undefined, chain.choice);
  [me, ada] = await Promise.all([person(), person()]);
  talking = await talk(me, ada);
});

afterEach(async () => {
  await Promise.all([me.client.close(), ada.client.close()]);
  chain.devchain.close();
});

async function chat(client: ComingClient = me.client): Promise<ComingChat> {
  const element = mount<ComingChat>(
    html`<coming-chat .client=${client} peer=${ada.id} label="Ada"></coming-chat>`,
  );
  await expect.element(page.getByRole('textbox', { name: 'Message Ada' })).toBeEnabled();
  return element;
}

const payButton = () => page.getByRole('button', { name: 'Pay Ada' });
const bubble = () => page.getByRole('listitem');

describe('payments in <coming-chat>', () => {
  it('are made from the composer, and checked by the other device', async () => {
    await chain.fund(me.id, PURSE);
    const element = await chat();
    await userEvent.click(payButton());
    await userEvent.fill(page.getByRole('textbox', { name: 'Amount' }), '0.001');
    await userEvent.keyboard('{Enter}');
    const confirm = page.getByRole('button', { name: 'Pay 0.001 XBTC' });
    await expect.element(confirm).toHaveAttribute('aria-disabled', 'false');
    await expectAccessible(element);
    await userEvent.click(confirm);
    await expect.element(page.getByText('You paid 0.001 XBTC to Ada')).toBeVisible();
    await userEvent.click(page.getByRole('button', { name: 'Close' }));
    await expect.element(bubble().getByText('You paid Ada')).toBeVisible();
    await expect.element(bubble().getByText('Final, and checked by Ada’s device')).toBeVisible();
    await expectAccessible(element);
    await userEvent.click(bubble().getByText('Details'));
    await expect.element(bubble().getByText(/0\.000\d+ PCX/)).toBeVisible();
    await expect.element(page.getByRole('button', { name: 'Copy transaction' })).toBeVisible();
    await expectAccessible(element);
  });

  it('let a second one begin while the first is under way', async () => {
    await chain.fund(me.id, PURSE);
    await chat();
    for (const amount of ['0.001', '0.002']) {
      await userEvent.click(payButton());
      await userEvent.fill(page.getByRole('textbox', { name: 'Amount' }), amount);
      await userEvent.keyboard('{Enter}');
      const confirm = page.getByRole('button', { name: `Pay ${amount} XBTC` });
      await expect.element(confirm).toHaveAttribute('aria-disabled', 'false');
      await userEvent.click(confirm);
      await expect.element(page.getByText(/^0x[0-9a-f]{64}$/)).toBeVisible();
      await userEvent.click(page.getByRole('button', { name: 'Close' }));
    }
    await expect.element(bubble().getByText('You paid Ada').nth(1)).toBeVisible();
  });

  it('are announced when they arrive, and look like money only when this device has checked them', async () => {
    await chain.fund(ada.id, PURSE);
    const element = await chat();
    await payTo(ada, me, 2_000_000n);
    await expect.element(page.getByRole('log')).toHaveTextContent('Ada: Payment, not proven yet: 0.02 XBTC');
    await expect.element(bubble().getByText('Received, as one computer of the network says')).toBeVisible();
    await expect.element(bubble().getByText('Ada paid you')).toBeVisible();
    await expectAccessible(element);
  });

  it('say that they are checked where two nodes agree', async () => {
    const relay = createLoopback();
    const person = () => guest(relay, undefined, chain.choiceOfTwo);
    const [mine, bo] = await Promise.all([person(), person()]);
    await chain.fund(bo.id, PURSE);
    const { snapshot } = (await talk(mine, bo)).mine;
    await payTo(bo, mine, 3_000_000n);
    const paid = await until(snapshot, ({ messages }) => messages.at(-1)?.payment?.state === 'received');
    expect(paid.messages.at(-1)!.payment).toMatchObject({ trust: 'proven' });
    await Promise.all([mine.client.close(), bo.client.close()]);
  });

  it('stand in the list of conversations as payments only when this device has checked them', async () => {
    await chain.fund(ada.id, PURSE);
    await payTo(ada, me, 2_000_000n);
    await until(talking.mine.snapshot, ({ messages }) => messages.length > 0);
    mount(html`<coming-chat .client=${me.client}></coming-chat>`);
    await expect.element(page.getByRole('button', { name: /Payment: 0.02 XBTC/ })).toBeVisible();
  });

  it.each<[boolean, Omit<Shown, 'mine'>, RegExp]>([
    [true, { state: 'signed' }, /Signed, on its way/],
    [true, { state: 'broadcast' }, /Sent to the network/],
    [true, { state: 'in-block' }, /not final yet/],
    [true, { state: 'retracted' }, /sent again/],
    [true, { state: 'final' }, /^Final$/],
    [true, { state: 'final', trust: 'asserted' }, /^Final, as one computer of the network says$/],
    [true, { state: 'received' }, /checked by Ada’s device/],
    [true, { state: 'failed', problem: 'call-paused' }, /Not paid. The payment network has paused/],
    [true, { state: 'expired' }, /Not paid. The network did not take this payment in time/],
    [false, { state: 'arriving' }, /Arriving, not confirmed yet/],
    [false, { state: 'received' }, /Received, checked on the chain/],
    [false, { state: 'received', trust: 'asserted' }, /Received, as one computer of the network says/],
    [false, { state: 'refuted', refutal: 'counted-before' }, /the chain does not show it.*only once/],
  ])('say how they stand: mine %s, %o', async (mine, payment, said) => {
    const element = await chat(paymentsShown(me, ada, [{ mine, ...payment }]));
    await expect.element(bubble().getByText(said)).toBeVisible();
    const shown = bubble().last().element().querySelector('coming-payment')!.shadowRoot!.textContent;
    expect(/received|paid you|confirmed$/i.test(shown!.replace('not confirmed', ''))).toBe(
      !mine && payment.state === 'received',
    );
    await expectAccessible(element);
  });

  it('show no number of a currency that this page does not know', async () => {
    const client = paymentsShown(me, ada, [
      { mine: false, state: 'arriving', symbol: undefined, decimals: 0 },
    ]);
    const element = await chat(client);
    await expect.element(bubble().getByText('Unknown currency')).toBeVisible();
    const shown = bubble().last().element().querySelector('coming-payment')!.shadowRoot!.textContent!;
    expect(shown).not.toMatch(/\d/);
    await expectAccessible(element);
  });

  it('can neither be made nor checked where the page has no chain', async () => {
    const client = pretending(paymentsShown(me, ada, [{ mine: false, state: 'arriving' }]), {
      status: { chain: undefined },
    });
    const element = await chat(client);
    await expect.element(bubble().getByText('This page cannot check payments')).toBeVisible();
    await expect.element(payButton()).not.toBeInTheDocument();
    await expectAccessible(element);
  });
});

describe('balances in <coming-identity>', () => {
  it('follow the chain, and are still right after the element was moved', async () => {
    await chain.fund(me.id, PURSE);
    const element = mount(html`<coming-identity .client=${me.client}></coming-identity>`);
    await expect.element(page.getByText('0.05 XBTC')).toBeVisible();
    await expect.element(page.getByText('1 PCX')).toBeVisible();
    await expectAccessible(element);
    await expect.element(page.getByText('As one computer of the payment network says.')).toBeVisible();
    mount(html`<section></section>`).append(element);
    await chain.fund(me.id, { xbtc: 1n });
    await expect.element(page.getByText('0.05000001 XBTC')).toBeVisible();
  });

  it('say that they are checked where two nodes agree, once they do', async () => {
    const twice = await guest(createLoopback(), undefined, chain.choiceOfTwo);
    await chain.fund(twice.id, PURSE);
    const element = mount(html`<coming-identity .client=${twice.client}></coming-identity>`);
    await expect.element(page.getByText('0.05 XBTC')).toBeVisible();
    await expect
      .element(page.getByText('Checked: two computers of the payment network agree.'))
      .toBeVisible();
    await expectAccessible(element);
    await twice.client.close();
  });

  it('say what is locked or held back, and when the network cannot be reached', async () => {
    const balance = {
      total: 10n ** 8n,
      usable: 0n,
      locked: 5n,
      reserved: 7n,
      withdrawing: 7n,
      trust: 'asserted',
    } as const;
    const watched = {
      value: balance,
      subscribe: (listener: (value: typeof balance) => void) => (listener(balance), () => undefined),
    };
    const client = pretending(me.client, { payments: { watchBalance: () => watched } });
    const element = mount(html`<coming-identity .client=${client}></coming-identity>`);
    await expect.element(page.getByText(/0.00000005 XBTC more is locked/)).toBeVisible();
    await expect.element(page.getByText(/0.00000007 XBTC more is held back/)).toBeVisible();
    chain.online = false;
    await expect.element(page.getByText('The payment network can’t be reached.')).toBeVisible();
    await expectAccessible(element);
  });

  it('are not there where the page has no chain', async () => {
    const client = pretending(me.client, { status: { chain: undefined } });
    const element = mount(html`<coming-identity .client=${client}></coming-identity>`);
    await expect.element(page.getByText('Connected')).toBeVisible();
    expect(element.shadowRoot!.querySelector('coming-balances')).toBeNull();
  });
});

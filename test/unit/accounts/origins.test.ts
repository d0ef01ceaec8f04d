/**
 * Who takes part in what: a conversation belongs to the origin on which it was started.
 */
import { expect, it, vi } from 'vitest';
import type { ConversationSnapshot } from '../../../core/client.js';
import { running } from '../../../relay/test/running.js';
import {
  BANK,
  between,
  guestOn,
  keysMade,
  online,
  SHOP,
  textsIn,
  visitor,
  wallet,
  walletOn,
} from '../../support/on-origin.js';
import { hasTexts, lastState } from '../../support/people.js';
import { until } from '../../support/until.js';
import { waitFor } from '../../support/wait.js';

const failedWith = (problem: string) => (snapshot: ConversationSnapshot) =>
  snapshot.messages.at(-1)?.problem === problem;

it('a device of one origin never receives another origin’s conversations', async () => {
  const { url } = await running();
  const signer = wallet();
  const atShop = await walletOn(url, SHOP, signer);
  const atBank = await walletOn(url, BANK, signer);
  const everywhere = await guestOn(url, BANK);
  const atShopToo = await walletOn(url, SHOP, wallet());

  for (const client of [atShop, atBank]) await client.setProfile({ settings: { strangers: 'accept' } });
  const told = await between(atShopToo, atShop);
  await told.send('of the shop');
  await waitFor(told.snapshot, lastState('delivered'));
  const bank = await between(everywhere, atShop);
  await bank.send('of the bank');
  await waitFor(bank.snapshot, lastState('delivered'));
  expect(textsIn(atShop)).toEqual(['of the shop']);
  expect(textsIn(atBank)).toEqual(['of the bank']);

  // Nor does it see what its own account is answered there.
  const answers = await between(atBank, everywhere);
  await answers.send('to the bank');
  await waitFor(bank.snapshot, hasTexts('of the bank', 'to the bank'));
  await bank.send('again to the bank');
  await waitFor(answers.snapshot, hasTexts('of the bank', 'to the bank', 'again to the bank'));
  expect(textsIn(atShop)).toEqual(['of the shop']);
});

it('two people who have devices on different origins only are told that they cannot write to each other', async () => {
  const { url } = await running();
  const atShop = await walletOn(url, SHOP, wallet());
  const atBank = await walletOn(url, BANK, wallet());
  const conversation = await between(atShop, atBank);
  await conversation.send('hello?');
  await waitFor(conversation.snapshot, failedWith('no-device-here'));
  const back = await between(atBank, atShop);
  await back.send('hello?');
  await waitFor(back.snapshot, failedWith('no-device-here'));
});

it('a conversation that reached nobody goes on where the other one starts it', async () => {
  const { url } = await running();
  const everywhere = await guestOn(url, BANK);
  const atShop = await walletOn(url, SHOP, wallet());
  const mine = await between(everywhere, atShop);
  await mine.send('anybody there?');
  await waitFor(mine.snapshot, failedWith('no-device-here'));
  expect(mine.snapshot.value.origin).toBe(BANK);
  const theirs = await between(atShop, everywhere);
  await theirs.send('here');
  await waitFor(mine.snapshot, ({ messages }) => messages.at(-1)?.text === 'here');
  expect(mine.snapshot.value).toMatchObject({ origin: SHOP, elsewhere: undefined });
  await mine.retry(mine.snapshot.value.messages[0]!.id);
  await waitFor(theirs.snapshot, hasTexts('here', 'anybody there?'));
});

it('no site draws to itself what is said on another one: that is the person’s to decide', async () => {
  const { url } = await running();
  const signer = wallet();
  const atShop = await walletOn(url, SHOP, signer);
  const everywhere = await guestOn(url, 'https://home.example');
  const shop = await between(atShop, everywhere);
  await shop.send('from the shop');
  const mine = await between(everywhere, atShop);
  await waitFor(mine.snapshot, hasTexts('from the shop'));

  const atBank = await walletOn(url, BANK, signer);
  const bank = await between(atBank, everywhere);
  await bank.send('from the bank');
  await waitFor(mine.snapshot, hasTexts('from the shop', 'from the bank'));
  expect(mine.snapshot.value).toMatchObject({ origin: SHOP, elsewhere: BANK });
  await mine.send('still for the shop');
  await waitFor(mine.snapshot, lastState('delivered'));
  await waitFor(shop.snapshot, hasTexts('from the shop', 'still for the shop'));
  expect(textsIn(atBank)).toEqual(['from the bank']);

  await mine.answerElsewhere();
  await waitFor(mine.snapshot, ({ origin, elsewhere }) => origin === BANK && !elsewhere);
  await mine.send('for the bank');
  await waitFor(bank.snapshot, hasTexts('from the bank', 'for the bank'));
  expect(textsIn(atShop)).toEqual(['from the shop', 'still for the shop']);
});

it('two origins that enrol at the same moment both end in the log', async () => {
  const { url } = await running();
  const signer = wallet();
  await walletOn(url, 'https://first.example', signer);
  const prompts = vi.fn(signer.signText);
  const asked = { ...signer, signText: (text: string) => prompts(text) };
  const [shop, bank] = [visitor(url, SHOP), visitor(url, BANK)];
  const [a, b] = await Promise.all([shop.useWallet(asked), bank.useWallet(asked)]);
  expect(new Set([a.deviceId, b.deviceId])).toEqual(new Set([2, 3]));
  // One retry, not a fork.
  expect(prompts.mock.calls.length).toBeLessThanOrEqual(3);
  await Promise.all([online(shop), online(bank)]);
  const { snapshot, refresh } = await shop.openIdentity().then((identity) => ({
    snapshot: identity.snapshot,
    refresh: () => identity.refresh(),
  }));
  await refresh();
  expect(snapshot.value.devices.map(({ origin }) => origin).sort()).toEqual(
    ['https://first.example', SHOP, BANK].sort(),
  );
});

it('a device that was silent for 60 days gets no more messages, until it is heard of again', async () => {
  const { url } = await running();
  const DAY = 24 * 60 * 60 * 1000;
  let now = Date.now();
  const signer = wallet();
  const one = await walletOn(url, SHOP, signer);
  const two = await walletOn(url, SHOP, signer);
  // Its keys are published, so that it is written to.
  await keysMade(two);
  for (const client of [one, two]) await client.setProfile({ settings: { strangers: 'accept' } });
  const sender = visitor(url, SHOP, { now: () => now });
  await sender.becomeGuest();
  await online(sender);
  const conversation = await between(sender, one);
  await conversation.send('first');
  await until(() => textsIn(one).length === 1 && textsIn(two).length === 1);
  const heard = (device: number) =>
    sender.stored.tables.get('seen')!.some(({ key }) => (key as unknown as [string, number])[1] === device);
  await until(() => heard(1) && heard(2), 'both have answered with a receipt');
  await two.close();
  now += 40 * DAY;
  await conversation.send('second');
  await until(() => textsIn(one).length === 2);
  await waitFor(conversation.snapshot, lastState('delivered'));
  now += 40 * DAY;
  const envelopes = () =>
    sender.stored.tables
      .get('sessions')!
      .map(({ key, value }) => [key, (value as { record: Uint8Array }).record]);
  const before = envelopes();
  await conversation.send('third');
  await until(() => textsIn(one).length === 3);
  await waitFor(conversation.snapshot, lastState('delivered'));
  // Nothing was encrypted for the second one.
  const changed = envelopes().filter(([, record], i) => String(record) !== String(before[i]![1]));
  expect(changed.map(([key]) => (key as unknown as [string, number])[1])).toEqual([1]);
});

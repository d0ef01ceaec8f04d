/**
 * A relay that lies about people is caught, and nothing is said to whom it should not be: the real relay, with a proxy
 * before it that changes its answers.
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import { expect, it } from 'vitest';
import type { ComingClient, Contact, ConversationSnapshot } from '../../core/client.js';
import { encodeAddress } from '../../core/identity/index.js';
import { platformPrimitives } from '../../core/ratchet/index.js';
import { LyingRelay } from '../support/lying-relay.js';
import { refusal } from '../support/codes.js';
import {
  accountOf,
  between,
  deviceOf,
  guestOn,
  idOf,
  SHOP,
  textsIn,
  visitor,
  wallet,
  walletOn,
  online,
} from '../support/on-origin.js';
import { lastState } from '../support/people.js';
import { waitFor } from '../support/wait.js';

const failedWith = (problem: string) => (snapshot: ConversationSnapshot) =>
  snapshot.messages.at(-1)?.state === 'failed' && snapshot.messages.at(-1)!.problem === problem;

async function changed(client: ComingClient, peer: string): Promise<Contact> {
  const contact = await client.openContact(peer);
  await waitFor(contact.snapshot, ({ status }) => status === 'changed');
  return contact;
}

it('swapped pre-keys: the message fails, and nothing is encrypted to the relay’s keys', async () => {
  const relay = await LyingRelay.start();
  const [ada, bo] = [await guestOn(relay.url, SHOP), await guestOn(relay.url, SHOP)];
  const p = await platformPrimitives();
  const [identity, signed, kyber] = await Promise.all([
    p.generateKeyPair(),
    p.generateKeyPair(),
    p.generateKemKeyPair(),
  ]);
  const own = async (publicKey: Uint8Array) => ({
    id: 7,
    publicKey,
    signature: await p.sign(identity.privateKey, publicKey),
  });
  const bundle = { signedPreKey: await own(signed.publicKey), kyberPreKey: await own(kyber.publicKey) };
  relay.answer = (truth, request) =>
    request.claimKeys
      ? ({ ...truth, keys: { bundles: truth.keys!.bundles!.map((one) => ({ ...one, ...bundle })) } } as never)
      : truth;
  const conversation = await between(ada, bo);
  await conversation.send('secret');
  await waitFor(conversation.snapshot, failedWith('invalid-signature'));
  expect(relay.sentBy(accountOf(ada))).toEqual([]);
  // The same with the truth: it was the relay.
  relay.repent();
  await conversation.retry(conversation.snapshot.value.messages[0]!.id);
  await waitFor(conversation.snapshot, lastState('sent'));
});

it('a device of its own in somebody’s list: not signed by the account, refused', async () => {
  const relay = await LyingRelay.start();
  const [ada, bo, eve] = [
    await guestOn(relay.url, SHOP),
    await guestOn(relay.url, SHOP),
    await guestOn(relay.url, SHOP),
  ];
  const conversation = await between(ada, bo);
  for (const entries of [deviceOf(eve).log, [...deviceOf(bo).log, ...deviceOf(eve).log]]) {
    relay.serveLog(accountOf(bo), entries);
    await conversation.send('secret');
    await waitFor(conversation.snapshot, failedWith('invalid-log-entry'));
  }
  expect(relay.sentBy(accountOf(ada))).toEqual([]);
  expect(textsIn(eve)).toEqual([]);
});

it('an old list, which hides that a device was removed: sending stops until the person decides', async () => {
  const relay = await LyingRelay.start();
  const signer = wallet();
  const bo = await walletOn(relay.url, SHOP, signer);
  const stolen = await walletOn(relay.url, SHOP, signer);
  const ada = await guestOn(relay.url, SHOP);
  const conversation = await between(ada, bo);
  await conversation.send('hello');
  await waitFor(conversation.snapshot, lastState('sent'));
  const identity = await bo.openIdentity();
  await identity.refresh();
  const before = deviceOf(bo).log;
  await stolen.close();
  await identity.remove(2, signer);
  await (await ada.openContact(idOf(bo))).refresh();

  relay.serveLog(accountOf(bo), before);
  await conversation.send('secret');
  await waitFor(conversation.snapshot, ({ problem }) => problem === 'device-log-stepped-back');
  const contact = await changed(ada, idOf(bo));
  expect(await refusal(() => contact.compare())).toBe('contact-changed');
  const attempts = relay.sentBy(accountOf(ada)).length;
  await conversation.send('another');
  await waitFor(
    conversation.snapshot,
    ({ messages }) => messages.at(-1)?.text === 'another' && messages.at(-1)?.state === 'failed',
  );
  expect(relay.sentBy(accountOf(ada))).toHaveLength(attempts);

  relay.repent();
  await contact.acceptChange();
  await waitFor(contact.snapshot, ({ status }) => status === 'unverified');
  await conversation.retry(conversation.snapshot.value.messages.at(-1)!.id);
  await waitFor(conversation.snapshot, lastState('sent'));
});

it('a device that is hidden from somebody who never saw it shows when two people scan', async () => {
  const relay = await LyingRelay.start();
  const signer = wallet();
  const bo = await walletOn(relay.url, SHOP, signer);
  const root = deviceOf(bo).log;
  await walletOn(relay.url, SHOP, signer);
  await (await bo.openIdentity()).refresh();
  const ada = await guestOn(relay.url, SHOP);
  relay.serveLog(accountOf(bo), root, accountOf(ada));
  const contact = await ada.openContact(idOf(bo));
  await waitFor(contact.snapshot, ({ devices }) => devices.length === 1);
  const shown = await bo.openContact(idOf(ada));
  const { qr } = await waitFor(shown.snapshot, ({ status }) => status === 'unverified');
  expect(await refusal(() => contact.scan(qr!))).toBe('scan-log-differs');
  expect(contact.snapshot.value.status).toBe('unverified');
});

it('different lists for different people: caught by whoever sees both, and by a scan with the person', async () => {
  const relay = await LyingRelay.start();
  const signer = wallet();
  const bo = await walletOn(relay.url, SHOP, signer);
  const { stored } = bo;
  await (await bo.openIdentity()).rename(1, 'shown to Ada', signer);
  const forAda = deviceOf(bo).log;
  await bo.close();
  // The account signed another entry at the same place, for instance through another relay.
  const elsewhere = await LyingRelay.start();
  const row = { ...deviceOf(bo), log: forAda.slice(0, 1) };
  const comingId = encodeAddress(hexToBytes(row.account));
  stored.tables.set('meta', [{ key: 'device', value: row }]);
  const there = await online(visitor(elsewhere.url, SHOP, {}, stored));
  await (await there.openIdentity()).rename(1, 'shown to Carl', signer);
  const forCarl = deviceOf(there).log;
  await there.close();

  const [ada, carl] = [await guestOn(relay.url, SHOP), await guestOn(relay.url, SHOP)];
  relay.serveLog(row.account, forCarl, accountOf(carl));
  const [toBo, alsoToBo] = [await ada.openContact(comingId), await carl.openContact(comingId)];
  await waitFor(toBo.snapshot, ({ devices }) => devices[0]?.name === 'shown to Ada');
  await waitFor(alsoToBo.snapshot, ({ devices }) => devices[0]?.name === 'shown to Carl');

  // The person themselves: their own list is another than the one Carl was shown.
  const back = visitor(relay.url, SHOP, {}, stored);
  await waitFor(back.status, ({ problem }) => problem === 'own-log-refused');
  const shown = await back.openContact(idOf(ada));
  const { qr } = await waitFor(shown.snapshot, ({ qr: code }) => code !== undefined);
  expect(await refusal(() => toBo.scan(qr!))).toBe('scan-log-differs');

  // And once the relay mixes them up.
  relay.serveLog(row.account, forAda, accountOf(carl));
  const conversation = await carl.openConversation(comingId);
  await conversation.send('secret');
  await waitFor(conversation.snapshot, failedWith('device-log-forked'));
  await changed(carl, comingId);
});

it('a list that says that this very device was removed, but is not signed, signs nobody out', async () => {
  const relay = await LyingRelay.start();
  const [ada, eve] = [await guestOn(relay.url, SHOP), await guestOn(relay.url, SHOP)];
  relay.serveLog(accountOf(ada), deviceOf(eve).log);
  const identity = await ada.openIdentity();
  expect(await refusal(() => identity.refresh())).toBe('own-log-refused');
  expect(ada.status.value.phase).toBe('ready');
  expect(identity.snapshot.value.devices).toHaveLength(1);
});

/**
 * A guest goes on as a wallet account, and the conversations go on with them.
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import { expect, it } from 'vitest';
import { guestAccount, guestSigner, verifyLog } from '../../../core/identity/index.js';
import { signHandOver } from '../../../core/identity/statements.js';
import { encodeContent } from '../../../core/messaging/content.js';
import { createLocalClient } from '../../../core/local/index.js';
import { ComingError } from '../../../core/errors.js';
import { MemoryDatabase, MemoryStorage, put } from '../../../core/store/index.js';
import { running } from '../../../relay/test/running.js';
import { refusal } from '../../support/codes.js';
import {
  accountOf,
  between,
  deviceOf,
  guestOn,
  idOf,
  online,
  SHOP,
  textsIn,
  visitor,
  wallet,
  walletOn,
} from '../../support/on-origin.js';
import { hasTexts, lastState, textsOf } from '../../support/people.js';
import { FaultyDatabase } from '../../support/faulty-database.js';
import { TappedRelay } from '../../support/tapped-relay.js';
import { until } from '../../support/until.js';
import { waitFor } from '../../support/wait.js';
import { copyOf } from '../../support/world.js';

it('contacts verify it, and the conversation goes on in both directions', async () => {
  const { url } = await running();
  const [ada, bo] = [await guestOn(url, SHOP), await guestOn(url, SHOP)];
  const former = idOf(ada);
  const [adas, bos] = [await between(ada, bo), await between(bo, ada)];
  await adas.send('as a guest');
  await waitFor(adas.snapshot, lastState('delivered'));
  await bos.setPetname('Ada');
  await bos.send('hello guest');
  await waitFor(adas.snapshot, hasTexts('as a guest', 'hello guest'));

  const signer = wallet();
  await (await ada.openIdentity()).handOver(signer);
  const { me } = ada.status.value;
  expect(me).toMatchObject({ kind: 'wallet', access: 'full', backedUp: true });
  expect(me!.comingId).not.toBe(former);
  expect(deviceOf(ada)).toMatchObject({ seed: undefined, entropy: undefined });
  await online(ada);

  await waitFor(bos.snapshot, ({ peer }) => peer === me!.comingId);
  expect(bos.snapshot.value).toMatchObject({
    petname: 'Ada',
    messages: [{ text: 'as a guest' }, { text: 'hello guest' }],
  });
  await waitFor(bo.conversations, (list) => list.map(({ peer }) => peer).join() === me!.comingId);
  await adas.send('as myself');
  await waitFor(bos.snapshot, hasTexts('as a guest', 'hello guest', 'as myself'));
  await bos.send('hello you');
  await waitFor(adas.snapshot, hasTexts('as a guest', 'hello guest', 'as myself', 'hello you'));
  // Whoever asks for the former name gets who it is by now.
  expect((await bo.openConversation(former)).peer).toBe(me!.comingId);
});

it('counts for a contact who has not heard yet that the list of devices went on', async () => {
  const { url } = await running();
  const [ada, bo] = [await guestOn(url, SHOP), await guestOn(url, SHOP)];
  const [adas, bos] = [await between(ada, bo), await between(bo, ada)];
  await adas.send('as a guest');
  await waitFor(bos.snapshot, hasTexts('as a guest'));
  const identity = await ada.openIdentity();
  await identity.rename(1, 'Laptop');
  await identity.handOver(wallet());
  await waitFor(bos.snapshot, ({ peer }) => peer === idOf(ada));
  expect(textsOf(bos.snapshot.value)).toEqual(['as a guest']);
});

it('does not get around a list that changed as it should not: the person still decides', async () => {
  const { url } = await running();
  const [ada, bo] = [await guestOn(url, SHOP), await guestOn(url, SHOP)];
  const [adas, bos] = [await between(ada, bo), await between(bo, ada)];
  await adas.send('as a guest');
  await waitFor(bos.snapshot, hasTexts('as a guest'));
  // As it is stored when a relay showed another list.
  await bo.close();
  const database = new MemoryDatabase(bo.stored);
  await database.takeOwnership();
  const person = (await database.get('people', accountOf(ada)))!;
  await database.commit([put('people', accountOf(ada), { ...person, changed: 'device-log-forked' })]);
  const bosAgain = await online(visitor(url, SHOP, {}, bo.stored));
  const seen = await between(bosAgain, ada);

  await (await ada.openIdentity()).handOver(wallet());
  await waitFor(seen.snapshot, ({ peer }) => peer === idOf(ada));
  const contact = await bosAgain.openContact(idOf(ada));
  await waitFor(contact.snapshot, ({ status }) => status === 'changed');
  await seen.send('is it you?');
  await waitFor(seen.snapshot, lastState('failed'));
  await contact.acceptChange();
  await seen.retry(seen.snapshot.value.messages.at(-1)!.id);
  await waitFor(seen.snapshot, lastState('delivered'));
});

it('is refused where it is not to the sender, of another list, or not signed by both', async () => {
  const { url } = await running();
  const signer = wallet();
  const [ada, bo] = [await guestOn(url, SHOP), await guestOn(url, SHOP)];
  const eve = await walletOn(url, SHOP, signer);
  const bos = await between(bo, ada);
  await (await between(ada, bo)).send('hello');
  await waitFor(bos.snapshot, hasTexts('hello'));
  await bo.setProfile({ settings: { strangers: 'accept' } });
  const eves = await between(eve, bo);
  await eves.send('I am Eve');
  await waitFor(eves.snapshot, lastState('delivered'));
  const fromEve = await between(bo, eve);
  const own = guestSigner(await guestAccount(deviceOf(ada).seed!));
  const { head } = await verifyLog(hexToBytes(accountOf(ada)), deviceOf(ada).log);
  const facts = { logHead: head, time: 1 };
  const good = await signHandOver(facts, own, signer);
  const bad = [
    await signHandOver(facts, own, wallet()),
    await signHandOver({ ...facts, logHead: new Uint8Array(32) }, own, signer),
    await signHandOver(facts, wallet(), signer),
    { ...good, from: good.to },
    { ...good, from: { ...good.from, signature: new Uint8Array(64) } },
    await signHandOver(facts, guestSigner(await guestAccount(deviceOf(bo).seed!)), signer),
  ];
  for (const [n, statement] of bad.entries()) {
    await eve.close();
    const database = new MemoryDatabase(eve.stored);
    await database.takeOwnership();
    const content = encodeContent(
      { id: `${n}`.padStart(32, '0'), sentAt: 1, body: { kind: 'hand-over', statement } },
      SHOP,
    );
    const row = {
      peer: accountOf(bo),
      seq: n + 100,
      messageId: undefined,
      content,
      origin: SHOP,
      encrypted: undefined,
    };
    await database.commit([put('outbox', [row.peer, row.seq], row)]);
    const again = await online(visitor(url, SHOP, {}, eve.stored));
    await waitFor(fromEve.snapshot, ({ undecryptable }) => undecryptable === n + 1);
    await again.close();
  }
  expect(bos.snapshot.value).toMatchObject({ peer: idOf(ada), messages: [{ text: 'hello' }] });
  expect(bo.conversations.value).toHaveLength(2);
});

it('contacts that could not be reached are told later, before whatever else waits for them', async () => {
  const relay = new TappedRelay();
  const [ada, bo] = [await guestOn(relay, SHOP), await guestOn(relay, SHOP)];
  const [adas, bos] = [await between(ada, bo), await between(bo, ada)];
  await adas.send('as a guest');
  await waitFor(adas.snapshot, lastState('delivered'));
  relay.onSend = () => Promise.reject(new ComingError('relay-unreachable', 'the relay is away'));
  await adas.send('on its way');
  await (await ada.openIdentity()).handOver(wallet());
  const { comingId } = ada.status.value.me!;
  await ada.close();
  expect(bos.snapshot.value.messages.map(({ text }) => text)).toEqual(['as a guest']);

  relay.onSend = (pass) => pass();
  const back = await online(visitor(relay, SHOP, {}, ada.stored));
  await waitFor(bos.snapshot, ({ peer }) => peer === comingId);
  await waitFor(bos.snapshot, hasTexts('as a guest', 'on its way'));
  expect(bo.conversations.value).toHaveLength(1);
  await bos.send('hello you');
  await waitFor((await between(back, bo)).snapshot, hasTexts('as a guest', 'on its way', 'hello you'));
});

it.each(['dies before', 'dies after'] as const)(
  'a device that %s it changes sides has lost nothing, and goes on',
  async (fault) => {
    const relay = new TappedRelay();
    const bo = await guestOn(relay, SHOP);
    const stored = new MemoryStorage();
    const faulty = new FaultyDatabase(new MemoryDatabase(stored), Infinity, fault);
    const ada = Object.assign(createLocalClient({ relay, origin: SHOP, database: faulty }), { stored });
    await ada.becomeGuest();
    await online(ada);
    const adas = await between(ada, bo);
    const bos = await between(bo, ada);
    const former = idOf(ada);
    await adas.send('as a guest');
    await waitFor(adas.snapshot, lastState('delivered'));
    await until(() => stored.tables.get('outbox')!.length + stored.tables.get('receipts')!.length === 0);
    const signer = wallet();
    const identity = await ada.openIdentity();
    faulty.at = 'meta';
    identity.handOver(signer).catch(() => undefined); // it never ends
    await until(() => faulty.isDead);

    const back = await online(visitor(relay, SHOP, {}, copyOf(stored)));
    expect(idOf(back) === former).toBe(fault === 'dies before');
    // Done once more where it was not done.
    if (fault === 'dies before') await (await back.openIdentity()).handOver(signer);
    await waitFor(bos.snapshot, ({ peer }) => peer === idOf(back));
    const again = await between(back, bo);
    await again.send('as myself');
    await waitFor(bos.snapshot, hasTexts('as a guest', 'as myself'));
    await bos.send('hello you');
    await waitFor(again.snapshot, hasTexts('as a guest', 'as myself', 'hello you'));
  },
);

it('a wallet account has none to give, nor does anybody to themselves', async () => {
  const { url } = await running();
  const signer = wallet();
  const atShop = await walletOn(url, SHOP, signer);
  expect(await refusal(async () => (await atShop.openIdentity()).handOver(wallet()))).toBe('no-key');
  const guest = await guestOn(url, SHOP);
  const own = guestSigner(await guestAccount(deviceOf(guest).seed!));
  const identity = await guest.openIdentity();
  expect(await refusal(() => identity.handOver(own))).toBe('own-account');
  const declines = { ...wallet(), signText: () => Promise.reject(new Error('no')) };
  await expect(identity.handOver(declines)).rejects.toThrow('no');
  expect(guest.status.value.me!.kind).toBe('guest');
  await until(() => textsIn(guest).length === 0);
});

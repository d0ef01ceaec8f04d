/**
 * A guest goes on as a wallet account, and the conversations go on with them.
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import { expect, it } from 'vitest';
import { guestAccount, guestSigner, verifyLog } from '../../../core/identity/index.js';
import { signHandOver } from '../../../core/identity/statements.js';
import { encodeContent } from '../../../core/messaging/content.js';
import { MemoryDatabase, put } from '../../../core/store/index.js';
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
import { until } from '../../support/until.js';
import { waitFor } from '../../support/wait.js';

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
  expect(bo.conversations.value.map(({ peer }) => peer)).toEqual([me!.comingId]);
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

it('is refused where it is not of the sender, of another list, or not signed by both', async () => {
  const { url } = await running();
  const [ada, bo] = [await guestOn(url, SHOP), await guestOn(url, SHOP)];
  const adas = await between(ada, bo);
  const bos = await between(bo, ada);
  await adas.send('hello');
  await waitFor(bos.snapshot, hasTexts('hello'));
  const own = guestSigner(guestAccount(deviceOf(ada).seed!));
  const { head } = await verifyLog(hexToBytes(accountOf(ada)), deviceOf(ada).log);
  const facts = { logHead: head, time: 1 };
  const good = await signHandOver(facts, own, wallet());
  const bad = [
    await signHandOver(facts, wallet(), wallet()),
    await signHandOver({ ...facts, logHead: new Uint8Array(32) }, own, wallet()),
    { ...good, to: good.from },
    { ...good, from: { ...good.from, signature: new Uint8Array(64) } },
    await signHandOver(facts, own, guestSigner(guestAccount(deviceOf(bo).seed!))),
  ];
  for (const [n, statement] of bad.entries()) {
    await ada.close();
    const database = new MemoryDatabase(ada.stored);
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
    const again = await online(visitor(url, SHOP, {}, ada.stored));
    await waitFor(bos.snapshot, ({ undecryptable }) => undecryptable === n + 1);
    await again.close();
  }
  expect(bos.snapshot.value).toMatchObject({ messages: [{ text: 'hello' }] });
  expect(bo.conversations.value).toHaveLength(1);
});

it('a wallet account has none to give, nor does anybody to themselves', async () => {
  const { url } = await running();
  const signer = wallet();
  const atShop = await walletOn(url, SHOP, signer);
  expect(await refusal(async () => (await atShop.openIdentity()).handOver(wallet()))).toBe('no-key');
  const guest = await guestOn(url, SHOP);
  const own = guestSigner(guestAccount(deviceOf(guest).seed!));
  const identity = await guest.openIdentity();
  expect(await refusal(() => identity.handOver(own))).toBe('own-account');
  const declines = { ...wallet(), signText: () => Promise.reject(new Error('no')) };
  await expect(identity.handOver(declines)).rejects.toThrow('no');
  expect(guest.status.value.me!.kind).toBe('guest');
  await until(() => textsIn(guest).length === 0);
});

/**
 * How sure it is that somebody is who they seem, and what the person decides about them.
 */
import { expect, it } from 'vitest';
import { running } from '../../../relay/test/running.js';
import { refusal } from '../../support/codes.js';
import {
  BANK,
  between,
  guestOn,
  idOf,
  online,
  SHOP,
  textsIn,
  visitor,
  wallet,
  walletOn,
} from '../../support/on-origin.js';
import { lastState } from '../../support/people.js';
import { settled, until } from '../../support/until.js';
import { waitFor } from '../../support/wait.js';

it('both sides see the same 60 digits, and comparing them lasts through new devices', async () => {
  const { url } = await running();
  const signer = wallet();
  const ada = await guestOn(url, SHOP);
  const bo = await walletOn(url, SHOP, signer);
  const [toBo, toAda] = [await ada.openContact(idOf(bo)), await bo.openContact(idOf(ada))];
  await waitFor(toBo.snapshot, ({ status }) => status === 'unverified');
  const { safetyNumber } = toBo.snapshot.value;
  expect(safetyNumber).toMatch(/^\d{60}$/);
  expect(toAda.snapshot.value.safetyNumber).toBe(safetyNumber);
  await toBo.compare();
  expect(toBo.snapshot.value).toMatchObject({ status: 'compared', newDevices: [] });

  const conversation = await ada.openConversation(idOf(bo));
  const more = await walletOn(url, SHOP, signer);
  await toBo.refresh();
  expect(toBo.snapshot.value).toMatchObject({
    status: 'compared',
    newDevices: [more.status.value.me!.deviceId],
    safetyNumber,
  });
  await waitFor(conversation.snapshot, ({ newDevices }) => newDevices === 1);
  await toBo.noticed();
  expect(toBo.snapshot.value.newDevices).toEqual([]);
  await waitFor(conversation.snapshot, ({ newDevices }) => newDevices === 0);
  await toBo.forgetComparison();
  expect(toBo.snapshot.value.status).toBe('unverified');
});

it('a scan compares accounts and lists of devices at once', async () => {
  const { url } = await running();
  const [ada, bo, eve] = [await guestOn(url, SHOP), await guestOn(url, SHOP), await guestOn(url, SHOP)];
  const [toBo, toAda] = [await ada.openContact(idOf(bo)), await bo.openContact(idOf(ada))];
  const qrOf = async (contact: typeof toBo) =>
    (await waitFor(contact.snapshot, ({ qr, status }) => qr !== undefined && status !== undefined)).qr!;
  const [shownByBo, shownByAda] = [await qrOf(toAda), await qrOf(toBo)];
  expect(await refusal(() => toBo.scan('https://evil.example'))).toBe('malformed-scan');
  expect(await refusal(() => toBo.scan(shownByAda))).toBe('scan-differs');
  expect(await refusal(async () => toBo.scan(await qrOf(await eve.openContact(idOf(ada)))))).toBe(
    'scan-differs',
  );
  // Right accounts, another list: somebody is shown something else.
  const bent = shownByBo.replace(
    /[0-9A-F]{64}:([0-9A-F]{64})$/,
    (_, last: string) => `${'AB'.repeat(32)}:${last}`,
  );
  expect(await refusal(() => toBo.scan(bent))).toBe('scan-log-differs');
  expect(toBo.snapshot.value.status).toBe('unverified');
  await toBo.scan(shownByBo);
  expect(toBo.snapshot.value.status).toBe('compared');
  await toAda.scan(shownByAda);
  expect(toAda.snapshot.value.status).toBe('compared');
});

it('who is blocked is neither heard nor answered, and nothing is lost of what comes after', async () => {
  const { url } = await running();
  const [ada, bo] = [await guestOn(url, SHOP), await guestOn(url, SHOP)];
  const [adas, bos] = [await between(ada, bo), await between(bo, ada)];
  await adas.send('hello');
  await waitFor(bos.snapshot, ({ messages }) => messages.length === 1);
  const contact = await bo.openContact(idOf(ada));
  await contact.block();
  await waitFor(bos.snapshot, ({ problem }) => problem === 'blocked');
  await adas.send('are you there?');
  await waitFor(adas.snapshot, lastState('sent'));
  await bos.send('no');
  await waitFor(bos.snapshot, ({ messages }) => messages.at(-1)?.problem === 'blocked');
  await settled();
  expect(textsIn(bo)).toEqual(['hello', 'no']);
  expect(adas.snapshot.value.messages.at(-1)!.state).toBe('sent');
  await contact.unblock();
  await adas.send('and now?');
  await until(() => textsIn(bo).includes('and now?'));
  expect(bos.snapshot.value.problem).toBeUndefined();
});

it('somebody who was never seen can be opened, and is unknown until the relay has them', async () => {
  const { url } = await running();
  const ada = await guestOn(url, SHOP);
  const bo = visitor(url, SHOP);
  const { comingId } = await bo.becomeGuest();
  expect(await refusal(() => ada.openContact(idOf(ada)))).toBe('own-account');
  expect(await refusal(() => ada.openContact('nobody'))).toBe('invalid-coming-id');
  const contact = await ada.openContact(comingId);
  expect(contact.snapshot.value).toMatchObject({ peer: comingId, blocked: false, chain: 'no-chain' });
  await online(bo);
  await contact.refresh();
  expect(contact.snapshot.value).toMatchObject({
    status: 'unverified',
    devices: [{ id: 1, access: 'full', origin: SHOP }],
  });
  expect(await refusal(() => contact.askDomain('shop.example'))).toBe('no-chain');
  expect(BANK).not.toBe(SHOP);
});

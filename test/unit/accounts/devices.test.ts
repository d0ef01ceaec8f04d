/**
 * What a person does with the devices of their account, through a real relay.
 */
import { expect, it } from 'vitest';
import { running } from '../../../relay/test/running.js';
import {
  BANK,
  between,
  deviceOf,
  guestOn,
  idOf,
  keysMade,
  online,
  SHOP,
  textsIn,
  visitor,
  wallet,
  walletOn,
} from '../../support/on-origin.js';
import { refusal } from '../../support/codes.js';
import { lastState } from '../../support/people.js';
import { until } from '../../support/until.js';
import { waitFor } from '../../support/wait.js';

it('a guest’s first device has full access, a wallet’s its own origin unless the person chose otherwise', async () => {
  const { url } = await running();
  const guest = await guestOn(url, SHOP);
  expect(guest.status.value.me).toMatchObject({ kind: 'guest', access: 'full', backedUp: false });
  const signer = wallet();
  const first = await walletOn(url, SHOP, signer);
  expect(first.status.value.me).toMatchObject({ kind: 'wallet', access: 'origin', backedUp: true });
  const full = await walletOn(url, BANK, signer, 'full');
  expect(full.status.value.me).toMatchObject({ access: 'full' });
  // Another device would have to confirm; the wallet is not even asked.
  expect(await refusal(() => visitor(url, SHOP).useWallet(signer, { access: 'full' }))).toBe(
    'needs-full-device',
  );
});

it('a device is renamed, granted full access and removed, and every device of the account learns of it', async () => {
  const { url } = await running();
  const signer = wallet();
  const full = await walletOn(url, BANK, signer, 'full');
  const scoped = await walletOn(url, SHOP, signer);
  const identity = await full.openIdentity();
  await waitFor(identity.snapshot, ({ devices }) => devices.length === 2);
  expect(identity.snapshot.value.devices).toMatchObject([
    { id: 1, origin: BANK, access: 'full', thisDevice: true },
    { id: 2, origin: SHOP, access: 'origin', thisDevice: false },
  ]);

  await identity.rename(2, 'The shop’s', signer);
  await waitFor(scoped.status, ({ me }) => me?.deviceName === 'The shop’s');
  await identity.grant(2, signer);
  await waitFor(scoped.status, ({ me }) => me?.access === 'full');
  const others = await scoped.openIdentity();
  expect(others.snapshot.value.devices).toMatchObject([
    { id: 1 },
    { id: 2, access: 'full', thisDevice: true },
  ]);

  await identity.remove(2, signer);
  await waitFor(
    scoped.status,
    ({ phase, problem }) => phase === 'signed-out' && problem === 'device-removed',
  );
  expect([...scoped.stored.tables.values()].flat()).toEqual([]);
  expect(identity.snapshot.value.devices).toHaveLength(1);
});

it('a device that was removed while it was away finds out when it comes back', async () => {
  const { url } = await running();
  const signer = wallet();
  const one = await walletOn(url, BANK, signer);
  const two = await walletOn(url, SHOP, signer);
  const { stored } = two;
  await two.close();
  await (await one.openIdentity()).remove(2, signer);
  const back = visitor(url, SHOP, {}, stored);
  await waitFor(back.status, ({ phase, problem }) => phase === 'signed-out' && problem === 'device-removed');
  expect([...stored.tables.values()].flat()).toEqual([]);
});

it('removing this device signs out and erases everything here', async () => {
  const { url } = await running();
  const guest = await guestOn(url, SHOP);
  await (await guest.openIdentity()).remove(1);
  await waitFor(guest.status, ({ phase }) => phase === 'signed-out');
  expect([...guest.stored.tables.values()].flat()).toEqual([]);
});

it('a device that was removed gets nothing that is said afterwards, without anybody asking', async () => {
  const { url } = await running();
  const signer = wallet();
  const one = await walletOn(url, SHOP, signer);
  const two = await walletOn(url, SHOP, signer);
  await keysMade(two);
  const peer = await guestOn(url, SHOP);
  const conversation = await between(peer, one);
  await conversation.send('for both');
  await until(() => textsIn(one).length === 1 && textsIn(two).length === 1);
  await two.close();
  await (await one.openIdentity()).remove(2, signer);
  await conversation.send('for one');
  await until(() => textsIn(one).length === 2);
  expect(textsIn(two)).toEqual(['for both']);
  const contact = await peer.openContact(idOf(one));
  await waitFor(contact.snapshot, ({ devices }) => devices.length === 1);
});

it('only a device with full access gives it, and only the account changes anything', async () => {
  const { url } = await running();
  const signer = wallet();
  await walletOn(url, BANK, signer, 'full');
  const scoped = await walletOn(url, SHOP, signer);
  const identity = await scoped.openIdentity();
  await identity.refresh();
  expect(await refusal(() => identity.grant(2, signer))).toBe('needs-full-device');
  expect(await refusal(() => identity.grant(2))).toBe('signer-needed');
  expect(await refusal(() => identity.remove(1, wallet()))).toBe('signer-needed');
  expect(await refusal(() => identity.rename(9, 'x', signer))).toBe('unknown-device');
  expect(await refusal(() => identity.rename(1, 'x\u202ey', signer))).toBe('invalid-name');
  expect(identity.snapshot.value.devices.map(({ name }) => name)).toEqual([
    `Device on ${BANK}`,
    `Device on ${SHOP}`,
  ]);
});

it('two devices that change the list at the same moment both get what they wanted', async () => {
  const { url } = await running();
  const signer = wallet();
  const [one, two] = [await walletOn(url, SHOP, signer), await walletOn(url, BANK, signer)];
  const [a, b] = await Promise.all([one.openIdentity(), two.openIdentity()]);
  await Promise.all([a.rename(1, 'first', signer), b.rename(2, 'second', signer)]);
  await Promise.all([a.refresh(), b.refresh()]);
  for (const { snapshot } of [a, b]) {
    expect(snapshot.value.devices.map(({ name }) => name)).toEqual(['first', 'second']);
  }
});

it('a relay that lost the newest entries is given them again', async () => {
  const signer = wallet();
  const first = await running();
  const one = await walletOn(first.url, SHOP, signer);
  await (await one.openIdentity()).rename(1, 'renamed', signer);
  const { stored } = one;
  await one.close();
  const second = await running();
  await online(visitor(second.url, SHOP, {}, stored));
  const other = await walletOn(second.url, BANK, signer);
  expect(deviceOf(other).log).toHaveLength(3);
});

it('two lists of one account, made at two relays, are repaired into one that all accept', async () => {
  const signer = wallet();
  const [left, right] = [await running(), await running()];
  const one = await walletOn(left.url, SHOP, signer);
  const { stored } = one;
  await (await one.openIdentity()).rename(1, 'left', signer);
  const peer = await guestOn(left.url, SHOP);
  const conversation = await between(peer, one);
  await between(one, peer);
  await conversation.send('hello');
  await waitFor(conversation.snapshot, lastState('delivered'));
  await one.close();

  // At another relay the list is renamed in another way.
  const split = new Map(stored.tables);
  const device = structuredClone(deviceOf(one));
  stored.tables.set('meta', [{ key: 'device', value: { ...device, log: device.log.slice(0, 1) } }]);
  const elsewhere = await online(visitor(right.url, SHOP, {}, stored));
  await (await elsewhere.openIdentity()).rename(1, 'right', signer);
  await elsewhere.close();
  expect(split.size).toBe(stored.tables.size);

  const back = await online(visitor(left.url, SHOP, {}, stored));
  await waitFor(back.status, ({ problem }) => problem === 'own-log-refused');
  const identity = await back.openIdentity();
  await identity.refresh();
  expect(identity.snapshot.value).toMatchObject({ forked: true, devices: [{ name: 'right' }] });
  expect(await refusal(() => identity.rename(1, 'x', signer))).toBe('own-log-refused');
  await identity.repair(signer);
  expect(identity.snapshot.value).toMatchObject({ forked: false, devices: [{ name: 'right' }] });
  // Whoever had seen the dropped branch takes the repaired list, and goes on.
  await conversation.send('still there?');
  await waitFor(conversation.snapshot, lastState('delivered'));
  const contact = await peer.openContact(idOf(back));
  await waitFor(contact.snapshot, ({ devices }) => devices[0]?.name === 'right');
  expect(contact.snapshot.value.status).toBe('unverified');
  expect(await refusal(() => identity.repair(signer))).toBe('no-fork');
});

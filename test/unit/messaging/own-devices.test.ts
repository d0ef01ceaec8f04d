/**
 * Two accounts with several devices each: what one device does shows on the others of its account.
 */
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { BadRelay } from '../../support/bad-relay.js';
import {
  prepareHouseholds,
  type Household,
  type HouseDevice,
  type Households,
} from '../../support/households.js';
import { BANK, SHOP } from '../../support/on-origin.js';
import { hasTexts, lastState } from '../../support/people.js';
import { until } from '../../support/until.js';
import { waitFor } from '../../support/wait.js';

let make: Households;
let relay: BadRelay;
let ada: Household;
let bo: Household;
let one: HouseDevice;
let two: HouseDevice;
let bank: HouseDevice;
let peer: HouseDevice;

beforeAll(async () => {
  make = await prepareHouseholds(
    [
      { origin: SHOP, access: 'full' },
      { origin: SHOP, access: 'origin' },
      { origin: BANK, access: 'origin' },
    ],
    [
      { origin: SHOP, access: 'full' },
      { origin: SHOP, access: 'origin' },
    ],
  );
}, 60_000);

beforeEach(async () => {
  relay = new BadRelay();
  [ada, bo] = make(relay) as [Household, Household];
  [one, two, bank] = ada.devices as [HouseDevice, HouseDevice, HouseDevice];
  [peer] = bo.devices as [HouseDevice];
});

afterEach(async () => {
  for (const device of [...ada.devices, ...bo.devices]) await device.close();
});

const all = () => [...ada.open, ...bo.open];
const quiet = () => until(() => all().every(({ isQuiet }) => isQuiet), 'everybody is quiet');

async function everybodyOnline(): Promise<void> {
  await Promise.all([...ada.devices, ...bo.devices].map((device) => device.online()));
}

it('what one device says, the others of its account show as said, with the state that it has', async () => {
  await everybodyOnline();
  const mine = await one.to(bo);
  await mine.send('hello');
  const there = await two.to(bo);
  await waitFor(there.snapshot, hasTexts('hello'));
  await waitFor(there.snapshot, lastState('delivered'));
  expect(there.snapshot.value.messages).toMatchObject([{ mine: true, text: 'hello' }]);
  expect(there.snapshot.value.unread).toBe(0);
  await (await peer.to(ada)).markRead();
  await Promise.all([mine, there].map(({ snapshot }) => waitFor(snapshot, lastState('read'))));
});

it('a device of another origin gets no copy, and learns of nothing that is decided about it', async () => {
  await everybodyOnline();
  const mine = await one.to(bo);
  await mine.send('of the shop');
  await mine.setPetname('Bo');
  await waitFor((await two.to(bo)).snapshot, ({ petname }) => petname === 'Bo');
  await quiet();
  const toBank = relay.sent.filter(({ to, deviceId }) => to === ada.hex && deviceId === bank.id);
  expect(toBank).toEqual([]);
  expect(bank.rows('conversations')).toEqual([]);
});

it('what is read on one device is read on the others, also what arrives there later', async () => {
  await Promise.all([one, peer].map((device) => device.online()));
  const said = await peer.to(ada);
  await said.send('first');
  await said.send('second');
  const mine = await one.to(bo);
  await waitFor(mine.snapshot, ({ unread }) => unread === 2);
  await mine.markRead();
  await waitFor(said.snapshot, lastState('read'));
  await quiet();
  // What was read comes before what it was: the mailbox of the second device is turned round.
  relay.mailboxOf(ada.account, two.id).waiting.reverse();
  await two.online();
  const there = await two.to(bo);
  await waitFor(there.snapshot, ({ messages }) => messages.length === 2);
  await until(() => relay.mailboxOf(ada.account, two.id).waiting.length === 0);
  expect(there.snapshot.value.unread).toBe(0);
  expect(two.rows('early')).toEqual([]);
  // They are not told a second time that it was read.
  await there.markRead();
  expect(two.rows('receipts')).not.toContainEqual(expect.objectContaining({ kind: 'read' }));
});

it('a receipt that comes before the copy counts when the copy comes', async () => {
  await Promise.all([one, ...bo.devices].map((device) => device.online()));
  const mine = await one.to(bo);
  await mine.send('hello');
  await waitFor(mine.snapshot, lastState('delivered'));
  await (await peer.to(ada)).markRead();
  await waitFor(mine.snapshot, lastState('read'));
  await quiet();
  relay.mailboxOf(ada.account, two.id).waiting.reverse();
  await two.online();
  const there = await two.to(bo);
  await waitFor(there.snapshot, hasTexts('hello'));
  expect(there.snapshot.value.messages).toMatchObject([{ mine: true, state: 'read' }]);
  expect(two.rows('early')).toEqual([]);
});

it('a petname and a block are the person’s: of two at once the later one counts everywhere', async () => {
  await everybodyOnline();
  const [mine, there] = await Promise.all([one.to(bo), two.to(bo)]);
  await mine.send('so that both know the conversation');
  await waitFor(there.snapshot, hasTexts('so that both know the conversation'));
  await Promise.all([mine.setPetname('Robert'), there.setPetname('Bob')]);
  await quiet();
  const petnames = () => [one, two].map((device) => device.rows('conversations')[0]!.petname);
  await until(() => new Set(petnames()).size === 1, 'they agree');
  const contact = await one.client.openContact(bo.comingId);
  await contact.block();
  await waitFor(there.snapshot, ({ problem }) => problem === 'blocked');
  await (await two.client.openContact(bo.comingId)).unblock();
  await waitFor(mine.snapshot, ({ problem }) => problem === undefined);
});

it('a device that was removed gets nothing from then on, from its own account neither', async () => {
  await everybodyOnline();
  const mine = await one.to(bo);
  await mine.send('for all');
  await waitFor((await two.to(bo)).snapshot, hasTexts('for all'));
  await quiet();
  await two.close();
  await (await one.client.openIdentity()).remove(two.id, ada.signer);
  const before = relay.accepted.length;
  await mine.send('no longer for all');
  await (await peer.to(ada)).send('nor this');
  await waitFor(mine.snapshot, hasTexts('for all', 'no longer for all', 'nor this'));
  await quiet();
  const later = relay.accepted.slice(before);
  expect(later.length).toBeGreaterThan(3);
  expect(later.filter(({ to, deviceId }) => to === ada.hex && deviceId === two.id)).toEqual([]);
});

it('somebody with one device queues nothing for others, and keeps what was sent only until it arrived', async () => {
  const lonely = await prepareHouseholds([{ origin: SHOP, access: 'full' }]);
  const [carl] = lonely(relay) as [Household];
  const [device] = carl.devices as [HouseDevice];
  await Promise.all([device, ...bo.devices].map((each) => each.online()));
  const conversation = await device.to(bo);
  await conversation.send('hello');
  await waitFor(conversation.snapshot, lastState('delivered'));
  await until(() => device.isQuiet && device.rows('sentContents').length === 0);
  expect(relay.sent.filter(({ from, to }) => from === carl.hex && to === carl.hex)).toEqual([]);
  await device.close();
});

it('two devices that say something at the same moment are both shown everywhere, once', async () => {
  await everybodyOnline();
  const [a, b, c] = await Promise.all([one.to(bo), two.to(bo), peer.to(ada)]);
  await a.send('before');
  await waitFor(c.snapshot, hasTexts('before'));
  await Promise.all([a.send('from one'), b.send('from two'), c.send('from the other side')]);
  const expected = ['before', 'from one', 'from the other side', 'from two'];
  for (const { snapshot } of [a, b, c]) {
    await waitFor(snapshot, ({ messages }) => messages.length === 4);
    expect(snapshot.value.messages.map(({ text }) => text).sort()).toEqual(expected);
  }
});

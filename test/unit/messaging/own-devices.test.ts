/**
 * Two accounts with several devices each: what one device does shows on the others of its account.
 */
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeContent, type Body } from '../../../core/messaging/content.js';
import { isPayingUnfinished } from '../../../core/payments/unfinished.js';
import { MemoryDatabase } from '../../../core/store/index.js';
import { BadRelay, keysUsedTwice } from '../../support/bad-relay.js';
import { FaultyDatabase } from '../../support/faulty-database.js';
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

it('a peer who says much about messages that never were pushes out nothing that one’s own devices said', async () => {
  await everybodyOnline();
  const [mine, there] = await Promise.all([one.to(bo), two.to(bo)]);
  await mine.send('hello');
  await waitFor(there.snapshot, hasTexts('hello'));
  let n = 0;
  const ids = (count: number) => Array.from({ length: count }, () => (n += 1).toString(16).padStart(32, '0'));
  const early = () => two.rows('early') as { byMe: boolean }[];
  const read = { kind: 'read-on-other', peer: bo.hex, contentIds: ids(300) } as const;
  await one.smuggle(ada, { id: 'aa'.repeat(16), sentAt: 1, body: read });
  await until(() => early().length === 300);
  for (const [id] of [ids(1), ids(1)]) {
    const body = { kind: 'receipt', receipt: 'read', contentIds: ids(150) } as const;
    await peer.smuggle(ada, { id: id!, sentAt: 1, body });
  }
  await until(() => early().filter(({ byMe }) => !byMe).length === 200);
  expect(early().filter(({ byMe }) => byMe)).toHaveLength(300);
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

it('what is decided once a clock that was ahead was put right counts on every device', async () => {
  const YEAR = 365 * 24 * 60 * 60 * 1000;
  let ahead = YEAR;
  await Promise.all([one.online(() => Date.now() + ahead), two.online(), peer.online()]);
  const [mine, there] = await Promise.all([one.to(bo), two.to(bo)]);
  await mine.send('so that both know the conversation');
  await waitFor(there.snapshot, hasTexts('so that both know the conversation'));
  await mine.setPetname('Rob');
  await waitFor(there.snapshot, ({ petname }) => petname === 'Rob');
  ahead = 0;
  await mine.setPetname('Robert');
  await waitFor(there.snapshot, ({ petname }) => petname === 'Robert');
  await (await two.client.openContact(bo.comingId)).block();
  await waitFor(mine.snapshot, ({ problem }) => problem === 'blocked');
  await there.setPetname('Bob');
  await waitFor(mine.snapshot, ({ petname }) => petname === 'Bob');
});

it('a note is the person’s, on all of their devices that have a part in the conversation', async () => {
  await everybodyOnline();
  const mine = await one.to(bo);
  await mine.send('so that both know the conversation');
  await waitFor((await two.to(bo)).snapshot, hasTexts('so that both know the conversation'));
  const [here, there] = await Promise.all([one, two].map(({ client }) => client.openContact(bo.comingId)));
  await here!.setNote('met at the fair');
  await waitFor(there!.snapshot, ({ note }) => note === 'met at the fair');
  await there!.setNote('');
  await waitFor(here!.snapshot, ({ note }) => note === '');
  await Promise.all([here!.setNote('an engineer'), there!.setNote('an architect')]);
  await quiet();
  const notes = () => [here, there].map((contact) => contact!.snapshot.value.note);
  await until(() => new Set(notes()).size === 1 && notes()[0] !== '', 'they agree');
  expect(bank.rows('people')).not.toContainEqual(expect.objectContaining({ note: expect.anything() }));
  expect(relay.sent.filter(({ to, deviceId }) => to === ada.hex && deviceId === bank.id)).toEqual([]);
});

describe('a stranger who is let in on one device', () => {
  beforeEach(async () => {
    await Promise.all([one, two, peer].map((device) => device.online()));
    for (const { client } of [one, two]) await client.setProfile({ settings: { strangers: 'ask' } });
  });

  it('is let in on the others, which tell them from then on what arrived', async () => {
    await (await peer.to(ada)).send('do you know me?');
    // Whoever opens a conversation before asked for it.
    for (const { client } of [one, two])
      await waitFor(client.conversations, ([first]) => first?.request === true);
    const [mine, there] = await Promise.all([one.to(bo), two.to(bo)]);
    await mine.accept();
    await waitFor(there.snapshot, ({ request }) => request === false);
    await quiet();
    expect(two.rows('receipts')).toEqual([]);
    await there.setTimer(60); // what a request would be refused
    await waitFor(mine.snapshot, ({ timer }) => timer === 60);
  });

  it('is let in where their message comes later than that', async () => {
    await two.close();
    await (await peer.to(ada)).send('do you know me?');
    await waitFor(one.client.conversations, ([first]) => first?.request === true);
    await (await one.to(bo)).accept();
    await quiet();
    relay.mailboxOf(ada.account, two.id).waiting.reverse();
    await two.online();
    const [shown] = await waitFor(two.client.conversations, ([first]) => first?.lastMessage !== undefined);
    expect(shown).toMatchObject({ request: false, lastMessage: { text: 'do you know me?' } });
  });
});

it('a payment shows on the other devices with its place, and is not pursued there', async () => {
  await everybodyOnline();
  const id = 'ab'.repeat(16);
  const hash = (byte: string) => `0x${byte.repeat(32)}`;
  const place = { block: hash('01'), extrinsic: 2, hash: hash('03') };
  const asset = `polkadot:${'00'.repeat(16)}/slip44:571`;
  const facts = { genesis: hash('04'), asset, amount: 5n, from: ada.hex, to: bo.hex };
  const payment = { ...facts, place };
  await (await one.to(bo)).send('before');
  await quiet();
  await one.smuggle(bo, { id, sentAt: 1, body: { kind: 'payment', fallback: '5 X', payment } });
  const there = await two.to(bo);
  await waitFor(there.snapshot, ({ messages }) => messages.length === 2);
  const shown = () => there.snapshot.value.messages[1];
  expect(shown()).toMatchObject({ mine: true, payment: { mine: true, amount: 5n, state: 'in-block' } });
  expect(shown()!.payment).toMatchObject({ hash: place.hash, block: { hash: place.block, index: 2 } });
  expect(two.rows('transfers')).toEqual([]);
  expect(await isPayingUnfinished(new MemoryDatabase(two.storage))).toBe(false);
  // It came to stand in another block; then the receiver found it.
  const moved = { ...payment, place: { ...place, block: hash('05') } };
  await one.smuggle(bo, { id, sentAt: 1, body: { kind: 'payment', fallback: '5 X', payment: moved } });
  await waitFor(there.snapshot, () => shown()?.payment?.block?.hash === hash('05'));
  await peer.smuggle(ada, {
    id: 'cd'.repeat(16),
    sentAt: 1,
    body: { kind: 'receipt', receipt: 'paid', contentIds: [id] },
  });
  await waitFor(there.snapshot, () => shown()?.payment?.state === 'received');
});

it('a note to self shows on the other devices as one’s own, with all that is said about it later', async () => {
  await everybodyOnline();
  const [notes, there] = await Promise.all([one.to(ada), two.to(ada)]);
  const id = await notes.send('buy milk');
  await waitFor(there.snapshot, hasTexts('buy milk'));
  await there.edit(id, 'buy oat milk');
  await waitFor(notes.snapshot, hasTexts('buy oat milk'));
  await notes.react({ id, mine: true }, '✅');
  await notes.setTimer(3600);
  const shown = await waitFor(there.snapshot, ({ timer }) => timer === 3600);
  expect(shown).toMatchObject({ isSelf: true, request: false, unread: 0 });
  expect(shown.messages[0]).toMatchObject({ mine: true, state: 'sent', reactions: [{ mine: true }] });
  await quiet();
  expect(relay.sent.filter(({ to }) => to !== ada.hex)).toEqual([]);
});

it('what is said about messages shows on the other devices, also of what another device said', async () => {
  await everybodyOnline();
  const [mine, there, theirs] = await Promise.all([one.to(bo), two.to(bo), peer.to(ada)]);
  const id = await mine.send('first');
  await waitFor(there.snapshot, hasTexts('first'));
  await waitFor(theirs.snapshot, hasTexts('first'));
  await there.edit(id, 'second');
  await Promise.all([mine, theirs].map(({ snapshot }) => waitFor(snapshot, hasTexts('second'))));
  await theirs.react({ id, mine: false }, '👍');
  await Promise.all(
    [mine, there].map(({ snapshot }) =>
      waitFor(snapshot, ({ messages }) => messages[0]?.reactions?.[0]?.emoji === '👍'),
    ),
  );
  await mine.deleteForEveryone(id);
  await Promise.all(
    [there, theirs].map(({ snapshot }) => waitFor(snapshot, ({ messages }) => messages[0]?.deleted === true)),
  );
});

describe('what was erased here', () => {
  /** Everything that is kept to be sent again. */
  const kept = () =>
    (one.rows('sentContents') as { content?: Uint8Array }[])
      .map(({ content }) => new TextDecoder().decode(content))
      .join();

  it('is not kept to be sent again either: to the peer, or to one’s other devices', async () => {
    await Promise.all([one, two].map((device) => device.online()));
    const [mine, there] = await Promise.all([one.to(bo), two.to(bo)]);
    const ids: string[] = [];
    for (const word of ['first', 'second', 'third', 'fourth']) ids.push(await mine.send(word));
    await mine.edit(ids[1]!, 'second thoughts');
    await waitFor(there.snapshot, hasTexts('first', 'second thoughts', 'third', 'fourth'));
    await quiet();
    expect(kept()).toMatch(/first[^]*second/);
    await mine.deleteHere({ id: ids[0]!, mine: true });
    await mine.deleteForEveryone(ids[1]!);
    await waitFor(there.snapshot, hasTexts('first', '', 'third', 'fourth'));
    await quiet();
    expect(kept()).not.toMatch(/first|second/);
    expect(kept()).toMatch(/third/);
    await mine.deleteConversation();
    expect(kept()).not.toMatch(/third|fourth/);
  });
});

it('what an own device says is not believed where it is nothing that devices tell each other', async () => {
  await everybodyOnline();
  const there = await two.to(bo);
  await (await one.to(bo)).send('before');
  await waitFor(there.snapshot, lastState('delivered'));
  const said = two.rows('messages');
  const text = (value: string) =>
    ({ id: 'ef'.repeat(16), sentAt: 1, body: { kind: 'text', text: value } }) as const;
  await one.smuggle(ada, {
    ...text(''),
    body: { kind: 'receipt', receipt: 'read', contentIds: [said.at(-1)!.id] },
  });
  const copy = encodeContent({ ...text('of another origin') }, BANK);
  await one.smuggle(ada, { ...text(''), body: { kind: 'sent-copy', peer: bo.hex, content: copy } });
  await until(() => two.rows('undecryptable').length === 2);
  expect(two.rows('undecryptable')).toMatchObject([
    { code: 'malformed-content' },
    { code: 'malformed-content' },
  ]);
  expect(two.rows('messages')).toEqual(said);
});

it('a device of another origin decides nothing about a conversation that it has no part in', async () => {
  await everybodyOnline();
  const mine = await one.to(bo);
  await mine.send('of the shop');
  await waitFor(mine.snapshot, lastState('delivered'));
  await (await peer.to(ada)).send('an answer');
  await waitFor(mine.snapshot, ({ unread }) => unread === 1);
  const contentIds = [mine.snapshot.value.messages.at(-1)!.id];
  await quiet();
  // From the bank only: what others say may still be on its way.
  const ofBank = `["${ada.hex}",${bank.id},`;
  const heard = () =>
    one.storage.tables.get('seen')!.filter(({ key }) => JSON.stringify(key).startsWith(ofBank)).length;
  const before = heard();
  let n = 0;
  const says = (body: Body) =>
    bank.smuggle(ada, { id: (n += 1).toString(16).padStart(32, '0'), sentAt: Date.now(), body });
  await says({ kind: 'contact-state', peer: bo.hex, petname: 'Bank support' });
  await says({ kind: 'contact-state', peer: bo.hex, blocked: true });
  await says({ kind: 'read-on-other', peer: bo.hex, contentIds });
  await until(() => heard() === before + 3);
  expect(one.rows('undecryptable')).toEqual([]);
  expect(one.rows('decisions')).toEqual([]);
  expect(one.rows('conversations')[0]).toMatchObject({ petname: '', unread: 1 });
  expect(one.rows('people')).not.toContainEqual(expect.objectContaining({ blocked: true }));
});

it('a device that only listens says so once a week, and is not taken for silent', async () => {
  const DAY = 24 * 60 * 60 * 1000;
  let now = Date.now();
  await Promise.all([one, two, peer].map((device) => device.online(() => now)));
  const mine = await one.to(bo);
  const there = await two.to(bo);
  for (let week = 0; week < 10; week += 1) {
    await mine.send(`week ${week}`);
    await waitFor(there.snapshot, ({ messages }) => messages.length === week + 1);
    await until(() => [one, two, peer].every(({ isQuiet }) => isQuiet));
    now += 8 * DAY;
  }
});

describe('whatever commit a device dies at', () => {
  /** Says two things, dies at a commit, and comes back; how many commits there were. */
  async function survive(at: number): Promise<number> {
    const bad = new BadRelay();
    const [mine, theirs] = make(bad) as [Household, Household];
    const [speaker, listener] = mine.devices as [HouseDevice, HouseDevice];
    const [receiver] = theirs.devices as [HouseDevice];
    const faulty = new FaultyDatabase(new MemoryDatabase(speaker.storage), at, 'dies after');
    await Promise.all([listener.online(), receiver.online()]);
    speaker.start(undefined, faulty);
    const texts = ['one', 'two'];
    const speak = async () => {
      const conversation = await speaker.to(theirs);
      for (const text of texts) {
        if (!speaker.textsWith(theirs).includes(text)) await conversation.send(text);
      }
      await until(() => speaker.isQuiet && speaker.textsWith(theirs).length === 2);
    };
    const died = until(() => faulty.isDead).catch(() => new Promise(() => undefined));
    await Promise.race([speak(), died]);
    if (faulty.isDead) {
      await speaker.close();
      speaker.start();
      await speak();
    }
    await until(() => listener.textsWith(theirs).length >= 2, `both arrived (${at})`);
    expect(listener.textsWith(theirs), `commit ${at}`).toEqual(texts);
    expect(keysUsedTwice(bad.sent)).toEqual([]);
    await Promise.all([speaker, listener, receiver].map((device) => device.close()));
    return faulty.commits;
  }

  it('its other device gets everything once, in order', async () => {
    const commits = await survive(Infinity);
    expect(commits).toBeGreaterThan(5);
    for (let at = 1; at <= commits; at += 1) await survive(at);
  }, 120_000);
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

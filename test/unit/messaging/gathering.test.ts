import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ComingError } from '../../../core/errors.js';
import {
  MemoryDatabase,
  type Change,
  type Key,
  type TableName,
  type Tables,
} from '../../../core/store/index.js';
import { hasTexts, lastState, textsOf } from '../../support/people.js';
import type { Sent, TappedRelay } from '../../support/tapped-relay.js';
import { until } from '../../support/until.js';
import { waitFor } from '../../support/wait.js';
import { preparePeople, type World, type WorldPerson } from '../../support/world.js';

let newWorld: () => World;
let world: World;
let relay: TappedRelay;
let ada: WorldPerson;
let bo: WorldPerson;
let carl: WorldPerson;
let db: BusyDatabase;

/** Refuses commits with messages of some people, and to look for a message. */
class BusyDatabase extends MemoryDatabase {
  commits = 0;
  refusing: WorldPerson | undefined;
  /** The id of a message. */
  unreadable: string | undefined;

  override async get<T extends TableName>(table: T, key: Key): Promise<Tables[T] | undefined> {
    if (table === 'messageOrders' && (key as readonly unknown[]).includes(this.unreadable)) throw busy();
    return super.get(table, key);
  }

  override async commit(changes: readonly Change[]): Promise<void> {
    this.commits += 1;
    const isRefused = changes.some(
      ({ table, key }) => table === 'messages' && (key as readonly string[])[0] === this.refusing?.hex,
    );
    if (isRefused) throw busy();
    await super.commit(changes);
  }
}

const busy = () => new ComingError('storage-unavailable', 'the disk is busy');

beforeAll(async () => {
  newWorld = await preparePeople(3);
});

beforeEach(async () => {
  world = newWorld();
  ({ relay } = world);
  [ada, bo, carl] = world.people as [WorldPerson, WorldPerson, WorldPerson];
  await Promise.all([ada.online(), carl.online()]);
  db = new BusyDatabase(bo.storage);
  bo.open(db);
  await waitFor(bo.client.status, ({ connection }) => connection === 'online');
  for (const friend of [ada, carl]) {
    const [theirs, his] = await Promise.all([friend.to(bo), bo.to(friend)]);
    await theirs.send('hello');
    await waitFor(his.snapshot, hasTexts('hello'));
    await his.send('hi');
    await waitFor(theirs.snapshot, hasTexts('hello', 'hi'));
    await waitFor(his.snapshot, lastState('delivered'));
  }
  await until(() => [ada, bo, carl].every(({ isQuiet }) => isQuiet));
});

afterEach(() => world.end());

/** Has somebody write to Bo; the relay keeps the envelopes. */
async function intercepted(from: WorldPerson, ...texts: string[]): Promise<Sent[]> {
  const before = relay.sent.length;
  relay.swallow();
  const conversation = await from.to(bo);
  for (const text of texts) await conversation.send(text);
  await until(() => relay.sent.length === before + texts.length, 'it was sent');
  return relay.sent.slice(before);
}

const numbered = (count: number) => Array.from({ length: count }, (_, n) => `message ${n}`);

/** What stands in Bo's conversation after the greetings. */
async function shown(from: WorldPerson): Promise<string[]> {
  return textsOf((await bo.to(from)).snapshot.value).slice(2);
}

describe('messages that waited', () => {
  it('are stored at once, in their order, and each is acknowledged', async () => {
    const texts = numbered(40);
    const sent = await intercepted(ada, ...texts);
    const before = db.commits;
    const sessions = JSON.stringify(bo.rows('sessions'));
    expect(await relay.deliverAll(sent)).toEqual(sent.map(() => true));
    await until(async () => (await shown(ada)).length === 40);
    expect(await shown(ada)).toEqual(texts);
    // One for them all, and a few for the receipt that answers them.
    expect(db.commits - before).toBeLessThan(8);
    expect(JSON.stringify(bo.rows('sessions'))).not.toBe(sessions);
  });

  it('are not acknowledged when they could not be stored, are shown to nobody, and arrive when they come again', async () => {
    const sent = await intercepted(ada, ...numbered(5));
    const state = bo.cryptographicState();
    const stored = bo.rows('messages');
    db.refusing = ada;
    expect(await relay.deliverAll(sent)).toEqual(sent.map(() => false));
    expect(bo.cryptographicState()).toBe(state);
    expect(bo.rows('messages')).toEqual(stored);
    expect(await shown(ada)).toEqual([]);
    db.refusing = undefined;
    expect(await relay.deliverAll(sent)).toEqual(sent.map(() => true));
    await until(async () => (await shown(ada)).length === 5);
    expect(await shown(ada)).toEqual(numbered(5));
  });

  it('up to the first that could not be stored are acknowledged, and none behind it', async () => {
    const [adas, carls] = [await intercepted(ada, 'a1', 'a2'), await intercepted(carl, 'c1', 'c2')];
    db.refusing = carl;
    expect(await relay.deliverAll([...adas, ...carls])).toEqual([true, true, false, false]);
    await until(async () => (await shown(ada)).length === 2);
    expect(await shown(carl)).toEqual([]);
  });

  it('up to one in the middle that cannot be taken now are stored, shown and acknowledged', async () => {
    const sent = await intercepted(ada, ...numbered(5));
    const third = (await ada.to(bo)).snapshot.value.messages.find(({ text }) => text === 'message 2')!;
    db.unreadable = third.id;
    expect(await relay.deliverAll(sent)).toEqual([true, true, false, false, false]);
    await until(async () => (await shown(ada)).length === 2);
    db.unreadable = undefined;
    expect(await relay.deliverAll(sent)).toEqual(sent.map(() => true));
    await until(async () => (await shown(ada)).length === 5);
    expect(await shown(ada)).toEqual(numbered(5));
  });

  it('count once though they came twice in one delivery', async () => {
    const [one, two] = (await intercepted(ada, 'one', 'two')) as [Sent, Sent];
    expect(await relay.deliverAll([one, one, two, one, two])).toEqual([true, true, true, true, true]);
    await until(async () => (await shown(ada)).length === 2);
    expect((await bo.to(ada)).snapshot.value.undecryptable).toBe(0);
  });

  it('are read around one that cannot be read, which keeps its place', async () => {
    const [one, two, three] = (await intercepted(ada, 'one', 'two', 'three')) as [Sent, Sent, Sent];
    const bent = { ...two, content: two.content.map((byte, at) => (at === 40 ? byte ^ 1 : byte)) };
    expect(await relay.deliverAll([one, bent, three])).toEqual([true, true, true]);
    const { snapshot } = await bo.to(ada);
    await waitFor(snapshot, ({ messages }) => messages.length === 5);
    expect(snapshot.value.messages.slice(2)).toMatchObject([
      { text: 'one' },
      { state: 'undecryptable' },
      { text: 'three' },
    ]);
  });

  it('of several people come to each in order, however they are mixed', async () => {
    const [adas, carls] = [await intercepted(ada, ...numbered(6)), await intercepted(carl, ...numbered(6))];
    const mixed = adas.flatMap((sent, n) => (n % 2 === 0 ? [sent, carls[n]!] : [carls[n]!, sent]));
    expect(await relay.deliverAll(mixed)).toEqual(mixed.map(() => true));
    for (const friend of [ada, carl]) {
      await until(async () => (await shown(friend)).length === 6);
      expect(await shown(friend)).toEqual(numbered(6));
    }
  });

  it('do not hold up what the person says meanwhile, and no key is used for two things', async () => {
    const sent = await intercepted(ada, ...numbered(60));
    relay.onSend = (pass) => pass();
    const his = await bo.to(ada);
    const delivery = relay.deliverAll(sent);
    const said = numbered(5).map((text) => his.send(`his ${text}`));
    await Promise.all([delivery, ...said]);
    const theirs = await ada.to(bo);
    await waitFor(
      his.snapshot,
      ({ messages }) =>
        messages.length === 67 && messages.every(({ mine, state }) => !mine || state === 'delivered'),
    );
    expect(
      textsOf(theirs.snapshot.value)
        .filter((text) => text.startsWith('his'))
        .sort(),
    ).toEqual(numbered(5).map((text) => `his ${text}`));
    expect(theirs.snapshot.value.undecryptable).toBe(0);
  });
});

import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Conversation } from '../../../core/client.js';
import { conversationWith } from '../../../core/messaging/rows.js';
import { MemoryDatabase, put } from '../../../core/store/index.js';
import { hasTexts } from '../../support/people.js';
import { waitFor } from '../../support/wait.js';
import { preparePeople, type World, type WorldPerson } from '../../support/world.js';

let newWorld: () => World;
let world: World;
let ada: WorldPerson;
let bo: WorldPerson;
let cleo: WorldPerson;

beforeAll(async () => {
  newWorld = await preparePeople(3);
});

beforeEach(() => {
  world = newWorld();
  [ada, bo, cleo] = world.people as [WorldPerson, WorldPerson, WorldPerson];
});

afterEach(() => world.end());

/** Bo and Cleo said two things and one to Ada, who knows both. */
async function written(): Promise<{ withBo: Conversation; withCleo: Conversation }> {
  await Promise.all(world.people.map((person) => person.online()));
  const [withBo, withCleo] = [await ada.to(bo), await ada.to(cleo)];
  const bos = await bo.to(ada);
  await bos.send('one');
  await bos.send('two');
  await (await cleo.to(ada)).send('three');
  await waitFor(withBo.snapshot, hasTexts('one', 'two'));
  await waitFor(withCleo.snapshot, hasTexts('three'));
  return { withBo, withCleo };
}

it('what was not shown yet is counted over all conversations while somebody listens', async () => {
  const { withBo, withCleo } = await written();
  const seen: (number | undefined)[] = [];
  const stop = ada.client.unread.subscribe((value) => seen.push(value));
  await waitFor(ada.client.unread, (count) => count === 3);
  await withBo.markRead();
  await waitFor(ada.client.unread, (count) => count === 1);
  await (await cleo.to(ada)).send('four');
  await waitFor(ada.client.unread, (count) => count === 2);
  await withCleo.deleteConversation();
  await waitFor(ada.client.unread, (count) => count === 0);
  expect(seen[0]).toBeUndefined();
  stop();
});

it('a muted conversation does not count, whether it was muted by itself or with all others', async () => {
  const { withBo } = await written();
  const stop = ada.client.unread.subscribe(() => undefined);
  await waitFor(ada.client.unread, (count) => count === 3);
  await withBo.setSettings({ muted: true });
  await waitFor(ada.client.unread, (count) => count === 1);
  await ada.client.setProfile({ settings: { muted: true } });
  await waitFor(ada.client.unread, (count) => count === 0);
  await withBo.setSettings({ muted: false });
  await waitFor(ada.client.unread, (count) => count === 2);
  stop();
});

it('nor does a stranger who was not let in, nor somebody who is blocked', async () => {
  await Promise.all(world.people.map((person) => person.online()));
  await (await bo.to(ada)).send('do you know me?');
  const withCleo = await ada.to(cleo);
  await (await cleo.to(ada)).send('it is me');
  await waitFor(withCleo.snapshot, hasTexts('it is me'));
  await waitFor(ada.client.conversations, ({ length }) => length === 2);
  const stop = ada.client.unread.subscribe(() => undefined);
  await waitFor(ada.client.unread, (count) => count === 1);
  await (await ada.to(bo)).accept();
  await waitFor(ada.client.unread, (count) => count === 2);
  await (await ada.client.openContact(cleo.comingId)).block();
  await waitFor(ada.client.unread, (count) => count === 1);
  stop();
});

it('conversations that are not in the list yet count too', async () => {
  const db = new MemoryDatabase(ada.storage);
  await db.takeOwnership();
  for (let n = 0; n < 250; n += 1) {
    const peer = n.toString(16).padStart(64, '0');
    await db.commit([put('conversations', peer, { ...(await conversationWith(db, peer, n)), unread: 2 })]);
  }
  ada.open();
  await waitFor(ada.client.status, ({ phase }) => phase === 'ready');
  const stop = ada.client.unread.subscribe(() => undefined);
  await waitFor(ada.client.unread, (count) => count === 500);
  stop();
});

it('nothing is known of it any more when everything was erased', async () => {
  await written();
  const stop = ada.client.unread.subscribe(() => undefined);
  await waitFor(ada.client.unread, (count) => count === 3);
  await ada.client.erase();
  expect(ada.client.unread.value).toBeUndefined();
  stop();
});

import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MAX_REQUESTS } from '../../../core/messaging/erasing.js';
import { writeRequest } from '../../../core/messaging/resending.js';
import { MemoryDatabase, put } from '../../../core/store/index.js';
import { refusal } from '../../support/codes.js';
import { hasTexts, lastState } from '../../support/people.js';
import { png } from '../../support/pictures.js';
import type { TappedRelay } from '../../support/tapped-relay.js';
import { settled, until } from '../../support/until.js';
import { waitFor } from '../../support/wait.js';
import { preparePeople, type World, type WorldPerson } from '../../support/world.js';

let newWorld: () => World;
let world: World;
let relay: TappedRelay;
let ada: WorldPerson;
let bo: WorldPerson;

beforeAll(async () => {
  newWorld = await preparePeople(2);
});

beforeEach(async () => {
  world = newWorld();
  ({ relay } = world);
  [ada, bo] = (await Promise.all(world.people.map((person) => person.online()))) as [
    WorldPerson,
    WorldPerson,
  ];
});

afterEach(() => world.end());

const fromBo = () => relay.sent.filter(({ from }) => String(from) === String(bo.account));

/** Ada, whom Bo never heard of, writes to him; Bo looks at it. */
async function asked(text = 'hello, stranger') {
  const adas = await ada.to(bo);
  await adas.send(text);
  await waitFor(bo.client.conversations, (list) => list.length === 1);
  return { adas, bos: await bo.to(ada) };
}

describe('a request of a stranger', () => {
  it('tells them nothing, whatever is done with it here, until it is accepted', async () => {
    await bo.client.setProfile({ name: 'Bo' });
    const { adas, bos } = await asked();
    expect(bos.snapshot.value).toMatchObject({ request: true, unread: 1 });
    expect(bo.client.conversations.value[0]).toMatchObject({ request: true });
    await bos.markRead();
    await bos.setTyping(true);
    await adas.setTyping(true);
    expect(
      await refusal(() => bos.react({ id: bos.snapshot.value.messages[0]!.id, mine: false }, '👍')),
    ).toBe('not-accepted');
    expect(await refusal(() => bos.setTimer(60))).toBe('not-accepted');
    await bo.client.setProfile({ name: 'Robert' });
    await bo.client.reconnect();
    await settled();
    expect(fromBo()).toEqual([]);
    expect(adas.snapshot.value.messages[0]!.state).toBe('sent');
    expect(bos.snapshot.value.typing).toBe(false);
    expect(ada.rows('profiles')).toEqual([]);

    await bos.accept();
    await waitFor(adas.snapshot, lastState('read'));
    await waitFor(adas.snapshot, ({ profile }) => profile?.name === 'Robert');
    expect(bos.snapshot.value.request).toBe(false);
  });

  it('is accepted by answering, or by giving them a name', async () => {
    const { adas, bos } = await asked();
    await bos.send('do I know you?');
    await waitFor(adas.snapshot, hasTexts('hello, stranger', 'do I know you?'));
    await waitFor(adas.snapshot, ({ messages }) => messages[0]!.state === 'delivered');
    expect(bos.snapshot.value.request).toBe(false);
    await bos.deleteConversation();
    await adas.send('hello again');
    await waitFor(bo.client.conversations, ([first]) => first?.request === true);
    const again = await bo.to(ada);
    await again.setPetname('Ada');
    await waitFor(again.snapshot, ({ request }) => request === false);
    await waitFor(adas.snapshot, lastState('delivered'));
  });

  it('is none where the person opened the conversation, or welcomes everybody', async () => {
    await bo.to(ada);
    const adas = await ada.to(bo);
    await adas.send('expected');
    await waitFor(adas.snapshot, lastState('delivered'));
    expect(bo.client.conversations.value[0]!.request).toBe(false);
    await (await bo.to(ada)).deleteConversation();
    await bo.client.setProfile({ settings: { strangers: 'accept' } });
    await adas.send('a question');
    await waitFor(adas.snapshot, lastState('delivered'));
  });

  it('is blocked without a word', async () => {
    const { adas, bos } = await asked();
    await (await bo.client.openContact(ada.comingId)).block();
    await waitFor(bos.snapshot, ({ problem }) => problem === 'blocked');
    await adas.send('hello?');
    await settled();
    expect(fromBo()).toEqual([]);
    expect(bos.snapshot.value.messages).toHaveLength(1);
  });

  it('holds twenty messages; more are dropped, and not said to have arrived', async () => {
    const { adas, bos } = await asked('0');
    for (let n = 1; n < 25; n += 1) await adas.send(`${n}`);
    await until(() => bo.rows('seen').length >= 25);
    await until(() => ada.isQuiet);
    expect(bos.snapshot.value.messages).toHaveLength(20);
    await bos.accept();
    await waitFor(adas.snapshot, ({ messages }) => messages[19]!.state === 'delivered');
    await until(() => bo.isQuiet);
    expect(adas.snapshot.value.messages.slice(20).every(({ state }) => state === 'sent')).toBe(true);
    await adas.send('and now?');
    await waitFor(bos.snapshot, ({ messages }) => messages.length === 21);
  });

  it(`gives way when there are ${MAX_REQUESTS}, those who wrote longest ago first`, async () => {
    await bo.close();
    const db = new MemoryDatabase(bo.storage);
    await db.takeOwnership();
    const row = (n: number) => {
      const peer = n.toString(16).padStart(64, '0');
      return { peer, petname: '', unread: 1, undecryptable: 0, nextOrder: 1, lastActivity: n, request: true };
    };
    const rows = Array.from({ length: MAX_REQUESTS }, (_, n) => row(n + 1));
    await db.commit(
      rows.flatMap((value) => [
        put('conversations', value.peer, {
          ...value,
          lastMessage: undefined,
          origin: undefined,
          elsewhere: undefined,
        }),
        put('messageOrders', [value.peer, 0, 'aa'], { order: 0 }),
        put('sessions', [value.peer, 1], { record: new Uint8Array(9), heardAt: 1 }),
      ]),
    );
    await bo.online();
    await (await ada.to(bo)).send('and me');
    await waitFor(bo.client.conversations, (list) =>
      list.some(({ lastMessage }) => lastMessage?.text === 'and me'),
    );
    await until(() => bo.rows('conversations').length === MAX_REQUESTS);
    const peers = bo.rows('conversations').map(({ peer }) => peer);
    expect(peers).not.toContain(rows[0]!.peer);
    expect(peers).toContain(rows[1]!.peer);
    expect(bo.rows('messageOrders')).toHaveLength(MAX_REQUESTS);
    expect(bo.storage.tables.get('sessions')!.map(({ key }) => (key as string[])[0])).not.toContain(
      rows[0]!.peer,
    );
  });

  it('is one also where they first asked for a message that nobody sent them, and that is not answered', async () => {
    const content = writeRequest({ deviceId: 1, ratchetKey: undefined, envelopeIds: ['ab'.repeat(16)] }, 0);
    const envelope = { id: new Uint8Array(16), deviceId: 1, type: 8, content, delivery: 'durable' } as const;
    expect(await relay.deliver({ ...envelope, from: ada.account, fromDevice: 1, to: bo.account })).toBe(true);
    expect(fromBo()).toEqual([]);
    for (const table of ['outbox', 'conversations', 'allowances'] as const)
      expect(bo.rows(table)).toEqual([]);
    const { bos } = await asked();
    expect(bos.snapshot.value).toMatchObject({ request: true });
  });

  it('may not keep anything here before its first message', async () => {
    const target = { id: 'ab'.repeat(16), own: true };
    await ada.smuggle(bo, {
      id: 'cd'.repeat(16),
      sentAt: 1,
      body: { kind: 'reaction', target, emoji: '👍' },
    });
    const picture = png(9, 9);
    await ada.smuggle(bo, {
      id: 'ce'.repeat(16),
      sentAt: 1,
      body: { kind: 'profile', version: 1, name: 'A', picture },
    });
    await until(() => bo.rows('seen').length === 2);
    for (const table of ['early', 'profiles', 'conversations'] as const) expect(bo.rows(table)).toEqual([]);
  });
});

describe('a profile', () => {
  const picture = png(64, 64);

  it('goes to whoever is written to, behind the message, and to contacts when it changes', async () => {
    await ada.client.setProfile({ name: '  Ada ✓ ', picture });
    expect(ada.client.profile.value).toMatchObject({ name: 'Ada', picture: expect.any(Number) as number });
    await settled();
    expect(relay.sent).toEqual([]);
    const { bos } = await asked();
    const { profile } = await waitFor(bos.snapshot, (value) => value.profile !== undefined);
    expect(profile!.name).toBe('Ada');
    expect(await bo.client.pictureOf(ada.comingId)).toEqual(picture);
    await waitFor(bo.client.conversations, ([first]) => first?.profile?.name === 'Ada');
    const contact = await bo.client.openContact(ada.comingId);
    expect(contact.snapshot.value).toMatchObject({
      petname: '',
      profileName: 'Ada',
      picture: profile!.picture,
    });

    await ada.client.setProfile({ name: 'Ada Lovelace' });
    await waitFor(bos.snapshot, (value) => value.profile?.name === 'Ada Lovelace');
    await waitFor(contact.snapshot, ({ profileName }) => profileName === 'Ada Lovelace');
    expect(await bo.client.pictureOf(ada.comingId)).toEqual(picture); // what was not named stays
    await ada.client.setProfile({ picture: undefined });
    await waitFor(bos.snapshot, (value) => value.profile?.picture === undefined);
    expect(await bo.client.pictureOf(ada.comingId)).toBeUndefined();
  });

  it('is told once, and again only when there is something new', async () => {
    await ada.client.setProfile({ name: 'Ada' });
    const { adas, bos } = await asked();
    await bos.accept();
    await waitFor(adas.snapshot, lastState('delivered'));
    await until(() => ada.isQuiet);
    const before = relay.sent.length;
    await adas.send('two');
    await waitFor(adas.snapshot, lastState('delivered'));
    await until(() => ada.isQuiet && bo.isQuiet);
    expect(relay.sent.slice(before).filter(({ from }) => String(from) === String(ada.account))).toHaveLength(
      1,
    );
    await ada.client.setProfile({ settings: { muted: true } });
    await settled();
    expect(ada.isQuiet).toBe(true);
    expect(relay.sent.slice(before).filter(({ from }) => String(from) === String(ada.account))).toHaveLength(
      1,
    );
  });

  it('of a peer is cleaned here too, counts by its version, and has a picture that can be shown', async () => {
    const { bos } = await asked();
    let n = 0;
    const says = async (version: number, name: string, bytes?: Uint8Array) => {
      const before = bo.rows('seen').length;
      const id = (n += 1).toString(16).padStart(32, '0');
      await ada.smuggle(bo, { id, sentAt: 1, body: { kind: 'profile', version, name, picture: bytes } });
      await until(() => bo.rows('seen').length > before);
      await settled();
    };
    await says(5, '✅ Bank\u202e support 🔒', new TextEncoder().encode('<svg/>'));
    expect(bos.snapshot.value.profile).toEqual({ name: 'Bank support', picture: undefined });
    await says(4, 'older');
    await says(5, 'as old');
    expect(bos.snapshot.value.profile!.name).toBe('Bank support');
    await says(6, 'newer', png(16_000, 16_000));
    expect(bos.snapshot.value.profile).toEqual({ name: 'newer', picture: undefined });
  });

  it('is one’s own after the client was closed, and nobody’s after erasing', async () => {
    await ada.client.setProfile({ name: 'Ada', picture });
    const before = ada.client.profile.value;
    await ada.close();
    await ada.online();
    expect(ada.client.profile.value).toEqual(before);
    expect(await ada.client.pictureOf(ada.comingId)).toEqual(picture);
    for (const bytes of [new Uint8Array(), png(2000, 10), new Uint8Array(40_000)]) {
      expect(await refusal(() => ada.client.setProfile({ picture: bytes }))).toBe('invalid-picture');
    }
    await ada.client.erase();
    expect(ada.client.profile.value).toEqual({ name: '', picture: undefined, settings: {} });
  });
});

it('a note about somebody stays here', async () => {
  const { adas } = await asked();
  const contact = await bo.client.openContact(ada.comingId);
  await contact.setNote('  met at the fair ');
  expect(contact.snapshot.value.note).toBe('met at the fair');
  await contact.setNote('x'.repeat(3000));
  expect(contact.snapshot.value.note).toHaveLength(2000);
  await contact.setNote('');
  expect(contact.snapshot.value.note).toBe('');
  await settled();
  expect(fromBo()).toEqual([]);
  adas.close();
});

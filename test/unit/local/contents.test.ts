import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Conversation, ConversationSnapshot, Message } from '../../../core/client.js';
import type { Content } from '../../../core/messaging/content.js';
import { refusal } from '../../support/codes.js';
import { hasTexts, lastState } from '../../support/people.js';
import type { TappedRelay } from '../../support/tapped-relay.js';
import { ManualClock } from '../../support/timers.js';
import { settled, until } from '../../support/until.js';
import { waitFor } from '../../support/wait.js';
import { preparePeople, type World, type WorldPerson } from '../../support/world.js';

const HOUR = 60 * 60 * 1000;
let newWorld: () => World;
let world: World;
let relay: TappedRelay;
let clock: ManualClock;
let ada: WorldPerson;
let bo: WorldPerson;

beforeAll(async () => {
  newWorld = await preparePeople(2);
});

beforeEach(async () => {
  world = newWorld();
  ({ relay } = world);
  clock = new ManualClock();
  for (const person of world.people) person.clock = clock;
  [ada, bo] = (await Promise.all(world.people.map((person) => person.online()))) as [
    WorldPerson,
    WorldPerson,
  ];
});

afterEach(() => world.end());

const FIRST = 'ab'.repeat(16);
const OTHER = 'cd'.repeat(16);
let smuggled = 0;
const content = (body: Content['body'], sentAt = clock.now(), id?: string): Content => {
  smuggled += 1;
  return { id: id ?? smuggled.toString(16).padStart(32, '0'), sentAt, body };
};
const last = ({ messages }: ConversationSnapshot): Message => messages.at(-1)!;
const lastOf = (conversation: Conversation): Message => last(conversation.snapshot.value);

/** Ada said something, Bo answered; both have the other's conversation open. */
async function talking(): Promise<{ adas: Conversation; bos: Conversation; id: string }> {
  const [adas, bos] = await Promise.all([ada.to(bo), bo.to(ada)]);
  await bos.send('hi');
  await waitFor(adas.snapshot, hasTexts('hi'));
  const id = await adas.send('hello');
  await waitFor(bos.snapshot, hasTexts('hi', 'hello'));
  await waitFor(adas.snapshot, lastState('delivered'));
  await until(() => ada.isQuiet && bo.isQuiet);
  return { adas, bos, id };
}

/** Ada's device says what no honest one would; resolves when Bo's has taken it. */
async function smuggle(body: Content['body'], sentAt?: number): Promise<void> {
  const seen = () => bo.rows('seen').length;
  const before = seen();
  await ada.smuggle(bo, content(body, sentAt));
  await until(() => seen() > before);
  await settled();
}

describe('a reply', () => {
  it('shows the message that it answers as it stands here', async () => {
    const { adas, bos, id } = await talking();
    await bos.send({ text: 'to you, too', replyTo: { id, mine: false } });
    const shown = await waitFor(adas.snapshot, hasTexts('hi', 'hello', 'to you, too'));
    expect(last(shown).reply).toEqual({ id, mine: true, text: 'hello', deleted: false, isPayment: false });
    expect(lastOf(bos).reply).toEqual({ id, mine: false, text: 'hello', deleted: false, isPayment: false });
    // What it says there now, not what it said.
    await adas.edit(id, 'good day');
    await waitFor(bos.snapshot, (value) => last(value).reply?.text === 'good day');
    await adas.deleteForEveryone(id);
    await waitFor(bos.snapshot, (value) => last(value).reply?.deleted === true);
    expect(lastOf(bos).reply).toMatchObject({ text: '' });
  });

  it('says so when that message is not here, and survives being tried again', async () => {
    const { adas, bos } = await talking();
    relay.onSend = () => Promise.resolve({ status: 'unknown-account' });
    const id = await adas.send({ text: 'as I said', replyTo: { id: OTHER, mine: true } });
    await waitFor(adas.snapshot, lastState('failed'));
    relay.onSend = (pass) => pass();
    await adas.retry(id);
    const shown = await waitFor(bos.snapshot, (value) => last(value).text === 'as I said');
    expect(last(shown).reply).toEqual({
      id: OTHER,
      mine: false,
      text: undefined,
      deleted: false,
      isPayment: false,
    });
  });

  it('shows only the beginning of a long text', async () => {
    const { adas, bos } = await talking();
    const id = await adas.send('😀'.repeat(1000));
    await waitFor(bos.snapshot, ({ messages }) => messages.length === 3);
    await bos.send({ text: 'long', replyTo: { id, mine: false } });
    await waitFor(bos.snapshot, (value) => last(value).text === 'long');
    await waitFor(bos.snapshot, (value) => last(value).reply?.text === '😀'.repeat(200));
  });
});

describe('a reaction', () => {
  it('is one of each side, replaced by another and taken back by the same', async () => {
    const { adas, bos, id } = await talking();
    const reactions = (value: ConversationSnapshot) =>
      last(value).reactions?.map(({ mine, emoji }) => `${mine} ${emoji}`);
    const shows = async (adasView: string[], bosView: string[]) => {
      await waitFor(adas.snapshot, (value) => String(reactions(value)) === String(adasView));
      await waitFor(bos.snapshot, (value) => String(reactions(value)) === String(bosView));
    };
    await bos.react({ id, mine: false }, '👍');
    await shows(['false 👍'], ['true 👍']);
    await adas.react({ id, mine: true }, '🎉');
    await shows(['false 👍', 'true 🎉'], ['false 🎉', 'true 👍']);
    await bos.react({ id, mine: false }, '❤️');
    await shows(['false ❤️', 'true 🎉'], ['false 🎉', 'true ❤️']);
    await bos.react({ id, mine: false }, '❤️');
    await shows(['true 🎉'], ['false 🎉']);
    // Not even a clock that stands still makes the order unclear, nor is any of it a message.
    expect(bos.snapshot.value.messages).toHaveLength(2);
    expect(bos.snapshot.value.unread).toBe(1);
  });

  it('is refused when it is no emoji, or for no message', async () => {
    const { bos, id } = await talking();
    expect(await refusal(() => bos.react({ id, mine: false }, 'ok'))).toBe('invalid-reaction');
    expect(await refusal(() => bos.react({ id, mine: true }, '👍'))).toBe('unknown-message');
    expect(await refusal(() => bos.react({ id: OTHER, mine: false }, '👍'))).toBe('unknown-message');
    expect(bo.isQuiet).toBe(true);
  });

  it('that comes before its message shows when that is there', async () => {
    const { bos } = await talking();
    await smuggle({ kind: 'reaction', target: { id: FIRST, own: true }, emoji: '👍' });
    await smuggle({ kind: 'edit', id: FIRST, text: 'better' });
    expect(bo.rows('early')).toHaveLength(2);
    await ada.smuggle(bo, content({ kind: 'text', text: 'first' }, clock.now() - 1, FIRST));
    const shown = await waitFor(bos.snapshot, (value) => last(value).text === 'better');
    expect(last(shown)).toMatchObject({ reactions: [{ mine: false, emoji: '👍' }], editedAt: clock.now() });
    expect(bo.rows('early')).toEqual([]);
  });

  it('for messages that never come takes no more than its room', async () => {
    await talking();
    for (let n = 0; n < 3; n += 1) {
      await smuggle({ kind: 'reaction', target: { id: `${n}f`.repeat(16), own: true }, emoji: '👍' });
    }
    expect(bo.rows('early')).toHaveLength(3);
    const early = bo.storage.tables.get('early')!;
    const [one] = early.splice(0, 3);
    for (let n = 0; n < 200; n += 1) {
      const key = [ada.hex, 0, n.toString(16).padStart(32, '0'), FIRST];
      early.push({ key, value: { ...(one!.value as object), at: n } });
    }
    await smuggle({ kind: 'reaction', target: { id: 'ff'.repeat(16), own: true }, emoji: '👍' });
    expect(early).toHaveLength(200);
    expect((early[0]!.value as { at: number }).at).toBe(1); // the oldest gave way
  });
});

describe('an edit', () => {
  it('gives a text of one’s own another wording on both sides, marked as edited', async () => {
    const { adas, bos, id } = await talking();
    await adas.edit(id, 'hello, Bo');
    const shown = await waitFor(bos.snapshot, hasTexts('hi', 'hello, Bo'));
    expect(last(shown).editedAt).toBe(clock.now());
    await adas.edit(id, 'hello, dear Bo');
    await waitFor(bos.snapshot, hasTexts('hi', 'hello, dear Bo'));
    expect(JSON.stringify(bo.rows('messages'))).not.toContain('hello, Bo'); // no history
    expect(bo.client.conversations.value[0]!.lastMessage!.text).toBe('hello, dear Bo');
    expect(bos.snapshot.value.unread).toBe(1);
  });

  it('is refused for the other’s text, for nothing, with nothing, and a day later', async () => {
    const { adas, bos, id } = await talking();
    expect(await refusal(() => bos.edit(id, 'mine now'))).toBe('unknown-message');
    expect(await refusal(() => adas.edit(OTHER, 'x'))).toBe('unknown-message');
    expect(await refusal(() => adas.edit(id, ' '))).toBe('message-empty');
    clock.advance(24 * HOUR + 1);
    expect(await refusal(() => adas.edit(id, 'too late'))).toBe('cannot-edit');
    expect(lastOf(adas).text).toBe('hello');
  });

  it('by a peer changes nothing of what is not theirs, nor what they said long ago', async () => {
    const { bos, id } = await talking();
    const own = bos.snapshot.value.messages[0]!.id;
    await smuggle({ kind: 'edit', id: own, text: 'I owe you' });
    await smuggle({ kind: 'deletion', id: own });
    await smuggle({ kind: 'edit', id, text: 'a day later' }, clock.now() + 26 * HOUR);
    expect(bos.snapshot.value.messages.map(({ text }) => text)).toEqual(['hi', 'hello']);
    // Nor does a date of their choosing help, once the carrier has it too late.
    const sentAt = clock.now() + HOUR;
    const row = bo.storage.tables.get('messages')!.find(({ value }) => (value as { id: string }).id === id)!;
    const { value } = row as { value: { sentAt: number } };
    Object.assign(row, { value: { ...value, sentAt: value.sentAt - 49 * HOUR } });
    await smuggle({ kind: 'edit', id, text: 'dated back' }, sentAt - 49 * HOUR);
    expect(bo.rows('messages').map(({ text }) => text)).toEqual(['hi', 'hello']);
  });
});

describe('deleting', () => {
  it('for everyone leaves a mark, and nothing brings the text back', async () => {
    const { adas, bos, id } = await talking();
    await bos.react({ id, mine: false }, '👍');
    await adas.edit(id, 'hello there');
    await waitFor(bos.snapshot, hasTexts('hi', 'hello there'));
    await adas.deleteForEveryone(id);
    const shown = await waitFor(bos.snapshot, (value) => last(value).deleted === true);
    expect(last(shown)).toMatchObject({ text: '', reactions: [], editedAt: undefined, reply: undefined });
    expect(shown.unread).toBe(0); // nothing is left to read
    expect(JSON.stringify([...bo.rows('messages'), ...bo.rows('conversations')])).not.toContain('hello');
    expect(lastOf(adas)).toMatchObject({ text: '', deleted: true });
    for (const body of [
      { kind: 'edit', id, text: 'back' },
      { kind: 'reaction', target: { id, own: true }, emoji: '👍' },
    ] as const) {
      await smuggle(body);
    }
    await ada.smuggle(bo, content({ kind: 'text', text: 'hello' }, clock.now(), id));
    await settled();
    expect(lastOf(bos)).toMatchObject({ text: '', deleted: true, reactions: [] });
    expect(await refusal(() => adas.edit(id, 'x'))).toBe('unknown-message');
  });

  it('here erases a message here alone, for good', async () => {
    const { adas, bos, id } = await talking();
    await bos.deleteHere({ id, mine: false });
    await waitFor(bos.snapshot, hasTexts('hi'));
    expect(bos.snapshot.value.unread).toBe(0);
    expect(bo.client.conversations.value[0]!.lastMessage!.text).toBe('hi');
    await ada.smuggle(bo, content({ kind: 'text', text: 'hello' }, clock.now(), id));
    await smuggle({ kind: 'edit', id, text: 'hello' });
    expect(bos.snapshot.value.messages).toHaveLength(1);
    expect(bo.rows('early')).toEqual([]);
    expect(adas.snapshot.value.messages).toHaveLength(2);
  });

  it('a conversation erases everything of it here, and whoever writes then is a stranger', async () => {
    const { adas, bos } = await talking();
    await bos.setTimer(60);
    await bos.send('soon gone');
    await waitFor(adas.snapshot, (value) => last(value).text === 'soon gone');
    await until(() => bo.isQuiet);
    await bos.deleteConversation();
    bos.close();
    for (const table of [
      'conversations',
      'messages',
      'messageOrders',
      'expiring',
      'early',
      'profiles',
    ] as const) {
      expect(bo.rows(table), table).toEqual([]);
    }
    await adas.send('are you there?');
    await waitFor(bo.client.conversations, ([first]) => first?.request === true);
  });
});

describe('a timer', () => {
  it('set by either side stands in the thread and counts for what is written from then on', async () => {
    const { adas, bos } = await talking();
    await bos.setTimer(60);
    await waitFor(adas.snapshot, ({ timer }) => timer === 60);
    expect(lastOf(adas)).toMatchObject({ timer: 60, mine: false, text: '' });
    expect(adas.snapshot.value.unread).toBe(1); // of the greeting
    await adas.send('gone in a minute');
    const shown = await waitFor(bos.snapshot, (value) => last(value).text === 'gone in a minute');
    expect(last(shown)).toMatchObject({ expiresAfter: 60, expiresAt: undefined });
    await adas.setTimer(0);
    await waitFor(bos.snapshot, ({ timer }) => timer === 0);
    await bos.send('stays');
    await waitFor(adas.snapshot, (value) => last(value).text === 'stays');
    expect(lastOf(adas).expiresAfter).toBeUndefined();
    for (const seconds of [-1, 1.5, NaN, 366 * 24 * 3600]) {
      expect(await refusal(() => adas.setTimer(seconds))).toBe('invalid-timer');
    }
  });

  it('runs from sending at the sender’s and from reading at the receiver’s', async () => {
    const { adas, bos } = await talking();
    await adas.setTimer(60);
    await waitFor(bos.snapshot, ({ timer }) => timer === 60);
    relay.online = false;
    await adas.send('gone in a minute');
    clock.advance(HOUR);
    await settled();
    expect(lastOf(adas)).toMatchObject({ text: 'gone in a minute', expiresAt: undefined }); // it did not go out yet
    relay.online = true;
    await waitFor(bos.snapshot, (value) => last(value).text === 'gone in a minute');
    await waitFor(adas.snapshot, (value) => last(value).expiresAt === clock.now() + 60_000);
    clock.advance(60_000);
    await waitFor(adas.snapshot, (value) => last(value).timer === 60);
    expect(lastOf(bos).text).toBe('gone in a minute');
    await bos.markRead();
    clock.advance(59_999);
    await settled();
    expect(lastOf(bos).text).toBe('gone in a minute');
    clock.advance(1);
    await waitFor(bos.snapshot, (value) => last(value).timer === 60);
    for (const person of [ada, bo]) {
      expect(JSON.stringify(person.rows('messages'))).not.toContain('gone in');
      expect(person.rows('expiring')).toEqual([]);
    }
  });

  it('has one alarm for however many messages', async () => {
    const { adas, bos } = await talking();
    await adas.setTimer(60);
    for (let n = 0; n < 5; n += 1) await adas.send(`text ${n}`);
    await waitFor(bos.snapshot, (value) => last(value).text === 'text 4');
    await waitFor(
      adas.snapshot,
      ({ messages }) => messages.filter(({ expiresAt }) => expiresAt).length === 5,
    );
    await until(() => clock.count === 1);
    clock.advance(60_000);
    await waitFor(adas.snapshot, ({ messages }) => messages.length === 3);
    await until(() => clock.count === 0);
  });

  it('erases what was due while the client was closed before anything is shown', async () => {
    const { adas, bos } = await talking();
    await adas.setTimer(60);
    await adas.send('gone in a minute');
    await waitFor(bos.snapshot, (value) => last(value).text === 'gone in a minute');
    await bos.markRead();
    await until(() => bo.rows('expiring').length === 1);
    await bo.close();
    clock.advance(HOUR);
    const reopened = bo.open();
    const [first] = await waitFor(reopened.conversations, (list) => list.length === 1);
    expect(first!.lastMessage).toMatchObject({ timer: 60 });
    expect(JSON.stringify(bo.rows('messages'))).not.toContain('gone in');
  });

  it('counts from now for what was read while the clock was ahead', async () => {
    const { adas, bos } = await talking();
    await adas.setTimer(60);
    await adas.send('gone in a minute');
    await waitFor(bos.snapshot, (value) => last(value).text === 'gone in a minute');
    await until(() => ada.isQuiet && bo.isQuiet);
    await bo.close();
    const year = 365 * 24 * HOUR;
    clock.advance(year);
    await bo.online();
    const ahead = await bo.to(ada);
    await ahead.markRead();
    await until(() => bo.rows('expiring').length === 1);
    await until(() => (bo.rows('chores')[0] as { at: number }).at === clock.now());
    await bo.close();
    clock.advance(-year);
    await bo.online();
    const shown = await bo.to(ada);
    expect(lastOf(shown).text).toBe('gone in a minute');
    await until(
      () => Number((bo.storage.tables.get('expiring')![0]!.key as number[])[0]) < clock.now() + HOUR,
    );
    clock.advance(HOUR);
    await waitFor(shown.snapshot, (value) => last(value).timer === 60);
    expect(JSON.stringify(bo.rows('messages'))).not.toContain('gone in');
    expect(bo.rows('expiring')).toEqual([]);
  });

  it('is that which was set last, also from a clock that is far ahead', async () => {
    const { bos } = await talking();
    await smuggle({ kind: 'timer', seconds: 60 }, clock.now() + 1000 * 24 * HOUR);
    expect(bos.snapshot.value.timer).toBe(60);
    await bos.setTimer(0);
    await waitFor(bos.snapshot, ({ timer }) => timer === 0);
    await smuggle({ kind: 'timer', seconds: 3600 }, clock.now());
    expect(bos.snapshot.value.timer).toBe(0);
  });
});

describe('settings', () => {
  it('say what is told to the peer, and shown of them', async () => {
    const { adas, bos } = await talking();
    expect(bos.snapshot.value.settings).toEqual({ muted: false, readReceipts: true, typing: true });
    await bos.setSettings({ readReceipts: false, muted: true });
    await bos.markRead();
    await until(() => bo.isQuiet);
    await settled();
    expect(lastOf(adas).state).toBe('delivered');
    expect(bo.client.conversations.value[0]!.muted).toBe(true);
    // It goes both ways: what Ada read is not shown to him either.
    await adas.markRead();
    await until(() => ada.isQuiet);
    await settled();
    expect(bos.snapshot.value.messages[0]!.state).toBe('delivered');
    await bo.client.setProfile({ settings: { readReceipts: false } });
    await bos.setSettings({ readReceipts: undefined });
    await waitFor(bos.snapshot, ({ settings }) => settings?.readReceipts === false);
    await bo.client.setProfile({ settings: { readReceipts: true } });
    await bos.setSettings({ muted: undefined });
    await waitFor(bos.snapshot, ({ settings }) => settings?.readReceipts === true && !settings.muted);
  });
});

describe('a draft', () => {
  it('is kept, shown in the list, and gone with the message', async () => {
    const { bos, id } = await talking();
    const draft = { text: 'to be conti', replyTo: { id, mine: false } };
    await bos.saveDraft(draft);
    await waitFor(bo.client.conversations, ([first]) => first?.draft?.text === 'to be conti');
    await bo.close();
    await bo.online();
    const again = await bo.to(ada);
    expect(again.snapshot.value.draft).toEqual(draft);
    await again.send({ ...draft, text: 'to be continued' });
    expect(again.snapshot.value.draft).toBeUndefined();
    await again.saveDraft({ text: 'x' });
    await again.saveDraft({ text: '' });
    await waitFor(again.snapshot, (value) => value.draft === undefined);
  });

  it('is as long as a message can be; what is longer is refused, and the one before stays', async () => {
    const { bos } = await talking();
    const longest = `${'é'.repeat(32 * 1024 - 1)}!!`;
    await bos.saveDraft({ text: longest });
    expect(await refusal(() => bos.saveDraft({ text: `${longest}!` }))).toBe('message-too-long');
    expect(bo.rows('conversations').map(({ draft }) => draft)).toEqual([{ text: longest }]);
    await bos.send(longest);
  });
});

describe('a note to self', () => {
  it('is a conversation with one’s own account that asks nobody', async () => {
    const notes = await ada.client.openConversation(ada.comingId);
    const id = await notes.send('buy milk');
    await waitFor(notes.snapshot, lastState('sent'));
    expect(notes.snapshot.value.isSelf).toBe(true);
    await notes.edit(id, 'buy oat milk');
    await notes.react({ id, mine: true }, '✅');
    await waitFor(notes.snapshot, (value) => last(value).reactions?.[0]?.emoji === '✅');
    expect(lastOf(notes).text).toBe('buy oat milk');
    await until(() => ada.isQuiet);
    expect(relay.sent).toEqual([]);
    expect(ada.client.conversations.value[0]).toMatchObject({ isSelf: true, request: false });
  });
});

describe('that somebody is writing', () => {
  const typings = () => relay.sent.filter(({ delivery }) => delivery === 'ephemeral').length;

  it('shows until nothing more is heard of it for six seconds', async () => {
    const { adas, bos } = await talking();
    await adas.setTyping(true);
    await waitFor(bos.snapshot, ({ typing }) => typing === true);
    expect(bo.client.conversations.value[0]!.typing).toBe(true);
    clock.advance(4000);
    await adas.setTyping(true);
    await until(() => typings() === 2);
    await settled();
    clock.advance(4000);
    await settled();
    expect(bos.snapshot.value.typing).toBe(true); // renewed
    clock.advance(2000);
    await waitFor(bos.snapshot, ({ typing }) => typing === false);
  });

  it('ends when they stop, and with the message', async () => {
    const { adas, bos } = await talking();
    await adas.setTyping(true);
    await waitFor(bos.snapshot, ({ typing }) => typing === true);
    await adas.setTyping(false);
    await waitFor(bos.snapshot, ({ typing }) => typing === false);
    await adas.setTyping(true);
    await waitFor(bos.snapshot, ({ typing }) => typing === true);
    await adas.send('done');
    await waitFor(bos.snapshot, (value) => last(value).text === 'done' && value.typing === false);
    expect(bo.rows('messages')).toHaveLength(3);
  });

  it('is not told with every keystroke, nor kept or tried again when nobody is there', async () => {
    const { adas, bos } = await talking();
    for (let n = 0; n < 20; n += 1) await adas.setTyping(true);
    await waitFor(bos.snapshot, ({ typing }) => typing === true);
    expect(typings()).toBe(1);
    await bo.close();
    clock.advance(5000);
    await adas.setTyping(true);
    await until(() => typings() === 2);
    expect(ada.rows('outbox')).toEqual([]);
    await bo.online();
    await settled();
    expect((await bo.to(ada)).snapshot.value.typing).toBe(false);
    relay.online = false;
    clock.advance(5000);
    await adas.setTyping(true);
    relay.online = true;
    await settled();
    expect(typings()).toBe(2);
    // What was lost does not disturb what follows.
    await adas.send('after all');
    await waitFor((await bo.to(ada)).snapshot, (value) => last(value).text === 'after all');
  });

  it('is neither told nor shown by whoever switched it off', async () => {
    const { adas, bos } = await talking();
    await bos.setSettings({ typing: false });
    await bos.setTyping(true);
    await settled();
    expect(typings()).toBe(0);
    await adas.setTyping(true);
    await until(() => typings() === 1);
    await settled();
    expect(bos.snapshot.value.typing).toBe(false);
  });

  it('is not told to somebody to whom nothing was said', async () => {
    const adas = await ada.to(bo);
    await adas.setTyping(true);
    await settled();
    expect(relay.sent).toEqual([]);
    expect(bo.rows('conversations')).toEqual([]);
  });
});

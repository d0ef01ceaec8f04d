/**
 * What cannot be decrypted is asked for again, and comes in its place; sessions that broke are repaired by themselves.
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Conversation } from '../../../core/client.js';
import { ComingError } from '../../../core/errors.js';
import { readRequest, writeRequest } from '../../../core/messaging/resending.js';
import { refusal } from '../../support/codes.js';
import { keysUsedTwice } from '../../support/bad-relay.js';
import { hasTexts, lastState, textsOf } from '../../support/people.js';
import type { Sent, TappedRelay } from '../../support/tapped-relay.js';
import { settled, until } from '../../support/until.js';
import { waitFor } from '../../support/wait.js';
import { preparePeople, type World, type WorldPerson } from '../../support/world.js';

let newWorld: () => World;
let world: World;
let relay: TappedRelay;
let ada: WorldPerson;
let bo: WorldPerson;
let adas: Conversation;
let bos: Conversation;

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
  [adas, bos] = await Promise.all([ada.to(bo), bo.to(ada)]);
  await adas.send('hello');
  await waitFor(bos.snapshot, hasTexts('hello'));
  await bos.send('hi');
  await waitFor(adas.snapshot, hasTexts('hello', 'hi'));
  await until(() => ada.isQuiet && bo.isQuiet);
});

afterEach(() => world.end());

const PLAINTEXT = 8;
const requests = () => relay.sent.filter(({ type }) => type === PLAINTEXT);
const by = (person: WorldPerson) => (sent: Sent) => String(sent.from) === String(person.account);

/** Does something to what a person has stored, while they are away. */
async function away(person: WorldPerson, change: () => void): Promise<void> {
  await person.close();
  change();
  await person.online();
  [adas, bos] = await Promise.all([ada.to(bo), bo.to(ada)]);
}

/** How a session record is spoiled, and may still be read. */
function spoil(record: Uint8Array, how: 'root' | 'all' | 'cut'): Uint8Array {
  const bent = Uint8Array.from(record);
  if (how === 'cut') return bent.slice(0, bent.length >> 1);
  if (how === 'all') return bent.map((byte) => byte ^ 0x55);
  // Somewhere in the middle of the keys, so that what is left can be read.
  for (let at = 200; at < bent.length; at += 1) if (bent[at]! > 128) bent[at]! ^= 1;
  return bent;
}

const everythingQuiet = () => until(() => ada.isQuiet && bo.isQuiet, 'all is said');
const unreadable = ({ messages }: { messages: readonly { state: string }[] }) =>
  messages.filter(({ state }) => state === 'undecryptable').length;

describe('after one side lost its sessions', () => {
  it('the other’s messages are asked for, and each comes in its place, once', async () => {
    await away(bo, () => (bo.storage.tables.get('sessions')!.length = 0));
    for (const text of ['one', 'two', 'three']) await adas.send(text);
    await waitFor(bos.snapshot, hasTexts('hello', 'hi', 'one', 'two', 'three'));
    await waitFor(adas.snapshot, lastState('delivered'));
    await everythingQuiet();
    expect(unreadable(bos.snapshot.value)).toBe(0);
    await waitFor(bos.snapshot, ({ undecryptable, unread }) => undecryptable === 0 && unread === 4);
    expect(bo.rows('undecryptable')).toEqual([]);
    await bos.send('got them');
    await waitFor(adas.snapshot, ({ messages }) => messages.at(-1)?.text === 'got them');
    expect(keysUsedTwice(relay.sent.map(named))).toEqual([]);
  });

  it('it goes on by itself where it speaks first', async () => {
    await away(bo, () => (bo.storage.tables.get('sessions')!.length = 0));
    await bos.send('a new session');
    await waitFor(adas.snapshot, ({ messages }) => messages.at(-1)?.text === 'a new session');
    await adas.send('welcome back');
    await waitFor(bos.snapshot, ({ messages }) => messages.at(-1)?.text === 'welcome back');
    expect(requests()).toEqual([]);
  });

  it('both speak at once, and they converge', async () => {
    await away(bo, () => (bo.storage.tables.get('sessions')!.length = 0));
    await Promise.all([adas.send('from Ada'), bos.send('from Bo')]);
    for (const { snapshot } of [adas, bos]) {
      await waitFor(snapshot, (now) => ['from Ada', 'from Bo'].every((text) => textsOf(now).includes(text)));
    }
    await everythingQuiet();
    const before = requests().length;
    await adas.send('and on');
    await waitFor(bos.snapshot, ({ messages }) => messages.at(-1)?.text === 'and on');
    await bos.send('it goes');
    await waitFor(adas.snapshot, ({ messages }) => messages.at(-1)?.text === 'it goes');
    expect(requests()).toHaveLength(before);
  });

  it('a hundred messages that waited are all recovered, in order', { timeout: 60_000 }, async () => {
    await bo.close();
    const texts = Array.from({ length: 100 }, (_, n) => `message ${n}`);
    for (const text of texts) await adas.send(text);
    await until(() => ada.rows('outbox').length === 0);
    bo.storage.tables.get('sessions')!.length = 0;
    await bo.online();
    await until(() => bo.rows('messages').filter(({ state }) => state === 'received').length === 101);
    await everythingQuiet();
    const shown = bo.rows('messages').filter(({ mine }) => !mine);
    expect(shown.map(({ text }) => text)).toEqual(['hello', ...texts]);
    expect(requests().length).toBeLessThanOrEqual(4);
  });
});

describe.each(['ada', 'bo'] as const)('a session that is damaged at %s', (name) => {
  it.each(['root', 'all', 'cut'] as const)('(%s) is repaired, and no message is missing', async (how) => {
    const victim = name === 'ada' ? ada : bo;
    await away(victim, () => {
      for (const row of victim.storage.tables.get('sessions')!) {
        const value = row.value as { record: Uint8Array };
        Object.assign(value, { record: spoil(value.record, how) });
      }
    });
    await adas.send('from Ada');
    await waitFor(bos.snapshot, (now) => textsOf(now).includes('from Ada'));
    await bos.send('from Bo');
    await waitFor(adas.snapshot, (now) => textsOf(now).includes('from Bo'));
    await everythingQuiet();
    for (const { snapshot } of [adas, bos]) {
      expect(
        textsOf(snapshot.value)
          .filter((text) => text.startsWith('from'))
          .sort(),
      ).toEqual(['from Ada', 'from Bo']);
      expect(unreadable(snapshot.value)).toBe(0);
    }
  });
});

describe('an envelope that the relay bent', () => {
  /** Ada says something; the relay bends it on its way. */
  async function bent(text: string): Promise<Sent> {
    const before = relay.sent.length;
    relay.swallow();
    await adas.send(text);
    await until(() => relay.sent.slice(before).some(by(ada)));
    await until(() => ada.isQuiet);
    relay.onSend = (pass) => pass();
    const sent = relay.sent.slice(before).find(by(ada))!;
    const content = Uint8Array.from(sent.content);
    content[content.length - 20]! ^= 1;
    await relay.deliver(sent, { content });
    return sent;
  }

  it('has a place in the conversation, which the message takes that comes again', async () => {
    relay.onSend = () => Promise.resolve({ status: 'accepted' });
    await bent('bent');
    await waitFor(bos.snapshot, hasTexts('hello', 'hi', 'bent'));
    expect(bos.snapshot.value).toMatchObject({ unread: 2, undecryptable: 0 });
    expect(requests()).toHaveLength(1);
  });

  it('whose content is no longer kept is said to be lost, and what follows is read', async () => {
    const forget = () => (ada.storage.tables.get('sentContents')!.length = 0);
    const before = relay.sent.length;
    relay.swallow();
    await adas.send('gone');
    await until(() => relay.sent.slice(before).some(by(ada)) && ada.isQuiet);
    await away(ada, forget);
    relay.onSend = (pass) => pass();
    const sent = relay.sent.slice(before).find(by(ada))!;
    await relay.deliver(sent, { content: Uint8Array.from(sent.content).fill(0, -20) });
    await waitFor(bos.snapshot, ({ messages }) => messages.at(-1)?.problem === 'message-lost');
    expect(bos.snapshot.value.messages.at(-1)).toMatchObject({ state: 'undecryptable', text: '' });
    expect(bo.client.conversations.value[0]!.lastMessage).toMatchObject({ problem: 'message-lost' });
    await adas.send('next');
    await waitFor(bos.snapshot, ({ messages }) => messages.at(-1)?.text === 'next');
    expect(requests()).toHaveLength(1);
    expect(bos.snapshot.value.undecryptable).toBe(1);
  });

  it('is said to be lost when nobody answered for a week', async () => {
    const before = relay.sent.length;
    relay.swallow();
    await adas.send('gone');
    await until(() => relay.sent.slice(before).some(by(ada)) && ada.isQuiet);
    const sent = relay.sent.slice(before).find(by(ada))!;
    await relay.deliver(sent, { content: Uint8Array.from(sent.content).fill(0, -20) });
    await until(() => requests().length === 1);
    await until(() => (bo.rows('undecryptable') as { request?: string }[])[0]?.request === 'asked');
    await bo.close();
    bo.clock = { now: () => Date.now() + 8 * 24 * 60 * 60 * 1000 };
    await bo.online();
    bos = await bo.to(ada);
    await waitFor(bos.snapshot, ({ messages }) => messages.at(-1)?.problem === 'message-lost');
    expect(requests()).toHaveLength(1);
  });

  it('of somebody who cannot be asked now is asked for after the next signing in', async () => {
    const sent = await (async () => {
      const before = relay.sent.length;
      relay.swallow();
      await adas.send('later');
      await until(() => relay.sent.slice(before).some(by(ada)) && ada.isQuiet);
      return relay.sent.slice(before).find(by(ada))!;
    })();
    relay.onSend = () => Promise.reject(new ComingError('relay-unreachable', 'away'));
    await relay.deliver(sent, { content: Uint8Array.from(sent.content).fill(0, -20) });
    await waitFor(bos.snapshot, ({ messages }) => messages.at(-1)?.state === 'undecryptable');
    await settled();
    relay.onSend = (pass) => pass();
    await away(bo, () => undefined);
    await waitFor(bos.snapshot, hasTexts('hello', 'hi', 'later'));
  });
});

describe('a relay or a peer that means harm', () => {
  it('cannot make a device ask, send or claim keys without end', async () => {
    const before = relay.sent.length;
    const sample = relay.sent.find(by(ada))!;
    let claims = 0;
    relay.bundles = (truth) => {
      claims += 1;
      return truth;
    };
    for (let n = 0; n < 60; n += 1) {
      const id = crypto.getRandomValues(new Uint8Array(16));
      await relay.deliver(sample, {
        id,
        content: crypto.getRandomValues(new Uint8Array(300)).fill(0x44, 0, 1),
      });
    }
    const sending = relay.sent.filter(by(bo)).at(-1)!;
    for (let n = 0; n < 60; n += 1) {
      const envelopeIds = [bytesToHex(crypto.getRandomValues(new Uint8Array(16)))];
      const content = writeRequest({ deviceId: 1, ratchetKey: undefined, envelopeIds }, 0);
      await relay.deliver(sending, {
        id: crypto.getRandomValues(new Uint8Array(16)),
        type: PLAINTEXT,
        content,
      });
    }
    await everythingQuiet();
    await settled(50);
    const after = relay.sent.slice(before);
    expect(after.filter(by(bo)).length).toBeLessThanOrEqual(16);
    expect(after.filter(by(ada)).length).toBeLessThanOrEqual(16);
    expect(claims).toBeLessThanOrEqual(8);
    expect(bo.rows('messages').length).toBeLessThanOrEqual(32);
    // And they still understand each other.
    await adas.send('still here');
    await waitFor(bos.snapshot, (now) => textsOf(now).includes('still here'));
  });

  it('cannot have a device sent what was not meant for it, nor more often than a few times', async () => {
    const before = relay.sent.length;
    await adas.send('again and again');
    await waitFor(bos.snapshot, (now) => textsOf(now).includes('again and again'));
    const original = relay.sent.slice(before).find(by(ada))!;
    // Bo's device asks, though it could read it: what comes again is not shown again.
    ada.storage.tables.get('allowances')!.length = 0;
    const envelopeIds = [bytesToHex(original.id)];
    const fromBo = relay.sent.find(by(bo))!;
    for (let n = 0; n < 20; n += 1) {
      ada.storage.tables.get('allowances')!.length = 0;
      const content = writeRequest({ deviceId: 1, ratchetKey: undefined, envelopeIds }, 0);
      await relay.deliver(fromBo, {
        id: crypto.getRandomValues(new Uint8Array(16)),
        type: PLAINTEXT,
        content,
      });
      await everythingQuiet();
    }
    expect(textsOf(bos.snapshot.value).filter((text) => text === 'again and again')).toHaveLength(1);
    expect(unreadable(bos.snapshot.value)).toBe(0);
  });

  it('is not listened to where it asks for what it should not, or as nobody does', async () => {
    const fromBo = relay.sent.find(by(bo))!;
    const before = relay.sent.length;
    const good = { deviceId: 1, ratchetKey: undefined, envelopeIds: ['ab'.repeat(16)] };
    const bad = [
      new Uint8Array(),
      Uint8Array.of(0xc0, 0x80),
      writeRequest({ ...good, deviceId: 2 }, 0),
      writeRequest({ ...good, envelopeIds: [] }, 0),
      writeRequest({ ...good, envelopeIds: Array.from({ length: 65 }, () => 'ab'.repeat(16)) }, 0),
      writeRequest({ ...good, ratchetKey: new Uint8Array(5) }, 0),
      writeRequest(good, 0).slice(0, -1),
      crypto.getRandomValues(new Uint8Array(500)).fill(0xc0, 0, 1).fill(0x80, 499),
    ];
    for (const content of bad) {
      const id = crypto.getRandomValues(new Uint8Array(16));
      expect(await relay.deliver(fromBo, { id, type: PLAINTEXT, content })).toBe(true);
    }
    await settled(50);
    expect(relay.sent).toHaveLength(before);
    expect(ada.rows('undecryptable')).toEqual([]);
  });

  it('cannot pass as another device of one’s own account', async () => {
    const copy = relay.sent.find(by(ada))!;
    await relay.deliver(copy, { id: crypto.getRandomValues(new Uint8Array(16)), senderAccount: bo.account });
    await settled(50);
    expect(requests()).toEqual([]);
    expect(bo.rows('undecryptable')).toMatchObject([{ code: 'identity-mismatch' }]);
    await ada.smuggle(bo, sentCopy());
    await waitFor(bos.snapshot, ({ undecryptable }) => undecryptable === 1);
    expect(bo.rows('messages').some(({ text }) => text === 'never said')).toBe(false);
  });

  function sentCopy() {
    const content = new Uint8Array(160).fill(1);
    return { id: 'cd'.repeat(16), sentAt: 1, body: { kind: 'sent-copy', peer: ada.hex, content } } as const;
  }
});

describe('a message that waits', () => {
  it('can be taken back until something of it may have left', async () => {
    relay.online = false;
    const one = await adas.send('one');
    await adas.send('two');
    await waitFor(adas.snapshot, hasTexts('hello', 'hi', 'one', 'two'));
    await adas.cancel(one);
    await waitFor(adas.snapshot, hasTexts('hello', 'hi', 'two'));
    relay.online = true;
    await waitFor(bos.snapshot, hasTexts('hello', 'hi', 'two'));
    const two = adas.snapshot.value.messages.at(-1)!.id;
    expect(await refusal(() => adas.cancel(two))).toBe('already-sent');
    expect(await refusal(() => adas.cancel('00'.repeat(16)))).toBe('already-sent');
    expect(ada.client.conversations.value[0]!.lastMessage!.text).toBe('two');
  });

  it('is not taken back once it was handed to a relay that says nothing', async () => {
    relay.onSend = () => new Promise(() => undefined);
    const id = await adas.send('on its way');
    await until(() => ada.rows('sentContents').length > 0);
    expect(await refusal(() => adas.cancel(id))).toBe('already-sent');
  });
});

it('a request is read as it was written', () => {
  const request = { deviceId: 7, ratchetKey: new Uint8Array(33).fill(5), envelopeIds: ['ab'.repeat(16)] };
  expect(readRequest(writeRequest(request, 1234))).toEqual(request);
  const bytes = writeRequest({ ...request, ratchetKey: undefined }, 1);
  expect(bytes[0]).toBe(0xc0);
  expect(bytes.at(-1)).toBe(0x80);
});

function named({ from, to, ...sent }: Sent) {
  return { ...sent, from: bytesToHex(from), to: bytesToHex(to) };
}

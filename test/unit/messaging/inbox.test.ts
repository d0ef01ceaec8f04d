import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Conversation } from '../../../core/client.js';
import { ComingError } from '../../../core/errors.js';
import { serviceIdOf } from '../../../core/identity/index.js';
import { encodeContent, type Content } from '../../../core/messaging/content.js';
import {
  encryptMessage,
  initiateSession,
  platformPrimitives,
  type KeyPair,
} from '../../../core/ratchet/index.js';
import type { IncomingEnvelope } from '../../../core/transport/index.js';
import { content as wire } from '../../../proto/gen/content.js';
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

beforeAll(async () => {
  newWorld = await preparePeople(3);
});

beforeEach(async () => {
  world = newWorld();
  ({ relay } = world);
  [ada, bo, carl] = (await Promise.all(world.people.map((person) => person.online()))) as [
    WorldPerson,
    WorldPerson,
    WorldPerson,
  ];
});

afterEach(() => world.end());

const ID = 'ab'.repeat(16);
const text = (id: string, value: string): Content => ({ id, sentAt: 1, body: { kind: 'text', text: value } });
const counted = (snapshot: Conversation['snapshot']) => snapshot.value.undecryptable;

let bends = 0;
/** An envelope id that nothing else has. */
function freshId(): Uint8Array {
  bends += 1;
  return new Uint8Array(16)
    .fill(0xee)
    .fill(bends, 0, 2)
    .fill(bends >> 8, 2, 4);
}

/** Has Ada write to Bo; the relay keeps the envelope. */
async function intercepted(value: string): Promise<Sent> {
  const before = relay.sent.length;
  relay.swallow();
  await (await ada.to(bo)).send(value);
  await until(() => relay.sent.length > before, 'Ada has sent');
  return relay.sent.at(-1)!;
}

/** Ada and Bo have written to each other: both have a session that was answered. */
async function inTouch(): Promise<{ adas: Conversation; bos: Conversation }> {
  const [adas, bos] = await Promise.all([ada.to(bo), bo.to(ada)]);
  await adas.send('hello');
  await waitFor(bos.snapshot, hasTexts('hello'));
  await bos.send('hi');
  await waitFor(adas.snapshot, hasTexts('hello', 'hi'));
  await waitFor(bos.snapshot, lastState('delivered'));
  await until(() => ada.isQuiet && bo.isQuiet);
  return { adas, bos };
}

describe.each([
  ['that starts a session', async () => undefined],
  ['of a session that was answered', async () => void (await inTouch())],
])('an envelope %s', (_, before) => {
  beforeEach(before);

  it('that was bent anywhere is acknowledged, counted and without any effect', async () => {
    const sent = await intercepted('the truth');
    const { snapshot } = await bo.to(ada);
    const state = bo.cryptographicState();
    const shown = textsOf(snapshot.value);
    const places = [
      0,
      1,
      2,
      3,
      4,
      10,
      30,
      36,
      40,
      sent.content.length >> 1,
      sent.content.length - 9,
      sent.content.length - 1,
    ];
    for (const [n, at] of places.entries()) {
      const content = Uint8Array.from(sent.content);
      content[at]! ^= 128 >> (n % 8);
      const id = freshId();
      expect(await relay.deliver(sent, { id, content })).toBe(true);
      expect(await relay.deliver(sent, { id, content })).toBe(true); // a repeat is not counted again
    }
    await waitFor(snapshot, ({ undecryptable }) => undecryptable === places.length);
    expect(bo.cryptographicState()).toEqual(state);
    expect(textsOf(snapshot.value)).toEqual(shown);
    expect(snapshot.value.unread).toBe(bo.rows('conversations')[0]!.unread);

    expect(await relay.deliver(sent)).toBe(true);
    await waitFor(snapshot, hasTexts(...shown, 'the truth'));
    expect(counted(snapshot)).toBe(places.length);
  });

  it('that is cut, empty, lengthened, random or of a wrong type has no effect either', async () => {
    const sent = await intercepted('the truth');
    const { snapshot } = await bo.to(ada);
    const state = bo.cryptographicState();
    const shown = textsOf(snapshot.value);
    const bent: Partial<IncomingEnvelope>[] = [
      { content: new Uint8Array() },
      { content: Uint8Array.of(0x44) },
      { content: sent.content.slice(0, 20) },
      { content: sent.content.slice(0, -1) },
      { content: Uint8Array.of(...sent.content, 0) },
      { content: crypto.getRandomValues(new Uint8Array(200)) },
      { content: crypto.getRandomValues(new Uint8Array(200)).fill(0x44, 0, 1) },
      { content: new Uint8Array(96 * 1024).fill(0x44) },
      { type: sent.type === 2 ? 3 : 2 },
      { type: 0 },
      { type: 99 },
    ];
    for (const changes of bent) expect(await relay.deliver(sent, { id: freshId(), ...changes })).toBe(true);
    await waitFor(snapshot, ({ undecryptable }) => undecryptable === bent.length);
    expect(bo.cryptographicState()).toEqual(state);
    expect(await relay.deliver(sent)).toBe(true);
    await waitFor(snapshot, hasTexts(...shown, 'the truth'));
  });

  it('that is repeated, under its own or another id, appears once and is not counted', async () => {
    const sent = await intercepted('once');
    const { snapshot } = await bo.to(ada);
    const shown = textsOf(snapshot.value);
    expect(await relay.deliver(sent)).toBe(true);
    await waitFor(snapshot, hasTexts(...shown, 'once'));
    await until(() => bo.isQuiet);
    const state = bo.cryptographicState();
    const unread = snapshot.value.unread;
    expect(await relay.deliver(sent)).toBe(true);
    expect(await relay.deliver(sent, { id: freshId() })).toBe(true);
    expect(await relay.deliver(sent, { id: freshId(), receivedAt: 1 })).toBe(true);
    expect(bo.cryptographicState()).toEqual(state);
    const again = (await bo.to(ada)).snapshot.value;
    expect(textsOf(again)).toEqual([...shown, 'once']);
    expect(again).toMatchObject({ undecryptable: 0, unread });
  });

  it('that is said to be from somebody else is believed in nothing', async () => {
    const sent = await intercepted('from Ada');
    const [fromAda, fromCarl] = await Promise.all([bo.to(ada), bo.to(carl)]);
    await relay.deliver(sent, { id: freshId(), senderAccount: carl.account });
    await waitFor(fromCarl.snapshot, ({ undecryptable }) => undecryptable === 1);
    await relay.deliver(sent, { id: freshId(), senderAccount: bo.account });
    await relay.deliver(sent, { id: freshId(), senderDevice: 9 });
    await waitFor(fromAda.snapshot, ({ undecryptable }) => undecryptable === 1);
    expect(textsOf(fromCarl.snapshot.value)).toEqual([]);
    expect(await relay.deliver(sent)).toBe(true);
    await waitFor(fromAda.snapshot, lastState('received'));
    expect(textsOf(fromAda.snapshot.value).at(-1)).toBe('from Ada');
    expect(textsOf(fromCarl.snapshot.value)).toEqual([]);
  });
});

describe('an envelope', () => {
  it('of a stranger that cannot be read makes no conversation', async () => {
    const sent = await intercepted('hello');
    expect(await relay.deliver(sent, { id: freshId(), content: new Uint8Array(99) })).toBe(true);
    expect(await relay.deliver(sent, { id: freshId(), senderDevice: 9 })).toBe(true);
    expect(await relay.deliver(sent, { id: freshId(), senderAccount: new Uint8Array(32).fill(7) })).toBe(
      true,
    );
    expect(bo.client.conversations.value).toEqual([]);
    expect(bo.rows('conversations')).toEqual([]);
    expect(bo.rows('undecryptable')).toHaveLength(3);
  });

  it('of a stranger that cannot be read is kept with its bytes a few times, and then by its name', async () => {
    const sent = await intercepted('hello');
    const content = crypto.getRandomValues(new Uint8Array(64 * 1024)).fill(0x44, 0, 1);
    for (let n = 0; n < 20; n += 1) await relay.deliver(sent, { id: freshId(), content });
    const kept = bo.rows('undecryptable') as { content: Uint8Array }[];
    expect(kept).toHaveLength(20);
    expect(kept.filter((row) => row.content.length > 0)).toHaveLength(3);
  });

  it('is not acknowledged while the log of its sender cannot be asked for, and arrives afterwards', async () => {
    const sent = await intercepted('hello');
    relay.logOfAccount = () => Promise.reject(new ComingError('relay-unreachable', 'away'));
    expect(await relay.deliver(sent)).toBe(false);
    relay.logOfAccount = (_, truth) => truth;
    expect(await relay.deliver(sent)).toBe(true);
    expect(bo.rows('messages')).toMatchObject([{ text: 'hello' }]);
    expect(bo.rows('undecryptable')).toEqual([]);
  });

  it('of a sender whose log the relay forged is not believed', async () => {
    const sent = await intercepted('hello');
    relay.logOfAccount = () => carl.log.entries;
    expect(await relay.deliver(sent)).toBe(true);
    expect(bo.rows('messages')).toEqual([]);
    expect(bo.rows('undecryptable')).toMatchObject([{ code: 'invalid-log-entry' }]);
    expect(bo.rows('people')).toEqual([]);
  });

  it('is kept as it came when it cannot be read', async () => {
    const sent = await intercepted('hello');
    const content = crypto.getRandomValues(new Uint8Array(50)).fill(0x99, 0, 1);
    await relay.deliver(sent, { id: freshId(), content });
    expect(bo.rows('undecryptable')).toMatchObject([
      { sender: ada.hex, senderDevice: 1, content, code: 'malformed-message' },
    ]);
  });

  it('of a session that is gone here is asked for again, also where a last-resort key began it', async () => {
    const mailbox = relay.mailboxOf(bo.account, 1);
    mailbox.oneTime.length = mailbox.oneTimeKyber.length = 0;
    const [adas, bos] = await Promise.all([ada.to(bo), bo.to(ada)]);
    await adas.send('one');
    await waitFor(bos.snapshot, hasTexts('one'));
    expect(bo.rows('lastResortUses')).toHaveLength(1);
    await bo.close();
    bo.storage.tables.get('sessions')!.length = 0;
    bo.storage.tables.get('receipts')!.length = bo.storage.tables.get('outbox')!.length = 0;
    await adas.send('two');
    await bo.online();
    await waitFor((await bo.to(ada)).snapshot, hasTexts('one', 'two'));
  });

  it('that arrives out of order is shown all the same, each once', async () => {
    const { bos } = await inTouch();
    const sent: Sent[] = [];
    for (const value of ['one', 'two', 'three']) sent.push(await intercepted(value));
    for (const envelope of [sent[2]!, sent[0]!, sent[1]!, sent[0]!]) {
      expect(await relay.deliver(envelope)).toBe(true);
    }
    await waitFor(bos.snapshot, hasTexts('hello', 'hi', 'three', 'one', 'two'));
    expect(counted(bos.snapshot)).toBe(0);
  });

  it('arrives though a hundred hostile ones came before it in the same delivery', async () => {
    const sent = await intercepted('hello');
    await Promise.all(
      Array.from({ length: 100 }, () =>
        relay.deliver(sent, { id: freshId(), content: crypto.getRandomValues(new Uint8Array(60)) }),
      ),
    );
    expect(await relay.deliver(sent)).toBe(true);
    expect(bo.rows('messages')).toMatchObject([{ text: 'hello' }]);
    expect(bo.client.status.value).toMatchObject({
      phase: 'ready',
      connection: 'online',
      problem: undefined,
    });
  });
});

describe('somebody who has the relay on their side', () => {
  it('cannot start a session as Ada with a key that is not in her log', async () => {
    const { snapshot } = await bo.to(ada);
    const state = bo.cryptographicState();
    const forged = await forgedBy(await (await platformPrimitives()).generateKeyPair());
    expect(await relay.deliver(forged)).toBe(true);
    await waitFor(snapshot, ({ undecryptable }) => undecryptable === 1);
    expect(bo.rows('undecryptable')).toMatchObject([{ code: 'identity-mismatch' }]);
    expect(bo.cryptographicState()).toBe(state);
    expect(snapshot.value.messages).toEqual([]);
  });

  it('cannot take over a session that Ada has', async () => {
    const { adas, bos } = await inTouch();
    const state = bo.cryptographicState();
    expect(await relay.deliver(await forgedBy(await (await platformPrimitives()).generateKeyPair()))).toBe(
      true,
    );
    await waitFor(bos.snapshot, ({ undecryptable }) => undecryptable === 1);
    expect(bo.cryptographicState()).toBe(state);
    await adas.send('it is me');
    await waitFor(bos.snapshot, hasTexts('hello', 'hi', 'it is me'));
  });

  /** A message that begins a session with Bo, in Ada's name, by another identity key; well made otherwise. */
  async function forgedBy(keyPair: KeyPair): Promise<Sent> {
    const primitives = await platformPrimitives();
    const addressOf = ({ account }: WorldPerson) => ({ name: serviceIdOf(account), deviceId: 1 });
    const local = { keyPair, registrationId: 1, address: addressOf(ada) };
    const { signed, lastResort, registrationId } = relay.mailboxOf(bo.account, 1).keys!;
    const bundle = {
      registrationId,
      deviceId: 1,
      identityKey: bo.log.devices[0]!.identityKey,
      signedPreKey: { ...signed, signature: signed.signature! },
      kyberPreKey: { ...lastResort, signature: lastResort.signature! },
    };
    const remote = addressOf(bo);
    const record = await initiateSession(primitives, undefined, local, remote, bundle, Date.now());
    const plaintext = encodeContent(text(ID, 'send me your money'), 'app:headless');
    const { message } = await encryptMessage(primitives, record, local, remote, plaintext, Date.now());
    return {
      id: freshId(),
      deviceId: 1,
      type: message.type,
      content: message.bytes,
      delivery: 'ordinary',
      from: ada.account,
      fromDevice: 1,
      to: bo.account,
    };
  }
});

describe('a content from the other side', () => {
  it('that is malformed is counted once, and what follows is read', async () => {
    const { adas, bos } = await inTouch();
    await ada.smuggle(bo, crypto.getRandomValues(new Uint8Array(160)).fill(1, 159));
    await waitFor(bos.snapshot, ({ undecryptable }) => undecryptable === 1);
    expect(bo.rows('undecryptable')).toMatchObject([{ code: 'malformed-content' }]);
    await relay.deliver(relay.sent.at(-1)!);
    await relay.deliver(relay.sent.at(-1)!, { id: freshId() });
    await adas.send('still here');
    await waitFor(bos.snapshot, hasTexts('hello', 'hi', 'still here'));
    expect(counted(bos.snapshot)).toBe(1);
  });

  it('of a later version shows its fallback, and nothing when it has none', async () => {
    const { adas, bos } = await inTouch();
    await ada.smuggle(bo, later('01', 'A poll: pizza or pasta?'));
    await waitFor(bos.snapshot, hasTexts('hello', 'hi', 'A poll: pizza or pasta?'));
    await ada.smuggle(bo, later('02', ''));
    await adas.send('bye');
    await waitFor(bos.snapshot, hasTexts('hello', 'hi', 'A poll: pizza or pasta?', 'bye'));
    expect(counted(bos.snapshot)).toBe(0);
  });

  it('that takes the id of an earlier one does not overwrite it', async () => {
    const { bos } = await inTouch();
    await ada.smuggle(bo, text(ID, 'first'));
    await waitFor(bos.snapshot, hasTexts('hello', 'hi', 'first'));
    await ada.smuggle(bo, text(ID, 'second'));
    await ada.smuggle(bo, text('cd'.repeat(16), 'third'));
    await waitFor(bos.snapshot, hasTexts('hello', 'hi', 'first', 'third'));
    expect(bos.snapshot.value.messages.filter(({ id }) => id === ID)).toHaveLength(1);
  });

  it("that takes the id of one of the reader's own changes nothing about that one", async () => {
    const { bos } = await inTouch();
    const mine = bos.snapshot.value.messages.at(-1)!;
    expect(mine).toMatchObject({ mine: true, text: 'hi' });
    await ada.smuggle(bo, text(mine.id, 'imposture'));
    await waitFor(bos.snapshot, hasTexts('hello', 'hi', 'imposture'));
    expect(
      bos.snapshot.value.messages.map(({ text: value, mine: own, state }) => [value, own, state]),
    ).toEqual([
      ['hello', false, 'received'],
      ['hi', true, 'delivered'],
      ['imposture', false, 'received'],
    ]);
  });

  it('takes an id that somebody else used, for both are shown where they belong', async () => {
    await inTouch();
    await ada.smuggle(bo, text(ID, 'from Ada'));
    await carl.smuggle(bo, text(ID, 'from Carl'));
    await until(() => bo.rows('messages').filter(({ id }) => id === ID).length === 2);
    const [fromAda, fromCarl] = await Promise.all([bo.to(ada), bo.to(carl)]);
    expect(textsOf(fromAda.snapshot.value).at(-1)).toBe('from Ada');
    expect(textsOf(fromCarl.snapshot.value)).toEqual(['from Carl']);
  });
});

describe('a receipt', () => {
  const receipt = (kind: 'delivered' | 'read', ...contentIds: string[]): Content => ({
    id: crypto.randomUUID().replaceAll('-', ''),
    sentAt: 1,
    body: { kind: 'receipt', receipt: kind, contentIds },
  });

  it('from somebody who is not in the conversation does nothing', async () => {
    const { bos } = await inTouch();
    const [first, mine] = bos.snapshot.value.messages;
    const before = bo.rows('messages');
    await carl.smuggle(bo, receipt('read', mine!.id, first!.id, ID));
    await carl.smuggle(bo, text(ID, 'knock knock'));
    await until(() => bo.rows('messages').some(({ peer }) => peer === carl.hex));
    expect(bo.rows('messages').filter(({ peer }) => peer === ada.hex)).toEqual(before);
  });

  it("for messages that are the sender's own or nobody's does nothing", async () => {
    const { bos } = await inTouch();
    const theirs = bos.snapshot.value.messages[0]!;
    await ada.smuggle(bo, receipt('read', theirs.id, ID));
    await ada.smuggle(bo, text(ID, 'done'));
    await waitFor(bos.snapshot, hasTexts('hello', 'hi', 'done'));
    expect(bos.snapshot.value.messages[0]).toEqual(theirs);
    expect(bos.snapshot.value.messages).toHaveLength(3);
  });

  it('never takes a message back to an earlier state', async () => {
    const { bos } = await inTouch();
    const mine = bos.snapshot.value.messages.at(-1)!;
    await ada.smuggle(bo, receipt('read', mine.id));
    await waitFor(bos.snapshot, lastState('read'));
    await ada.smuggle(bo, receipt('delivered', mine.id));
    await ada.smuggle(bo, text(ID, 'done'));
    await waitFor(bos.snapshot, hasTexts('hello', 'hi', 'done'));
    expect(bos.snapshot.value.messages.find(({ id }) => id === mine.id)!.state).toBe('read');
  });

  it('leaves neither a message nor an unread mark', async () => {
    const { bos } = await inTouch();
    const before = bos.snapshot.value;
    await ada.smuggle(bo, receipt('read', before.messages.at(-1)!.id));
    await waitFor(bos.snapshot, lastState('read'));
    expect(bos.snapshot.value.unread).toBe(before.unread);
    expect(textsOf(bos.snapshot.value)).toEqual(textsOf(before));
  });
});

/** A content with a body that this version does not know, padded by hand. */
function later(idByte: string, fallback: string): Uint8Array {
  const id = Uint8Array.from({ length: 16 }, () => parseInt(idByte, 16));
  const known = wire.Content.encode({ id, fallback, origin: 'app:headless' } as never).finish();
  return Uint8Array.of(...known, (13 << 3) | 2, 2, 0x08, 1, 0x80, 0, 0, 0);
}

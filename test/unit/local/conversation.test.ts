import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ComingError } from '../../../core/errors.js';
import {
  MemoryDatabase,
  type Range,
  type Row,
  type TableName,
  type Tables,
} from '../../../core/store/index.js';
import { createLoopback, type LoopbackRelay } from '../../../core/transport/index.js';
import { conversation, guest, hasTexts, lastState, textsOf, type Person } from '../../support/people.js';
import { waitFor } from '../../support/wait.js';

describe('a conversation', () => {
  let relay: LoopbackRelay;
  let ada: Person;
  let bo: Person;

  beforeEach(async () => {
    relay = createLoopback();
    [ada, bo] = await Promise.all([guest({ relay }), guest({ relay })]);
  });

  afterEach(async () => {
    await Promise.all([ada.client.close(), bo.client.close()]);
  });

  it('carries texts both ways, in order', async () => {
    const adas = await conversation(ada, bo);
    const bos = await conversation(bo, ada);
    await adas.send('hello');
    await waitFor(bos.snapshot, hasTexts('hello'));
    await bos.send('hi');
    await bos.send('how are you?');
    await waitFor(adas.snapshot, hasTexts('hello', 'hi', 'how are you?'));
    expect(adas.snapshot.value.messages.map(({ mine }) => mine)).toEqual([true, false, false]);
  });

  it('tells the sender when a message was delivered and when it was read', async () => {
    const adas = await conversation(ada, bo);
    const bos = await conversation(bo, ada);
    await adas.send('hello');
    await waitFor(adas.snapshot, lastState('delivered'));
    await waitFor(bos.snapshot, hasTexts('hello'));
    expect(bos.snapshot.value.unread).toBe(1);
    await bos.markRead();
    await waitFor(adas.snapshot, lastState('read'));
    expect(bos.snapshot.value.unread).toBe(0);
  });

  it('keeps messages while there is no connection and sends them in order afterwards', async () => {
    const adas = await conversation(ada, bo);
    const bos = await conversation(bo, ada);
    relay.online = false;
    const texts = ['one', 'two', 'three'];
    for (const text of texts) await adas.send(text);
    expect(adas.snapshot.value.messages.map(({ state }) => state)).toEqual(['queued', 'queued', 'queued']);
    relay.online = true;
    await waitFor(bos.snapshot, hasTexts(...texts));
    await waitFor(adas.snapshot, lastState('delivered'));
  });

  it('has said what was stored, even where it cannot be shown any more', async () => {
    const database = new Unreadable();
    const carl = await guest({ relay, database });
    const [carls, bos] = await Promise.all([conversation(carl, bo), conversation(bo, carl)]);
    database.isUnreadable = true; // as by a lock right behind the commit
    await carls.send('once');
    await waitFor(bos.snapshot, hasTexts('once'));
    await carl.client.close();
  });

  it('works when both write first at the same moment', async () => {
    const adas = await conversation(ada, bo);
    const bos = await conversation(bo, ada);
    await Promise.all([adas.send('from Ada'), bos.send('from Bo')]);
    await waitFor(adas.snapshot, ({ messages }) => messages.length === 2);
    await waitFor(bos.snapshot, ({ messages }) => messages.length === 2);
    await Promise.all([adas.send('and again'), bos.send('and again too')]);
    const [a, b] = await Promise.all([
      waitFor(adas.snapshot, ({ messages }) => messages.length === 4),
      waitFor(bos.snapshot, ({ messages }) => messages.length === 4),
    ]);
    expect(textsOf(a).sort()).toEqual(textsOf(b).sort());
  });

  it('refuses an empty and an endless text, and stores nothing', async () => {
    const adas = await conversation(ada, bo);
    await expect(adas.send('  \n')).rejects.toMatchObject({ code: 'message-empty' });
    await expect(adas.send('x'.repeat(1024 * 1024))).rejects.toMatchObject({ code: 'message-too-long' });
    await expect(adas.send('é'.repeat(33 * 1024))).rejects.toMatchObject({ code: 'message-too-long' });
    expect(adas.snapshot.value.messages).toEqual([]);
  });

  it('carries the longest text', async () => {
    const adas = await conversation(ada, bo);
    const bos = await conversation(bo, ada);
    const text = 'ü'.repeat(32 * 1024);
    await adas.send(text);
    await waitFor(bos.snapshot, hasTexts(text));
  });

  it('refuses a malformed Coming ID and creates nothing', async () => {
    const id = bo.me.comingId;
    const wrong = [
      '',
      'nonsense',
      id.slice(0, -1),
      `${id}1`,
      id.replace(/.$/, (c) => (c === '1' ? '2' : '1')),
    ];
    for (const peer of wrong) {
      await expect(ada.client.openConversation(peer)).rejects.toMatchObject({ code: 'invalid-coming-id' });
    }
    expect(ada.client.conversations.value).toEqual([]);
  });

  it('fails with words for somebody who never used the relay, and can be tried again', async () => {
    const elsewhere = await guest({ relay: createLoopback() });
    const adas = await conversation(ada, elsewhere);
    const id = await adas.send('anybody?');
    await waitFor(adas.snapshot, lastState('failed'));
    expect(adas.snapshot.value.messages[0]).toMatchObject({ id, problem: 'unknown-account' });
    await adas.retry(id);
    await waitFor(adas.snapshot, lastState('failed'));
    expect(adas.snapshot.value.messages).toHaveLength(1);
    await elsewhere.client.close();
  });

  it('lists conversations by their latest activity with unread counts and petnames', async () => {
    const third = await guest({ relay });
    const toAda = await conversation(bo, ada);
    await toAda.send('first');
    await waitFor(ada.client.conversations, (list) => list.length === 1);
    const thirdToAda = await conversation(third, ada);
    await thirdToAda.send('second');
    const list = await waitFor(ada.client.conversations, (all) => all.length === 2);
    expect(list.map(({ lastMessage }) => lastMessage?.text)).toEqual(['second', 'first']);
    expect(list.map(({ unread }) => unread)).toEqual([1, 1]);
    const adas = await conversation(ada, third);
    await adas.setPetname('  Cleo ');
    await waitFor(ada.client.conversations, ([first]) => first?.petname === 'Cleo');
    await third.client.close();
  });
});

/** A database whose messages cannot be read for a while. */
class Unreadable extends MemoryDatabase {
  isUnreadable = false;

  override list<T extends TableName>(table: T, range?: Range): Promise<Row<Tables[T]>[]> {
    if (this.isUnreadable && table === 'messages') return Promise.reject(new ComingError('locked', 'locked'));
    return super.list(table, range);
  }
}

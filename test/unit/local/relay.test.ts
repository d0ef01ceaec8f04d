import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { createLocalClient } from '../../../core/local/index.js';
import type { WebSocketConstructor } from '../../../core/transport/index.js';
import { startRelay } from '../../../relay/src/server.js';
import { conversation, guest, hasTexts, lastState, type Person } from '../../support/people.js';
import { waitFor } from '../../support/wait.js';

const webSocket = WebSocket as unknown as WebSocketConstructor;
type RunningRelay = Awaited<ReturnType<typeof startRelay>>;

describe('two people on a real relay', () => {
  let relay: RunningRelay;
  let ada: Person;
  let bo: Person;

  beforeEach(async () => {
    relay = await startRelay({ data: ':memory:', port: 0 });
    [ada, bo] = await Promise.all([
      guest({ relay: relay.url, webSocket }),
      guest({ relay: relay.url, webSocket }),
    ]);
  });

  afterEach(async () => {
    await Promise.all([ada.client.close(), bo.client.close()]);
    await relay.close();
  });

  it('exchange messages and receipts', async () => {
    const adas = await conversation(ada, bo);
    const bos = await conversation(bo, ada);
    await adas.send('hello');
    await waitFor(bos.snapshot, hasTexts('hello'));
    await bos.markRead();
    await waitFor(adas.snapshot, lastState('read'));
    await bos.send('hi');
    await waitFor(adas.snapshot, hasTexts('hello', 'hi'));
  });

  it('exchange the longest text, and many short ones in order', async () => {
    const adas = await conversation(ada, bo);
    const bos = await conversation(bo, ada);
    const longest = 'ü'.repeat(32 * 1024);
    await adas.send(longest);
    await waitFor(bos.snapshot, hasTexts(longest));
    const texts = Array.from({ length: 50 }, (_, i) => `message ${i}`);
    await Promise.all(texts.map((text) => adas.send(text)));
    await waitFor(bos.snapshot, hasTexts(longest, ...texts));
    await waitFor(adas.snapshot, ({ messages }) => messages.every(({ state }) => state === 'delivered'));
  });

  it('come back by themselves when the relay has lost everything', async () => {
    const adas = await conversation(ada, bo);
    const bos = await conversation(bo, ada);
    await adas.send('before');
    await waitFor(adas.snapshot, lastState('delivered'));
    const { port } = relay;
    await relay.close();
    await waitFor(ada.client.status, ({ connection }) => connection === 'offline');
    relay = await startRelay({ data: ':memory:', port });
    await Promise.all([ada.client.reconnect(), bo.client.reconnect()]);
    await adas.send('after');
    await waitFor(bos.snapshot, hasTexts('before', 'after'));
    await waitFor(adas.snapshot, lastState('delivered'));
    expect(adas.snapshot.value.messages).toHaveLength(2);
  });

  it('get in with a clock that is a year off', async () => {
    const year = 365 * 24 * 60 * 60 * 1000;
    const late = await guest({ relay: relay.url, webSocket, now: () => Date.now() - year });
    const bos = await conversation(bo, late);
    await conversation(late, bo);
    await bos.send('what time is it?');
    await waitFor(bos.snapshot, lastState('delivered'));
    await late.client.close();
  });
});

it('a client says so when the relay refuses it, and forgets it when it is let in', async () => {
  const elsewhere = await startRelay({ data: ':memory:', port: 0, domain: 'elsewhere.example' });
  const client = createLocalClient({ relay: elsewhere.url, webSocket, storage: 'memory' });
  await client.becomeGuest();
  await waitFor(client.status, ({ problem }) => problem === 'relay-refused');
  await elsewhere.close();
  const here = await startRelay({ data: ':memory:', port: elsewhere.port });
  await waitFor(client.status, ({ connection }) => connection === 'offline');
  await client.reconnect();
  const { problem } = await waitFor(client.status, ({ connection }) => connection === 'online');
  expect(problem).toBeUndefined();
  await client.close();
  await here.close();
});

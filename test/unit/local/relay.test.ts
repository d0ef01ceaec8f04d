import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
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
});

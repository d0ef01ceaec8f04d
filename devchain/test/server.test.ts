import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startDevchain, type RunningDevchain } from '../src/node/server.js';

let node: RunningDevchain;

beforeAll(async () => {
  node = await startDevchain({ port: 0, blockTime: 'manual', origins: ['https://dapp.example'] });
});
afterAll(() => node.close());

/** Opens a socket as a page of this origin would; resolves to what became of it. */
function connect(
  origin: string | undefined,
  headers: Record<string, string> = {},
): Promise<WebSocket | number> {
  const socket = new WebSocket(node.url, { ...(origin !== undefined && { origin }), headers });
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket));
    socket.once('unexpected-response', (request, { statusCode }) => {
      resolve(statusCode!);
      request.destroy();
    });
    socket.once('error', reject);
  });
}

async function isTaken(origin: string | undefined, headers?: Record<string, string>): Promise<boolean> {
  const opened = await connect(origin, headers);
  if (typeof opened === 'number') {
    expect(opened).toBe(403);
    return false;
  }
  opened.close();
  return true;
}

async function ask(socket: WebSocket, text: string): Promise<unknown> {
  const answer = new Promise<string>((resolve) => socket.once('message', (data) => resolve(String(data))));
  socket.send(text);
  return JSON.parse(await answer);
}

const open = async () => (await connect(undefined)) as WebSocket;

describe('a page may talk to the node', () => {
  test('when it is of this machine, of a browser extension, or named', async () => {
    for (const origin of [
      undefined,
      'http://localhost:6006',
      'https://localhost',
      'http://127.0.0.1:3000',
      'http://[::1]:8080',
      'http://demo.localhost:5173',
      'chrome-extension://mopnmbcafieddcagagdcbnhejhlodfdd',
      'moz-extension://5c7d2a1e-0000-0000-0000-000000000000',
      'https://dapp.example',
    ]) {
      expect(await isTaken(origin), String(origin)).toBe(true);
    }
  });

  test('and not when it is anybody else’s, whatever it calls itself', async () => {
    for (const origin of [
      'https://evil.example',
      'https://localhost.evil.example',
      'https://dapp.example.evil.example',
      'http://dapp.example',
      'null',
      'file://',
      'nonsense',
      'http://127.0.0.1.evil.example',
    ]) {
      expect(await isTaken(origin), origin).toBe(false);
    }
  });

  test('and not when its name was made to lead here: it is of the host that it asked for, but not of this machine', async () => {
    expect(await isTaken('http://rebound.example:4420', { host: 'rebound.example:4420' })).toBe(false);
  });
});

describe('a client that asks for too much', () => {
  test('at once, in one list, is refused as a whole', async () => {
    const socket = await open();
    const list = JSON.stringify(Array.from({ length: 10_000 }, (_, id) => ({ id, method: 'system_name' })));
    expect(await ask(socket, list)).toMatchObject({ error: { code: -32600 } });
    expect(await ask(socket, '[]')).toMatchObject({ error: { code: -32600 } });
    expect(await ask(socket, '[{"id":1,"method":"system_name"}]')).toMatchObject([{ id: 1 }]);
    socket.close();
  });

  test('of keys at once, is refused', async () => {
    const socket = await open();
    const keys = Array.from({ length: 1001 }, () => '0x00');
    const request = JSON.stringify({ id: 1, method: 'state_queryStorageAt', params: [keys] });
    expect(await ask(socket, request)).toMatchObject({ error: { code: -32602 } });
    socket.close();
  });

  test('in a frame larger than the node reads, is cut off; and others are still served', async () => {
    const [greedy, other] = [await open(), await open()];
    const gone = new Promise<number>((resolve) => greedy.once('close', resolve));
    greedy.send('x'.repeat(17 * 1024 * 1024));
    expect(await gone).toBe(1009);
    expect(await ask(other, '{"id":1,"method":"system_name"}')).toMatchObject({ id: 1 });
    other.close();
  });

  test('and reads no answer, is cut off before they fill the memory', async () => {
    const [greedy, other] = [await open(), await open()];
    const gone = new Promise((resolve) => greedy.once('close', resolve));
    greedy.pause();
    const metadata = JSON.stringify({ id: 1, method: 'state_getMetadata' });
    for (let i = 0; i < 4000 && greedy.readyState === WebSocket.OPEN; i += 1) {
      greedy.send(metadata);
      if (i % 50 === 0) await ask(other, '{"id":1,"method":"system_name"}');
    }
    greedy.resume();
    await gone;
    expect(await ask(other, '{"id":1,"method":"system_name"}')).toMatchObject({ id: 1 });
    other.close();
  });

  test('with whatever is no request, gets an error', async () => {
    const socket = await open();
    for (const text of [
      '',
      '{',
      'null',
      '5',
      '"x"',
      '{}',
      '{"id":1}',
      '{"id":1,"method":5}',
      '[5]',
      '[[]]',
      '\u0000',
    ]) {
      const answer = (await ask(socket, text)) as { error: object } | { error: object }[];
      expect([answer].flat()[0]!.error, text).toMatchObject({ code: expect.any(Number) as number });
    }
    for (const method of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      expect(await ask(socket, JSON.stringify({ id: 1, method, params: [] }))).toMatchObject({
        error: { code: -32601 },
      });
    }
    socket.close();
  });
});

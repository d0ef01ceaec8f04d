/**
 * Outgoing frames, read back by `ws`.
 */
import { PassThrough } from 'node:stream';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createHash } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { Outgoing } from '../src/outgoing.js';

test('frames of every kind of length arrive whole, in their order, and as one write a turn', async () => {
  const server = createServer();
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as { port: number }).port}`);
  const [socket] = await accepted;
  const [request] = (await once(socket, 'data')) as [Buffer];
  const key = /Sec-WebSocket-Key: (\S+)/i.exec(String(request))![1]!;
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  await once(client, 'open');
  const received: Buffer[] = [];
  client.on('message', (data: Buffer, isBinary) => {
    expect(isBinary).toBe(true);
    received.push(data);
  });
  const lengths = [0, 1, 125, 126, 127, 1000, 65_535, 65_536, 200_000, 3];
  const sent = lengths.map((length, index) => Buffer.alloc(length, index + 1));
  const outgoing = new Outgoing(socket);
  for (const payload of sent) outgoing.push(payload);
  expect(outgoing.unsent).toBe(lengths.reduce((sum, length) => sum + length));
  await expect.poll(() => received.length).toBe(sent.length);
  for (const [index, payload] of sent.entries()) expect(received[index]!.equals(payload)).toBe(true);
  expect(outgoing.unsent).toBe(0);
  client.terminate();
  socket.destroy();
});

test('what one turn has is one write, and nothing is written to a stream that has ended', async () => {
  const stream = new PassThrough();
  const outgoing = new Outgoing(stream);
  const writes: number[] = [];
  stream.on('data', (chunk: Buffer) => writes.push(chunk.length));
  outgoing.push(new Uint8Array(10));
  outgoing.push(new Uint8Array(20));
  await expect.poll(() => writes).toEqual([34]);
  stream.end();
  outgoing.push(new Uint8Array(5));
  await new Promise(setImmediate);
  expect(writes).toEqual([34]);
});

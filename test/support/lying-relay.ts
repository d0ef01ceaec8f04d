/**
 * A relay that lies: a real one, and a proxy before it that changes what it answers, to whom it likes.
 *
 * @module
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { bytesToHex } from '@noble/hashes/utils.js';
import { onTestFinished } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import { relay as wire } from '../../proto/gen/relay.js';
import { running } from '../../relay/test/running.js';

type Request = wire.Request.$Shape;
type Response = wire.Response.$Shape;
/** Who asks: an account, once it has logged in. */
export type Viewer = string | undefined;

export class LyingRelay {
  /** What is said instead of the truth. */
  answer: (truth: Response, request: Request, viewer: Viewer) => Response | Promise<Response> = (truth) =>
    truth;
  /** Requests that reached the relay, by verb and who asked. */
  readonly seen: { readonly viewer: Viewer; readonly request: Request }[] = [];
  /** Called after each of them. */
  heard: () => void = () => undefined;

  private constructor(
    readonly url: string,
    /** Where the truth is told. */
    readonly honestUrl: string,
  ) {}

  static async start(): Promise<LyingRelay> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const domain = `127.0.0.1:${port}`;
    const honest = await running();
    const lying = new LyingRelay(`ws://${domain}`, honest.url);
    server.on('connection', (client) => {
      // Devices sign the host that they connected to.
      lying.#join(client, new WebSocket(honest.url, { headers: { Host: domain } }));
    });
    onTestFinished(() => {
      for (const client of server.clients) client.terminate();
      server.close();
    });
    return lying;
  }

  #join(client: WebSocket, relay: WebSocket): void {
    const asked = new Map<number, Request>();
    let viewer: Viewer;
    let turn = new Promise<void>((resolve) => relay.once('open', () => resolve()));
    client.on('message', (data: Buffer) => {
      turn = turn.then(() => {
        const { request } = wire.Frame.decode(data);
        if (request) {
          asked.set(request.id ?? 0, request);
          if (request.authenticate) viewer = bytesToHex(request.authenticate.account!);
          this.seen.push({ viewer, request });
          this.heard();
        }
        relay.send(data);
      });
    });
    let answers = Promise.resolve();
    relay.on('message', (data: Buffer) => {
      answers = answers.then(async () => {
        const { response } = wire.Frame.decode(data);
        const request = asked.get(response?.id ?? 0);
        if (!response || !request) return client.send(data);
        asked.delete(response.id ?? 0);
        const said = await this.answer(response, request, viewer);
        client.send(wire.Frame.encode({ response: said } as never).finish());
      });
    });
    client.on('close', () => relay.close());
    relay.on('close', (code) => client.close(code > 1000 && code !== 1005 && code !== 1006 ? code : 1000));
    for (const socket of [client, relay]) socket.on('error', () => undefined);
  }
}

/**
 * A relay that lies: a real one, and a proxy before it that changes what it answers, to whom it likes.
 *
 * @module
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { onTestFinished } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import { headOf, toWireEntry, type SignedEntry } from '../../core/identity/index.js';
import { RelayConnection, type WebSocketConstructor } from '../../core/transport/index.js';
import { relay as wire } from '../../proto/gen/relay.js';
import { running } from '../../relay/test/running.js';

type Request = wire.Request.$Shape;
type Response = wire.Response.$Shape;
/** Who asks: an account, once it has logged in. */
export type Viewer = string | undefined;

const { Status } = wire;

export class LyingRelay {
  /** What is said instead of the truth. */
  answer: (truth: Response, request: Request, viewer: Viewer) => Response | Promise<Response> = (truth) =>
    truth;
  /** What is said without telling the relay. */
  instead: (request: Request, viewer: Viewer) => Response | undefined = () => undefined;
  /** What is asked of a device instead of what the relay asks: what it delivers, for one. */
  ask: (request: Request, viewer: Viewer) => Request = (request) => request;
  /** What devices asked for, and who they are. */
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

  /** From now on it tells the truth. */
  repent(): void {
    this.answer = (truth) => truth;
    this.instead = () => undefined;
    this.ask = (request) => request;
  }

  /** Serves these entries as the log of an account, and takes nothing for it; to one viewer only, if one is named. */
  serveLog(account: string, entries: readonly SignedEntry[], only?: string): void {
    const log = { account: hexToBytes(account), entries: entries.map(toWireEntry) };
    const isLiedTo = (viewer: Viewer) => !only || viewer === only;
    const isIt = (asked: Uint8Array | null | undefined) => asked && bytesToHex(asked) === account;
    this.answer = (truth, { readLog }, viewer) =>
      isLiedTo(viewer) && isIt(readLog?.account) ? ({ ...truth, status: Status.OK, log } as never) : truth;
    this.instead = ({ id, send }, viewer) =>
      isLiedTo(viewer) && isIt(send?.account)
        ? ({ id, status: Status.LOG_CHANGED, result: 'log', log } as never)
        : undefined;
  }

  /** The log of an account as it is. */
  async logOf(account: string): Promise<readonly SignedEntry[]> {
    return (await this.#honest.readLog(hexToBytes(account))) ?? [];
  }

  /** Makes the relay have a log of an account that is new to it. */
  async learn(account: string, entries: readonly SignedEntry[]): Promise<void> {
    let previous: Uint8Array | undefined;
    for (const entry of entries) {
      const { status } = await this.#honest.appendLog(hexToBytes(account), previous, entry);
      if (status !== 'appended') throw new Error('it has another log');
      previous = headOf(entry.text);
    }
  }

  /** What an account gave to be delivered. */
  sentBy(account: string): readonly Request[] {
    return this.seen.flatMap(({ viewer, request }) => (viewer === account && request.send ? [request] : []));
  }

  get #honest(): RelayConnection {
    return new RelayConnection({
      url: this.honestUrl,
      webSocket: WebSocket as unknown as WebSocketConstructor,
      randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    });
  }

  #join(client: WebSocket, relay: WebSocket): void {
    const asked = new Map<number, Request>();
    let viewer: Viewer;
    let turn = new Promise<void>((resolve) => relay.once('open', () => resolve()));
    client.on('message', (data: Buffer) => {
      turn = turn.then(() => {
        const { request } = wire.Frame.decode(data);
        if (request) {
          if (request.authenticate) viewer = bytesToHex(request.authenticate.account!);
          this.seen.push({ viewer, request });
          this.heard();
          const said = this.instead(request, viewer);
          if (said) return client.send(wire.Frame.encode({ response: said } as never).finish());
          asked.set(request.id ?? 0, request);
        }
        relay.send(data);
      });
    });
    let answers = Promise.resolve();
    relay.on('message', (data: Buffer) => {
      answers = answers.then(async () => {
        const { request: told, response } = wire.Frame.decode(data);
        if (told)
          return client.send(wire.Frame.encode({ request: this.ask(told, viewer) } as never).finish());
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

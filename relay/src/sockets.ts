/**
 * The open WebSockets: who may open one, and how all of them end.
 *
 * @module
 */
import { randomInt } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocketServer, type WebSocket } from 'ws';
import { addressOf } from './addresses.js';
import type { Relay } from './answers.js';
import { Connection } from './connection.js';

export interface SocketOptions {
  /** Host, and port unless it is the default, that devices must sign; without it, the one they say they connected to. */
  readonly domain?: string;
  /** Web origins that may connect; without it, all. */
  readonly allowedOrigins?: readonly string[];
  /** A proxy in front says in `X-Forwarded-For` who it speaks for. */
  readonly behindProxy?: boolean;
  /** Seconds over which devices are sent away before the relay closes. */
  readonly drainSeconds?: number;
}

const RETRY_LATER = '\r\nRetry-After: 5';
// How long a socket may take to agree to its own closing.
const CLOSE_TIME = 2_000;

export class Sockets {
  readonly #open = new Set<Connection>();
  readonly #strangers = new Set<Connection>();
  readonly #upgrader: WebSocketServer;
  readonly #lifeCheck: NodeJS.Timeout;
  #isClosing = false;
  #whenAllClosed: (() => void) | undefined;

  constructor(
    private readonly options: SocketOptions,
    private readonly relay: Relay,
  ) {
    this.#upgrader = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      // Text frames are refused whatever they hold.
      skipUTF8Validation: true,
      maxPayload: relay.limits.frame,
      maxFragments: relay.limits.fragments,
    });
    this.#lifeCheck = setInterval(() => {
      const now = performance.now();
      for (const connection of this.#open) connection.checkLife(now);
    }, relay.limits.idleTime / 4);
  }

  get size(): number {
    return this.#open.size;
  }

  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => {});
    const address = addressOf(request, this.options.behindProxy ?? false);
    // Others may have come in while the bucket was asked.
    const refusal =
      this.#refusal(request, address) ?? (await this.#tooFast(address)) ?? this.#refusal(request, address);
    if (refusal) {
      socket.end(
        `HTTP/1.1 ${refusal} ${STATUS_CODES[refusal]}${refusal === 503 || refusal === 429 ? RETRY_LATER : ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
      );
      return;
    }
    const domain = this.options.domain ?? request.headers.host?.toLowerCase() ?? '';
    this.#upgrader.handleUpgrade(request, socket, head, (webSocket) =>
      this.#accept(webSocket, socket, domain, address),
    );
  }

  /** Nothing that lives as long as the socket may hold on to the request that opened it. */
  #accept(webSocket: WebSocket, socket: Duplex, domain: string, address: string): void {
    const connection = new Connection(webSocket, socket, domain, address, this.relay, () =>
      this.#strangers.delete(connection),
    );
    this.#open.add(connection);
    this.#strangers.add(connection);
    webSocket.on('close', () => {
      this.#open.delete(connection);
      this.#strangers.delete(connection);
      if (this.#open.size === 0) this.#whenAllClosed?.();
    });
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    clearInterval(this.#lifeCheck);
    if (this.#open.size === 0) return;
    const allClosed = new Promise<void>((resolve) => (this.#whenAllClosed = resolve));
    const { drainSeconds = 0 } = this.options;
    // Spread, so that those who come back do not come all at once.
    for (const connection of this.#open) connection.sendAway(randomInt(drainSeconds + 2));
    await Promise.race([allClosed, wait(drainSeconds * 1000)]);
    for (const connection of this.#open) connection.finish(1012, 'going away');
    const stubborn = setTimeout(() => {
      for (const connection of this.#open) connection.terminate();
    }, CLOSE_TIME);
    await allClosed;
    clearTimeout(stubborn);
  }

  /** The HTTP status with which an upgrade is refused; undefined when it is welcome. */
  #refusal({ url, headers }: IncomingMessage, address: string): number | undefined {
    const { allowedOrigins } = this.options;
    const { limits } = this.relay;
    if (url?.split('?')[0] !== '/') return 404;
    if (allowedOrigins && !allowedOrigins.includes(headers.origin ?? '')) return 403;
    if (this.#isClosing || this.#open.size >= limits.sockets || this.#strangers.size >= limits.strangers)
      return 503;
    const ofOne = [...this.#strangers].filter((stranger) => stranger.address === address);
    return ofOne.length >= limits.strangersOfOne ? 429 : undefined;
  }

  async #tooFast(address: string): Promise<number | undefined> {
    return (await this.relay.buckets.take(['sockets', address])) ? 429 : undefined;
  }
}

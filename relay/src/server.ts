/**
 * The relay as a whole: one HTTP server, its WebSockets, the store behind them and the clocks beside them.
 *
 * @module
 */
import { randomInt } from 'node:crypto';
import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { addressOf } from './addresses.js';
import { noBus, type Bus } from './bus.js';
import { Connection } from './connection.js';
import { DeviceLogs } from './device-logs.js';
import { keepExpiring } from './expiry.js';
import { LIMITS, type Limits } from './limits.js';
import { silentLogger, type Logger } from './logger.js';
import { Presence } from './presence.js';
import { LocalBuckets, RATES, type Buckets, type Rates } from './rates.js';
import type { Relay } from './answers.js';
import { openStore, type StoreOptions } from './store/open-store.js';

export interface RelayOptions extends StoreOptions {
  /** `redis://…`: where the relays of one domain tell each other. */
  readonly redis?: string | undefined;
  readonly host?: string;
  /** 0: any that is free. */
  readonly port?: number;
  /** Host, and port unless it is the default, that devices must sign; without it, the one they say they connected to. */
  readonly domain?: string;
  /** Web origins that may connect; without it, all. */
  readonly allowedOrigins?: readonly string[];
  /** Seconds over which devices are sent away before the relay closes. */
  readonly drainSeconds?: number;
  readonly log?: Logger;
  readonly limits?: Partial<Limits>;
  readonly rates?: Rates;
  /** A proxy in front says in `X-Forwarded-For` who it speaks for. */
  readonly behindProxy?: boolean;
}

export interface RunningRelay {
  /** `ws://host:port` */
  readonly url: string;
  readonly port: number;
  /** Sends every device away, answers what was asked, closes every socket with 1012 and then the store. */
  close(): Promise<void>;
}

const RETRY_LATER = '\r\nRetry-After: 5';
// How long a socket may take to agree to its own closing.
const CLOSE_TIME = 2_000;

/**
 * Starts a relay.
 *
 * @throws ComingError `storage-unavailable`, `newer-database`; the system's error when it cannot listen
 */
export async function startRelay(options: RelayOptions): Promise<RunningRelay> {
  const { host = '127.0.0.1', port = 4410, log = silentLogger } = options;
  const limits = { ...LIMITS, ...options.limits };
  const store = await openStore(options, limits);
  const logs = new DeviceLogs(store, limits);
  const { bus, buckets } = await openBus(options).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  const sockets = new Sockets(options, { store, logs, limits, log, buckets, presence: new Presence(bus) });
  const server = createServer(
    {
      headersTimeout: limits.headerTime,
      requestTimeout: limits.headerTime,
      connectionsCheckingInterval: limits.headerTime / 4,
    },
    answerHttp,
  );
  server.maxConnections = limits.sockets + limits.strangers;
  server.on('upgrade', (request, socket, head) => void sockets.upgrade(request, socket, head));
  try {
    await listen(server, port, host);
  } catch (error) {
    await Promise.all([store.close(), bus.close()]);
    throw error;
  }
  const stopExpiring = keepExpiring(store, limits.keepSeconds, log);
  const taken = (server.address() as AddressInfo).port;
  const url = `ws://${host.includes(':') ? `[${host}]` : host}:${taken}`;
  let closing: Promise<void> | undefined;
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    stopExpiring();
    await sockets.close();
    server.closeAllConnections();
    await closed;
    await Promise.all([store.close(), bus.close()]);
  };
  return { url, port: taken, close: () => (closing ??= close()) };
}

async function openBus({ redis, rates = RATES }: RelayOptions): Promise<{ bus: Bus; buckets: Buckets }> {
  if (redis === undefined) return { bus: noBus, buckets: new LocalBuckets(rates) };
  const { RedisBus } = await import('./redis-bus.js');
  const bus = await RedisBus.open(redis);
  return { bus, buckets: bus.buckets(rates) };
}

/** The open WebSockets. */
class Sockets {
  readonly #open = new Set<Connection>();
  readonly #strangers = new Set<Connection>();
  readonly #upgrader: WebSocketServer;
  readonly #lifeCheck: NodeJS.Timeout;
  #whenAllClosed: (() => void) | undefined;

  constructor(
    private readonly options: RelayOptions,
    private readonly relay: Relay,
  ) {
    this.#upgrader = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      // Text frames are refused whatever they hold.
      skipUTF8Validation: true,
      maxPayload: relay.limits.frame,
    });
    this.#lifeCheck = setInterval(() => {
      const now = Date.now();
      for (const connection of this.#open) connection.checkLife(now);
    }, relay.limits.idleTime / 4);
  }

  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => {});
    const address = addressOf(request, this.options.behindProxy ?? false);
    const refusal = this.#refusal(request, address) ?? (await this.#tooFast(address));
    if (refusal) {
      socket.end(
        `HTTP/1.1 ${refusal} ${STATUS_CODES[refusal]}${refusal === 503 || refusal === 429 ? RETRY_LATER : ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
      );
      return;
    }
    this.#upgrader.handleUpgrade(request, socket, head, (webSocket) => {
      const domain = this.options.domain ?? request.headers.host?.toLowerCase() ?? '';
      const connection = new Connection(webSocket, domain, address, this.relay, () =>
        this.#strangers.delete(connection),
      );
      this.#open.add(connection);
      this.#strangers.add(connection);
      webSocket.on('close', () => {
        this.#open.delete(connection);
        this.#strangers.delete(connection);
        if (this.#open.size === 0) this.#whenAllClosed?.();
      });
    });
  }

  async close(): Promise<void> {
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
    if (this.#open.size >= limits.sockets || this.#strangers.size >= limits.strangers) return 503;
    const ofOne = [...this.#strangers].filter((stranger) => stranger.address === address);
    return ofOne.length >= limits.strangersOfOne ? 429 : undefined;
  }

  async #tooFast(address: string): Promise<number | undefined> {
    return (await this.relay.buckets.take('sockets', address)) > 0 ? 429 : undefined;
  }
}

function answerHttp(request: IncomingMessage, response: ServerResponse): void {
  const healthy = request.method === 'GET' && request.url === '/healthz';
  response.writeHead(healthy ? 200 : 404, { 'content-type': 'text/plain' });
  response.end(healthy ? 'ok\n' : 'not found\n');
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

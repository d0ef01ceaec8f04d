/**
 * The relay as a whole: HTTP servers, WebSockets, the store and the bus behind them, and the clocks beside them.
 *
 * @module
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Blobs } from './blobs/blobs.js';
import type { BucketOptions } from './blobs/bucket-shelf.js';
import { answerHttp } from './http.js';
import { noBus, type Bus } from './bus.js';
import { DeviceLogs } from './device-logs.js';
import { keepExpiring } from './expiry.js';
import { LIMITS, type Limits } from './limits.js';
import { silentLogger, type Logger } from './logger.js';
import { Metrics } from './metrics.js';
import { OpsServer, type OpsOptions } from './ops-server.js';
import { Presence } from './presence.js';
import { LocalBuckets, RATES, type Buckets, type Rates } from './rates.js';
import { Sockets, type SocketOptions } from './sockets.js';
import { openEngine, type StoreOptions } from './store/open-store.js';
import { SqlStore } from './store/sql-store.js';

export interface RelayOptions extends StoreOptions, SocketOptions {
  /** `redis://…`: where the relays of one domain tell each other. */
  readonly redis?: string | undefined;
  /** Folder for blobs; without it, one in the folder for everything. Empty: none are kept. */
  readonly blobs?: string | undefined;
  /** Where whole blobs are kept instead; the folder then holds what is on its way. */
  readonly bucket?: BucketOptions | undefined;
  readonly host?: string;
  /** 0: any that is free. */
  readonly port?: number;
  /** Where health, readiness and metrics are served; without it, nowhere. */
  readonly ops?: OpsOptions;
  readonly log?: Logger;
  readonly limits?: Partial<Limits>;
  readonly rates?: Rates;
}

export interface RunningRelay {
  /** `ws://host:port` */
  readonly url: string;
  readonly port: number;
  readonly opsPort: number | undefined;
  /** Sends every device away, answers what was asked, closes every socket with 1012 and then the store. */
  close(): Promise<void>;
}

/**
 * Starts a relay.
 *
 * @throws ComingError `storage-unavailable`, `newer-database`; the system's error when it cannot listen
 */
export async function startRelay(options: RelayOptions): Promise<RunningRelay> {
  const { host = '127.0.0.1', port = 4410, log = silentLogger } = options;
  const limits = { ...LIMITS, ...options.limits };
  const engine = await openEngine(options, limits);
  const store = new SqlStore(engine, limits);
  const logs = new DeviceLogs(store, limits);
  const { bus, buckets } = await openBus(options).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  const presence = new Presence(bus);
  const metrics: Metrics = new Metrics({ sockets: () => sockets.size, devices: () => presence.size });
  const blobFolder = options.blobs ?? (options.data === ':memory:' ? undefined : join(options.data, 'blobs'));
  const blobs = blobFolder ? await Blobs.open(engine, blobFolder, options.bucket, limits) : undefined;
  const shared = { store, logs, limits, log, buckets, metrics, presence, blobs };
  const sockets = new Sockets(options, shared);
  let closing: Promise<void> | undefined;
  const health = {
    unready: async () => {
      // Whoever asks does not wait for what hangs.
      const isWell = (part: Promise<void>) =>
        Promise.race([part.then(() => true), wait(limits.checkTime, false, { ref: false })]).catch(
          () => false,
        );
      const [hasStore, hasBus] = await Promise.all([isWell(store.check()), isWell(bus.check())]);
      return [!hasStore && 'store', !hasBus && 'bus', closing && 'leaving'].filter(
        (one) => typeof one === 'string',
      );
    },
  };
  const ops = new OpsServer(health, metrics);
  const server = createServer(
    {
      headersTimeout: limits.headerTime,
      requestTimeout: limits.uploadTime,
      connectionsCheckingInterval: limits.headerTime / 4,
    },
    answerHttp(options, shared),
  );
  server.maxConnections = limits.sockets + limits.strangers;
  server.on('upgrade', (request, socket, head) => void sockets.upgrade(request, socket, head));
  let opsPort: number | undefined;
  try {
    await listen(server, port, host);
    opsPort = options.ops && (await ops.listen(options.ops));
  } catch (error) {
    server.close();
    await Promise.all([store.close(), bus.close()]);
    throw error;
  }
  const stopExpiring = keepExpiring(shared, log);
  const taken = (server.address() as AddressInfo).port;
  const url = `ws://${host.includes(':') ? `[${host}]` : host}:${taken}`;
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    stopExpiring();
    await sockets.close();
    server.closeAllConnections();
    await closed;
    await Promise.all([store.close(), bus.close(), ops.close()]);
  };
  return { url, port: taken, opsPort, close: () => (closing ??= close()) };
}

async function openBus({ redis, rates = RATES }: RelayOptions): Promise<{ bus: Bus; buckets: Buckets }> {
  if (redis === undefined) return { bus: noBus, buckets: new LocalBuckets(rates) };
  const { RedisBus } = await import('./redis-bus.js');
  const bus = await RedisBus.open(redis);
  return { bus, buckets: bus.buckets(rates) };
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

/**
 * The bus over Redis 7: one sharded channel per device, subscribed to while the device is connected here.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { createClient, type RedisClientType } from 'redis';
import { ComingError } from '../../core/errors.js';
import type { Bus, Listener, Notice } from './bus.js';
import { RedisBuckets } from './redis-buckets.js';
import type { Buckets, Rates } from './rates.js';
import type { DeviceRef } from './store/store.js';

const CONNECT_TIME = 5_000;
/** Commands that Redis has not answered; beyond it, what is said is lost. */
const UNANSWERED = 10_000;

export class RedisBus implements Bus {
  /** Whoever published a notice has acted on it already. */
  readonly #self = randomUUID();
  readonly #woken = new Set<DeviceRef>();

  private constructor(
    private readonly commands: RedisClientType,
    private readonly subscriptions: RedisClientType,
  ) {}

  /** @throws ComingError `storage-unavailable` */
  static async open(url: string): Promise<RedisBus> {
    // What cannot be said now is not worth saying later. A timer for each command would only be for those that wait.
    const commands: RedisClientType = createClient({
      url,
      disableOfflineQueue: true,
      commandOptions: { timeout: 0 },
      commandsQueueMaxLength: UNANSWERED,
      socket: { connectTimeout: CONNECT_TIME, reconnectStrategy: pause },
    });
    const subscriptions: RedisClientType = createClient({
      url,
      socket: { connectTimeout: CONNECT_TIME, reconnectStrategy: pause },
    });
    // Both come back by themselves.
    for (const client of [commands, subscriptions]) client.on('error', () => {});
    const connected = Promise.all([commands.connect(), subscriptions.connect()]);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new ComingError('storage-unavailable', 'Redis is unavailable'));
      }, CONNECT_TIME);
    });
    try {
      await Promise.race([connected, late]);
      return new RedisBus(commands, subscriptions);
    } catch (error) {
      connected.catch(() => {});
      for (const client of [commands, subscriptions]) client.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Limits that count on all relays together. */
  buckets(rates: Rates): Buckets {
    return new RedisBuckets(this.commands, rates);
  }

  publish(device: DeviceRef, notice: Notice): void {
    if (notice.kind !== 'wake') return this.#publish(device, notice);
    // Whoever is woken reads all that is there: once in a turn of the event loop is enough.
    if (this.#woken.size === 0) setImmediate(() => this.#wakeAll());
    this.#woken.add(device);
  }

  #wakeAll(): void {
    for (const device of this.#woken) this.#publish(device, { kind: 'wake' });
    this.#woken.clear();
  }

  #publish(device: DeviceRef, notice: Notice): void {
    this.commands.sPublish(channelOf(device), `${this.#self} ${write(notice)}`).catch(() => {});
  }

  async subscribe(device: DeviceRef, listener: Listener): Promise<void> {
    const receive = (message: string) => {
      const [from = '', ...rest] = message.split(' ');
      const notice = from === this.#self ? undefined : read(rest.join(' '));
      if (notice) listener(notice);
    };
    // Made again by the client whenever the connection comes back.
    await this.subscriptions.sSubscribe(channelOf(device), receive).catch(() => {});
  }

  unsubscribe(device: DeviceRef): void {
    this.subscriptions.sUnsubscribe(channelOf(device)).catch(() => {});
  }

  onGap(listener: () => void): void {
    this.subscriptions.on('ready', listener);
  }

  async check(): Promise<void> {
    await this.commands.ping();
    if (!this.subscriptions.isReady) throw new Error('not subscribed');
  }

  close(): Promise<void> {
    for (const client of [this.commands, this.subscriptions]) client.destroy();
    return Promise.resolve();
  }
}

function pause(retries: number): number {
  return Math.min(50 * 2 ** retries, 2_000);
}

function channelOf(device: DeviceRef): string {
  return `coming:device:${device}`;
}

function write(notice: Notice): string {
  return JSON.stringify(notice, (_, value: unknown) =>
    value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value,
  );
}

function read(text: string): Notice | undefined {
  try {
    return JSON.parse(text, (_, value: unknown) => {
      if (typeof value !== 'object' || value === null || !('base64' in value)) return value;
      return new Uint8Array(Buffer.from(String(value.base64), 'base64'));
    }) as Notice;
  } catch {
    return undefined;
  }
}

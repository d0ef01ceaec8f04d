/**
 * People whose keys are made once per test file; every test gets copies of them and a relay of its own.
 *
 * Making a person takes a third of a second, copying one a millisecond.
 *
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import type { ComingClient, Conversation } from '../../core/client.js';
import { encodeAddress, verifyLog, type DeviceLog } from '../../core/identity/index.js';
import { createLocalClient, type ChainChoice, type LocalClientOptions } from '../../core/local/index.js';
import { encodeContent, type Content } from '../../core/messaging/content.js';
import {
  MemoryDatabase,
  MemoryStorage,
  put,
  type ConversationRow,
  type Database,
  type DeviceRow,
  type MessageRow,
  type PaymentRow,
} from '../../core/store/index.js';
import { createLoopback } from '../../core/transport/index.js';
import { keysPublished } from './keys.js';
import { guest } from './people.js';
import { TappedRelay } from './tapped-relay.js';
import { until } from './until.js';
import { waitFor } from './wait.js';

/** Of a device in Node. */
const ORIGIN = 'app:headless';

interface Prepared {
  readonly storage: MemoryStorage;
  readonly log: DeviceLog;
  readonly keys: ReturnType<TappedRelay['mailboxOf']>;
}

/** Makes people; the function that is returned makes a world with copies of them. */
export async function preparePeople(count: number): Promise<() => World> {
  const relay = createLoopback();
  const people = await Promise.all(
    Array.from({ length: count }, async (): Promise<Prepared> => {
      const storage = new MemoryStorage();
      const { client, me } = await guest({ relay, database: new MemoryDatabase(storage) });
      const row = deviceRow(storage);
      const keys = relay.mailboxOf(hexToBytes(row.account), 1);
      await keysPublished(relay, me);
      await client.close();
      return { storage, log: await verifyLog(hexToBytes(row.account), row.log), keys };
    }),
  );
  return () => new World(people);
}

export class World {
  readonly relay = new TappedRelay();
  readonly people: readonly WorldPerson[];

  constructor(prepared: readonly Prepared[]) {
    this.people = prepared.map(({ storage, log, keys }) => {
      this.relay.setLog(log);
      const { registrationId, signed, lastResort } = keys.keys!;
      Object.assign(this.relay.mailboxOf(log.account, 1), {
        keys: { registrationId, signed, lastResort },
        oneTime: [...keys.oneTime],
        oneTimeKyber: [...keys.oneTimeKyber],
      });
      return new WorldPerson(this.relay, copyOf(storage), log);
    });
  }

  /** Closes everybody's clients. */
  async end(): Promise<void> {
    await Promise.all(this.people.map((person) => person.close()));
  }
}

export class WorldPerson {
  readonly account: Uint8Array;
  readonly hex: string;
  readonly comingId: string;
  /** What the next client pays on. */
  chain: ChainChoice | undefined;
  /** The clock and the timers of the next client. */
  clock: Pick<LocalClientOptions, 'now' | 'after'> = {};
  #client: ComingClient | undefined;
  #db: Database | undefined;

  constructor(
    private readonly relay: TappedRelay,
    readonly storage: MemoryStorage,
    readonly log: DeviceLog,
  ) {
    this.account = log.account;
    this.hex = bytesToHex(log.account);
    this.comingId = encodeAddress(log.account);
  }

  get client(): ComingClient {
    return this.#client!;
  }

  /** The account's secret. */
  get seed(): Uint8Array {
    return deviceRow(this.storage).seed!;
  }

  /** Starts a client on what is stored. */
  open(database: Database = new MemoryDatabase(this.storage)): ComingClient {
    this.#db = database;
    this.#client = createLocalClient({ relay: this.relay, database, chain: this.chain, ...this.clock });
    return this.#client;
  }

  async online(): Promise<this> {
    this.open();
    await waitFor(this.client.status, ({ connection }) => connection === 'online');
    return this;
  }

  async close(): Promise<void> {
    await this.#client?.close();
    this.#client = undefined;
  }

  to(peer: WorldPerson): Promise<Conversation> {
    return this.client.openConversation(peer.comingId);
  }

  /** Sends a content that no honest client would send, or bytes that are none; properly encrypted. */
  async smuggle(peer: WorldPerson, content: Content | Uint8Array): Promise<void> {
    const bytes = content instanceof Uint8Array ? content : encodeContent(content, ORIGIN);
    const waiting = await this.#db!.list('outbox', { prefix: [peer.hex] });
    const seq = (waiting.at(-1)?.value.seq ?? 0) + 1;
    await this.#db!.commit([
      put('outbox', [peer.hex, seq], {
        peer: peer.hex,
        seq,
        messageId: undefined,
        content: bytes,
        origin: ORIGIN,
        encrypted: undefined,
      }),
    ]);
    await this.client.reconnect();
    await until(() => this.rows('outbox').length === 0, 'it was smuggled out');
  }

  /** Every row of a table, as it is stored. */
  rows(table: 'messages'): MessageRow[];
  rows(table: 'conversations'): ConversationRow[];
  rows(table: 'payments'): PaymentRow[];
  rows(table: Parameters<Database['list']>[0]): unknown[];
  rows(table: Parameters<Database['list']>[0]): unknown[] {
    return structuredClone(this.storage.tables.get(table)!.map(({ value }) => value));
  }

  /** A digest of what a hostile envelope must not change: own keys, pre-keys and sessions. */
  cryptographicState(): string {
    const tables = ['meta', 'preKeys', 'lastResortUses', 'sessions'] as const;
    const rows = tables.map((table) => this.storage.tables.get(table));
    const text = JSON.stringify(rows, (_, part: unknown) =>
      part instanceof Uint8Array ? bytesToHex(part) : part,
    );
    return bytesToHex(sha256(utf8ToBytes(text)));
  }

  /** Nothing waits to be sent, not even a receipt. */
  get isQuiet(): boolean {
    return this.rows('outbox').length + this.rows('receipts').length === 0;
  }
}

export function copyOf(storage: MemoryStorage): MemoryStorage {
  const copy = new MemoryStorage();
  for (const [name, rows] of storage.tables) copy.tables.set(name, structuredClone(rows));
  copy.epoch = storage.epoch;
  return copy;
}

function deviceRow(storage: MemoryStorage): DeviceRow {
  return storage.tables.get('meta')![0]!.value as DeviceRow;
}

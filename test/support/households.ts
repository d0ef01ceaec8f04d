/**
 * Accounts with several devices each, whose keys are made once per test file; every test gets copies of them and a relay of
 * its own that it can make as bad as it likes.
 *
 * @module
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import type { ComingClient, Conversation } from '../../core/client.js';
import { encodeAddress, verifyLog, type AccountSigner, type DeviceLog } from '../../core/identity/index.js';
import { createLocalClient } from '../../core/local/index.js';
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
import { createLoopback, type LoopbackRelay } from '../../core/transport/index.js';
import { wallet } from './on-origin.js';
import { until } from './until.js';
import { waitFor } from './wait.js';
import { copyOf } from './world.js';

/** What a device of a household is to be. */
export interface Place {
  readonly origin: string;
  readonly access: 'origin' | 'full';
}

interface Prepared {
  readonly signer: AccountSigner;
  readonly log: DeviceLog;
  readonly devices: readonly { storage: MemoryStorage; keys: ReturnType<LoopbackRelay['mailboxOf']> }[];
}

export type Households = <Relay extends LoopbackRelay>(relay: Relay) => Household[];

/** Makes an account for each list of devices. */
export async function prepareHouseholds(...lists: readonly (readonly Place[])[]): Promise<Households> {
  const prepared: Prepared[] = [];
  for (const places of lists) {
    const relay = createLoopback();
    const signer = wallet();
    const storages: MemoryStorage[] = [];
    for (const { origin, access } of places) {
      const storage = new MemoryStorage();
      const client = createLocalClient({ relay, origin, database: new MemoryDatabase(storage) });
      await client.useWallet(signer, { access });
      await waitFor(client.status, ({ connection }) => connection === 'online');
      // Whoever writes to them is answered, on each of their devices.
      await client.setProfile({ settings: { strangers: 'accept' } });
      const { account, deviceId } = deviceIn(storage);
      const { log } = deviceIn(storage);
      const mailbox = relay.mailboxOf((await verifyLog(fromHex(account), log)).account, deviceId);
      await until(() => mailbox.oneTime.length >= 100 && mailbox.oneTimeKyber.length >= 100);
      await client.close();
      storages.push(storage);
    }
    const last = deviceIn(storages.at(-1)!);
    const log = await verifyLog(fromHex(last.account), last.log);
    const devices = storages.map((storage) => ({
      storage,
      keys: relay.mailboxOf(log.account, deviceIn(storage).deviceId),
    }));
    prepared.push({ signer, log, devices });
  }
  return (relay) => prepared.map((one) => new Household(relay, one));
}

export class Household {
  readonly signer: AccountSigner;
  readonly account: Uint8Array;
  readonly hex: string;
  readonly comingId: string;
  readonly devices: readonly HouseDevice[];

  constructor(relay: LoopbackRelay, { signer, log, devices }: Prepared) {
    this.signer = signer;
    this.account = log.account;
    this.hex = bytesToHex(log.account);
    this.comingId = encodeAddress(log.account);
    relay.setLog(log);
    this.devices = devices.map(({ storage, keys }) => {
      const device = new HouseDevice(relay, copyOf(storage));
      Object.assign(relay.mailboxOf(log.account, device.id), {
        keys: keys.keys,
        oneTime: [...keys.oneTime],
        oneTimeKyber: [...keys.oneTimeKyber],
      });
      return device;
    });
  }

  /** The devices that are switched on. */
  get open(): HouseDevice[] {
    return this.devices.filter(({ isOpen }) => isOpen);
  }
}

export class HouseDevice {
  readonly id: number;
  readonly origin: string;
  #client: ComingClient | undefined;
  #database: Database | undefined;

  constructor(
    private readonly relay: LoopbackRelay,
    readonly storage: MemoryStorage,
  ) {
    ({ deviceId: this.id, origin: this.origin } = deviceIn(storage));
  }

  get client(): ComingClient {
    return this.#client!;
  }

  get isOpen(): boolean {
    return this.#client !== undefined;
  }

  start(now?: () => number, database: Database = new MemoryDatabase(this.storage)): ComingClient {
    this.#database = database;
    const { relay, origin } = this;
    return (this.#client = createLocalClient({ relay, origin, database, ...(now && { now }) }));
  }

  async online(now?: () => number): Promise<this> {
    this.start(now);
    await waitFor(this.client.status, ({ connection }) => connection === 'online');
    return this;
  }

  async close(): Promise<void> {
    await this.#client?.close();
    this.#client = undefined;
  }

  to(peer: Household): Promise<Conversation> {
    return this.client.openConversation(peer.comingId);
  }

  /** Every row of a table, as it is stored. */
  rows(table: 'messages'): MessageRow[];
  rows(table: 'conversations'): ConversationRow[];
  rows(table: 'payments'): PaymentRow[];
  rows(table: Parameters<Database['list']>[0]): unknown[];
  rows(table: Parameters<Database['list']>[0]): unknown[] {
    return structuredClone(this.storage.tables.get(table)!.map(({ value }) => value));
  }

  /** Sends a content that no honest client would send; properly encrypted. */
  async smuggle(peer: Household, content: Content): Promise<void> {
    const db = this.#database!;
    const waiting = await db.list('outbox', { prefix: [peer.hex] });
    const seq = (waiting.at(-1)?.value.seq ?? 0) + 1;
    await db.commit([
      put('outbox', [peer.hex, seq], {
        ...{ peer: peer.hex, seq, messageId: undefined, encrypted: undefined },
        ...{ content: encodeContent(content, this.origin), contentId: content.id, origin: this.origin },
      }),
    ]);
    await this.client.reconnect();
    await until(() => this.rows('outbox').length === 0, 'it was smuggled out');
  }

  /** Every text of a conversation, in the order in which it is shown. */
  textsWith(peer: Household): string[] {
    return this.rows('messages')
      .filter((message) => message.peer === peer.hex)
      .map(({ text, state }) => (state === 'undecryptable' ? '?' : text));
  }

  /** Nothing waits to be sent. */
  get isQuiet(): boolean {
    return this.rows('outbox').length + this.rows('receipts').length === 0;
  }
}

function deviceIn(storage: MemoryStorage): DeviceRow {
  return storage.tables.get('meta')![0]!.value as DeviceRow;
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g)!, (byte) => parseInt(byte, 16));
}

/**
 * Writes everything of this device that may live on elsewhere as an encrypted stream, page by page.
 *
 * What arrives meanwhile is not in it. The device signs the end, so that only a device of the account can have written it.
 *
 * @module
 */
import { signal } from '@preact/signals-core';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import type { Device } from '../messaging/index.js';
import { platformPrimitives } from '../ratchet/index.js';
import type { AccountHex, Database, Key, Row, TableName, Tables } from '../store/index.js';
import { encodeRecord, SIGNED, type HistoryConversation, type RecordKind } from './records.js';
import { refused, Sealer } from './sealed-stream.js';
import type { Export, TransferProgress } from './types.js';

export interface ExportContext {
  readonly db: Database;
  readonly device: Device;
  now(): number;
  /** Shows what is stored of this device anew. */
  deviceChanged(): void;
}

const PAGE = 200;

/** @throws ComingError `weak-passphrase` */
export async function openExport(
  context: ExportContext,
  passphrase: string,
  /** Less in tests alone. */
  logN?: number,
): Promise<Export> {
  const salt = crypto.getRandomValues(new Uint8Array(32));
  const sealer = await Sealer.of(passphrase, salt, logN);
  return new RunningExport(context, sealer, await countRows(context.db));
}

class RunningExport implements Export {
  readonly snapshot;
  readonly #pieces: AsyncGenerator<Uint8Array, void>;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly context: ExportContext,
    private readonly sealer: Sealer,
    private readonly total: number,
  ) {
    this.snapshot = signal<TransferProgress>({ phase: 'running', done: 0, total });
    this.#pieces = this.#run();
  }

  read(): Promise<Uint8Array | undefined> {
    const piece = this.#turn.then(async () => {
      const { phase } = this.snapshot.value;
      if (phase === 'failed') throw refused('export-ended');
      try {
        return (await this.#pieces.next()).value ?? undefined;
      } catch (error) {
        this.#show('failed');
        throw error;
      }
    });
    this.#turn = piece.catch(() => undefined);
    return piece;
  }

  close(): void {
    this.#turn = this.#turn.then(async () => {
      if (this.snapshot.value.phase === 'running') this.#show('failed');
      await this.#pieces.return();
    });
  }

  async *#run(): AsyncGenerator<Uint8Array, void> {
    const { context, sealer } = this;
    const { row } = context.device;
    const digest = sha256.create();
    yield sealer.header;
    let done = 0;
    for await (const record of this.#records()) {
      digest.update(record);
      const chunks = await sealer.add(record);
      done += 1;
      if (chunks.length === 0) continue;
      this.#show('running', done - 1);
      yield* chunks;
    }
    const { sign } = await platformPrimitives();
    const signature = await sign(row.identityPrivate, concatBytes(SIGNED, digest.digest()));
    yield* await sealer.add(encodeRecord('end', { signature }));
    yield await sealer.end();
    // Its secret is elsewhere now.
    if (row.seed && !context.device.row.backedUp) {
      await context.device.update({ backedUp: true });
      context.deviceChanged();
    }
    this.#show('done', this.total);
  }

  async *#records(): AsyncGenerator<Uint8Array> {
    const { db, device, now } = this.context;
    const { account, identityPublic, log, seed, entropy } = device.row;
    const secret = seed && { seed, entropy };
    yield encodeRecord('manifest', {
      account,
      exportedAt: now(),
      total: this.total,
      device: identityPublic,
      log,
      secret,
    });
    for await (const { key, value } of rows(db, 'people')) {
      yield encodeRecord('people', { account: key as AccountHex, person: value });
    }
    for await (const { key, value } of rows(db, 'profiles')) {
      const account = key === 'own' ? undefined : (key as AccountHex);
      yield encodeRecord('profiles', { account, profile: value });
    }
    for await (const { value } of rows(db, 'transfers')) yield encodeRecord('transfers', value);
    for await (const { key, value } of rows(db, 'paidEvents')) {
      yield encodeRecord('paidEvents', { event: key as string, ...value });
    }
    for await (const { value } of rows(db, 'conversations')) {
      const { peer } = value;
      // As of one moment: what comes later has a greater order.
      const before: Key = [peer, value.nextOrder];
      const messages = await countOf(db, 'messageOrders', [peer]);
      const conversation: HistoryConversation = { ...value, messages };
      yield encodeRecord('conversations', conversation);
      for await (const payment of rows(db, 'payments', [peer])) yield encodeRecord('payments', payment.value);
      for await (const message of rows(db, 'messages', [peer], before)) {
        const { state } = message.value;
        if (state !== 'undecryptable') yield encodeRecord('messages', { ...message.value, state });
      }
    }
  }

  #show(phase: TransferProgress['phase'], done = this.snapshot.peek().done): void {
    this.snapshot.value = { phase, done: Math.min(done, this.total), total: this.total };
  }
}

const COUNTED = [
  'people',
  'profiles',
  'transfers',
  'paidEvents',
  'conversations',
  'payments',
] as const satisfies RecordKind[];

async function countRows(db: Database): Promise<number> {
  let total = await countOf(db, 'messageOrders');
  for (const table of COUNTED) total += await countOf(db, table);
  return total;
}

async function countOf(db: Database, table: TableName, prefix?: readonly string[]): Promise<number> {
  let counted = 0;
  const each = rows(db, table, prefix);
  while (!(await each.next()).done) counted += 1;
  return counted;
}

/** The rows of a table, greatest key first, some at a time. */
export async function* rows<T extends TableName>(
  db: Database,
  table: T,
  prefix?: readonly (string | number)[],
  before?: Key,
): AsyncGenerator<Row<Tables[T]>, void> {
  for (;;) {
    const page = await db.list(table, {
      ...(prefix && { prefix }),
      ...(before !== undefined && { before }),
      reverse: true,
      limit: PAGE,
    });
    yield* page;
    if (page.length < PAGE) return;
    before = page.at(-1)!.key;
  }
}

/**
 * Takes a file in: what it has is staged in a table of its own until the file was checked to its end, and then merged.
 *
 * A crash before that leaves nothing (what was staged is thrown away by the next import), one after it only a pause: the next
 * start goes on with the merging. The one thing between the two is signing in with the file's secret: a crash right after it
 * leaves a device of the account without the history, and the file is to be imported again.
 *
 * @module
 */
import { signal } from '@preact/signals-core';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { enrolWith, type NewDeviceOptions } from '../accounts/enrolment.js';
import { ComingError } from '../errors.js';
import { encodeAddress, guestAccount, guestSigner, verifyLog } from '../identity/index.js';
import { sameBytes } from '../identity/same-bytes.js';
import type { Device, Messaging } from '../messaging/index.js';
import { platformPrimitives } from '../ratchet/index.js';
import { put, remove, type AccountHex, type Change, type Database } from '../store/index.js';
import type { KeyServer } from '../transport/index.js';
import { mergeImports } from './merging.js';
import {
  decodeRecord,
  RecordSplitter,
  SIGNED,
  type AnyRecord,
  type Manifest,
  type RecordKind,
} from './records.js';
import { Opener, refused } from './sealed-stream.js';
import type { Import, ImportResult, TransferProgress } from './types.js';

export interface ImportContext {
  readonly db: Database;
  now(): number;
  /** Whose device this is; undefined while nobody is signed in. */
  account(): AccountHex | undefined;
  /** Of whoever is signed in. */
  messaging(): Messaging;
  /** Signs in as the device that `make` makes. */
  enrol(
    make: (db: Database, device: NewDeviceOptions, keyServer: KeyServer) => Promise<Device>,
  ): Promise<unknown>;
  /** Called after the merging. */
  merged(): void;
}

/** Bytes of records that are staged in one commit. */
const STAGED_AT_ONCE = 256 * 1024;
/** Kinds in the order in which they may come. */
const ORDER: readonly RecordKind[] = [
  'manifest',
  'people',
  'profiles',
  'transfers',
  'paidEvents',
  'conversations',
];

/** An import whose end can be waited for. */
export type EndingImport = Import & { ended(): Promise<void> };

export function openImport(context: ImportContext, passphrase: string): EndingImport {
  return new RunningImport(context, passphrase);
}

/** Goes on with an import that was checked to its end before the last crash; else does nothing. */
export async function resumeImport(context: ImportContext): Promise<void> {
  const [last] = await context.db.list('imports', { reverse: true, limit: 1 });
  if (!last?.value.last) return;
  await mergeImports(context.db, context.messaging(), context.now, () => undefined);
  context.merged();
}

class RunningImport implements EndingImport {
  readonly snapshot = signal<TransferProgress>({ phase: 'running', done: 0, total: 0 });
  readonly #opener: Opener;
  readonly #splitter = new RecordSplitter();
  readonly #digest = sha256.create();
  #turn: Promise<unknown> = Promise.resolve();
  #manifest: Manifest | undefined;
  #rank = 0;
  /** Of the conversation that is being read: whose it is, and how many messages may follow. */
  #peer: AccountHex | undefined;
  #left = 0;
  /** The last record, once its signature was checked. */
  #end: Uint8Array | undefined;
  #isBegun = false;
  #n = 0;
  #staged: Change[] = [];
  #stagedBytes = 0;

  constructor(
    private readonly context: ImportContext,
    passphrase: string,
  ) {
    this.#opener = new Opener(passphrase);
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#isBegun) await this.#begin();
      for (const chunk of await this.#opener.add(bytes)) await this.#take(chunk);
    });
  }

  finish(): Promise<ImportResult> {
    return this.#inTurn(async () => {
      const { context } = this;
      await this.#take(await this.#opener.end());
      const manifest = this.#manifest;
      if (!manifest || !this.#end || !this.#splitter.isEmpty) throw refused('damaged-export');
      if (!context.account()) await this.#enrol(manifest);
      await this.#stage(this.#end, 0, true);
      await this.#flush();
      const { total } = this.snapshot.value;
      let done = 0;
      this.#show('applying', done, total);
      const merged = await mergeImports(context.db, context.messaging(), context.now, (records) => {
        done = Math.min(total, done + records);
        this.#show('applying', done, total);
      });
      this.#show('done', total, total);
      context.merged();
      return { comingId: encodeAddress(hexToBytes(manifest.account)), ...merged };
    });
  }

  close(): void {
    this.#turn = this.#turn.then(async () => {
      if (this.snapshot.value.phase !== 'running') return;
      this.#show('failed');
      await clear(this.context.db).catch(() => undefined);
    });
  }

  /** Resolves when nothing that it was asked for goes on. */
  async ended(): Promise<void> {
    await this.#turn;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(async () => {
      if (this.snapshot.value.phase !== 'running') throw refused('export-ended');
      try {
        return await work();
      } catch (error) {
        const { phase } = this.snapshot.value;
        this.#show('failed');
        // From the merging on what is staged is what a next start goes on with.
        if (phase === 'running') await clear(this.context.db).catch(() => undefined);
        throw error;
      }
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #begin(): Promise<void> {
    this.#isBegun = true;
    await clear(this.context.db);
  }

  async #take(plaintext: Uint8Array): Promise<void> {
    let records: Uint8Array[];
    try {
      records = this.#splitter.add(plaintext);
    } catch {
      throw refused('damaged-export');
    }
    for (const json of records) {
      if (this.#end) throw refused('damaged-export');
      const record = read(json);
      if (record.kind === 'end') {
        await this.#checkEnd(record.value.signature);
        this.#end = json;
        continue;
      }
      const length = new Uint8Array(4);
      new DataView(length.buffer).setUint32(0, json.length);
      this.#digest.update(length).update(json);
      if (!this.#manifest) await this.#begins(record);
      else await this.#row(record, json);
    }
  }

  async #begins(record: AnyRecord): Promise<void> {
    if (record.kind !== 'manifest') throw refused('damaged-export');
    const { account, device, log, secret, total } = (this.#manifest = record.value);
    const key = hexToBytes(account);
    const verified = await verifyLog(key, log).catch(() => undefined);
    const isOfAccount = verified?.devices.some(({ identityKey }) => sameBytes(identityKey, device));
    if (!isOfAccount || (secret && !sameBytes((await guestAccount(secret.seed)).account, key))) {
      throw refused('damaged-export');
    }
    const here = this.context.account();
    if (here !== undefined && here !== account) throw refused('other-account-export');
    if (here === undefined && !secret) throw new ComingError('not-ready', 'sign in to the account first');
    this.#show('running', 0, total);
  }

  async #row({ kind, value }: AnyRecord, json: Uint8Array): Promise<void> {
    if (kind === 'payments' || kind === 'messages') {
      const isOfConversation = value.peer === this.#peer;
      const isSound = kind !== 'messages' || (value.state === 'received') !== value.mine;
      if (!isOfConversation || !isSound) throw refused('damaged-export');
      if (kind === 'messages') {
        if (this.#left === 0) throw refused('damaged-export');
        this.#left -= 1;
      }
    } else {
      const rank = ORDER.indexOf(kind);
      if (rank < Math.max(1, this.#rank)) throw refused('damaged-export');
      this.#rank = rank;
      if (kind === 'conversations') {
        this.#peer = value.peer;
        this.#left = value.messages;
      }
    }
    await this.#stage(json, kind === 'messages' ? this.#left + 1 : 0, false);
  }

  async #checkEnd(signature: Uint8Array): Promise<void> {
    const manifest = this.#manifest;
    if (!manifest) throw refused('damaged-export');
    const { verify } = await platformPrimitives();
    const signed = concatBytes(SIGNED, this.#digest.digest());
    if (!(await verify(manifest.device, signed, signature))) throw refused('damaged-export');
  }

  async #enrol({ account, secret }: Manifest): Promise<void> {
    const { seed, entropy } = secret!;
    const signer = guestSigner(await guestAccount(seed));
    const owner = { kind: 'guest', seed, entropy, backedUp: true } as const;
    await this.context.enrol((db, device, keyServer) =>
      enrolWith(db, device, signer, keyServer, owner, 'rest'),
    );
    if (this.context.account() !== account) throw new ComingError('internal', 'became somebody else');
  }

  async #stage(record: Uint8Array, left: number, last: boolean): Promise<void> {
    this.#staged.push(put('imports', this.#n, { record, left, last }));
    this.#n += 1;
    this.#stagedBytes += record.length;
    if (this.#stagedBytes >= STAGED_AT_ONCE) await this.#flush();
  }

  async #flush(): Promise<void> {
    await this.context.db.commit(this.#staged);
    this.#staged = [];
    this.#stagedBytes = 0;
    const { total } = this.snapshot.value;
    if (this.snapshot.value.phase === 'running') this.#show('running', Math.min(this.#n, total), total);
  }

  #show(phase: TransferProgress['phase'], ...[done, total]: [] | [number, number]): void {
    const { value } = this.snapshot;
    this.snapshot.value = { phase, done: done ?? value.done, total: total ?? value.total };
  }
}

function read(json: Uint8Array): AnyRecord {
  try {
    return decodeRecord(json);
  } catch {
    throw refused('damaged-export');
  }
}

/** Throws away what is staged. */
async function clear(db: Database): Promise<void> {
  for (;;) {
    const rows = await db.list('imports', { limit: 200 });
    if (rows.length === 0) return;
    await db.commit(rows.map(({ key }) => remove('imports', key)));
  }
}

/**
 * Device logs on the relay: served to anybody, extended only by an entry that the account signed
 * on top of the very log that is stored, or replaced by one that repairs it.
 *
 * @module
 */
import { ComingError } from '../../core/errors.js';
import {
  compareLogs,
  extendLog,
  hasRoom,
  verifyLog,
  type DeviceLog,
  type SignedEntry,
} from '../../core/identity/index.js';
import { parseEntryText } from '../../core/identity/log-entries.js';
import { BoundedCache } from './bounded-cache.js';
import { bytesKey } from './bytes-key.js';
import type { Limits } from './limits.js';
import type { Refusal } from './rates.js';
import type { Appended, Store, StoredLog } from './store/store.js';

export type AppendResult =
  | ({ readonly outcome: 'appended' } & Appended)
  /** The log has no room for this. */
  | { readonly outcome: 'full' }
  | { readonly outcome: 'too-fast'; readonly refusal: Refusal }
  /** The stored log is another; undefined when the account has none. */
  | { readonly outcome: 'changed'; readonly log: StoredLog | undefined };

const APPENDED_BEFORE: AppendResult = { outcome: 'appended', ended: [], others: [] };

export class DeviceLogs {
  // Only verified logs, so that one more entry costs one more signature check.
  readonly #verified: BoundedCache<DeviceLog>;

  constructor(
    private readonly store: Store,
    private readonly limits: Pick<Limits, 'cachedLogs' | 'logEntries'>,
  ) {
    this.#verified = new BoundedCache(limits.cachedLogs);
  }

  /**
   * Appends an entry; an entry that is the last one already counts as appended.
   *
   * @param tooFast - asked once it is sure that the account itself wants this, so that nobody else uses up its rate
   * @throws ComingError `invalid-log-entry`
   */
  async append(
    account: Uint8Array,
    previous: Uint8Array | undefined,
    entry: SignedEntry,
    tooFast: () => Promise<Refusal | undefined>,
  ): Promise<AppendResult> {
    const stored = await this.store.readLog(account);
    if (isLast(entry, stored)) return APPENDED_BEFORE;
    if (!same(stored?.head, previous)) return { outcome: 'changed', log: stored };
    if (!this.#hasRoom(entry, stored?.entries.length ?? 0)) return { outcome: 'full' };
    const log = await extendLog(stored && (await this.#verify(account, stored)), account, entry);
    const refusal = await tooFast();
    if (refusal) return { outcome: 'too-fast', refusal };
    const appended = await this.store.appendLog(log, previous);
    if (appended) {
      this.#verified.set(bytesKey(account), log);
      return { outcome: 'appended', ...appended };
    }
    // Somebody else appended while this entry was being verified; perhaps the very same entry.
    const now = await this.store.readLog(account);
    return isLast(entry, now) ? APPENDED_BEFORE : { outcome: 'changed', log: now };
  }

  /**
   * Puts a log in the place of the stored one, of which it says that it lies on a branch that does not count.
   *
   * @param tooFast - as for {@link append}
   * @throws ComingError `invalid-log-entry`
   */
  async repair(
    account: Uint8Array,
    previous: Uint8Array | undefined,
    entries: readonly SignedEntry[],
    tooFast: () => Promise<Refusal | undefined>,
  ): Promise<AppendResult> {
    const stored = await this.store.readLog(account);
    if (isLast(entries.at(-1)!, stored)) return APPENDED_BEFORE;
    if (!stored || !same(stored.head, previous)) return { outcome: 'changed', log: stored };
    if (!entries.every((entry, index) => this.#hasRoom(entry, index))) return { outcome: 'full' };
    const known = await this.#verify(account, stored);
    const log = await verifyLog(account, entries);
    const isContinued = entries[known.entries.length - 1]?.text === known.entries.at(-1)!.text;
    if (isContinued || compareLogs(known, log) !== 'newer') {
      throw new ComingError('invalid-log-entry', 'the log repairs nothing here');
    }
    const refusal = await tooFast();
    if (refusal) return { outcome: 'too-fast', refusal };
    const replaced = await this.store.appendLog(log, previous);
    if (!replaced) return { outcome: 'changed', log: await this.store.readLog(account) };
    this.#verified.set(bytesKey(account), log);
    return { outcome: 'appended', ...replaced };
  }

  #hasRoom({ text }: SignedEntry, index: number): boolean {
    return hasRoom(index, parseEntryText(text).kind, this.limits.logEntries);
  }

  async #verify(account: Uint8Array, stored: StoredLog): Promise<DeviceLog> {
    const known = this.#verified.get(bytesKey(account));
    if (known && same(known.head, stored.head)) return known;
    const log = await verifyLog(account, stored.entries);
    this.#verified.set(bytesKey(account), log);
    return log;
  }
}

function isLast(entry: SignedEntry, log: StoredLog | undefined): boolean {
  const last = log?.entries.at(-1);
  return last?.text === entry.text && last.scheme === entry.scheme && same(last.signature, entry.signature);
}

function same(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a && b ? Buffer.compare(a, b) === 0 : a === b;
}

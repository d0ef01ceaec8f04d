/**
 * Where a profile is kept: sealed in the browser's database where that can be had, else in memory; and its lock.
 *
 * @module
 */
import { codeOf, ComingError, type SeldomErrorCode } from '../errors.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import type { ClientStatus, StorageSecret, UnlockSecret } from '../client.js';
import { loaded } from '../lazy.js';
import {
  deleteIndexedDatabase,
  MemoryDatabase,
  openIndexedDatabase,
  Recency,
  SealedDatabase,
  type Database,
} from '../store/index.js';

/** What a client says of its storage. */
export type StorageState = Pick<ClientStatus, 'storage' | 'persisted' | 'protection' | 'passkeyId'>;

export interface StorageEvents {
  /** Another tab has an earlier version open, or no longer has. */
  readonly blocked: (isBlocked: boolean) => void;
  /** What was stored is gone, or belongs to a later version of the kit now. */
  readonly ended: (why: 'cleared' | 'newer-database') => void;
}

/** @throws ComingError `not-loaded` */
const loadProtection = () => loaded(import('../store/protection.js'));

export class ProfileStorage {
  #persisted = false;

  private constructor(
    /** Of whoever owns it. */
    readonly db: Database,
    private readonly sealed: SealedDatabase | undefined,
    private readonly profile: string | undefined,
  ) {}

  /** In this database, as it is. */
  static async of(database: Database): Promise<ProfileStorage> {
    const db = new Recency(database);
    await db.takeOwnership();
    return new ProfileStorage(db, undefined, undefined);
  }

  /** As long as the page lives. */
  static inMemory(): Promise<ProfileStorage> {
    return ProfileStorage.of(new MemoryDatabase());
  }

  /**
   * In the browser; in memory where that denies it, has no room for somebody new, or cannot keep keys.
   *
   * @throws ComingError `newer-database`; `storage-full`: somebody is kept here, but there is no room to go on
   */
  static async open(profile: string, events: StorageEvents): Promise<ProfileStorage> {
    return ProfileStorage.#open(profile, events, true);
  }

  /** @param tries - whether it can keep keys is tried out, by making some */
  static async #open(
    profile: string,
    { blocked, ended }: StorageEvents,
    tries: boolean,
  ): Promise<ProfileStorage> {
    // Without a secure context there is no WebCrypto, and nothing to seal with.
    if (!(globalThis.crypto as Partial<Crypto>).subtle) return ProfileStorage.inMemory();
    let raw: Database | undefined;
    try {
      raw = await openIndexedDatabase(profile, { blocked: () => blocked(true), ended });
      blocked(false);
      const sealed = new SealedDatabase(raw);
      const db = new Recency(sealed);
      await db.takeOwnership();
      if (tries && !sealed.isLocked) await sealed.prepare();
      const storage = new ProfileStorage(db, sealed, profile);
      await storage.#askWhetherPersisted();
      return storage;
    } catch (error) {
      const code = codeOf(error);
      const isForNobody = code === 'storage-full' && !(raw && (await isSomebodys(raw)));
      raw?.close();
      if (code !== 'storage-unavailable' && !isForNobody) throw error;
      return ProfileStorage.inMemory();
    }
  }

  get isLocked(): boolean {
    return this.sealed?.isLocked ?? false;
  }

  get state(): StorageState {
    const lock = this.sealed?.lock;
    return {
      storage: this.db.kind,
      persisted: this.#persisted,
      protection: lock?.kind ?? 'none',
      passkeyId: lock?.kind === 'passkey' ? bytesToHex(lock.id) : undefined,
    };
  }

  /** Asks the browser not to evict what is stored here; it may ask the person. */
  async persist(): Promise<void> {
    if (this.db.kind === 'memory' || this.#persisted) return;
    this.#persisted = (await manager()?.persist?.()) ?? false;
  }

  /** @throws ComingError `wrong-passphrase`, `wrong-passkey`, `not-loaded` */
  async unlock(secret: UnlockSecret): Promise<void> {
    const { unlock } = await loadProtection();
    if (this.sealed) await unlock(this.sealed, secret);
  }

  /** @throws ComingError `not-protected` */
  lock(): void {
    if (!this.sealed?.lock || this.sealed.lock.kind === 'none') throw notProtected();
    this.sealed.lockAgain();
  }

  /** @throws ComingError `storage-unavailable`, `weak-passphrase`, `wrong-passkey`, `not-loaded`, and as a commit */
  async protect(secret: StorageSecret | undefined): Promise<void> {
    if (!this.sealed) throw new ComingError('storage-unavailable', 'nothing is kept here');
    const { protect } = await loadProtection();
    const isPasskey = secret && 'passkey' in secret;
    await protect(this.sealed, isPasskey ? { ...secret, id: hexToBytes(secret.id) } : secret);
  }

  /** Seals what is not sealed with the newest key; goes on where it was interrupted. */
  async finish(): Promise<void> {
    if (!this.sealed?.isUnfinished) return;
    const { sealAnew } = await loadProtection();
    await sealAnew(this.sealed);
  }

  /** Forgets what was kept for a time only, if that was not done today. */
  async prune(now: number): Promise<void> {
    const { isPruningDue, prune } = await loaded(import('../store/pruning.js'));
    if (await isPruningDue(this.db, now)) await prune(this.db, now);
  }

  /**
   * Erases every row and the keys, and the database itself as far as nobody else has it open.
   *
   * @returns where to go on: the same place, empty
   */
  async erase(events: StorageEvents): Promise<ProfileStorage> {
    await this.db.erase();
    if (this.profile === undefined) return this;
    this.db.close();
    // Who keeps it open keeps a new one from being opened: there is nothing in it any more.
    if (!(await deleteIndexedDatabase(this.profile))) return ProfileStorage.inMemory();
    return ProfileStorage.#open(this.profile, events, false);
  }

  close(): void {
    this.db.close();
  }

  async #askWhetherPersisted(): Promise<void> {
    this.#persisted = (await manager()?.persisted?.()) ?? false;
  }
}

/** Of the browser, where it has one; only a page can ask it to persist. */
function manager(): { persist?(): Promise<boolean>; persisted?(): Promise<boolean> } | undefined {
  return (globalThis.navigator as { storage?: object } | undefined)?.storage;
}

/** Whether anybody is kept in a database. */
async function isSomebodys(db: Database): Promise<boolean> {
  return (await db.get('meta', 'device').catch(() => undefined)) !== undefined;
}

function notProtected(): ComingError<SeldomErrorCode> {
  return new ComingError<SeldomErrorCode>('not-protected', 'there is nothing to lock with');
}

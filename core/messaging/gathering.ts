/**
 * Makes one commit of many: what is done for one peer while its lock is held is stored at once, and told of afterwards.
 *
 * Storing is slow, and messages that waited come by the hundred. Nobody else sees what is gathered before it is stored, and
 * nobody else may change it meanwhile: that is what the lock is for.
 *
 * @module
 */
import type { AccountHex, Change, Database, Key, Range, Row, TableName, Tables } from '../store/index.js';
import type { MessagingContext } from './context.js';

type Lock = MessagingContext['lock'];

export class Gathering {
  /** To work with instead of the one that it was made from. */
  readonly context: MessagingContext;
  readonly #db: GatheredDatabase;
  readonly #afterwards: (() => void)[] = [];

  /** @param peer - Whose lock the caller holds until {@link store} has returned. */
  constructor(base: MessagingContext, peer: AccountHex) {
    const db = new GatheredDatabase(base.db);
    this.#db = db;
    const changed = new Set<AccountHex>();
    this.context = {
      ...base,
      db,
      sessions: base.sessions.in(db),
      lock: heldBy(peer, base.lock, db),
      changed: (account) => {
        if (!changed.has(account)) this.#afterwards.push(() => base.changed(account));
        changed.add(account);
      },
      arrived: (...told) => this.#afterwards.push(() => base.arrived(...told)),
      claimed: (...told) => this.#afterwards.push(() => base.claimed(...told)),
    };
  }

  /** Stores everything, and tells of it. Throws as {@link Database.commit}; nothing is told of then. */
  async store(): Promise<void> {
    await this.#db.store();
    for (const tell of this.#afterwards) tell();
  }
}

/** Whoever needs another peer's lock as well finds everything stored, and leaves it so. */
function heldBy(peer: AccountHex, lock: Lock, db: GatheredDatabase): Lock {
  return {
    async run(key, work) {
      if (key === peer) return work();
      await db.store();
      return lock.run(key, async () => {
        const result = await work();
        await db.store();
        return result;
      });
    },
  };
}

/** Keeps commits back, and reads as if they had been made. */
class GatheredDatabase implements Database {
  readonly #gathered = new Map<string, Change>();
  /** What was read, which nobody changes as long as the lock is held. */
  readonly #read = new Map<string, Promise<unknown>>();
  /** Once something could not be stored, nothing that follows from it can. */
  #stored: Promise<void> = Promise.resolve();

  constructor(private readonly base: Database) {}

  get kind(): Database['kind'] {
    return this.base.kind;
  }

  async get<T extends TableName>(table: T, key: Key): Promise<Tables[T] | undefined> {
    const name = nameOf(table, key);
    const change = this.#gathered.get(name);
    if (change) return 'put' in change ? (change.put as Tables[T]) : undefined;
    const reading = this.#read.get(name) ?? this.base.get(table, key);
    this.#read.set(name, reading);
    return reading as Promise<Tables[T] | undefined>;
  }

  async list<T extends TableName>(table: T, range?: Range): Promise<Row<Tables[T]>[]> {
    for (const change of this.#gathered.values()) {
      if (change.table !== table) continue;
      await this.store();
      break;
    }
    return this.base.list(table, range);
  }

  async commit(changes: readonly Change[]): Promise<void> {
    await this.#stored;
    for (const change of changes) this.#gathered.set(nameOf(change.table, change.key), change);
  }

  store(): Promise<void> {
    const changes = [...this.#gathered.values()];
    this.#gathered.clear();
    this.#read.clear();
    if (changes.length > 0) this.#stored = this.#stored.then(() => this.base.commit(changes));
    return this.#stored;
  }

  takeOwnership(): Promise<void> {
    return this.base.takeOwnership();
  }

  erase(): Promise<void> {
    return this.base.erase();
  }

  close(): void {
    this.base.close();
  }
}

function nameOf(table: TableName, key: Key): string {
  return JSON.stringify([table, key]);
}

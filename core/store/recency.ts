/**
 * Keeps the order of the conversations: whatever commit changes when something last happened in one also moves it in
 * the table `recent`, so that a list reads no more than it shows.
 *
 * @module
 */
import { put, remove, type Change, type Database, type Key, type Range, type Row } from './database.js';
import type { AccountHex, ConversationRow, TableName, Tables } from './records.js';

export class Recency implements Database {
  /** Where conversations stand that were moved since this was opened; undefined: nowhere. */
  readonly #places = new Map<AccountHex, number | undefined>();
  #tail: Promise<unknown> = Promise.resolve();

  constructor(private readonly db: Database) {}

  get kind(): Database['kind'] {
    return this.db.kind;
  }

  get<T extends TableName>(table: T, key: Key): Promise<Tables[T] | undefined> {
    return this.db.get(table, key);
  }

  list<T extends TableName>(table: T, range?: Range): Promise<Row<Tables[T]>[]> {
    return this.db.list(table, range);
  }

  async commit(changes: readonly Change[]): Promise<void> {
    await this.#inTurn(() => this.#commit(changes));
  }

  async takeOwnership(): Promise<void> {
    await this.#inTurn(async () => {
      await this.db.takeOwnership();
      this.#places.clear();
    });
  }

  async erase(): Promise<void> {
    await this.#inTurn(async () => {
      await this.db.erase();
      this.#places.clear();
    });
  }

  close(): void {
    this.db.close();
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#tail.then(work);
    this.#tail = turn.catch(() => undefined);
    await turn;
  }

  async #commit(changes: readonly Change[]): Promise<void> {
    const after = new Map<AccountHex, number | undefined>();
    for (const change of changes) {
      if (change.table !== 'conversations') continue;
      const row = 'put' in change ? (change.put as ConversationRow) : undefined;
      after.set(change.key as AccountHex, row?.lastActivity);
    }
    const moves: Change[] = [];
    for (const [peer, place] of after) {
      const before = await this.#placeOf(peer);
      if (before === place) continue;
      if (before !== undefined) moves.push(remove('recent', [before, peer]));
      if (place !== undefined) moves.push(put('recent', [place, peer], { peer }));
    }
    await this.db.commit([...changes, ...moves]);
    for (const [peer, place] of after) this.#places.set(peer, place);
  }

  async #placeOf(peer: AccountHex): Promise<number | undefined> {
    if (this.#places.has(peer)) return this.#places.get(peer);
    return (await this.db.get('conversations', peer))?.lastActivity;
  }
}

/**
 * What each version of the database changed, in order.
 *
 * A step runs inside of the transaction that changes the version: all steps from the version that is there on are done,
 * or none. It may wait for nothing but that transaction's own requests. From version 3 on rows are sealed, and a step
 * sees their keys only: what a row gains later is optional in its type.
 *
 * @module
 */
import type { IDBPTransaction } from 'idb';
import { TABLE_NAMES, type ConversationRow } from './records.js';

export type Upgrade = IDBPTransaction<unknown, string[], 'versionchange'>;

/** The owner's epoch stands in a store of its own, which `erase` leaves alone. */
export const OWNER = 'owner';

const STEPS: readonly ((upgrade: Upgrade) => Promise<void> | void)[] = [
  // 1
  (upgrade) =>
    create(upgrade, [
      OWNER,
      'meta',
      'preKeys',
      'lastResortUses',
      'sessions',
      'people',
      'conversations',
      'messages',
      'messageOrders',
      'outbox',
      'receipts',
      'seen',
      'undecryptable',
    ]),
  // 2
  (upgrade) => create(upgrade, ['transfers', 'payments', 'paidEvents']),
  // 3: rows are sealed, from the first opening on; the conversations in the order of their list
  async (upgrade) => {
    create(upgrade, TABLE_NAMES);
    const recent = upgrade.objectStore('recent');
    for (let at = await upgrade.objectStore('conversations').openCursor(); at; at = await at.continue()) {
      const { lastActivity, peer } = at.value as ConversationRow;
      await recent.put({ peer }, [lastActivity, peer]);
    }
  },
];

export const VERSION = STEPS.length;

/** Takes the steps that a database of version `from` lacks. */
export async function migrate(upgrade: Upgrade, from: number): Promise<void> {
  for (const step of STEPS.slice(from)) await step(upgrade);
}

function create({ db }: Upgrade, names: readonly string[]): void {
  for (const name of names) if (!db.objectStoreNames.contains(name)) db.createObjectStore(name);
}

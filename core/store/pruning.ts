/**
 * Forgets what is kept for a time only, once a day: which envelopes were taken, which initiations used a last-resort key
 * that is gone, what could not be decrypted long ago.
 *
 * A time counts as long ago when it is that far from now in either direction: the clock may have been wrong when it was
 * noted, or be wrong now. Nothing that is forgotten too early does harm: an envelope that comes once more is a duplicate to the ratchet too.
 *
 * @module
 */
import { put, remove, type Change, type Database, type Key } from './database.js';
import { SENT_FOR_MS, type AccountHex, type TableName, type Tables } from './records.js';

const DAY = 24 * 60 * 60 * 1000;
/** A relay keeps envelopes for 30 days; after that none can come again. */
const SEEN_FOR_MS = 31 * DAY;
/** As long as somebody may still be asked to send it again, and more. */
const UNDECRYPTABLE_FOR_MS = 90 * DAY;
/** What is said about a message that is not here; a relay keeps the message as long. */
const EARLY_FOR_MS = 31 * DAY;
/** Contents of one peer that are kept to be sent again. */
const MAX_SENT = 200;
/** Rows that are looked at before others get a turn. */
const BATCH = 200;

/** Whether it was not done today. */
export async function isPruningDue(db: Database, now: number): Promise<boolean> {
  const last = await db.get('chores', 'pruning');
  return !last || isFar(last.at, now, DAY);
}

export async function prune(db: Database, now: number): Promise<void> {
  const lastResort = new Set(
    (await db.list('preKeys', { prefix: ['last-resort'] })).map(({ value }) => value.id),
  );
  await pruneTable(db, 'seen', (_, { at }) => isFar(at, now, SEEN_FOR_MS));
  // Without its key an initiation cannot be taken anyway.
  await pruneTable(db, 'lastResortUses', (key) => !lastResort.has((key as [number, string])[0]));
  await pruneTable(db, 'undecryptable', (_, { receivedAt }) =>
    isFar(receivedAt * 1000, now, UNDECRYPTABLE_FOR_MS),
  );
  await pruneTable(db, 'early', (_, { at }) => isFar(at, now, EARLY_FOR_MS));
  await pruneSent(db, now);
  await db.commit([put('chores', 'pruning', { at: now })]);
}

/** Keeps the newest of each peer. */
async function pruneSent(db: Database, now: number): Promise<void> {
  const counts = new Map<AccountHex, number>();
  const rows = (await db.list('sentContents')).sort((a, b) => b.value.at - a.value.at);
  const old = rows.filter(({ value: { peer, at } }) => {
    const count = (counts.get(peer) ?? 0) + 1;
    counts.set(peer, count);
    return count > MAX_SENT || isFar(at, now, SENT_FOR_MS);
  });
  if (old.length > 0) await db.commit(old.map(({ key }) => remove('sentContents', key)));
}

async function pruneTable<T extends TableName>(
  db: Database,
  table: T,
  isOld: (key: Key, row: Tables[T]) => boolean,
): Promise<void> {
  let before: Key | undefined;
  do {
    const rows = await db.list(table, {
      ...(before !== undefined && { before }),
      reverse: true,
      limit: BATCH,
    });
    const old: Change[] = rows
      .filter(({ key, value }) => isOld(key, value))
      .map(({ key }) => remove(table, key));
    if (old.length > 0) await db.commit(old);
    before = rows.length < BATCH ? undefined : rows.at(-1)!.key;
    await new Promise((resolve) => setTimeout(resolve));
  } while (before !== undefined);
}

function isFar(time: number, now: number, distance: number): boolean {
  return Math.abs(now - time) >= distance;
}

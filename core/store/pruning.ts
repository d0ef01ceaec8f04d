/**
 * Forgets what is kept for a time only, once a day: which envelopes were taken, which initiations used a last-resort key
 * that is gone, what could not be decrypted long ago, what strangers left behind who said nothing.
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
/** Strangers who said nothing that began a conversation, and of whom something is kept. */
const MAX_STRANGERS = 50;
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
  await bringForward(db, now);
  await pruneSent(db, now);
  await pruneStrangers(db);
  await db.commit([put('chores', 'pruning', { at: now })]);
}

/** Whoever read a message while the clock was ahead has its time begin now; the message itself stays for its peer's lock to change. */
async function bringForward(db: Database, now: number): Promise<void> {
  for (const { key, value } of await db.list('expiring', { after: [now] })) {
    const [expiresAt = 0] = key as readonly number[];
    const { peer, order } = value;
    const most = now + ((await db.get('messages', [peer, order]))?.expiresAfter ?? 0) * 1000;
    if (expiresAt <= most) continue;
    await db.commit([remove('expiring', key), put('expiring', [most, peer, order], value)]);
  }
}

/**
 * Keeps what those left behind whom this device heard last, of all who have no conversation here: anybody can make accounts
 * without end. Whoever needs a session that is gone is asked for their message again.
 */
async function pruneStrangers(db: Database): Promise<void> {
  const known = new Set((await db.list('conversations')).map(({ value }) => value.peer));
  known.add((await db.get('meta', 'device'))?.account ?? '');
  const left = [
    ...(await db.list('sessions')).map(({ key, value }) => ({
      key,
      table: 'sessions' as const,
      account: (key as [AccountHex, number])[0],
      at: value.heardAt,
    })),
    ...(await db.list('undecryptable')).map(({ key, value }) => ({
      key,
      table: 'undecryptable' as const,
      account: value.sender,
      at: value.keptAt ?? 0,
    })),
  ];
  const heard = new Map<AccountHex, number>();
  for (const { account, at } of left) {
    if (known.has(account) || (await db.get('people', account))?.blocked) continue;
    heard.set(account, Math.max(at, heard.get(account) ?? 0));
  }
  const latest = [...heard].sort(([, a], [, b]) => b - a).map(([account]) => account);
  const gone = new Set(latest.slice(MAX_STRANGERS));
  const changes = left.filter(({ account }) => gone.has(account)).map(({ table, key }) => remove(table, key));
  for (let at = 0; at < changes.length; at += BATCH) await db.commit(changes.slice(at, at + BATCH));
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

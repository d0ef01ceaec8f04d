/**
 * Merges a file that was checked to its end with what is here: record by record, each in one commit with its removal from what
 * waits, so that a crash is only a pause.
 *
 * Nothing appears twice, and nothing that is here is taken away. Messages stand by their time between those that are here,
 * which do not move. Where both have the same thing, what is here stays; of a message's state what is further, of what was said
 * about it and of a timer what was said later, of a list of devices what goes on, of a profile the later version, of a name or
 * a note what is not empty; whoever is blocked on one side is blocked, and whoever is accepted on one side is accepted.
 *
 * @module
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import { compareLogs, verifyLog, type SignedEntry } from '../identity/index.js';
import { isLater } from '../messaging/amending.js';
import { conversationWith, storedMessage, type Messaging } from '../messaging/index.js';
import { PROGRESS, running } from '../messaging/progress.js';
import {
  put,
  remove,
  type AccountHex,
  type Change,
  type ConversationRow,
  type Database,
  type ImportRow,
  type MessageRow,
  type PersonRow,
  type ProfileRow,
  type Row,
  type StoredMessageState,
  type StoredReaction,
} from '../store/index.js';
import { decodeRecord, type HistoryMessage, type Records } from './records.js';

export interface Merged {
  added: number;
  known: number;
}

/** Records merged in one commit. */
const BATCH = 100;

/** Merges all that waits. `advanced` is called with how many records were done. */
export async function mergeImports(
  db: Database,
  messaging: Messaging,
  now: () => number,
  advanced: (records: number) => void,
): Promise<Merged> {
  const merged: Merged = { added: 0, known: 0 };
  let place: Place | undefined;
  for (;;) {
    const rows = await db.list('imports', { limit: BATCH });
    if (rows.length === 0) return merged;
    const first = decodeRecord(rows[0]!.value.record);
    if (first.kind !== 'messages') {
      place = undefined;
      await mergeOne(db, messaging, rows[0]!);
      advanced(1);
      continue;
    }
    const batch = sameConversation(rows, first.value.peer);
    const peer = await messaging.directory.successorOf(first.value.peer);
    const current = (place ??= { above: undefined });
    let outcome: Merged | undefined;
    await messaging.write(peer, async (stored) => {
      outcome = { added: 0, known: 0 };
      const changes = await mergeMessages(stored, peer, batch, current, now(), outcome);
      return [...changes, ...batch.map(({ key }) => remove('imports', key))];
    });
    merged.added += outcome!.added;
    merged.known += outcome!.known;
    advanced(batch.length);
  }
}

interface Waiting {
  readonly key: Row<ImportRow>['key'];
  readonly left: number;
  readonly message: HistoryMessage;
}

function sameConversation(rows: readonly Row<ImportRow>[], peer: AccountHex): Waiting[] {
  const batch: Waiting[] = [];
  for (const { key, value } of rows) {
    const record = decodeRecord(value.record);
    if (record.kind !== 'messages' || record.value.peer !== peer) break;
    batch.push({ key, left: value.left, message: record.value });
  }
  return batch;
}

async function mergeOne(db: Database, messaging: Messaging, { key, value }: Row<ImportRow>): Promise<void> {
  const record = decodeRecord(value.record);
  const done = remove('imports', key);
  switch (record.kind) {
    case 'people': {
      const { account, person } = record.value;
      await messaging.directory.revise(account, async (here) => [
        put('people', account, await mergedPerson(db, account, here, person)),
        done,
      ]);
      return;
    }
    case 'profiles': {
      const { account, profile } = record.value;
      const peer = account === undefined ? messaging.account : await messaging.directory.successorOf(account);
      const rowKey = account === undefined ? 'own' : peer;
      await messaging.write(peer, async (stored) => [
        put('profiles', rowKey, mergedProfile(await stored.get('profiles', rowKey), profile)),
        done,
      ]);
      return;
    }
    case 'conversations': {
      const peer = await messaging.directory.successorOf(record.value.peer);
      await messaging.write(peer, async (stored) => [
        put('conversations', peer, await mergedConversation(stored, peer, record.value)),
        done,
      ]);
      return;
    }
    case 'payments': {
      const peer = await messaging.directory.successorOf(record.value.peer);
      const row = { ...record.value, peer };
      const rowKey: [string, number, string] = [peer, row.mine ? 1 : 0, row.id];
      await messaging.write(peer, async (stored) =>
        (await stored.get('payments', rowKey)) ? [done] : [put('payments', rowKey, row), done],
      );
      return;
    }
    case 'transfers': {
      const { id } = record.value;
      const isKnown = await db.get('transfers', id);
      await db.commit(isKnown ? [done] : [put('transfers', id, record.value), done]);
      return;
    }
    case 'paidEvents': {
      const { event, peer, id } = record.value;
      await messaging.write(peer, async (stored) =>
        (await stored.get('paidEvents', event)) ? [done] : [put('paidEvents', event, { peer, id }), done],
      );
      return;
    }
    default:
      await db.commit([done]);
  }
}

async function mergedPerson(
  db: Database,
  account: AccountHex,
  here: PersonRow | undefined,
  theirs: PersonRow,
): Promise<PersonRow> {
  const isGood = theirs.log.length === 0 || (await isTheirs(account, theirs.log));
  const taken: PersonRow = isGood
    ? theirs
    : {
        log: [],
        noticed: 0,
        ...(theirs.blocked && { blocked: true }),
        ...(theirs.note && { note: theirs.note }),
      };
  const { continuedBy, ...rest } = taken;
  if (!here) {
    // A conversation that is here does not leave on the word of a file.
    const isFree = continuedBy && !(await db.get('conversations', account));
    return isFree ? taken : rest;
  }
  const isLonger = await goesOn(account, here.log, rest.log);
  const blocked = here.blocked || rest.blocked;
  const note = here.note || rest.note;
  const compared = here.compared ?? (here.changed ? undefined : rest.compared);
  return {
    ...here,
    ...(isLonger && { log: rest.log, noticed: Math.max(here.noticed, rest.noticed) }),
    ...(blocked && { blocked }),
    ...(compared && { compared }),
    ...(note && { note }),
    domains: [...new Set([...(here.domains ?? []), ...(rest.domains ?? [])])],
  };
}

/** Whether a list that was read continues the one that is here. */
async function goesOn(
  account: AccountHex,
  here: readonly SignedEntry[],
  read: readonly SignedEntry[],
): Promise<boolean> {
  if (read.length === 0) return false;
  if (here.length === 0) return true;
  const key = hexToBytes(account);
  return compareLogs(await verifyLog(key, here), await verifyLog(key, read)) === 'newer';
}

async function isTheirs(account: AccountHex, log: readonly SignedEntry[]): Promise<boolean> {
  return verifyLog(hexToBytes(account), log).then(
    () => true,
    () => false,
  );
}

function mergedProfile(here: ProfileRow | undefined, read: ProfileRow): ProfileRow {
  if (!here) return read;
  const settings = here.settings || read.settings ? { ...read.settings, ...here.settings } : undefined;
  return { ...(read.version > here.version ? read : here), ...(settings && { settings }) };
}

async function mergedConversation(
  db: Database,
  peer: AccountHex,
  read: Records['conversations'],
): Promise<ConversationRow> {
  const known = await db.get('conversations', peer);
  const here = known ?? (await conversationWith(db, peer, read.lastActivity));
  const accepted = here.accepted || read.accepted;
  const isRequest = known ? known.request && read.request : read.request;
  const timer = read.timer && isLater(read.timer, here.timer) ? read.timer : here.timer;
  const told = Math.max(here.told ?? 0, read.told ?? 0);
  return {
    ...here,
    petname: here.petname || read.petname,
    lastActivity: Math.max(here.lastActivity, read.lastActivity),
    origin: here.origin ?? read.origin,
    elsewhere: here.origin === undefined ? read.elsewhere : here.elsewhere,
    request: Boolean(isRequest && !accepted),
    ...(accepted && { accepted }),
    ...(timer && { timer }),
    ...(told > 0 && { told }),
    settings: here.settings || read.settings ? { ...read.settings, ...here.settings } : undefined,
    draft: here.draft ?? read.draft,
  };
}

/** Where the last message was put: the next one is older and stands below it. */
interface Place {
  above: number | undefined;
}

async function mergeMessages(
  db: Database,
  peer: AccountHex,
  batch: readonly Waiting[],
  place: Place,
  now: number,
  merged: Merged,
): Promise<Change[]> {
  const conversation = await conversationWith(db, peer, 0);
  let { lastMessage, unread } = conversation;
  const changes: Change[] = [];
  const inBatch = new Set<string>();
  let descent = new Descent(db, peer, place.above ?? conversation.nextOrder);
  for (const { left, message } of batch) {
    const orderKey: [string, number, string] = [peer, message.mine ? 1 : 0, message.id];
    const known = await db.get('messageOrders', orderKey);
    if (inBatch.has(orderKey.join())) continue;
    inBatch.add(orderKey.join());
    if (known) {
      merged.known += 1;
      const here = await db.get('messages', [peer, known.order]);
      // Erased here: it does not come again.
      if (!here) continue;
      const row = mergedMessage(here, message, now);
      if (row !== here) changes.push(...storedMessage(row));
      if (row.seen && !here.seen) unread = Math.max(0, unread - 1);
      if (lastMessage?.order === here.order) lastMessage = row;
      if (here.order < descent.above) descent = new Descent(db, peer, here.order);
      continue;
    }
    // Its time went by on its way here.
    if (message.expiresAt !== undefined && message.expiresAt <= now) continue;
    merged.added += 1;
    const order = await descent.orderFor(message.sentAt, left);
    const state = message.state === 'queued' ? 'failed' : message.state;
    const read: MessageRow = {
      ...message,
      peer,
      order,
      state,
      // The device that wrote it sends it, if it still is; to send it again from here too is harmless.
      problem: message.state === 'queued' ? 'relay-unreachable' : message.problem,
      seen: true,
    };
    // Where it counts as read its time runs.
    const row = read.mine ? read : running(read, now);
    changes.push(...storedMessage(row), put('messageOrders', orderKey, { order }));
    if (order > (lastMessage?.order ?? -Infinity)) lastMessage = row;
  }
  place.above = descent.above;
  return [...changes, put('conversations', peer, { ...conversation, lastMessage, unread })];
}

/** The same object when the file knows nothing more. */
function mergedMessage(here: MessageRow, read: HistoryMessage, now: number): MessageRow {
  let row = here;
  const state = further(here, read);
  if (state !== here.state) row = running({ ...row, state, problem: undefined }, now);
  if (row.deleted) return row;
  if (read.deleted) {
    const nothing = { text: '', reply: undefined, reactions: undefined, edited: undefined };
    return { ...row, ...nothing, deleted: true, seen: true };
  }
  if (read.edited && isLater(read.edited, row.edited)) row = { ...row, text: read.text, edited: read.edited };
  for (const reaction of read.reactions ?? []) row = reacted(row, reaction);
  return row;
}

function reacted(message: MessageRow, reaction: StoredReaction): MessageRow {
  const { reactions = [] } = message;
  const isOfSide = ({ mine }: StoredReaction) => mine === reaction.mine;
  if (!isLater(reaction, reactions.find(isOfSide))) return message;
  return { ...message, reactions: [...reactions.filter((one) => !isOfSide(one)), reaction] };
}

function further(here: MessageRow, read: HistoryMessage): StoredMessageState {
  const isFurther = read.mine && PROGRESS.indexOf(read.state) > Math.max(1, PROGRESS.indexOf(here.state));
  return isFurther ? read.state : here.state;
}

/** Goes down a conversation, from its newest message to its oldest. */
class Descent {
  #page: MessageRow[] = [];
  #isAll = false;
  #lowest: number;

  constructor(
    private readonly db: Database,
    private readonly peer: AccountHex,
    /** Everything from here on upwards is done. */
    public above: number,
  ) {
    this.#lowest = above;
  }

  /**
   * The order of a message of this time: behind the newest one that is not newer.
   *
   * @param left - how many may still want a place in the same gap, this one included
   */
  async orderFor(sentAt: number, left: number): Promise<number> {
    let below = await this.#next();
    while (below && below.sentAt > sentAt) {
      this.#page.shift();
      this.above = below.order;
      below = await this.#next();
    }
    const gap = below ? this.above - below.order : Infinity;
    const order = this.above - Math.min(1, gap / (left + 1));
    // So many in one gap that numbers cannot tell them apart any more: better in the wrong place than lost.
    this.above = order < this.above && order > (below?.order ?? -Infinity) ? order : await this.#underAll();
    return this.above;
  }

  async #next(): Promise<MessageRow | undefined> {
    if (this.#page.length === 0 && !this.#isAll) {
      const before: [string, number] = [this.peer, this.#lowest];
      const rows = await this.db.list('messages', {
        prefix: [this.peer],
        before,
        reverse: true,
        limit: BATCH,
      });
      this.#page = rows.map(({ value }) => value);
      this.#isAll = rows.length < BATCH;
      this.#lowest = this.#page.at(-1)?.order ?? this.#lowest;
    }
    return this.#page[0];
  }

  async #underAll(): Promise<number> {
    const [oldest] = await this.db.list('messages', { prefix: [this.peer], limit: 1 });
    this.#page = [];
    this.#isAll = true;
    return Math.min(Math.floor(oldest?.value.order ?? 0), this.above) - 1;
  }
}

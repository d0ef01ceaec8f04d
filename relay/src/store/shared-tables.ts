/**
 * Mailboxes that several relays write to, in SQL: what is asked for at once is done in one query.
 *
 * This is PostgreSQL's alone, which takes arrays; a relay with the embedded database knows its mailboxes itself.
 *
 * @module
 */
import { bytesKey } from '../bytes-key.js';
import { addressed } from './address.js';
import {
  address,
  holds,
  isShare,
  roomFor,
  shareOf,
  toEnvelope,
  rangesOf,
  unknownIn,
  type MailboxLimits,
} from './mailbox-tables.js';
import { bytesOf, rows, run, type Step } from './steps.js';
import type { DeviceRef, Mail, OutgoingMail, PutResult, StoredEnvelope } from './store.js';

const ID = 16;
const ACCOUNT = 32;

interface Mailbox {
  readonly device: DeviceRef;
  lastSeq: number;
  held: number;
  heldBytes: number;
  /** What accounts hold of it: what this round has put there, and, where that had to be asked, what was there before. */
  readonly shares: Map<string, Share>;
}

interface Share {
  count: number;
  bytes: number;
  isAsked: boolean;
}

interface Account {
  readonly head: Uint8Array;
  readonly mailboxes: Map<number, Mailbox>;
}

/** An envelope that has a number and is not written yet. */
interface Placed {
  readonly mail: Mail;
  readonly envelope: OutgoingMail;
  readonly device: DeviceRef;
  readonly seq: number;
}

type Placement =
  | { readonly outcome: 'placed'; readonly placed: readonly Placed[]; readonly full: readonly number[] }
  | Exclude<PutResult, { readonly outcome: 'stored' }>;

/** What a device wants to read: the envelopes after a number, at most so many, and so much content. */
export interface PageOrder {
  readonly device: DeviceRef;
  readonly after: number;
  readonly count: number;
  readonly bytes: number;
}

/** The device's log changed while it was read: the whole round has to be done again. */
class ChangedMeanwhile extends Error {
  readonly code = '40001';
}

export function* putAll(mails: readonly Mail[], limits: MailboxLimits): Step<readonly PutResult[]> {
  const accounts = yield* lockAccounts(mails);
  const placements: Placement[] = [];
  for (const mail of mails)
    placements.push(yield* place(mail, accounts.get(bytesKey(mail.receiver)), limits));
  const isNew = yield* insertAll(placements.flatMap((one) => (one.outcome === 'placed' ? one.placed : [])));
  return placements.map((one) => {
    if (one.outcome !== 'placed') return one;
    const devices = one.placed.filter(isNew).map(({ device }) => device);
    return { outcome: 'stored', devices, full: one.full };
  });
}

/** Locked, so that numbers become visible in their order, and in one order everywhere. */
function* lockAccounts(mails: readonly Mail[]): Step<ReadonlyMap<string, Account>> {
  const receivers = new Map(mails.map(({ receiver }) => [bytesKey(receiver), receiver]));
  const found = yield* rows(
    `SELECT d.account, a.head, d.device, d.device_id, d.last_seq, d.held, d.held_bytes
     FROM devices d JOIN accounts a ON a.account = d.account
     WHERE d.account = ANY($1::bytea[]) AND d.live = 1 ORDER BY d.device FOR UPDATE OF d`,
    [...receivers.values()],
  );
  const accounts = new Map<string, Account>();
  for (const one of found) {
    const key = bytesKey(bytesOf(one.account));
    let account = accounts.get(key);
    if (!account) accounts.set(key, (account = { head: bytesOf(one.head), mailboxes: new Map() }));
    account.mailboxes.set(Number(one.device_id), {
      device: Number(one.device),
      lastSeq: Number(one.last_seq),
      held: Number(one.held),
      heldBytes: Number(one.held_bytes),
      shares: new Map(),
    });
  }
  return accounts;
}

/** Gives each envelope of a mail its place, if there is one. */
function* place(mail: Mail, account: Account | undefined, limits: MailboxLimits): Step<Placement> {
  const isAddressed = account && Buffer.compare(account.head, mail.head) === 0;
  if (!isAddressed || unknownIn(mail, account.mailboxes).length > 0) {
    const result = yield* addressed(mail, () => address(mail));
    if (result.outcome === 'found') throw new ChangedMeanwhile();
    return result;
  }
  const fitting: { readonly mailbox: Mailbox; readonly envelope: OutgoingMail }[] = [];
  const full: number[] = [];
  for (const envelope of mail.envelopes) {
    const mailbox = account.mailboxes.get(envelope.deviceId)!;
    if (yield* hasRoom(mailbox, envelope, mail.senderAccount, limits)) fitting.push({ mailbox, envelope });
    else if (!(yield* holds(mailbox.device, envelope.id))) full.push(envelope.deviceId);
  }
  // One device that nobody opens any more must not keep mail from the others.
  if (full.length > 0 && full.length === mail.envelopes.length) return { outcome: 'quota', full };
  const placed = fitting.map(({ mailbox, envelope }) => {
    mailbox.lastSeq += 1;
    mailbox.held += 1;
    mailbox.heldBytes += envelope.content.length;
    const share = shareIn(mailbox, mail.senderAccount);
    share.count += 1;
    share.bytes += envelope.content.length;
    return { mail, envelope, device: mailbox.device, seq: mailbox.lastSeq };
  });
  return { outcome: 'placed', placed, full };
}

function* hasRoom(
  mailbox: Mailbox,
  { content }: OutgoingMail,
  sender: Uint8Array,
  limits: MailboxLimits,
): Step<boolean> {
  const room = roomFor(mailbox.held + 1, mailbox.heldBytes + content.length, limits);
  if (room !== 'by share') return room === 'yes';
  const share = shareIn(mailbox, sender);
  if (!share.isAsked) {
    const before = yield* shareOf(mailbox.device, sender);
    share.count += before.count;
    share.bytes += before.bytes;
    share.isAsked = true;
  }
  return isShare(share.count + 1, share.bytes + content.length, limits);
}

function shareIn({ shares }: Mailbox, sender: Uint8Array): Share {
  const key = bytesKey(sender);
  let share = shares.get(key);
  if (!share) shares.set(key, (share = { count: 0, bytes: 0, isAsked: false }));
  return share;
}

/** Writes envelopes that are not there yet, and counts them. Contents travel as one: arrays of bytes travel as text. */
function* insertAll(placed: readonly Placed[]): Step<(one: Placed) => boolean> {
  if (placed.length === 0) return () => false;
  let end = 1;
  const starts = placed.map(({ envelope }) => (end += envelope.content.length) - envelope.content.length);
  const inserted = yield* rows(
    `WITH fresh AS (
       INSERT INTO envelopes (device, seq, id, sender_account, sender_device, type, content, received_at)
       SELECT device, seq, SUBSTRING($1::bytea FROM (n::int - 1) * ${ID} + 1 FOR ${ID}),
         SUBSTRING($2::bytea FROM (n::int - 1) * ${ACCOUNT} + 1 FOR ${ACCOUNT}), sender_device, type,
         SUBSTRING($3::bytea FROM start FOR size), received_at
       FROM UNNEST($4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::int[], $9::int[], $10::bigint[])
         WITH ORDINALITY AS one (device, seq, sender_device, type, start, size, received_at, n)
       ON CONFLICT (device, id) DO NOTHING RETURNING device, seq, LENGTH(content) AS size),
     counted AS (
       UPDATE devices SET last_seq = GREATEST(last_seq, last), held = held + number, held_bytes = held_bytes + size
       FROM (SELECT device AS of, MAX(seq) AS last, COUNT(*) AS number, SUM(size) AS size FROM fresh GROUP BY device)
       AS sums WHERE device = of)
     SELECT device, seq FROM fresh`,
    ...[
      Buffer.concat(placed.map(({ envelope }) => envelope.id)),
      Buffer.concat(placed.map(({ mail }) => mail.senderAccount)),
      Buffer.concat(placed.map(({ envelope }) => envelope.content)),
      placed.map(({ device }) => device),
      placed.map(({ seq }) => seq),
      placed.map(({ mail }) => mail.senderDevice),
      placed.map(({ envelope }) => envelope.type),
      starts,
      placed.map(({ envelope }) => envelope.content.length),
      placed.map(({ mail }) => mail.receivedAt),
    ],
  );
  const keys = new Set(inserted.map(({ device, seq }) => `${Number(device)} ${Number(seq)}`));
  return ({ device, seq }) => keys.has(`${device} ${seq}`);
}

/** Deletes what devices have taken. */
export function* acknowledgeAll(
  taken: readonly { readonly device: DeviceRef; readonly seqs: readonly number[] }[],
): Step<void> {
  const ranges = taken.flatMap(({ device, seqs }) =>
    rangesOf(seqs).map(([first, last]) => ({ device, first, last })),
  );
  const devices = ranges.map(({ device }) => device);
  // In the order in which everybody locks them.
  yield* rows(
    'SELECT device FROM devices WHERE device = ANY($1::bigint[]) ORDER BY device FOR UPDATE',
    devices,
  );
  yield* run(
    `WITH gone AS (
       DELETE FROM envelopes USING UNNEST($1::bigint[], $2::bigint[], $3::bigint[]) AS one (of, first, last)
       WHERE device = of AND seq BETWEEN first AND last RETURNING device, LENGTH(content) AS size)
     UPDATE devices SET held = held - number, held_bytes = held_bytes - size
     FROM (SELECT device AS of, COUNT(*) AS number, SUM(size) AS size FROM gone GROUP BY device) AS sums
     WHERE device = of`,
    devices,
    ranges.map(({ first }) => first),
    ranges.map(({ last }) => last),
  );
}

/** Deletes at most so many envelopes that were received before a time; how many there were. */
export function* expireAll(before: number, slice: number): Step<number> {
  const old = yield* rows(
    'SELECT device, seq FROM envelopes WHERE received_at < $1 ORDER BY received_at LIMIT $2',
    before,
    slice,
  );
  // Mailboxes are locked before what is in them, by everybody.
  yield* acknowledgeAll(old.map(({ device, seq }) => ({ device: Number(device), seqs: [Number(seq)] })));
  return old.length;
}

export function* pageAll(orders: readonly PageOrder[]): Step<readonly (readonly StoredEnvelope[])[]> {
  const found = yield* rows(
    `SELECT n, page.* FROM UNNEST($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])
       WITH ORDINALITY AS one (of, after, most, bytes, n)
     CROSS JOIN LATERAL (
       SELECT seq, id, sender_account, sender_device, type, content, received_at,
         SUM(LENGTH(content)) OVER (ORDER BY seq) AS total
       FROM envelopes WHERE device = of AND seq > after ORDER BY seq LIMIT most) AS page
     WHERE total <= bytes ORDER BY n, seq`,
    orders.map(({ device }) => device),
    orders.map(({ after }) => after),
    orders.map(({ count }) => count),
    orders.map(({ bytes }) => bytes),
  );
  const pages: StoredEnvelope[][] = orders.map(() => []);
  for (const one of found) pages[Number(one.n) - 1]!.push(toEnvelope(one));
  return pages;
}

/**
 * Mailboxes in SQL: what waits for a device, in the order in which it came.
 *
 * @module
 */
import type { Limits } from '../limits.js';
import { bytesOf, row, rows, run, type Row, type Step } from './steps.js';
import type { Addresses, DeviceRef, Mail, StoredEnvelope } from './store.js';

export type MailboxLimits = Pick<Limits, 'mailboxEnvelopes' | 'mailboxBytes' | 'mailboxShare'>;

/** What was deleted of a mailbox. */
export interface Released {
  readonly device: DeviceRef;
  readonly count: number;
  readonly bytes: number;
}

export function* address(mail: Mail): Step<Addresses> {
  const live = yield* liveDevices(mail.receiver);
  const devicesById = new Map(live.map(({ deviceId, device }) => [deviceId, device]));
  const unknown = unknownIn(mail, devicesById);
  if (unknown.length > 0) return { outcome: 'unknown-device', unknown };
  const devices = mail.envelopes.map(({ deviceId }) => devicesById.get(deviceId)!);
  return { outcome: 'found', devices };
}

export function* newestSeq(device: DeviceRef): Step<number> {
  const newest = yield* row('SELECT MAX(seq) AS seq FROM envelopes WHERE device = $1', device);
  return Number(newest?.seq ?? 0);
}

export function* page(
  device: DeviceRef,
  after: number,
  count: number,
  bytes: number,
): Step<readonly StoredEnvelope[]> {
  // Sizes first: reading a full page of the largest envelopes would take far more memory than it may hold.
  const sizes = yield* rows(
    'SELECT seq, LENGTH(content) AS size FROM envelopes WHERE device = $1 AND seq > $2 ORDER BY seq LIMIT $3',
    ...[device, after, count],
  );
  let last = after;
  let total = 0;
  for (const { seq, size } of sizes) {
    total += Number(size);
    if (total > bytes) break;
    last = Number(seq);
  }
  if (last === after) return [];
  const found = yield* rows(
    `SELECT seq, id, sender_account, sender_device, type, content, received_at FROM envelopes
     WHERE device = $1 AND seq > $2 AND seq <= $3 ORDER BY seq`,
    ...[device, after, last],
  );
  return found.map(toEnvelope);
}

export function* acknowledge(device: DeviceRef, seqs: readonly number[]): Step<Released> {
  let count = 0;
  let bytes = 0;
  for (const [first, last] of rangesOf(seqs)) {
    const deleted = yield* rows(
      'DELETE FROM envelopes WHERE device = $1 AND seq >= $2 AND seq <= $3 RETURNING LENGTH(content) AS size',
      ...[device, first, last],
    );
    count += deleted.length;
    for (const { size } of deleted) bytes += Number(size);
  }
  return { device, count, bytes };
}

/** As {@link acknowledge}, where somebody knows how much they hold. */
export function* acknowledgeKnown(device: DeviceRef, seqs: readonly number[], bytes: number): Step<Released> {
  for (const [first, last] of rangesOf(seqs)) {
    yield* run('DELETE FROM envelopes WHERE device = $1 AND seq >= $2 AND seq <= $3', device, first, last);
  }
  return { device, count: seqs.length, bytes };
}

export function* expire(before: number, slice: number): Step<readonly Released[]> {
  const deleted = yield* rows(
    `DELETE FROM envelopes WHERE (device, seq) IN (
       SELECT device, seq FROM envelopes WHERE received_at < $1 ORDER BY received_at LIMIT $2)
     RETURNING device, LENGTH(content) AS size`,
    before,
    slice,
  );
  const sums = new Map<DeviceRef, { count: number; bytes: number }>();
  for (const one of deleted) {
    const sum = sums.get(Number(one.device)) ?? { count: 0, bytes: 0 };
    sums.set(Number(one.device), { count: sum.count + 1, bytes: sum.bytes + Number(one.size) });
  }
  return [...sums].map(([device, sum]) => ({ device, ...sum }));
}

/** Says that no number up to this one will be given again. */
export function* reserve(device: DeviceRef, seq: number): Step<void> {
  yield* run('UPDATE devices SET last_seq = $1 WHERE device = $2', seq, device);
}

/** False, and nothing changed, when an envelope with its id is there. */
export function* insert(device: DeviceRef, envelope: StoredEnvelope): Step<boolean> {
  const { seq, id, senderAccount, senderDevice, type, content, receivedAt } = envelope;
  const inserted = yield* run(
    `INSERT INTO envelopes (device, seq, id, sender_account, sender_device, type, content, received_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (device, id) DO NOTHING`,
    ...[device, seq, id, senderAccount, senderDevice, type, content, receivedAt],
  );
  return inserted > 0;
}

export function* liveDevices(account: Uint8Array) {
  const found = yield* rows(
    'SELECT device, device_id, last_seq FROM devices WHERE account = $1 AND live = 1',
    account,
  );
  return found.map((one) => ({
    device: Number(one.device),
    deviceId: Number(one.device_id),
    lastSeq: Number(one.last_seq),
  }));
}

export function* heldBy(device: DeviceRef): Step<Released> {
  const held = yield* row(
    'SELECT COUNT(*) AS number, COALESCE(SUM(LENGTH(content)), 0) AS size FROM envelopes WHERE device = $1',
    device,
  );
  return { device, count: Number(held!.number), bytes: Number(held!.size) };
}

/** What each account holds of a mailbox. */
export function shares(device: DeviceRef): Step<Row[]> {
  return rows(
    `SELECT sender_account, COUNT(*) AS number, SUM(LENGTH(content)) AS size FROM envelopes
     WHERE device = $1 GROUP BY sender_account`,
    device,
  );
}

export function* holds(device: DeviceRef, id: Uint8Array): Step<boolean> {
  return (yield* row('SELECT seq FROM envelopes WHERE device = $1 AND id = $2', device, id)) !== undefined;
}

/** Whether a mailbox has room until it holds so much; once it is half full, only for who holds a small share of it. */
export function roomFor(
  count: number,
  bytes: number,
  { mailboxEnvelopes, mailboxBytes }: MailboxLimits,
): 'yes' | 'no' | 'by share' {
  if (count > mailboxEnvelopes || bytes > mailboxBytes) return 'no';
  return count * 2 <= mailboxEnvelopes && bytes * 2 <= mailboxBytes ? 'yes' : 'by share';
}

/** Whether one account may hold so much of a mailbox. */
export function isShare(
  count: number,
  bytes: number,
  { mailboxEnvelopes, mailboxBytes, mailboxShare }: MailboxLimits,
): boolean {
  return count <= mailboxShare * mailboxEnvelopes && bytes <= mailboxShare * mailboxBytes;
}

/** What one account holds of a mailbox. */
export function* shareOf(device: DeviceRef, sender: Uint8Array): Step<{ count: number; bytes: number }> {
  const own = yield* row(
    `SELECT COUNT(*) AS number, COALESCE(SUM(LENGTH(content)), 0) AS size FROM envelopes
     WHERE device = $1 AND sender_account = $2`,
    device,
    sender,
  );
  return { count: Number(own!.number), bytes: Number(own!.size) };
}

/** Device ids that have no mailbox, or that are named twice. */
export function unknownIn({ envelopes }: Mail, mailboxes: ReadonlyMap<number, unknown>): number[] {
  const named = new Set<number>();
  return envelopes
    .map(({ deviceId }) => deviceId)
    .filter((id) => {
      const isUnknown = named.has(id) || !mailboxes.has(id);
      named.add(id);
      return isUnknown;
    });
}

export function toEnvelope(found: Row): StoredEnvelope {
  return {
    seq: Number(found.seq),
    id: bytesOf(found.id),
    senderAccount: bytesOf(found.sender_account),
    senderDevice: Number(found.sender_device),
    type: Number(found.type),
    content: bytesOf(found.content),
    receivedAt: Number(found.received_at),
  };
}

/** Numbers, in rising order, as ranges without a gap. */
export function rangesOf(seqs: readonly number[]): readonly [first: number, last: number][] {
  const ranges: [number, number][] = [];
  for (const seq of [...seqs].sort((a, b) => a - b)) {
    const range = ranges.at(-1);
    if (range && seq <= range[1] + 1) range[1] = seq;
    else ranges.push([seq, seq]);
  }
  return ranges;
}

/**
 * Mailboxes in SQL: what waits for a device, in the order in which it came.
 *
 * @module
 */
import type { Limits } from '../limits.js';
import { bytesOf, row, rows, run, type Row, type Step } from './steps.js';
import type { Addresses, DeviceRef, Mail, OutgoingMail, PutResult, StoredEnvelope } from './store.js';

export type MailboxLimits = Pick<Limits, 'mailboxEnvelopes' | 'mailboxBytes' | 'mailboxShare'>;

/** What the devices table says of a live device's mailbox. */
interface Mailbox {
  readonly device: DeviceRef;
  readonly lastSeq: number;
  readonly held: number;
  readonly heldBytes: number;
}

export function* put(mail: Mail, limits: MailboxLimits): Step<PutResult> {
  // Locked, so that numbers become visible in their order.
  const mailboxes = yield* mailboxesOf(mail.receiver, ' ORDER BY device_id FOR UPDATE');
  const unknown = unknownIn(mail, mailboxes);
  if (unknown.length > 0) return { outcome: 'unknown-device', unknown };
  const puts: { readonly mailbox: Mailbox; readonly envelope: OutgoingMail }[] = [];
  const full: number[] = [];
  for (const envelope of mail.envelopes) {
    const mailbox = mailboxes.get(envelope.deviceId)!;
    if (yield* holds(mailbox.device, envelope.id)) continue;
    if (yield* hasRoom(mailbox, envelope, mail.senderAccount, limits)) puts.push({ mailbox, envelope });
    else full.push(envelope.deviceId);
  }
  // One device that nobody opens any more must not keep mail from the others.
  if (full.length > 0 && full.length === mail.envelopes.length) return { outcome: 'quota', full };
  for (const { mailbox, envelope } of puts) yield* insert(mailbox, envelope, mail);
  return { outcome: 'stored', devices: puts.map(({ mailbox }) => mailbox.device), full };
}

export function* address(mail: Mail): Step<Addresses> {
  const mailboxes = yield* mailboxesOf(mail.receiver, '');
  const unknown = unknownIn(mail, mailboxes);
  if (unknown.length > 0) return { outcome: 'unknown-device', unknown };
  const devices = mail.envelopes.map(({ deviceId }) => mailboxes.get(deviceId)!.device);
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

export function* acknowledge(device: DeviceRef, seqs: readonly number[]): Step<void> {
  const sizes: number[] = [];
  for (const seq of seqs) {
    const deleted = yield* row(
      'DELETE FROM envelopes WHERE device = $1 AND seq = $2 RETURNING LENGTH(content) AS size',
      device,
      seq,
    );
    if (deleted) sizes.push(Number(deleted.size));
  }
  yield* release(device, sizes);
}

export function* acknowledgeUpTo(device: DeviceRef, seq: number): Step<void> {
  const deleted = yield* rows(
    'DELETE FROM envelopes WHERE device = $1 AND seq <= $2 RETURNING LENGTH(content) AS size',
    device,
    seq,
  );
  yield* release(
    device,
    deleted.map(({ size }) => Number(size)),
  );
}

export function* expire(before: number, slice: number): Step<number> {
  const deleted = yield* rows(
    `DELETE FROM envelopes WHERE (device, seq) IN (
       SELECT device, seq FROM envelopes WHERE received_at < $1 ORDER BY received_at LIMIT $2
       FOR UPDATE SKIP LOCKED)
     RETURNING device, LENGTH(content) AS size`,
    before,
    slice,
  );
  const sizes = new Map<DeviceRef, number[]>();
  for (const one of deleted) {
    const device = Number(one.device);
    sizes.set(device, [...(sizes.get(device) ?? []), Number(one.size)]);
  }
  // In the order in which everybody locks them.
  for (const device of [...sizes.keys()].sort((a, b) => a - b)) yield* release(device, sizes.get(device)!);
  return deleted.length;
}

function* mailboxesOf(account: Uint8Array, order: string): Step<Map<number, Mailbox>> {
  const found = yield* rows(
    `SELECT device, device_id, last_seq, held, held_bytes FROM devices WHERE account = $1 AND live = 1${order}`,
    account,
  );
  return new Map(
    found.map((one) => [
      Number(one.device_id),
      {
        device: Number(one.device),
        lastSeq: Number(one.last_seq),
        held: Number(one.held),
        heldBytes: Number(one.held_bytes),
      },
    ]),
  );
}

function* holds(device: DeviceRef, id: Uint8Array): Step<boolean> {
  return (yield* row('SELECT seq FROM envelopes WHERE device = $1 AND id = $2', device, id)) !== undefined;
}

/** A mailbox takes what fits; one that is more than half full, from nobody more than a share. */
function* hasRoom(
  { device, held, heldBytes }: Mailbox,
  { content }: OutgoingMail,
  sender: Uint8Array,
  { mailboxEnvelopes, mailboxBytes, mailboxShare }: MailboxLimits,
): Step<boolean> {
  const [count, bytes] = [held + 1, heldBytes + content.length];
  if (count > mailboxEnvelopes || bytes > mailboxBytes) return false;
  if (count * 2 <= mailboxEnvelopes && bytes * 2 <= mailboxBytes) return true;
  const own = yield* row(
    `SELECT COUNT(*) AS number, COALESCE(SUM(LENGTH(content)), 0) AS size FROM envelopes
     WHERE device = $1 AND sender_account = $2`,
    device,
    sender,
  );
  const ownCount = Number(own!.number) + 1;
  const ownBytes = Number(own!.size) + content.length;
  return ownCount <= mailboxShare * mailboxEnvelopes && ownBytes <= mailboxShare * mailboxBytes;
}

function* insert({ device, lastSeq }: Mailbox, { id, type, content }: OutgoingMail, mail: Mail): Step<void> {
  yield* run(
    `INSERT INTO envelopes (device, seq, id, sender_account, sender_device, type, content, received_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    ...[device, lastSeq + 1, id, mail.senderAccount, mail.senderDevice, type, content, mail.receivedAt],
  );
  yield* run(
    'UPDATE devices SET last_seq = $1, held = held + 1, held_bytes = held_bytes + $2 WHERE device = $3',
    ...[lastSeq + 1, content.length, device],
  );
}

function* release(device: DeviceRef, sizes: readonly number[]): Step<void> {
  if (sizes.length === 0) return;
  yield* run(
    'UPDATE devices SET held = held - $1, held_bytes = held_bytes - $2 WHERE device = $3',
    ...[sizes.length, sizes.reduce((sum, size) => sum + size, 0), device],
  );
}

/** Device ids that have no mailbox, or that are named twice. */
function unknownIn({ envelopes }: Mail, mailboxes: ReadonlyMap<number, Mailbox>): number[] {
  const named = new Set<number>();
  return envelopes
    .map(({ deviceId }) => deviceId)
    .filter((id) => {
      const isUnknown = named.has(id) || !mailboxes.has(id);
      named.add(id);
      return isUnknown;
    });
}

function toEnvelope(found: Row): StoredEnvelope {
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

/**
 * Mailboxes in SQL: what waits for a device, in the order in which it came.
 *
 * @module
 */
import type { Limits } from './limits.js';
import { bytesOf, type Row, type Sql } from './sql.js';
import type { Addresses, DeviceRef, Mail, OutgoingMail, PutResult, StoredEnvelope } from './store.js';

export class MailboxTables {
  constructor(
    private readonly sql: Sql,
    private readonly limits: Pick<Limits, 'mailboxEnvelopes' | 'mailboxBytes' | 'mailboxShare'>,
  ) {}

  put(mail: Mail): PutResult {
    const mailboxes = this.#mailboxesOf(mail.receiver);
    const unknown = unknownIn(mail, mailboxes);
    if (unknown.length > 0) return { outcome: 'unknown-device', unknown };
    const puts: { readonly mailbox: Mailbox; readonly envelope: OutgoingMail }[] = [];
    const full: number[] = [];
    for (const envelope of mail.envelopes) {
      const mailbox = mailboxes.get(envelope.deviceId)!;
      if (this.#holds(mailbox.device, envelope.id)) continue;
      if (this.#hasRoom(mailbox, envelope, mail.senderAccount)) puts.push({ mailbox, envelope });
      else full.push(envelope.deviceId);
    }
    // One device that nobody opens any more must not keep mail from the others.
    if (full.length > 0 && full.length === mail.envelopes.length) return { outcome: 'quota', full };
    for (const { mailbox, envelope } of puts) this.#insert(mailbox, envelope, mail);
    return { outcome: 'stored', devices: puts.map(({ mailbox }) => mailbox.device), full };
  }

  address(mail: Mail): Addresses {
    const mailboxes = this.#mailboxesOf(mail.receiver);
    const unknown = unknownIn(mail, mailboxes);
    if (unknown.length > 0) return { outcome: 'unknown-device', unknown };
    return {
      outcome: 'found',
      devices: mail.envelopes.map(({ deviceId }) => mailboxes.get(deviceId)!.device),
    };
  }

  newestSeq(device: DeviceRef): number {
    const row = this.sql.row('SELECT MAX(seq) AS seq FROM envelopes WHERE device = $1', device);
    return Number(row?.seq ?? 0);
  }

  page(device: DeviceRef, after: number, count: number, bytes: number): readonly StoredEnvelope[] {
    // Sizes first: reading a full page of the largest envelopes would take far more memory than it may hold.
    const sizes = this.sql.rows(
      'SELECT seq, LENGTH(content) AS size FROM envelopes WHERE device = $1 AND seq > $2 ORDER BY seq LIMIT $3',
      ...[device, after, count],
    );
    let last = after;
    let total = 0;
    for (const { seq, size } of sizes) {
      total += size as number;
      if (total > bytes) break;
      last = seq as number;
    }
    if (last === after) return [];
    return this.sql
      .rows(
        `SELECT seq, id, sender_account, sender_device, type, content, received_at FROM envelopes
         WHERE device = $1 AND seq > $2 AND seq <= $3 ORDER BY seq`,
        ...[device, after, last],
      )
      .map(toEnvelope);
  }

  acknowledge(device: DeviceRef, seqs: readonly number[]): void {
    const sizes = seqs
      .map((seq) =>
        this.sql.row(
          'DELETE FROM envelopes WHERE device = $1 AND seq = $2 RETURNING LENGTH(content) AS size',
          device,
          seq,
        ),
      )
      .filter((row) => row !== undefined)
      .map((row) => row.size as number);
    this.#release(device, sizes);
  }

  acknowledgeUpTo(device: DeviceRef, seq: number): void {
    const rows = this.sql.rows(
      'DELETE FROM envelopes WHERE device = $1 AND seq <= $2 RETURNING LENGTH(content) AS size',
      device,
      seq,
    );
    this.#release(
      device,
      rows.map(({ size }) => size as number),
    );
  }

  expire(before: number, slice: number): number {
    const rows = this.sql.rows(
      `DELETE FROM envelopes WHERE (device, seq) IN
       (SELECT device, seq FROM envelopes WHERE received_at < $1 ORDER BY received_at LIMIT $2)
       RETURNING device, LENGTH(content) AS size`,
      before,
      slice,
    );
    const sizes = new Map<DeviceRef, number[]>();
    for (const row of rows) {
      const device = row.device as number;
      sizes.set(device, [...(sizes.get(device) ?? []), row.size as number]);
    }
    for (const [device, released] of sizes) this.#release(device, released);
    return rows.length;
  }

  #mailboxesOf(account: Uint8Array): Map<number, Mailbox> {
    const rows = this.sql.rows(
      'SELECT device, device_id, last_seq, held, held_bytes FROM devices WHERE account = $1 AND live = 1',
      account,
    );
    return new Map(
      rows.map((row) => [
        row.device_id as number,
        {
          device: row.device as number,
          lastSeq: row.last_seq as number,
          held: row.held as number,
          heldBytes: row.held_bytes as number,
        },
      ]),
    );
  }

  #holds(device: DeviceRef, id: Uint8Array): boolean {
    return this.sql.row('SELECT seq FROM envelopes WHERE device = $1 AND id = $2', device, id) !== undefined;
  }

  /** A mailbox takes what fits; one that is more than half full, from nobody more than a share. */
  #hasRoom({ device, held, heldBytes }: Mailbox, { content }: OutgoingMail, sender: Uint8Array): boolean {
    const { mailboxEnvelopes, mailboxBytes, mailboxShare } = this.limits;
    const [count, bytes] = [held + 1, heldBytes + content.length];
    if (count > mailboxEnvelopes || bytes > mailboxBytes) return false;
    if (count * 2 <= mailboxEnvelopes && bytes * 2 <= mailboxBytes) return true;
    const row = this.sql.row(
      `SELECT COUNT(*) AS number, COALESCE(SUM(LENGTH(content)), 0) AS size FROM envelopes
       WHERE device = $1 AND sender_account = $2`,
      device,
      sender,
    )!;
    const own = { count: Number(row.number) + 1, bytes: Number(row.size) + content.length };
    return own.count <= mailboxShare * mailboxEnvelopes && own.bytes <= mailboxShare * mailboxBytes;
  }

  #insert({ device, lastSeq }: Mailbox, { id, type, content }: OutgoingMail, mail: Mail): void {
    this.sql.run(
      `INSERT INTO envelopes (device, seq, id, sender_account, sender_device, type, content, received_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      ...[device, lastSeq + 1, id, mail.senderAccount, mail.senderDevice, type, content, mail.receivedAt],
    );
    this.sql.run(
      'UPDATE devices SET last_seq = $1, held = held + 1, held_bytes = held_bytes + $2 WHERE device = $3',
      ...[lastSeq + 1, content.length, device],
    );
  }

  #release(device: DeviceRef, sizes: readonly number[]): void {
    if (sizes.length === 0) return;
    this.sql.run(
      'UPDATE devices SET held = held - $1, held_bytes = held_bytes - $2 WHERE device = $3',
      ...[sizes.length, sizes.reduce((sum, size) => sum + size, 0), device],
    );
  }
}

/** What the devices table says of a live device's mailbox. */
interface Mailbox {
  readonly device: DeviceRef;
  readonly lastSeq: number;
  readonly held: number;
  readonly heldBytes: number;
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

function toEnvelope(row: Row): StoredEnvelope {
  return {
    seq: row.seq as number,
    id: bytesOf(row.id),
    senderAccount: bytesOf(row.sender_account),
    senderDevice: row.sender_device as number,
    type: row.type as number,
    content: bytesOf(row.content),
    receivedAt: row.received_at as number,
  };
}

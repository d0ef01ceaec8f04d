/**
 * Device logs in SQL, and the live devices that follow from them.
 *
 * @module
 */
import type { DeviceLog, SignatureScheme, SignedEntry } from '../../core/identity/index.js';
import { bytesOf, type Sql } from './sql.js';
import type { Appended, DeviceRef, StoredDevice, StoredLog } from './store.js';

export class DeviceLogTables {
  constructor(private readonly sql: Sql) {}

  head(account: Uint8Array): Uint8Array | undefined {
    const row = this.sql.row('SELECT head FROM accounts WHERE account = $1', account);
    return row && bytesOf(row.head);
  }

  read(account: Uint8Array): StoredLog | undefined {
    const head = this.head(account);
    if (!head) return undefined;
    const rows = this.sql.rows(
      'SELECT text, scheme, signature FROM log_entries WHERE account = $1 ORDER BY position',
      account,
    );
    const entries = rows.map((row): SignedEntry => ({
      text: row.text as string,
      scheme: row.scheme as SignatureScheme,
      signature: bytesOf(row.signature),
    }));
    return { head, entries };
  }

  append(log: DeviceLog, previous: Uint8Array | undefined): Appended | undefined {
    const { account, entries, head } = log;
    const swapped = previous
      ? this.sql.row(
          'UPDATE accounts SET head = $1 WHERE account = $2 AND head = $3 RETURNING account',
          head,
          account,
          previous,
        )
      : this.sql.row(
          'INSERT INTO accounts (account, head) VALUES ($1, $2) ON CONFLICT (account) DO NOTHING RETURNING account',
          account,
          head,
        );
    if (!swapped) return undefined;
    const { text, scheme, signature } = entries.at(-1)!;
    this.sql.run(
      'INSERT INTO log_entries (account, position, text, scheme, signature) VALUES ($1, $2, $3, $4, $5)',
      ...[account, entries.length - 1, text, scheme, signature],
    );
    return this.#follow(log);
  }

  findDevice(account: Uint8Array, deviceId: number): StoredDevice | undefined {
    const row = this.sql.row(
      'SELECT device, identity_key FROM devices WHERE account = $1 AND device_id = $2 AND live = 1',
      account,
      deviceId,
    );
    return row && { ref: row.device as number, identityKey: bytesOf(row.identity_key) };
  }

  /** Makes the devices table say what the log says. */
  #follow({ account, devices }: DeviceLog): Appended {
    const logged = new Map(devices.map((device) => [device.id, device.identityKey]));
    const known = this.sql.rows(
      'SELECT device, device_id, identity_key FROM devices WHERE account = $1 AND live = 1',
      account,
    );
    const ended: DeviceRef[] = [];
    const others: DeviceRef[] = [];
    for (const row of known) {
      const key = logged.get(row.device_id as number);
      if (key && Buffer.compare(key, bytesOf(row.identity_key)) === 0) {
        logged.delete(row.device_id as number);
        others.push(row.device as number);
      } else {
        this.#end(row.device as number);
        ended.push(row.device as number);
      }
    }
    for (const [deviceId, identityKey] of logged) {
      this.sql.run(
        `INSERT INTO devices (account, device_id, identity_key, live) VALUES ($1, $2, $3, 1)
         ON CONFLICT (account, device_id) DO UPDATE SET identity_key = excluded.identity_key, live = 1`,
        ...[account, deviceId, identityKey],
      );
    }
    return { ended, others };
  }

  #end(device: DeviceRef): void {
    this.sql.run('DELETE FROM keys WHERE device = $1', device);
    this.sql.run('DELETE FROM envelopes WHERE device = $1', device);
    this.sql.run(
      'UPDATE devices SET live = 0, registration_id = 0, held = 0, held_bytes = 0 WHERE device = $1',
      device,
    );
  }
}

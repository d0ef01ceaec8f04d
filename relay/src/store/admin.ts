/**
 * What an operator may ask of the database and do to it, beside what devices do.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { row, rows, run, type Step } from './steps.js';

export interface Stats {
  readonly accounts: number;
  readonly devices: number;
  readonly keys: number;
  readonly envelopes: number;
  readonly contentBytes: number;
}

export interface DeviceReport {
  readonly deviceId: number;
  readonly envelopes: number;
  readonly contentBytes: number;
  readonly keys: number;
}

export function* stats(): Step<Stats> {
  const of = function* (query: string): Step<number> {
    return Number((yield* row(query))!.number);
  };
  return {
    accounts: yield* of('SELECT COUNT(*) AS number FROM accounts'),
    devices: yield* of('SELECT COUNT(*) AS number FROM devices WHERE live = 1'),
    keys: yield* of('SELECT COUNT(*) AS number FROM keys'),
    envelopes: yield* of('SELECT COUNT(*) AS number FROM envelopes'),
    contentBytes: yield* of('SELECT COALESCE(SUM(LENGTH(content)), 0) AS number FROM envelopes'),
  };
}

export function* devicesOf(account: Uint8Array): Step<readonly DeviceReport[]> {
  const found = yield* rows(
    `SELECT device_id,
       (SELECT COUNT(*) FROM envelopes WHERE envelopes.device = devices.device) AS held,
       (SELECT COALESCE(SUM(LENGTH(content)), 0) FROM envelopes WHERE envelopes.device = devices.device) AS held_bytes,
       (SELECT COUNT(*) FROM keys WHERE keys.device = devices.device) AS number
     FROM devices WHERE account = $1 AND live = 1 ORDER BY device_id`,
    account,
  );
  return found.map((one) => ({
    deviceId: Number(one.device_id),
    envelopes: Number(one.held),
    contentBytes: Number(one.held_bytes),
    keys: Number(one.number),
  }));
}

/** Deletes what waits for an account's devices. */
export function* purge(account: Uint8Array): Step<number> {
  // First, as everybody does who changes what is in a mailbox.
  yield* rows('SELECT device FROM devices WHERE account = $1 ORDER BY device FOR UPDATE', account);
  const deleted = yield* rows(
    `DELETE FROM envelopes WHERE device IN (SELECT device FROM devices WHERE account = $1) RETURNING seq`,
    account,
  );
  yield* run('UPDATE devices SET held = 0, held_bytes = 0 WHERE account = $1', account);
  return deleted.length;
}

/** Deletes all of an account; its devices may introduce themselves anew. */
export function* deleteAccount(account: Uint8Array): Step<boolean> {
  const found = yield* row('DELETE FROM accounts WHERE account = $1 RETURNING account', account);
  yield* purge(account);
  yield* run('DELETE FROM keys WHERE device IN (SELECT device FROM devices WHERE account = $1)', account);
  yield* run('DELETE FROM log_entries WHERE account = $1', account);
  // Numbers of devices are not given again, so the rows stay, under a name that means nothing.
  yield* run(
    'UPDATE devices SET account = $1, identity_key = $2, live = 0, registration_id = 0 WHERE account = $3',
    ...[randomBytes(32), new Uint8Array(0), account],
  );
  return found !== undefined;
}

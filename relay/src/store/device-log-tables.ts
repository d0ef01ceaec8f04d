/**
 * Device logs in SQL, and the live devices that follow from them.
 *
 * @module
 */
import {
  headOf,
  type DeviceLog,
  type SignatureScheme,
  type SignedEntry,
} from '../../../core/identity/index.js';
import { bytesOf, row, rows, run, type Step } from './steps.js';
import type { Appended, DeviceRef, StoredDevice, StoredLog } from './store.js';

export function* readHead(account: Uint8Array): Step<Uint8Array | undefined> {
  const found = yield* row('SELECT head FROM accounts WHERE account = $1', account);
  return found && bytesOf(found.head);
}

export function* readLog(account: Uint8Array): Step<StoredLog | undefined> {
  const found = yield* rows(
    'SELECT text, scheme, signature FROM log_entries WHERE account = $1 ORDER BY position',
    account,
  );
  // Read last: but for a repair entries are only ever added, and whoever names this head has seen at least these.
  const head = yield* readHead(account);
  if (!head) return undefined;
  const entries = found.map((entry): SignedEntry => ({
    text: entry.text as string,
    scheme: entry.scheme as SignatureScheme,
    signature: bytesOf(entry.signature),
  }));
  return { head, entries };
}

export function* appendLog(log: DeviceLog, previous: Uint8Array | undefined): Step<Appended | undefined> {
  const { account, entries, head } = log;
  const swapped = previous
    ? yield* row(
        'UPDATE accounts SET head = $1 WHERE account = $2 AND head = $3 RETURNING account',
        head,
        account,
        previous,
      )
    : yield* row(
        'INSERT INTO accounts (account, head) VALUES ($1, $2) ON CONFLICT (account) DO NOTHING RETURNING account',
        account,
        head,
      );
  if (!swapped) return undefined;
  const before = entries.at(-2);
  const isNext = before ? previous && Buffer.compare(headOf(before.text), previous) === 0 : !previous;
  if (!isNext) yield* run('DELETE FROM log_entries WHERE account = $1', account);
  for (const [position, { text, scheme, signature }] of entries.entries()) {
    if (isNext && position < entries.length - 1) continue;
    yield* run(
      'INSERT INTO log_entries (account, position, text, scheme, signature) VALUES ($1, $2, $3, $4, $5)',
      ...[account, position, text, scheme, signature],
    );
  }
  return yield* follow(log);
}

export function* findDevice(account: Uint8Array, deviceId: number): Step<StoredDevice | undefined> {
  const found = yield* row(
    'SELECT device, identity_key FROM devices WHERE account = $1 AND device_id = $2 AND live = 1',
    account,
    deviceId,
  );
  return found && { ref: Number(found.device), identityKey: bytesOf(found.identity_key) };
}

/** Makes the devices table say what the log says. */
function* follow({ account, devices }: DeviceLog): Step<Appended> {
  const logged = new Map(devices.map((device) => [device.id, device.identityKey]));
  const known = yield* rows(
    'SELECT device, device_id, identity_key FROM devices WHERE account = $1 AND live = 1 ORDER BY device FOR UPDATE',
    account,
  );
  const ended: DeviceRef[] = [];
  const others: DeviceRef[] = [];
  for (const found of known) {
    const device = Number(found.device);
    const key = logged.get(Number(found.device_id));
    if (key && Buffer.compare(key, bytesOf(found.identity_key)) === 0) {
      logged.delete(Number(found.device_id));
      others.push(device);
    } else {
      yield* end(device);
      ended.push(device);
    }
  }
  for (const [deviceId, identityKey] of logged) {
    yield* run(
      `INSERT INTO devices (account, device_id, identity_key, live) VALUES ($1, $2, $3, 1)
       ON CONFLICT (account, device_id) DO UPDATE SET identity_key = excluded.identity_key, live = 1`,
      ...[account, deviceId, identityKey],
    );
  }
  return { ended, others };
}

function* end(device: DeviceRef): Step<void> {
  yield* run('DELETE FROM keys WHERE device = $1', device);
  yield* run('DELETE FROM envelopes WHERE device = $1', device);
  yield* run(
    'UPDATE devices SET live = 0, registration_id = 0, held = 0, held_bytes = 0 WHERE device = $1',
    device,
  );
}

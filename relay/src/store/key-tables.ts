/**
 * Pre-keys in SQL: a one-time key is given out once; standing keys always answer.
 *
 * @module
 */
import type { Limits } from '../limits.js';
import { bytesOf, row, rows, run, type Row, type Step } from './steps.js';
import type { ClaimedBundle, DeviceRef, KeyCounts, PreKey, PublishedKeys } from './store.js';

const SIGNED = 1;
const LAST_RESORT_KYBER = 2;
const ONE_TIME = 3;
const ONE_TIME_KYBER = 4;
type StandingKind = typeof SIGNED | typeof LAST_RESORT_KYBER;
type OneTimeKind = typeof ONE_TIME | typeof ONE_TIME_KYBER;

export function* publishKeys(
  device: DeviceRef,
  keys: PublishedKeys,
  { storedKeys }: Pick<Limits, 'storedKeys'>,
): Step<KeyCounts | undefined> {
  const oneTimeKeys = yield* unknownOf(device, ONE_TIME, keys.oneTimeKeys);
  const oneTimeKyberKeys = yield* unknownOf(device, ONE_TIME_KYBER, keys.oneTimeKyberKeys);
  const before = yield* countKeys(device);
  const after: KeyCounts = {
    oneTimeKeys: before.oneTimeKeys + oneTimeKeys.length,
    oneTimeKyberKeys: before.oneTimeKyberKeys + oneTimeKyberKeys.length,
  };
  if (Math.max(after.oneTimeKeys, after.oneTimeKyberKeys) > storedKeys) return undefined;
  yield* replace(device, SIGNED, keys.signedPreKey);
  yield* replace(device, LAST_RESORT_KYBER, keys.lastResortKyberKey);
  for (const key of oneTimeKeys) yield* insert(device, ONE_TIME, key);
  for (const key of oneTimeKyberKeys) yield* insert(device, ONE_TIME_KYBER, key);
  if (keys.registrationId !== 0) {
    yield* run('UPDATE devices SET registration_id = $1 WHERE device = $2', keys.registrationId, device);
  }
  return after;
}

export function* countKeys(device: DeviceRef): Step<KeyCounts> {
  const counts = yield* rows(
    'SELECT kind, COUNT(*) AS number FROM keys WHERE device = $1 AND kind IN ($2, $3) GROUP BY kind',
    ...[device, ONE_TIME, ONE_TIME_KYBER],
  );
  const of = (kind: OneTimeKind) => Number(counts.find((count) => Number(count.kind) === kind)?.number ?? 0);
  return { oneTimeKeys: of(ONE_TIME), oneTimeKyberKeys: of(ONE_TIME_KYBER) };
}

export function* claimKeys(
  account: Uint8Array,
  deviceIds: ReadonlySet<number>,
  oneTime: boolean,
): Step<readonly ClaimedBundle[]> {
  const devices = yield* rows(
    'SELECT device, device_id, registration_id FROM devices WHERE account = $1 AND live = 1 ORDER BY device_id',
    account,
  );
  const bundles: ClaimedBundle[] = [];
  for (const device of devices) {
    if (deviceIds.size > 0 && !deviceIds.has(Number(device.device_id))) continue;
    const bundle = yield* claimFrom(device, oneTime);
    if (bundle) bundles.push(bundle);
  }
  return bundles;
}

function* claimFrom(found: Row, oneTime: boolean): Step<ClaimedBundle | undefined> {
  const device = Number(found.device);
  const signedPreKey = yield* standing(device, SIGNED);
  const lastResort = yield* standing(device, LAST_RESORT_KYBER);
  // Without both the device has not finished publishing, and would run dry.
  if (!signedPreKey || !lastResort) return undefined;
  return {
    ref: device,
    deviceId: Number(found.device_id),
    registrationId: Number(found.registration_id),
    signedPreKey,
    kyberPreKey: (oneTime && (yield* take(device, ONE_TIME_KYBER))) || lastResort,
    oneTimeKey: oneTime ? yield* take(device, ONE_TIME) : undefined,
    left: yield* countKeys(device),
  };
}

function* standing(device: DeviceRef, kind: StandingKind): Step<PreKey | undefined> {
  return toPreKey(
    yield* row('SELECT id, public_key, signature FROM keys WHERE device = $1 AND kind = $2', device, kind),
  );
}

function* take(device: DeviceRef, kind: OneTimeKind): Step<PreKey | undefined> {
  return toPreKey(
    yield* row(
      `DELETE FROM keys WHERE device = $1 AND kind = $2 AND id = (
         SELECT id FROM keys WHERE device = $1 AND kind = $2 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING id, public_key, signature`,
      device,
      kind,
    ),
  );
}

/** The keys, each once, whose ids the device has not published yet. */
function* unknownOf(device: DeviceRef, kind: OneTimeKind, keys: readonly PreKey[]): Step<PreKey[]> {
  const byId = new Map(keys.map((key) => [key.id, key]));
  for (const id of [...byId.keys()]) {
    const known = yield* row(
      'SELECT id FROM keys WHERE device = $1 AND kind = $2 AND id = $3',
      ...[device, kind, id],
    );
    if (known) byId.delete(id);
  }
  return [...byId.values()];
}

function* replace(device: DeviceRef, kind: StandingKind, key: PreKey | undefined): Step<void> {
  if (!key) return;
  yield* run('DELETE FROM keys WHERE device = $1 AND kind = $2', device, kind);
  yield* insert(device, kind, key);
}

function* insert(device: DeviceRef, kind: StandingKind | OneTimeKind, key: PreKey): Step<void> {
  yield* run(
    'INSERT INTO keys (device, kind, id, public_key, signature) VALUES ($1, $2, $3, $4, $5)',
    ...[device, kind, key.id, key.publicKey, key.signature ?? null],
  );
}

function toPreKey(found: Row | undefined): PreKey | undefined {
  if (!found) return undefined;
  return {
    id: Number(found.id),
    publicKey: bytesOf(found.public_key),
    signature: found.signature === null ? undefined : bytesOf(found.signature),
  };
}

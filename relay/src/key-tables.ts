/**
 * Pre-keys in SQL: a one-time key is given out once; standing keys always answer.
 *
 * @module
 */
import type { Limits } from './limits.js';
import { bytesOf, type Row, type Sql } from './sql.js';
import type { ClaimedBundle, DeviceRef, KeyCounts, PreKey, PublishedKeys } from './store.js';

const SIGNED = 1;
const LAST_RESORT_KYBER = 2;
const ONE_TIME = 3;
const ONE_TIME_KYBER = 4;
type StandingKind = typeof SIGNED | typeof LAST_RESORT_KYBER;
type OneTimeKind = typeof ONE_TIME | typeof ONE_TIME_KYBER;

export class KeyTables {
  constructor(
    private readonly sql: Sql,
    private readonly limits: Pick<Limits, 'storedKeys'>,
  ) {}

  publish(device: DeviceRef, keys: PublishedKeys): KeyCounts | undefined {
    const oneTimeKeys = this.#unknown(device, ONE_TIME, keys.oneTimeKeys);
    const oneTimeKyberKeys = this.#unknown(device, ONE_TIME_KYBER, keys.oneTimeKyberKeys);
    const before = this.count(device);
    const after: KeyCounts = {
      oneTimeKeys: before.oneTimeKeys + oneTimeKeys.length,
      oneTimeKyberKeys: before.oneTimeKyberKeys + oneTimeKyberKeys.length,
    };
    if (Math.max(after.oneTimeKeys, after.oneTimeKyberKeys) > this.limits.storedKeys) return undefined;
    this.#replace(device, SIGNED, keys.signedPreKey);
    this.#replace(device, LAST_RESORT_KYBER, keys.lastResortKyberKey);
    for (const key of oneTimeKeys) this.#insert(device, ONE_TIME, key);
    for (const key of oneTimeKyberKeys) this.#insert(device, ONE_TIME_KYBER, key);
    if (keys.registrationId !== 0) {
      this.sql.run('UPDATE devices SET registration_id = $1 WHERE device = $2', keys.registrationId, device);
    }
    return after;
  }

  count(device: DeviceRef): KeyCounts {
    const rows = this.sql.rows(
      'SELECT kind, COUNT(*) AS number FROM keys WHERE device = $1 AND kind IN ($2, $3) GROUP BY kind',
      ...[device, ONE_TIME, ONE_TIME_KYBER],
    );
    const of = (kind: OneTimeKind) => Number(rows.find((row) => row.kind === kind)?.number ?? 0);
    return { oneTimeKeys: of(ONE_TIME), oneTimeKyberKeys: of(ONE_TIME_KYBER) };
  }

  claim(account: Uint8Array, deviceIds: ReadonlySet<number>, oneTime: boolean): readonly ClaimedBundle[] {
    return this.sql
      .rows(
        'SELECT device, device_id, registration_id FROM devices WHERE account = $1 AND live = 1 ORDER BY device_id',
        account,
      )
      .filter((row) => deviceIds.size === 0 || deviceIds.has(row.device_id as number))
      .map((row) => this.#claimFrom(row, oneTime))
      .filter((bundle) => bundle !== undefined);
  }

  #claimFrom(row: Row, oneTime: boolean): ClaimedBundle | undefined {
    const device = row.device as number;
    const signedPreKey = this.#standing(device, SIGNED);
    const lastResort = this.#standing(device, LAST_RESORT_KYBER);
    // Without both the device has not finished publishing, and would run dry.
    if (!signedPreKey || !lastResort) return undefined;
    return {
      ref: device,
      deviceId: row.device_id as number,
      registrationId: row.registration_id as number,
      signedPreKey,
      kyberPreKey: (oneTime && this.#take(device, ONE_TIME_KYBER)) || lastResort,
      oneTimeKey: oneTime ? this.#take(device, ONE_TIME) : undefined,
      left: this.count(device),
    };
  }

  #standing(device: DeviceRef, kind: StandingKind): PreKey | undefined {
    return toPreKey(
      this.sql.row(
        'SELECT id, public_key, signature FROM keys WHERE device = $1 AND kind = $2',
        device,
        kind,
      ),
    );
  }

  #take(device: DeviceRef, kind: OneTimeKind): PreKey | undefined {
    return toPreKey(
      this.sql.row(
        `DELETE FROM keys WHERE device = $1 AND kind = $2
         AND id = (SELECT MIN(id) FROM keys WHERE device = $1 AND kind = $2)
         RETURNING id, public_key, signature`,
        device,
        kind,
      ),
    );
  }

  /** The keys, each once, whose ids the device has not published yet. */
  #unknown(device: DeviceRef, kind: OneTimeKind, keys: readonly PreKey[]): PreKey[] {
    const byId = new Map(keys.map((key) => [key.id, key]));
    return [...byId.values()].filter(
      ({ id }) =>
        !this.sql.row('SELECT id FROM keys WHERE device = $1 AND kind = $2 AND id = $3', device, kind, id),
    );
  }

  #replace(device: DeviceRef, kind: StandingKind, key: PreKey | undefined): void {
    if (!key) return;
    this.sql.run('DELETE FROM keys WHERE device = $1 AND kind = $2', device, kind);
    this.#insert(device, kind, key);
  }

  #insert(device: DeviceRef, kind: StandingKind | OneTimeKind, key: PreKey): void {
    this.sql.run(
      'INSERT INTO keys (device, kind, id, public_key, signature) VALUES ($1, $2, $3, $4, $5)',
      ...[device, kind, key.id, key.publicKey, key.signature ?? null],
    );
  }
}

function toPreKey(row: Row | undefined): PreKey | undefined {
  if (!row) return undefined;
  return {
    id: row.id as number,
    publicKey: bytesOf(row.public_key),
    signature: row.signature === null ? undefined : bytesOf(row.signature),
  };
}

/**
 * Blobs in SQL: which there are, how large, and until when; not whose.
 *
 * @module
 */
import { bytesOf, row, rows, run, type Step } from '../store/steps.js';

export function* findBlob(
  hash: Uint8Array,
  now: number,
): Step<{ size: number; expires: number } | undefined> {
  const found = yield* row('SELECT size, expires FROM blobs WHERE hash = $1 AND expires >= $2', hash, now);
  return found && { size: Number(found.size), expires: Number(found.expires) };
}

export function* addBlob(hash: Uint8Array, size: number, expires: number): Step<void> {
  yield* run(
    `INSERT INTO blobs (hash, size, expires) VALUES ($1, $2, $3)
     ON CONFLICT (hash) DO UPDATE SET expires = excluded.expires`,
    ...[hash, size, expires],
  );
}

export function* blobBytes(): Step<number> {
  return Number((yield* row('SELECT COALESCE(SUM(size), 0) AS number FROM blobs'))!.number);
}

export function* expiredBlobs(now: number, slice: number): Step<readonly Uint8Array[]> {
  const found = yield* rows(
    'SELECT hash FROM blobs WHERE expires < $1 ORDER BY expires LIMIT $2',
    now,
    slice,
  );
  return found.map(({ hash }) => bytesOf(hash));
}

export function* removeBlob(hash: Uint8Array): Step<void> {
  yield* run('DELETE FROM blobs WHERE hash = $1', hash);
}

/** A secret that all relays of one database share; the first one that asks chooses it. */
export function* sharedSecret(name: string, candidate: Uint8Array): Step<Uint8Array> {
  yield* run(
    'INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING',
    name,
    candidate,
  );
  return bytesOf((yield* row('SELECT value FROM secrets WHERE name = $1', name))!.value);
}

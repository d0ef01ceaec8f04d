/**
 * What a device is locked with: a passphrase, a passkey, or nothing; and sealing everything anew whenever that changes.
 *
 * A change makes a new data key, and every row is sealed with it before the old one is forgotten: what is stored from
 * then on is not opened by anything that the disk may still hold of the time before. It goes on where it was interrupted,
 * for each row says which key it was sealed with. Loaded when it is needed.
 *
 * @module
 */
import { scryptAsync } from '@noble/hashes/scrypt.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { ComingError, type SeldomErrorCode } from '../errors.js';
import { put, type Change, type Key } from './database.js';
import { TABLE_NAMES, type TableName, type VaultLock } from './records.js';
import type { SealedDatabase } from './sealed.js';
import { keyIdOf, newWrappingKey, openRow, openVault, sealRow, withNewKey } from './sealing.js';
import { encodeRow } from './codec.js';

/** What a person unlocks with. */
export type Secret =
  | { readonly passphrase: string }
  /** 32 bytes that a passkey gave, and the id of that passkey. */
  | { readonly passkey: Uint8Array; readonly id: Uint8Array };

export const MIN_PASSPHRASE_LENGTH = 8;

/** scrypt takes 128 MiB with these, and about a second of a core in JavaScript, half of it in native code. */
const COSTS = { N: 2 ** 17, r: 8, p: 1 } as const;
const SALT_BYTES = 32;
const SECRET_BYTES = 32;
const INFO = utf8ToBytes('coming-kit storage');
/** Rows that are sealed anew in one commit. */
const BATCH = 100;

/**
 * Makes the rows readable again.
 *
 * @throws ComingError `wrong-passphrase`, `wrong-passkey`; nothing changed then
 */
export async function unlock(
  db: SealedDatabase,
  secret: { readonly passphrase: string } | { readonly passkey: Uint8Array },
): Promise<void> {
  const { lock } = db;
  if (!db.isLocked || !lock) return;
  const wrong = lock.kind === 'passkey' ? 'wrong-passkey' : 'wrong-passphrase';
  const isOfKind = lock.kind in secret;
  const wrapping = isOfKind ? await wrappingKey(lock, secret) : undefined;
  if (!wrapping) throw refused(wrong);
  try {
    await db.unlock(wrapping);
  } catch (error) {
    throw error instanceof ComingError ? error : refused(wrong);
  }
}

/**
 * Locks with something else from now on, or with nothing. {@link sealAnew} has to follow.
 *
 * @throws ComingError `weak-passphrase`, `wrong-passkey` (not 32 bytes), and as a commit
 */
export async function protect(db: SealedDatabase, secret: Secret | undefined): Promise<void> {
  const { lock, wrapping } = await newLock(secret);
  await db.exclusively(async (inner, vault) => {
    const next = await withNewKey(vault, { lock, hasPlain: vault.row.hasPlain }, wrapping);
    await inner.commit([put('vault', 'vault', next.row)]);
    return next;
  });
}

/** Seals every row that is not sealed with the newest key, then forgets the other keys. */
export async function sealAnew(db: SealedDatabase): Promise<void> {
  let newest: number | undefined;
  for (const table of TABLE_NAMES) {
    if (table === 'vault') continue;
    let before: Key | undefined;
    do {
      const batch = await sealBatch(db, table, before);
      before = batch.next;
      newest ??= batch.newest;
    } while (before !== undefined);
  }
  await db.exclusively(async (inner, vault) => {
    const key = vault.row.keys.at(-1)!;
    // Another change came meanwhile: what was looked at first may be sealed with the key of this one.
    if (key.id !== newest) return vault;
    const row = { lock: vault.row.lock, keys: [key], hasPlain: false };
    await inner.commit([put('vault', 'vault', row)]);
    return openVault(row, vault.wrapping);
  });
}

async function sealBatch(
  db: SealedDatabase,
  table: TableName,
  before: Key | undefined,
): Promise<{ next: Key | undefined; newest: number }> {
  let next: Key | undefined;
  let newest = 0;
  await db.exclusively(async (inner, vault) => {
    newest = vault.row.keys.at(-1)!.id;
    const rows = await inner.list(table, {
      ...(before !== undefined && { before }),
      reverse: true,
      limit: BATCH,
    });
    next = rows.length < BATCH ? undefined : rows.at(-1)!.key;
    const changes: Change[] = [];
    for (const { key, value } of rows as { key: Key; value: unknown }[]) {
      const isSealed = value instanceof Uint8Array;
      if (isSealed && keyIdOf(value) === newest) continue;
      const row = isSealed ? await openRow(vault, table, key, value) : value;
      changes.push(put(table, key, (await sealRow(vault, table, key, encodeRow(row))) as never));
    }
    if (changes.length > 0) await inner.commit(changes);
    return vault;
  });
  return { next, newest };
}

async function newLock(secret: Secret | undefined): Promise<{ lock: VaultLock; wrapping: CryptoKey }> {
  if (!secret) {
    const key = await newWrappingKey();
    return { lock: { kind: 'none', key }, wrapping: key };
  }
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  if ('passphrase' in secret) {
    if (secret.passphrase.length < MIN_PASSPHRASE_LENGTH) throw refused('weak-passphrase');
    const lock: VaultLock = { kind: 'passphrase', salt, ...COSTS };
    return { lock, wrapping: (await wrappingKey(lock, secret))! };
  }
  const lock: VaultLock = { kind: 'passkey', salt, id: secret.id };
  const wrapping = await wrappingKey(lock, secret);
  if (!wrapping) throw refused('wrong-passkey');
  return { lock, wrapping };
}

/** The key that a secret makes; undefined for a secret of another kind. */
async function wrappingKey(
  lock: VaultLock,
  secret: { readonly passphrase: string } | { readonly passkey: Uint8Array },
): Promise<CryptoKey | undefined> {
  const aes = { name: 'AES-GCM', length: 256 };
  const uses: KeyUsage[] = ['encrypt', 'decrypt'];
  if (lock.kind === 'passphrase' && 'passphrase' in secret) {
    const { salt, N, r, p } = lock;
    // The same letters typed on another keyboard are the same passphrase.
    const password = utf8ToBytes(secret.passphrase.normalize('NFKC'));
    const raw = await scryptAsync(password, salt, { N, r, p, dkLen: 32 });
    const key = await crypto.subtle.importKey('raw', raw as BufferSource, aes, false, uses);
    raw.fill(0);
    return key;
  }
  if (lock.kind === 'passkey' && 'passkey' in secret && secret.passkey.length === SECRET_BYTES) {
    const master = await crypto.subtle.importKey('raw', secret.passkey as BufferSource, 'HKDF', false, [
      'deriveKey',
    ]);
    const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: lock.salt as BufferSource, info: INFO };
    return crypto.subtle.deriveKey(hkdf, master, aes, false, uses);
  }
  return undefined;
}

function refused(code: SeldomErrorCode): ComingError<SeldomErrorCode> {
  return new ComingError<SeldomErrorCode>(code, 'not with this secret');
}

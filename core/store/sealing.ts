/**
 * Seals rows and wraps the keys that seal them: AES-256-GCM with a random nonce of 96 bits (NIST SP 800-38D).
 *
 * A sealed row is the format (1 byte), the id of its key (4), the nonce (12), ciphertext and tag. What comes before the
 * nonce, the table and the key of the row are authenticated too: a row that was put in the place of another does not
 * open. As few as 2^32 rows may be sealed with one key, which at a hundred a second takes a year and a half.
 *
 * @module
 */
import { concatBytes } from '@noble/hashes/utils.js';
import { ComingError } from '../errors.js';
import { decodeRow, encodeRow } from './codec.js';
import type { Key } from './database.js';
import type { TableName, VaultRow } from './records.js';

/** A vault whose keys are at hand. */
export interface OpenVault {
  readonly row: VaultRow;
  /** Wraps the data keys. */
  readonly wrapping: CryptoKey;
  readonly dataKeys: ReadonlyMap<number, CryptoKey>;
}

const AES = 'AES-GCM';
const NONCE_BYTES = 12;
const FORMAT = 1;
const HEADER_BYTES = 5;

/** @param bytes - the row, encoded */
export async function sealRow(
  { row, dataKeys }: OpenVault,
  table: TableName,
  key: Key,
  bytes: Uint8Array,
): Promise<Uint8Array> {
  const { id } = row.keys.at(-1)!;
  const header = headerOf(id);
  return concatBytes(header, await seal(dataKeys.get(id)!, place(header, table, key), bytes));
}

/** @throws ComingError `storage-damaged`: also for a row that is sealed with a key that is not at hand */
export async function openRow(
  { dataKeys }: OpenVault,
  table: TableName,
  key: Key,
  sealed: Uint8Array,
): Promise<unknown> {
  const header = sealed.subarray(0, HEADER_BYTES);
  const dataKey = dataKeys.get(keyIdOf(sealed));
  if (!dataKey || header[0] !== FORMAT) throw damaged();
  try {
    return decodeRow(await open(dataKey, place(header, table, key), sealed.subarray(HEADER_BYTES)));
  } catch {
    throw damaged();
  }
}

/** The id of the key that a row was sealed with. */
export function keyIdOf(sealed: Uint8Array): number {
  if (sealed.length < HEADER_BYTES) throw damaged();
  return new DataView(sealed.buffer, sealed.byteOffset).getUint32(1);
}

/** A vault with one new data key more, which seals from now on; all of them wrapped with `wrapping`. */
export async function withNewKey(
  before: OpenVault | undefined,
  { lock, hasPlain }: Pick<VaultRow, 'lock' | 'hasPlain'>,
  wrapping: CryptoKey,
): Promise<OpenVault> {
  const keys: VaultRow['keys'][number][] = [];
  const add = async (id: number, raw: Uint8Array<ArrayBuffer>) => {
    keys.push({ id, wrapped: await seal(wrapping, wrapped(id), raw) });
    raw.fill(0);
  };
  for (const { id, wrapped: bytes } of before?.row.keys ?? []) {
    await add(id, await open(before!.wrapping, wrapped(id), bytes));
  }
  const [id = 0] = crypto.getRandomValues(new Uint32Array(1));
  await add(id, crypto.getRandomValues(new Uint8Array(32)));
  return openVault({ lock, keys, hasPlain }, wrapping);
}

/** The vault with its keys; rejects when `wrapping` is not the key that they are wrapped with. */
export async function openVault(row: VaultRow, wrapping: CryptoKey): Promise<OpenVault> {
  const dataKeys = new Map<number, CryptoKey>();
  for (const { id, wrapped: bytes } of row.keys) {
    const raw = await open(wrapping, wrapped(id), bytes);
    dataKeys.set(id, await crypto.subtle.importKey('raw', raw, AES, false, ['encrypt', 'decrypt']));
    raw.fill(0);
  }
  return { row, wrapping, dataKeys };
}

/** A key that wraps, and that no script can read out. */
export async function newWrappingKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: AES, length: 256 }, false, ['encrypt', 'decrypt']);
}

export function damaged(): ComingError {
  return new ComingError('storage-damaged', 'a row is not what was stored');
}

async function seal(key: CryptoKey, additionalData: Uint8Array, bytes: Uint8Array): Promise<Uint8Array> {
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const sealed = await crypto.subtle.encrypt(
    { name: AES, iv, additionalData: additionalData as BufferSource },
    key,
    bytes as BufferSource,
  );
  return concatBytes(iv, new Uint8Array(sealed));
}

async function open(
  key: CryptoKey,
  additionalData: Uint8Array,
  sealed: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const iv = sealed.subarray(0, NONCE_BYTES) as BufferSource;
  const opened = await crypto.subtle.decrypt(
    { name: AES, iv, additionalData: additionalData as BufferSource },
    key,
    sealed.subarray(NONCE_BYTES) as BufferSource,
  );
  return new Uint8Array(opened);
}

function headerOf(keyId: number): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES);
  header[0] = FORMAT;
  new DataView(header.buffer).setUint32(1, keyId);
  return header;
}

function place(header: Uint8Array, table: TableName, key: Key): Uint8Array {
  return encodeRow([header, table, key]);
}

function wrapped(keyId: number): Uint8Array {
  return encodeRow(['data key', keyId]);
}

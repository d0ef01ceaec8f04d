/**
 * Exports as files in memory, with a passphrase that costs little.
 *
 * @module
 */
import type { Export, Import, ImportResult } from '../../core/client.js';
import { Device } from '../../core/messaging/index.js';
import { platformPrimitives } from '../../core/ratchet/index.js';
import { MemoryDatabase, type Database, type MemoryStorage } from '../../core/store/index.js';
import { openExport } from '../../core/transfer/index.js';
import { copyOf } from './world.js';

export const PASSPHRASE = 'a good passphrase';

/** What somebody would export who has this stored now. */
export async function exportOf(storage: MemoryStorage, passphrase = PASSPHRASE): Promise<Uint8Array> {
  const db = new MemoryDatabase(copyOf(storage));
  await db.takeOwnership();
  return readAll(await exportFrom(db, passphrase));
}

export async function exportFrom(db: Database, passphrase = PASSPHRASE): Promise<Export> {
  const device = await Device.load(db, await platformPrimitives(), Date.now);
  const context = { db, device: device!, now: Date.now, deviceChanged: () => undefined };
  return openExport(context, passphrase, 10);
}

export async function readAll(handle: Export): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (let piece = await handle.read(); piece; piece = await handle.read()) pieces.push(piece);
  return Uint8Array.from(Buffer.concat(pieces));
}

export async function importInto(handle: Import, file: Uint8Array): Promise<ImportResult> {
  for (let at = 0; at < file.length; at += 50_000) await handle.write(file.subarray(at, at + 50_000));
  return handle.finish();
}

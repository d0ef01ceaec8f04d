/**
 * Exports to files, and imports from them.
 *
 * @module
 */
import { createReadStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import type { ComingClient, ImportResult, TransferProgress } from '../client.js';

/**
 * Writes everything that a client has into a file, for its owner alone (mode 0600). The file appears when it is whole.
 *
 * @throws ComingError as `ComingClient.openExport` and `Export.read`; what the file system throws
 */
export async function exportToFile(
  client: ComingClient,
  path: string,
  passphrase: string,
  progress: (progress: TransferProgress) => void = () => undefined,
): Promise<void> {
  const handle = await client.openExport(passphrase);
  const unsubscribe = handle.snapshot.subscribe(progress);
  const part = `${path}.part`;
  try {
    const file = await open(part, 'w', 0o600);
    try {
      for (let piece = await handle.read(); piece; piece = await handle.read()) await file.writeFile(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  } finally {
    unsubscribe();
    handle.close();
  }
}

/** Reads such a file into a client. Throws as `ComingClient.openImport`, `Import.write` and `Import.finish`. */
export async function importFromFile(
  client: ComingClient,
  path: string,
  passphrase: string,
  progress: (progress: TransferProgress) => void = () => undefined,
): Promise<ImportResult> {
  const handle = await client.openImport(passphrase);
  const unsubscribe = handle.snapshot.subscribe(progress);
  try {
    for await (const piece of createReadStream(path)) await handle.write(piece as Uint8Array);
    return await handle.finish();
  } finally {
    unsubscribe();
    handle.close();
  }
}

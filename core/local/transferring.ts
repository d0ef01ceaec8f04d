/**
 * Opens exports and imports, one import at a time, and goes on with one that a crash interrupted.
 *
 * @module
 */
import type { Export, Import } from '../client.js';
import { loaded } from '../lazy.js';
import type { Database } from '../store/index.js';
import type { EndingImport, ExportContext, ImportContext } from '../transfer/index.js';

const loadTransfer = () => loaded(import('../transfer/index.js'));

export class Transferring {
  /** The import that is open, or goes on. */
  #import: EndingImport | undefined;
  #resumed: Promise<void> = Promise.resolve();

  async openExport(context: ExportContext, passphrase: string): Promise<Export> {
    return (await loadTransfer()).openExport(context, passphrase);
  }

  async openImport(context: ImportContext, passphrase: string): Promise<Import> {
    const { openImport } = await loadTransfer();
    await this.#resumed;
    this.#import?.close();
    await this.#import?.ended();
    return (this.#import = openImport(context, passphrase));
  }

  /** Costs a look into the database where nothing was interrupted. */
  async resume(db: Database, context: () => ImportContext): Promise<void> {
    if ((await db.list('imports', { limit: 1 })).length === 0) return;
    const resumed = loadTransfer().then(({ resumeImport }) => resumeImport(context()));
    this.#resumed = resumed.catch(() => undefined);
    await resumed;
  }
}

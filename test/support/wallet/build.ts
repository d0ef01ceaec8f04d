/**
 * Builds the wallet extension: the extension's own modules, and the few of ours that hold them together.
 *
 * @module
 */
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const sources = join(import.meta.dirname, 'extension');

export interface ExtensionOptions {
  /** Milliseconds that the extension wants between two signature requests of a page; it has 3000 of its own. */
  readonly rateLimit: number | 'own';
}

/** Writes an unpacked extension into a folder. */
export async function buildExtension(folder: string, { rateLimit }: ExtensionOptions): Promise<void> {
  await build({
    entryPoints: ['background', 'content', 'page', 'popup'].map((name) => join(sources, `${name}.ts`)),
    outdir: folder,
    bundle: true,
    format: 'iife',
    target: 'chrome120',
    logLevel: 'error',
    define: {
      WALLET_RATE_LIMIT: rateLimit === 'own' ? 'undefined' : String(rateLimit),
      global: 'globalThis',
      // What the extension's own build sets; messages and ports are named after them.
      'process.env.EXTENSION_PREFIX': '"polkadot{.js}"',
      'process.env.PORT_PREFIX': '"test"',
    },
  });
  for (const name of ['manifest.json', 'popup.html']) await copyFile(join(sources, name), join(folder, name));
}

// What is put in place of packages that are too heavy for a page. Used by the build, Storybook and the browser tests.
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Package name -> path of our stand-in. */
export const aliases = {
  '@polkadot/util-crypto': here('../components/wallet/util-crypto-shim.ts'),
};

/** A Vite plugin that aliases only where the wallet extension's package imports: tests use the real one beside it. */
export function aliasesForVite() {
  return {
    name: 'coming-aliases',
    enforce: 'pre',
    resolveId: (id, importer) => (importer?.includes('@polkadot/extension-dapp') ? aliases[id] : undefined),
  };
}

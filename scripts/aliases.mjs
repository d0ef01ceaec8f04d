// What is put in place of packages that are too heavy for a page. Used by the build, Storybook and the browser tests.
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Who imports -> package name -> path of our stand-in. Everybody else gets the package itself. */
const aliases = {
  '@polkadot/extension-dapp': {
    '@polkadot/util-crypto': here('../components/wallet/util-crypto-shim.ts'),
  },
  // Else a page would load two of each.
  '@polkadot-api/substrate-bindings': {
    '@noble/hashes/blake2.js': here('../core/identity/blake2b.ts'),
    '@scure/base': here('../core/identity/base58.ts'),
  },
  '@polkadot-api/metadata-builders': {
    '@polkadot-api/substrate-bindings': here('../core/ledger/substrate/bindings-shim.ts'),
  },
};

/** A plugin of Rollup and Vite. */
export function withAliases() {
  return {
    name: 'coming-aliases',
    enforce: 'pre',
    resolveId(id, importer) {
      const by = Object.keys(aliases).find((name) => importer?.includes(`/node_modules/${name}/`));
      return by && aliases[by][id];
    },
  };
}

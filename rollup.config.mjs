// Builds what is shipped and what `npm start` runs; COMING_BUILD=relay,… builds only the parts named.
import { readFileSync } from 'node:fs';
import commonjs from '@rollup/plugin-commonjs';
import resolve from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import { transformSync } from 'esbuild';
import esbuild from 'rollup-plugin-esbuild';
import { withAliases } from './scripts/aliases.mjs';

const dependenciesOf = (manifest) =>
  Object.keys(JSON.parse(readFileSync(new URL(manifest, import.meta.url), 'utf8')).dependencies ?? {});
const external = (names) => (id) =>
  id.startsWith('node:') || names.some((name) => id === name || id.startsWith(`${name}/`));

/** White space in templates and style sheets is for people: one line break is what all of it comes to on a page. */
const compactTemplates = () => ({
  name: 'compact-templates',
  transform(code, id) {
    if (!id.includes('/components/') || id.includes('/node_modules/')) return undefined;
    const styled = id.endsWith('.styles.ts') ? code.replace(/(?<=css`)[^`]*(?=`)/g, compactStyle) : code;
    return { code: styled.replace(/\n +/g, '\n'), map: null };
  },
});
const compactStyle = (style) => {
  const { code } = transformSync(style, { loader: 'css', minifyWhitespace: true, charset: 'utf8' });
  // In a template an escape of CSS is one of JavaScript, and a wrong one takes the whole sheet along.
  if (code.includes('\\')) throw new Error('write the character itself into the style sheet');
  return code.trim();
};

const forBrowsers = () => [
  withAliases(),
  resolve({ browser: true, exportConditions: ['production'] }),
  commonjs({ requireReturnsDefault: 'auto' }),
  compactTemplates(),
  esbuild({ target: 'es2022', tsconfig: 'tsconfig.json' }),
];

// bn.js is CommonJS, which is never dropped by itself; nothing of the wallet adapter counts with it. The others declare
// that they have no side effects, which is heeded for their entries only.
const PURE = /\/node_modules\/(bn\.js|@polkadot-api|@noble|@scure|scale-ts)\//;
const treeshake = { moduleSideEffects: (id) => !PURE.test(id) };

// Chunks are named after the module that is imported, so that the size check and people can tell them apart.
const CHUNK_NAMES = {
  'core/local/index.ts': 'client',
  'core/shared/index.ts': 'shared',
  'core/shared/worker-client.ts': 'worker',
  'core/remote/serve.ts': 'serve',
  'core/accounts/index.ts': 'accounts',
  'core/transfer/index.ts': 'transfer',
  'core/ledger/substrate/substrate-chain.ts': 'ledger',
  'core/identity/words.ts': 'words',
  'core/identity/keystore.ts': 'keystore',
  'core/ledger/substrate/proofs/agreement.ts': 'proofs',
  'core/payments/index.ts': 'payments',
  'core/ratchet/sender-keys/index.ts': 'sender-keys',
  'core/ratchet/sealed-sender/index.ts': 'sealed-sender',
  '@polkadot/extension-dapp/index.js': 'extension-dapp',
  '@scure/sr25519/index.js': 'sr25519',
};
const chunkFileNames = ({ name, moduleIds }) => {
  const known = Object.keys(CHUNK_NAMES).find((end) => moduleIds.some((id) => id.endsWith(end)));
  return `chunks/${known ? CHUNK_NAMES[known] : name}-[hash].js`;
};

/** The relay needs only its package's dependencies; what only some relays need is in files of its own. */
const relay = {
  input: 'relay/src/cli.ts',
  external: external(dependenciesOf('relay/package.json')),
  plugins: [resolve({ preferBuiltins: true }), commonjs(), esbuild({ target: 'node20' })],
  output: {
    dir: 'relay/dist',
    entryFileNames: 'coming-relay.js',
    chunkFileNames: '[name]-[hash].js',
    format: 'es',
    sourcemap: true,
    banner: '#!/usr/bin/env node',
  },
};

/** The local chain, likewise. */
const devchain = {
  ...relay,
  input: 'devchain/src/cli.ts',
  external: external(dependenciesOf('devchain/package.json')),
  output: { ...relay.output, dir: 'devchain/dist', entryFileNames: 'coming-devchain.js' },
};

/** ES modules for bundlers: one file per public module, the npm dependencies left to the consumer. */
const esm = {
  input: {
    chat: 'components/chat/chat.ts',
    'chat/define': 'components/chat/define.ts',
    contact: 'components/contact/contact.ts',
    'contact/define': 'components/contact/define.ts',
    identity: 'components/identity/identity.ts',
    'identity/define': 'components/identity/define.ts',
    pay: 'components/pay/pay.ts',
    'pay/define': 'components/pay/define.ts',
    provider: 'components/provider/provider.ts',
    'provider/define': 'components/provider/define.ts',
    configure: 'components/provider/configure.ts',
    wallet: 'components/wallet/wallet.ts',
    client: 'core/client.ts',
    errors: 'core/errors.ts',
    local: 'core/local/index.ts',
    remote: 'core/remote/index.ts',
    shared: 'core/shared/index.ts',
    worker: 'core/shared/worker-client.ts',
    'owner.worker': 'core/shared/owner.worker.ts',
    node: 'core/node/index.ts',
    transport: 'core/transport/index.ts',
    ratchet: 'core/ratchet/index.ts',
    'ratchet/sender-keys': 'core/ratchet/sender-keys/index.ts',
    'ratchet/sealed-sender': 'core/ratchet/sealed-sender/index.ts',
    ledger: 'core/ledger/index.ts',
    'sign-in': 'core/identity/sign-in.ts',
    'sign-in-button': 'components/sign-in/sign-in.ts',
    'sign-in-button/define': 'components/sign-in/define.ts',
    'identity-core': 'core/identity/index.ts',
  },
  external: external([...dependenciesOf('package.json'), 'ws']),
  treeshake,
  plugins: forBrowsers(),
  output: {
    dir: 'dist/esm',
    format: 'es',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames,
  },
};

// The client is one chunk: half of it would be shared with the wallet adapter, which is only there beside it.
const CLIENT = [
  /\/core\/(?!errors|words-error|lazy|remote|shared|transfer|local\/(?:options|owner-lock|search)|accounts\/(?!enrolment)|identity\/(?:log-changes|entropy|sign-in|statements|words|keystore|did|anchor)|messaging\/(?:actions|amending|erasing|keeping|kinds|own-devices|profile|resending|typing)\.|ratchet\/(?:noble-primitives|safety-number|sender-keys|sealed-sender)|ledger\/(?!assets)|payments\/(?!snapshot|unfinished)|store\/(?:pruning|protection))/,
  /\/proto\/(?!gen\/signal)/,
  /\/node_modules\/(idb|@preact|@noble\/ed25519|@scure\/base)\//,
  /\/node_modules\/@noble\/(hashes\/(?!scrypt|pbkdf2|hkdf|hmac|sha3|blake3)|ciphers\/(?!salsa|_poly1305|_arx))/,
];
const isClient = (id) => CLIENT.some((part) => part.test(id)) && !id.includes('/@scure/sr25519/');
// What a view needs whose client is elsewhere, and everybody else as well.
const VIEW = /\/core\/(?:remote\/(?!serve|index)|local\/(?:options|owner-lock)|lazy|words-error)/;
const manualChunks = (id) => (isClient(id) ? 'client' : VIEW.test(id) ? 'view' : undefined);

/** For pages without a bundler: everything included, minified; what is heavy stays in chunks of its own. */
const cdn = {
  input: {
    'coming-kit': 'components/cdn.ts',
    chat: 'components/cdn-chat.ts',
    // Beside the chunk that starts it.
    'chunks/owner.worker': 'core/shared/owner.worker.ts',
  },
  treeshake,
  plugins: [...forBrowsers(), terser({ module: true, ecma: 2020, compress: { passes: 3 } })],
  output: {
    dir: 'dist/cdn',
    format: 'es',
    manualChunks,
    onlyExplicitManualChunks: true,
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames,
  },
};

/** For pages that want somebody signed in and nothing else: no client, so nothing is shared with one. */
const cdnSignIn = {
  ...cdn,
  input: { 'sign-in': 'components/sign-in/define.ts' },
  output: {
    ...cdn.output,
    chunkFileNames: (chunk) => chunkFileNames(chunk).replace('chunks/', 'chunks/sign-in-'),
    manualChunks: undefined,
    onlyExplicitManualChunks: undefined,
  },
};

/** Not shipped, only measured: what a page loads that bundles nothing but a payment button. */
const payAlone = {
  ...cdn,
  input: { pay: 'components/pay/define.ts' },
  output: { ...cdn.output, dir: 'dist/pay-alone' },
};

const shipped = { relay, devchain, esm, cdn: [cdn, cdnSignIn] };
const parts = { ...shipped, 'pay-alone': payAlone };
const wanted = process.env.COMING_BUILD?.split(',') ?? Object.keys(shipped);
export default wanted.flatMap((name) => parts[name]);

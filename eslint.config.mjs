// Lint rules; the import directions of docs/architecture.md are the part that matters most.
import js from '@eslint/js';
import lit from 'eslint-plugin-lit';
import litA11y from 'eslint-plugin-lit-a11y';
import wc from 'eslint-plugin-wc';
import ts from 'typescript-eslint';

/** Core's folders, from the bottom up: each may look only at those before it. */
const CORE = [
  'errors',
  'words-error',
  'lazy',
  'folding',
  'keyed-lock',
  'refresher',
  'ratchet',
  'identity',
  'store',
  'transport',
  'ledger',
  'directory',
  'messaging',
  'payments',
  'accounts',
  'transfer',
  'client',
  'local',
  'remote',
  'shared',
];

const NODE = { regex: '^node:', message: 'Core and elements run in a page: no Node built-ins.' };
const SERVERS = {
  regex: '^(\\.\\./)+(relay|devchain)/',
  message: 'Only demo, stories, test, bench and examples may look at the servers.',
};
const OURS = {
  regex: '^(\\.\\./)+(core|components|relay|proto)/',
  message: 'The local chain is the independent side of every ledger test: it looks at nothing of ours.',
};
const HEAVY = {
  regex: '^@polkadot/|^@scure/sr25519|^@noble/curves/secp256k1',
  allowTypeImports: true,
  message: 'Heavy: reach it by a dynamic import only.',
};

const forbid = (...patterns) => ({ '@typescript-eslint/no-restricted-imports': ['error', { patterns }] });

/** Parts of the chain's client: everybody else gets it from `openChain`. */
const CHAIN_CLIENT = {
  regex: '^@polkadot-api/|/substrate/',
  allowTypeImports: true,
  message: 'Heavy: openChain loads the chain client.',
};

/** What a file in core's folder number `rank` may not import. */
const coreRule = (name, rank, ...heavy) => ({
  files: [`core/${name}/**/*.ts`, `core/${name}.ts`],
  rules: forbid(
    NODE,
    SERVERS,
    ...(heavy.length > 0 ? heavy : [HEAVY, CHAIN_CLIENT]),
    { regex: '/components/|^lit|^@lit/', message: 'Core knows no elements.' },
    {
      regex: `^(\\.\\./)+(core/)?(${CORE.slice(rank + 1).join('|') || 'nothing'})(/|\\.js)`,
      // client.ts declares the façade: the types that it names come from below, never the other way.
      message: `core/${name} may look only at: ${CORE.slice(0, rank).join(', ') || 'proto'}.`,
    },
    ...(name === 'ratchet'
      ? [
          {
            regex: '^\\.\\./(?!\\.\\./proto/|errors\\.js)',
            message: 'The ratchet looks only at proto and errors.',
          },
        ]
      : []),
    ...(name === 'remote'
      ? [
          {
            regex: '^\\.\\./(?!client\\.js|(?:words-)?errors?\\.js)',
            message: 'Remote looks only at client.ts.',
          },
        ]
      : []),
  ),
});

export default ts.config(
  {
    ignores: [
      '**/dist/',
      'proto/gen/',
      'devchain/gen/',
      'devchain/runtime/gen/',
      'storybook-static/',
      'coverage/',
      '.cache/',
      '.data/',
      'node_modules/',
    ],
  },
  js.configs.recommended,
  ...ts.configs.strict,
  {
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off', // noUncheckedIndexedAccess asks for it where a length was checked
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-console': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    files: [
      'core/**/*.ts',
      'components/**/*.ts',
      'proto/*.ts',
      'relay/src/**/*.ts',
      'devchain/src/**/*.ts',
      'devchain/test/**/*.ts',
      'stories/**/*.ts',
      'test/**/*.ts',
    ],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  ...CORE.map((name, rank) => coreRule(name, rank)),
  coreRule('ratchet/*', CORE.indexOf('ratchet')), // folders in it may look at the ratchet around them
  {
    // The one folder with Node built-ins.
    files: ['core/node/**/*.ts'],
    rules: forbid(SERVERS, { regex: '/components/|^lit|^@lit/', message: 'Core knows no elements.' }),
  },
  {
    // The chain client itself: one lazy chunk, so its parts import each other and its libraries as usual.
    files: ['core/ledger/substrate/**/*.ts'],
    rules: coreRule('ledger/substrate', CORE.indexOf('ledger'), HEAVY).rules,
  },
  {
    files: ['proto/*.ts'],
    rules: forbid(NODE, { regex: '^\\.\\./', message: 'proto looks at nothing.' }),
  },
  {
    files: ['components/**/*.ts'],
    rules: {
      ...forbid(NODE, SERVERS, HEAVY, CHAIN_CLIENT, {
        regex:
          '/core/(?!client\\.js|errors\\.js|folding\\.js|ledger/amount\\.js|identity/(blake2b|base58)\\.js)',
        allowTypeImports: true,
        message: 'Elements speak to core/client.ts; what runs it is reached by a dynamic import.',
      }),
    },
  },
  {
    files: ['relay/src/**/*.ts'],
    rules: forbid({
      regex: '^(\\.\\./)+(components|devchain)/|/core/(?!identity/|errors\\.js)',
      message: 'The relay looks only at proto and core/identity.',
    }),
  },
  { files: ['devchain/**/*.ts'], rules: forbid(OURS) },
  {
    files: ['devchain/src/**/*.ts'],
    ignores: ['devchain/src/node/**', 'devchain/src/cli.ts', 'devchain/src/arguments.ts'],
    rules: forbid(OURS, NODE, { regex: '/node/', message: 'The chain runs in a page as well.' }),
  },
  {
    // AssemblyScript has no `import type`, and whole numbers of 64 bits.
    files: ['devchain/runtime/**/*.ts'],
    rules: { '@typescript-eslint/consistent-type-imports': 'off', 'no-loss-of-precision': 'off' },
  },
  {
    files: ['components/**/*.ts', 'stories/**/*.ts'],
    ...lit.configs['flat/recommended'],
  },
  { files: ['components/**/*.ts'], ...wc.configs['flat/recommended'] },
  { files: ['components/**/*.ts'], ...litA11y.configs.recommended, plugins: { 'lit-a11y': litA11y } },
  {
    files: [
      'scripts/**/*.mjs',
      'examples/**/*.mjs',
      'devchain/scripts/**/*.mjs',
      'demo/*.mjs',
      '*.mjs',
      'bench/**/*.mjs',
    ],
    languageOptions: {
      globals: readonly('process console URL setTimeout clearTimeout queueMicrotask Buffer fetch WebSocket'),
    },
    rules: { 'no-console': 'off' },
  },
  {
    // Functions that run in the page.
    files: ['bench/**/*.mjs'],
    languageOptions: {
      globals: readonly(
        'customElements document InputEvent KeyboardEvent location MutationObserver performance PerformanceObserver queueMicrotask requestAnimationFrame TextDecoder URLSearchParams window',
      ),
    },
  },
  {
    files: ['demo/*.js'],
    languageOptions: {
      globals: readonly(
        'addEventListener document EventSource fetch localStorage location matchMedia parent queueMicrotask setInterval URLSearchParams',
      ),
    },
  },
);

function readonly(names) {
  return Object.fromEntries(names.split(' ').map((name) => [name, 'readonly']));
}

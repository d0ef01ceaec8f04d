import { storybookTest } from '@storybook/addon-vitest/vitest-plugin';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { withAliases } from './scripts/aliases.mjs';
import { chromiumPath } from './scripts/chromium.mjs';

const executablePath = chromiumPath();

/** A browser object for one project; vitest wants each project to have its own. */
const browser = () => ({
  enabled: true,
  headless: true,
  screenshotFailures: false,
  provider: playwright({
    // Colours are measured in the middle of no transition.
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update'],
    },
  }),
  instances: [{ browser: 'chromium' as const }],
});

export default defineConfig({
  test: {
    reporters: ['default', './scripts/count-reporter.mjs'],
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          include: ['test/unit/**/*.test.ts', 'relay/test/**/*.test.ts', 'devchain/test/**/*.test.ts'],
          // Room for a machine that is busy with something else.
          testTimeout: 20_000,
          maxWorkers: '100%',
        },
      },
      {
        // Beside libsignal itself.
        test: {
          name: 'interop',
          environment: 'node',
          include: ['test/interop/**/*.test.ts'],
          maxWorkers: '100%',
          testTimeout: process.env['COMING_SEEDS'] ? 1_800_000 : 60_000,
        },
      },
      {
        test: {
          name: 'faults',
          environment: 'node',
          include: ['test/faults/**/*.test.ts'],
          globalSetup: ['test/support/built.ts'],
          testTimeout: process.env['COMING_SEEDS'] ? 600_000 : 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        plugins: [withAliases()],
        optimizeDeps: {
          include: [
            'axe-core',
            'lit',
            'lit/decorators.js',
            'lit/directives/repeat.js',
            '@lit/context',
            '@polkadot/extension-inject',
            '@polkadot/keyring',
            '@polkadot/util',
            '@polkadot/util-crypto',
          ],
          // Served as it is, so that the alias reaches its imports.
          exclude: ['@polkadot/extension-dapp'],
        },
        test: { name: 'browser', include: ['test/browser/**/*.test.ts'], browser: browser() },
      },
      {
        plugins: [storybookTest({ configDir: '.storybook' })],
        test: { name: 'stories', browser: browser() },
      },
      {
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/support/built.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'extension',
          environment: 'node',
          include: ['test/extension/**/*.test.ts'],
          globalSetup: ['test/support/built.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});

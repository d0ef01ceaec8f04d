import { existsSync } from 'node:fs';
import { storybookTest } from '@storybook/addon-vitest/vitest-plugin';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { chromiumPath } from './scripts/chromium.mjs';

const executablePath = chromiumPath();

/** A browser object for one project; vitest wants each project to have its own. */
const browser = () => ({
  enabled: true,
  headless: true,
  screenshotFailures: false,
  provider: playwright({
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
        test: { name: 'unit', environment: 'node', include: ['test/unit/**/*.test.ts', 'relay/test/**/*.test.ts'] },
      },
      {
        test: { name: 'faults', environment: 'node', include: ['test/faults/**/*.test.ts'], testTimeout: 60_000 },
      },
      {
        optimizeDeps: { include: ['protobufjs/minimal.js', 'long', 'axe-core'] },
        test: { name: 'browser', include: ['test/browser/**/*.test.ts'], browser: browser() },
      },
      ...(existsSync('.storybook/main.ts')
        ? [
            {
              plugins: [storybookTest({ configDir: '.storybook' })],
              optimizeDeps: { include: ['protobufjs/minimal.js', 'long'] },
              test: { name: 'stories', browser: browser() },
            },
          ]
        : []),
      {
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});

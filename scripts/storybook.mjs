// Runs Storybook (`dev`) or builds it to storybook-static (`build`); its docs come from custom-elements.json.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import './manifest.mjs';

const [mode = 'dev', ...rest] = process.argv.slice(2);
const args =
  mode === 'build'
    ? ['build', '--quiet', '--disable-telemetry']
    : ['dev', '-p', '6006', '--disable-telemetry'];
const { status } = spawnSync(
  process.execPath,
  ['node_modules/storybook/dist/bin/dispatcher.js', ...args, ...rest],
  {
    cwd: join(import.meta.dirname, '..'),
    stdio: 'inherit',
    env: { ...process.env, STORYBOOK_DISABLE_TELEMETRY: '1' },
  },
);
process.exit(status ?? 1);

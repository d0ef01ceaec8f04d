// Writes custom-elements.json from the elements' doc blocks.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

execFileSync(
  process.execPath,
  ['node_modules/@custom-elements-manifest/analyzer/cem.js', 'analyze', '--quiet'],
  {
    cwd: join(import.meta.dirname, '..'),
    stdio: ['ignore', 'inherit', 'inherit'],
  },
);

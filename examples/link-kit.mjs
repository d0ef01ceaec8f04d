// Lets an example import this clone's kit by its name: sets the clone up, builds the kit, and puts a link to it into the
// example's node_modules. Outside of this repository `npm install coming-kit` does that.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const kit = join(import.meta.dirname, '..');
const link = join(process.cwd(), 'node_modules/coming-kit');

const run = (...args) => execFileSync(process.execPath, args, { cwd: kit, stdio: 'inherit' });
run('scripts/setup.mjs');
run('scripts/build.mjs', 'esm');
if (!existsSync(link)) {
  mkdirSync(join(link, '..'), { recursive: true });
  symlinkSync(kit, link, 'junction');
}

// Finds a Chromium for the tests: Debian's headless shell, a system Chromium or Chrome, else Playwright's own;
// and a whole one for tests with an extension, which headless shells do not know and Chrome no longer loads.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright';

const SYSTEM = [
  '/usr/bin/chromium-headless-shell',
  '/usr/lib/chromium/chromium',
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
];

/** The binary itself: the script at /usr/bin/chromium has flags of its own about extensions. */
const SYSTEM_FULL = ['/usr/lib/chromium/chromium'];

/** Path of an installed browser, or undefined when there is none. `COMING_CHROMIUM` names another. */
export function chromiumPath() {
  return process.env.COMING_CHROMIUM || firstOf(SYSTEM);
}

/** Path of an installed Chromium that loads extensions, or undefined. `COMING_FULL_CHROMIUM` names another. */
export function fullChromiumPath() {
  return process.env.COMING_FULL_CHROMIUM || firstOf(SYSTEM_FULL);
}

/** Playwright's own is a whole browser. */
function firstOf(paths) {
  return [...paths, chromium.executablePath()].find((path) => existsSync(path));
}

// Finds a Chromium for the tests: Debian's headless shell, a system Chromium or Chrome, else Playwright's own.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright';

const SYSTEM = [
  '/usr/bin/chromium-headless-shell',
  '/usr/lib/chromium/chromium',
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
];

/** Path of an installed browser, or undefined when there is none. `COMING_CHROMIUM` names another. */
export function chromiumPath() {
  const named = process.env.COMING_CHROMIUM;
  if (named) return named;
  const own = chromium.executablePath();
  return SYSTEM.find((path) => existsSync(path)) ?? (existsSync(own) ? own : undefined);
}

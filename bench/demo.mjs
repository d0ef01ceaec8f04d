// What the benchmarks share: the demo as `npm start` runs it, in Chromium, and medians.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright';
import { chromiumPath } from '../scripts/chromium.mjs';

export const root = join(import.meta.dirname, '..');

export function launch() {
  return chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] });
}

/** Runs the demo on free ports and an empty folder, and opens it where Ada and Bo can talk. */
export async function openDemo(browser) {
  const data = mkdtempSync(join(tmpdir(), 'coming-bench-'));
  const ports = { COMING_PORT: '0', COMING_RELAY_PORT: '0', COMING_CHAIN_PORT: '0' };
  const demo = spawn(process.execPath, ['scripts/start.mjs'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...ports, COMING_DATA: data },
  });
  const page = await browser.newPage();
  await page.goto(await printed(demo, /chat and pay at\s+(http:\S+)/));
  const [ada, bo] = ['Ada', 'Bo'].map((name) => page.frameLocator(`iframe[title="${name}"]`));
  await bo.getByRole('textbox', { name: 'Message Ada' }).waitFor();
  return {
    page,
    ada,
    bo,
    frameOf: (name) => page.frames().find((frame) => frame.url().includes(`name=${name}`)),
    async close() {
      await page.close();
      const gone = new Promise((resolve) => demo.once('exit', resolve));
      demo.kill('SIGTERM');
      await gone;
      rmSync(data, { recursive: true });
    },
  };
}

/** What a line of a process's output says at last. */
export function printed(child, pattern) {
  return new Promise((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const match = pattern.exec(line);
      if (match) resolve(match[1]);
    });
  });
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return Number(sorted[Math.floor(sorted.length / 2)].toFixed(1));
}

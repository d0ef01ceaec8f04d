/**
 * A Chromium whose profile lies on disk, so that it can be killed and go on where it was.
 *
 * @module
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium, type Browser, type Page } from 'playwright';
import { onTestFinished } from 'vitest';
import { chromiumPath } from '../../scripts/chromium.mjs';

export class KillableBrowser {
  readonly #profile = mkdtempSync(join(tmpdir(), 'coming-profile-'));
  #process: ChildProcess | undefined;
  #browser: Browser | undefined;

  constructor() {
    onTestFinished(async () => {
      await this.kill();
      rmSync(this.#profile, { recursive: true, maxRetries: 5 });
    });
  }

  /** Opens a page in the profile; starts the browser if it does not run. */
  async open(url: string, prepare: (page: Page) => Promise<unknown>): Promise<Page> {
    this.#browser ??= await this.#start();
    const page = await this.#browser.contexts()[0]!.newPage();
    await prepare(page);
    await page.goto(url);
    return page;
  }

  /** Ends the process of a page without warning; the browser goes on. */
  async crash(page: Page): Promise<void> {
    const crashed = page.waitForEvent('crash');
    const session = await page.context().newCDPSession(page);
    // Nobody is left to answer.
    session.send('Page.crash').catch(() => undefined);
    await crashed;
    await page.close();
  }

  /** Ends the whole browser without warning. */
  async kill(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    this.#browser = undefined;
    if (!process || process.exitCode !== null) return;
    const gone = once(process, 'exit');
    // With the processes of its pages: they are of its group.
    globalThis.process.kill(-process.pid!, 'SIGKILL');
    await gone;
  }

  async #start(): Promise<Browser> {
    const flags = ['--headless', '--no-sandbox', '--no-first-run', '--disable-background-networking'];
    const args = [...flags, `--user-data-dir=${this.#profile}`, '--remote-debugging-port=0', 'about:blank'];
    const path = chromiumPath() ?? chromium.executablePath();
    const { stderr } = (this.#process = spawn(path, args, {
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    }));
    for await (const line of createInterface({ input: stderr })) {
      const address = /DevTools listening on (ws:\S+)/.exec(line)?.[1];
      if (!address) continue;
      stderr.resume();
      return chromium.connectOverCDP(address);
    }
    throw new Error('the browser did not start');
  }
}

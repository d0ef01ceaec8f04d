/**
 * A browser with the polkadot{.js} extension in it, and the person who answers its prompts.
 *
 * Everything between a page and the popup is the extension's own published code; see README.md.
 *
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Locator, type Page, type Worker } from 'playwright';
import type { SignatureScheme } from '../../../core/identity/index.js';
import { fullChromiumPath } from '../../../scripts/chromium.mjs';
import { buildExtension, type ExtensionOptions } from './build.js';

/** What a prompt asks for: access to accounts, to be told of a chain, a signature of a text or a transaction. */
export type PromptKind = 'access' | 'metadata' | 'text' | 'transaction';

export interface Prompt {
  readonly kind: PromptKind;
  /** What the person reads: label -> value. */
  readonly shown: Readonly<Record<string, string>>;
}

export interface NewAccount {
  readonly name: string;
  /** A mnemonic phrase, or `//Name` for a development account. */
  readonly phrase: string;
  readonly scheme: SignatureScheme;
}

const PASSWORD = 'a password for tests';
// Unlocking an account takes seconds on a busy machine, ms.
const PATIENCE = 30_000;

// No browser of a test calls home.
const QUIET = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--gaia-url=http://127.0.0.1:9',
  '--component-updater=url-source=http://127.0.0.1:9',
];

/** Starts a browser with an empty wallet; the extension's rate limit is off unless it is named. */
export async function openWallet(options: ExtensionOptions = { rateLimit: 0 }): Promise<Wallet> {
  const folder = await mkdtemp(join(tmpdir(), 'coming-wallet-'));
  const extension = join(folder, 'extension');
  await buildExtension(extension, options);
  const executablePath = fullChromiumPath();
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    // Without a path: Playwright's own, as a whole browser; its headless shell knows no extensions.
    ...(executablePath ? { executablePath } : { channel: 'chromium' }),
    headless: true,
    ignoreDefaultArgs: ['--disable-extensions'],
    args: [...QUIET, `--disable-extensions-except=${extension}`, `--load-extension=${extension}`],
  });
  context.setDefaultTimeout(PATIENCE);
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
  const popup = await context.newPage();
  await popup.goto(new URL('/popup.html', worker.url()).href);
  return new Wallet(context, popup, worker, folder);
}

export class Wallet {
  constructor(
    /** The browser: its other pages see the extension. */
    readonly context: BrowserContext,
    private readonly popup: Page,
    private readonly worker: Worker,
    private readonly folder: string,
  ) {}

  /** Adds an account to the extension's keyring and returns its address, prefix 42. */
  async createAccount({ name, phrase, scheme }: NewAccount): Promise<string> {
    const { address } = await this.#ask<{ address: string }>('pri(seed.create)', {
      seed: phrase,
      type: scheme,
    });
    const account = { name, password: PASSWORD, suri: phrase, type: scheme };
    await this.#ask('pri(accounts.create.suri)', account);
    return address;
  }

  /** Every prompt that waits for an answer now. */
  async pending(): Promise<Prompt[]> {
    return Promise.all((await this.popup.getByRole('article').all()).map(read));
  }

  /** Waits until a page asks for access, and shares these accounts with it. */
  approveAuthorization(names: readonly string[]): Promise<Prompt> {
    return this.#answer('Approve', ['access'], async (prompt) => {
      for (const name of names) await prompt.getByLabel(name).check();
    });
  }

  /** Waits until a page tells the wallet of its chain, and believes it. */
  approveMetadata(): Promise<Prompt> {
    return this.#answer('Approve', ['metadata']);
  }

  /** Waits until a page wants a signature, and gives it. */
  approveSign(): Promise<Prompt> {
    return this.#answer('Approve', ['text', 'transaction'], (prompt) =>
      prompt.getByLabel('Password').fill(PASSWORD),
    );
  }

  /** Waits for any prompt and says no; when access was wanted, the page may ask again. */
  refuse(): Promise<Prompt> {
    return this.#answer('Refuse', ['access', 'metadata', 'text', 'transaction']);
  }

  /** Waits until a page asks for access, and has it never ask again. */
  refuseForGood(): Promise<Prompt> {
    return this.#answer('Refuse for good', ['access']);
  }

  /** Stops the extension's clock, so that a test of its rate limit needs no fast machine, until it is called back. */
  async stopClock(): Promise<() => Promise<void>> {
    await this.worker.evaluate(() => {
      const { now } = Date;
      const stopped = now();
      Date.now = () => stopped;
      Object.assign(globalThis, { startClock: () => (Date.now = now) });
    });
    return () => this.worker.evaluate('startClock()');
  }

  async close(): Promise<void> {
    await this.context.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  async #answer(
    button: string,
    kinds: readonly PromptKind[],
    prepare?: (prompt: Locator) => Promise<void>,
  ): Promise<Prompt> {
    const any = this.popup.locator(kinds.map((kind) => `[data-kind=${kind}]`).join());
    const id = await any.first().getAttribute('data-request');
    const prompt = this.popup.locator(`[data-request="${id}"]`);
    const shown = await read(prompt);
    await prepare?.(prompt);
    await prompt.getByRole('button', { name: button, exact: true }).click();
    await prompt.waitFor({ state: 'detached' });
    return shown;
  }

  /** One of the extension's own messages from its popup to its background. */
  #ask<T>(message: string, request: object): Promise<T> {
    return this.popup.evaluate(
      ([name, body]) =>
        (window as unknown as { ask(name: string, body: object): Promise<T> }).ask(name, body),
      [message, request] as const,
    );
  }
}

async function read(prompt: Locator): Promise<Prompt> {
  return prompt.evaluate((article) => {
    const labels = [...article.querySelectorAll('dt')];
    const shown = labels.map((label) => [label.textContent, label.nextElementSibling!.textContent]);
    return { kind: (article as HTMLElement).dataset['kind'] as PromptKind, shown: Object.fromEntries(shown) };
  });
}

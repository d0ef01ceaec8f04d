/**
 * Tabs of one browser profile that have a client of the kit open, and a journal of every write that any of them committed.
 *
 * @module
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright';
import sirv from 'sirv';
import type { ComingClient, Conversation } from '../../core/client.js';

const kit = join(import.meta.dirname, '../../dist/cdn');

/** What stands in the page as `page`. */
export interface InPage {
  client: ComingClient;
  conversation: Conversation;
}

/** One commit: under which epoch, by which tab. They stand in the order in which the database took them. */
export interface Written {
  readonly tab: string;
  readonly epoch: number;
  /** The tab became the owner with this one. */
  readonly taking: boolean;
  readonly at: number;
}

const SCRIPT = `import { createClient, createWorkerClient } from './coming-kit/coming-kit.js';
const asked = new URLSearchParams(location.search);
const create = asked.get('in') === 'worker' ? createWorkerClient : createClient;
globalThis.page = { client: await create({ relay: asked.get('relay') }) };`;

/** Serves a page with a client, and the kit. */
export async function servePage(policy = ''): Promise<{ url: string; stop: () => Promise<void> }> {
  const files = sirv(kit);
  const server: Server = createServer((request, response) => {
    if (request.url?.startsWith('/coming-kit/')) {
      request.url = request.url.slice('/coming-kit'.length);
      // A worker goes by the policy that it came with.
      if (policy) response.setHeader('content-security-policy', policy);
      files(request, response);
    } else {
      const isScript = request.url === '/tab.js';
      if (policy) response.setHeader('content-security-policy', policy);
      response.writeHead(200, { 'content-type': isScript ? 'text/javascript' : 'text/html' });
      response.end(isScript ? SCRIPT : '<!doctype html><script type="module" src="tab.js"></script>');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}/`, stop };
}

/** A browser profile whose tabs write the journal. */
export async function newProfile(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext();
  await context.addInitScript(keepJournal);
  return context;
}

/** @param place - Where its client lives. */
export async function openTab(
  context: BrowserContext,
  url: string,
  relay: string,
  place: 'page' | 'worker' = 'page',
): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${url}?${new URLSearchParams({ relay, in: place })}`);
  await page.waitForFunction(() => 'page' in globalThis);
  return page;
}

/** Runs in the page: whatever commits as an owner writes down, in the same transaction, that it did. */
function keepJournal(): void {
  const tab = `${performance.timeOrigin}-${Math.random()}`;
  Object.assign(window, { tab });
  const prototype = IDBObjectStore.prototype;
  const { get, put } = prototype;
  const note = (store: IDBObjectStore, epoch: number, taking: boolean) => {
    const count = get.call(store, 'written') as IDBRequest<number | undefined>;
    count.onsuccess = () => {
      const n = (count.result ?? 0) + 1;
      put.call(store, n, 'written');
      put.call(store, { tab, epoch, taking, at: Date.now() }, ['written', n]);
    };
  };
  prototype.get = function (key) {
    const request = get.call(this, key) as IDBRequest<number>;
    const { transaction } = this;
    if (
      this.name === 'owner' &&
      transaction.mode === 'readwrite' &&
      transaction.objectStoreNames.length > 1
    ) {
      request.addEventListener('success', () => note(this, request.result, false));
    }
    return request;
  };
  prototype.put = function (value: unknown, key) {
    if (this.name === 'owner' && key === 'epoch') note(this, value as number, true);
    return put.call(this, value, key) as IDBRequest<IDBValidKey>;
  };
}

/** Everything that was committed, from any tab of the profile. */
export function journal(page: Page): Promise<Written[]> {
  return page.evaluate(
    () =>
      new Promise<Written[]>((resolve, reject) => {
        const opening = indexedDB.open('coming:default');
        opening.onerror = () => reject(opening.error as Error);
        opening.onsuccess = () => {
          const range = IDBKeyRange.bound(['written', 0], ['written', Infinity]);
          const all = opening.result.transaction('owner').objectStore('owner').getAll(range);
          all.onsuccess = () => {
            opening.result.close();
            resolve(all.result as Written[]);
          };
        };
      }),
  );
}

/** What no commit did: write under an epoch that was over, or that another tab had. */
export function trespasses(written: readonly Written[]): Written[] {
  let owner: Written | undefined;
  return written.filter((entry) => {
    if (entry.taking) {
      const follows = entry.epoch === (owner?.epoch ?? 0) + 1;
      owner = entry;
      return !follows;
    }
    return entry.epoch !== owner?.epoch || entry.tab !== owner.tab;
  });
}

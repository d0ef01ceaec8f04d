/**
 * A site that embeds the kit as it is shipped, under the strictest policy, and people who visit it.
 *
 * @module
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Browser, BrowserContext, Locator, Page } from 'playwright';
import sirv from 'sirv';
import { onTestFinished } from 'vitest';
import { parseComingId } from '../../core/identity/index.js';
import { strictPolicy } from './strict-policy.js';
import { visit } from './visitors.js';

const kit = join(import.meta.dirname, '../../dist/cdn');

/** What the page's elements are told. */
export interface Embedding {
  readonly relay: string;
  /** Whom the visitor chats with; a list of conversations when absent. */
  readonly peer?: string;
  readonly label?: string;
  /** Nodes, separated by spaces. */
  readonly chain?: string;
  readonly genesis?: string;
}

export interface Site {
  readonly origin: string;
  page(embedding: Embedding): string;
  close(): Promise<void>;
}

/** Starts the site on a free port. */
export async function openSite(): Promise<Site> {
  const files = sirv(kit);
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/coming-kit/')) {
      request.url = request.url.slice('/coming-kit'.length);
      files(request, response);
      return;
    }
    const { searchParams } = new URL(request.url ?? '/', 'http://site');
    const named = (name: string) => searchParams.get(name) ?? '';
    const policy = strictPolicy(named('relay'), named('chain'));
    response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': policy });
    response.end(html(named));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    page: (embedding) => `${origin}/?${new URLSearchParams({ ...embedding }).toString()}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const html = (named: (name: string) => string) => `<!doctype html>
<html lang="en"><title>A shop</title><link rel="icon" href="data:,">
<script type="module" src="coming-kit/coming-kit.js"></script>
<coming-provider relay="${named('relay')}" chain="${named('chain')}" genesis="${named('genesis')}">
  <coming-identity></coming-identity>
  <coming-chat peer="${named('peer')}" label="${named('label')}"></coming-chat>
</coming-provider></html>`;

/** Somebody at a browser of their own, who is signed in. */
export interface Visiting {
  readonly page: Page;
  readonly chat: Locator;
  readonly identity: Locator;
  /** The sheet about whom they chat with, once it is open. */
  readonly contact: Locator;
  /** Coming ID. */
  readonly id: string;
  /** The account key, hexadecimal. */
  readonly account: string;
  /** What the page complained about. */
  readonly complaints: readonly string[];
}

/** Opens the page in a browser of its own until the end of the test, and signs in: as a guest unless told otherwise. */
export async function arrive(
  browser: Browser,
  url: string,
  {
    prepare,
    signIn = (chat) => chat.getByRole('button', { name: /Chat as a guest/ }).click(),
  }: {
    readonly prepare?: (context: BrowserContext) => Promise<unknown>;
    readonly signIn?: (chat: Locator, page: Page) => Promise<unknown>;
  } = {},
): Promise<Visiting> {
  const { context, page, complaints } = await visit(browser, url, prepare);
  onTestFinished(() => context.close());
  // Room for both elements: what is off the screen asks the chain for nothing.
  await page.setViewportSize({ width: 1280, height: 1600 });
  const [chat, identity] = [page.locator('coming-chat'), page.locator('coming-identity')];
  await signIn(chat, page);
  await identity.getByText('Connected', { exact: true }).waitFor();
  const id = (await identity.locator('.id bdi').getAttribute('title'))!;
  const account = bytesToHex(parseComingId(id));
  return { page, chat, identity, contact: chat.locator('coming-contact-card'), id, account, complaints };
}

/** Writes in the conversation that the page is about. */
export async function write({ chat }: Visiting, text: string): Promise<void> {
  const field = chat.getByRole('textbox', { name: /^Message / });
  await field.fill(text);
  await field.press('Enter');
}

/** A message, with all that is said about it. */
export function bubble({ chat }: Visiting, text: string): Locator {
  return chat.getByRole('listitem').filter({ hasText: text });
}

/** Opens the sheet about whom they chat with. */
export async function lookAt({ chat }: Visiting, name: string): Promise<void> {
  await chat.getByRole('button', { name, exact: true }).click();
}

/** The list of conversations: goes to the only one. */
export async function openOnly({ chat }: Visiting): Promise<void> {
  await chat.getByRole('list', { name: 'Conversations' }).getByRole('button').click();
}

/** Lets in whoever writes, as a shop does: strangers are told that what they write arrives. */
export async function welcomeStrangers({ page }: Pick<Visiting, 'page'>): Promise<void> {
  // As text: in a function the test runner would make the import one of its own.
  await page.evaluate(`(async () => {
    const { createClient } = await import(new URL('coming-kit/coming-kit.js', location.href).href);
    const client = await createClient({ relay: document.querySelector('coming-provider').relay });
    await new Promise((resolve) => client.status.subscribe(({ phase }) => phase === 'ready' && resolve()));
    await client.setProfile({ settings: { strangers: 'accept' } });
  })()`);
}

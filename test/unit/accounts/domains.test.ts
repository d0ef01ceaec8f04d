/**
 * A site says whose it is: its `/.well-known/did.json`, asked for over real HTTP. (Only the address is turned from
 * `https://<domain>` to a server of this test.)
 */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hexToBytes } from '@noble/hashes/utils.js';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { Contact } from '../../../core/client.js';
import { writeDid } from '../../../core/identity/did.js';
import { createLoopback } from '../../../core/transport/index.js';
import { accountOf, guestOn, idOf, online, SHOP, visitor } from '../../support/on-origin.js';
import { until } from '../../support/until.js';

const SITE = 'ada.example';
const genesis = '0a'.repeat(32);

/** A contact, and what the site of this test can say of them. */
async function asked(
  site: (document: string) => RequestListener,
): Promise<{ ada: Contact; asks: () => Promise<boolean> }> {
  const relay = createLoopback();
  const her = await guestOn(relay, SHOP);
  // A chain that is not there: a DID names it, nothing else is needed of it.
  const bo = visitor(relay, SHOP, { chain: { endpoints: ['ws://127.0.0.1:9/'], genesis: `0x${genesis}` } });
  await bo.becomeGuest();
  await online(bo);
  const did = writeDid({ chain: genesis.slice(0, 32), account: hexToBytes(accountOf(her)) });
  const server = createServer(site(JSON.stringify({ id: `did:web:${SITE}`, alsoKnownAs: [did] })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { fetch } = globalThis;
  vi.stubGlobal('fetch', (address: string, init: RequestInit) =>
    fetch(address.replace(`https://${SITE}`, `http://127.0.0.1:${port}`), init),
  );
  onTestFinished(() => {
    vi.unstubAllGlobals();
    server.closeAllConnections();
    server.close();
  });
  const ada = await bo.openContact(idOf(her));
  return { ada, asks: () => ada.askDomain(SITE) };
}

it('is confirmed as long as the site says so whenever it is asked', async () => {
  let body = '';
  const { ada, asks } = await asked((document) => {
    body = document;
    return (request, response) =>
      request.url === '/.well-known/did.json' ? response.end(body) : response.writeHead(404).end();
  });
  expect(await asks()).toBe(true);
  expect(ada.snapshot.value.domains).toEqual([SITE]);
  body = body.replace('did:pkh', 'did:key');
  expect(await asks()).toBe(false);
  expect(ada.snapshot.value.domains).toEqual([]);
});

it('is not confirmed by a site that sends its visitors elsewhere, has no such document, or breaks off', async () => {
  const { ada, asks } = await asked((document) => {
    const answers: RequestListener[] = [
      (_, response) => response.writeHead(302, { location: '/did.json' }).end(),
      (_, response) => response.writeHead(404).end(document),
      (_, response) =>
        response
          .writeHead(200, { 'content-length': 2 * document.length })
          .write(document, () => response.destroy()),
    ];
    return (request, response) =>
      request.url === '/did.json' ? response.end(document) : answers.shift()!(request, response);
  });
  for (let n = 0; n < 3; n += 1) expect(await asks()).toBe(false);
  expect(ada.snapshot.value.domains).toEqual([]);
});

it('a document without an end is not read to it', async () => {
  let sent = 0;
  let isClosed = false;
  const { asks } = await asked(() => (_, response) => {
    response.on('close', () => (isClosed = true));
    const more = () => {
      sent += 16_384;
      if (!isClosed) response.write(' '.repeat(16_384), more);
    };
    more();
  });
  expect(await asks()).toBe(false);
  await until(() => isClosed);
  // What sockets hold on the way included.
  expect(sent).toBeLessThan(16 * 1024 * 1024);
});

it('a site that never answers is given up', async () => {
  const patience = new AbortController();
  const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(patience.signal);
  onTestFinished(() => timeout.mockRestore());
  let requests = 0;
  const { asks } = await asked(() => () => (requests += 1));
  const answer = asks();
  await until(() => requests === 1);
  patience.abort();
  expect(await answer).toBe(false);
  expect(timeout.mock.calls).toContainEqual([10_000]);
});

/**
 * Serves the demo: the built kit, the pages beside this file, a roster of who is there, and coins for them.
 *
 * The roster is what an address book would be: it knows names and Coming IDs, and neither a message nor a
 * payment ever passes through here. Every answer carries the strict content security policy that the kit
 * promises to live under.
 */
import { createServer } from 'node:http';
import sirv from 'sirv';
import { localChain } from './local-chain.mjs';
import { openRoster } from './roster.mjs';

const MAX_BODY = 1024;

/**
 * @param {{ port: number, host: string, kit: string, rosterFile: string, relay: Server, chain: Server }} options
 * @typedef {{ port: number, process: () => number | undefined }} Server - `process` is undefined while it is away.
 * @returns {Promise<{ url: string, close(): Promise<void> }>}
 */
export async function serveDemo({ port, host, kit, rosterFile, relay, chain }) {
  const pages = sirv(import.meta.dirname, { dev: true });
  const modules = sirv(kit, { dev: true });
  const roster = openRoster(rosterFile);
  const coins = localChain(`ws://${host.includes(':') ? `[${host}]` : host}:${chain.port}`);
  const genesis = await coins.genesis();
  const listeners = new Set();
  const funding = new Map();

  const answers = {
    'GET /config': (request, response) =>
      json(response, {
        relay: { port: relay.port, process: relay.process() },
        chain: { port: chain.port, process: chain.process(), genesis },
      }),
    'GET /roster': follow,
    'POST /role': (request, response) => json(response, roster.nextRole()),
    'POST /roster': async (request, response) => {
      if (!roster.add(await bodyOf(request))) return refuse(response, 400, 'Not a person');
      for (const tell of listeners) tell();
      return json(response, {});
    },
    'POST /fund': async (request, response) => {
      const { comingId } = (await bodyOf(request)) ?? {};
      if (!roster.has(comingId)) return refuse(response, 404, 'Nobody on the roster');
      await fundOnce(comingId);
      return json(response, {});
    },
  };

  const server = createServer((request, response) => {
    const pathname = pathOf(request.url);
    const hostName = /^([\w.-]+|\[[\da-f:]+\])(:\d+)?$/i.exec(request.headers.host ?? '')?.[1];
    if (!pathname || !hostName) return refuse(response, 400, 'Bad request');
    const sockets = [relay, chain].map((there) => `ws://${hostName}:${there.port}`);
    response.setHeader('content-security-policy', policyFor(sockets));
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('referrer-policy', 'no-referrer');
    if (request.method === 'POST' && !isOwnPage(request)) return refuse(response, 403, 'Not from here');
    const answer = answers[`${request.method} ${pathname}`];
    if (answer) return void answered(answer, request, response);
    const notFound = () => refuse(response, 404, 'Not found');
    if (!pathname.startsWith('/kit/')) return pages(request, response, notFound);
    request.url = pathname.slice('/kit'.length);
    return modules(request, response, notFound);
  });

  /** Server-sent events: the whole roster at once and after every change. */
  function follow(request, response) {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    const tell = () => response.write(`data: ${JSON.stringify(roster.people())}\n\n`);
    tell();
    listeners.add(tell);
    request.on('close', () => listeners.delete(tell));
  }

  /** Everybody is given coins once; two who ask for the same person at once wait for the same gift. */
  async function fundOnce(comingId) {
    if (roster.wasFunded(comingId)) return;
    const gift =
      funding.get(comingId) ??
      coins
        .fund(comingId)
        .then(() => roster.setFunded(comingId))
        .finally(() => funding.delete(comingId));
    funding.set(comingId, gift);
    await gift;
  }

  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    url: `http://localhost:${server.address().port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

/** What fails here is told to the page, which shows it. */
async function answered(answer, request, response) {
  try {
    await answer(request, response);
  } catch (error) {
    refuse(response, 502, error.message);
  }
}

function pathOf(url) {
  try {
    return new URL(url, 'http://localhost').pathname;
  } catch {
    return undefined;
  }
}

/** Whether a request comes from the demo's own page: another one could put its own people on the roster. */
function isOwnPage({ headers }) {
  return (
    headers.origin !== undefined &&
    pathOf(headers.origin) === '/' &&
    headers.origin.endsWith(`//${headers.host}`)
  );
}

/** The JSON that was posted; undefined when it is none. */
async function bodyOf(request) {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > MAX_BODY) return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function policyFor(sockets) {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    'img-src blob: data:',
    `connect-src 'self' ${sockets.join(' ')}`,
    "worker-src 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types lit-html coming-kit 'allow-duplicates'",
  ].join('; ');
}

function json(response, value) {
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(value));
}

function refuse(response, code, why) {
  response.writeHead(code, { 'content-type': 'text/plain' }).end(why);
}

/**
 * Serves the demo: the built kit, the pages beside this file, and a roster of who is there.
 *
 * The roster is what an address book would be: it knows names and Coming IDs, and no message ever
 * passes through it. Every answer carries the strict content security policy that the kit promises
 * to live under.
 */
import { createServer } from 'node:http';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import sirv from 'sirv';

const MAX_BODY = 1024;
const MAX_PEOPLE = 200;

/**
 * @param {{ port: number, host: string, kit: string, rosterFile: string, relayPort: () => number,
 *   relayProcess: () => number | undefined }} options
 * @returns {Promise<{ url: string, close(): Promise<void> }>}
 */
export async function serveDemo({ port, host, kit, rosterFile, relayPort, relayProcess }) {
  const pages = sirv(import.meta.dirname, { dev: true });
  const modules = sirv(kit, { dev: true });
  const roster = openRoster(rosterFile);
  const listeners = new Set();

  const server = createServer((request, response) => {
    const pathname = pathOf(request.url);
    const hostName = /^([\w.-]+|\[[\da-f:]+\])(:\d+)?$/i.exec(request.headers.host ?? '')?.[1];
    if (!pathname || !hostName) return response.writeHead(400).end('Bad request');
    response.setHeader('content-security-policy', policyFor(`ws://${hostName}:${relayPort()}`));
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('referrer-policy', 'no-referrer');
    const notFound = () => response.writeHead(404).end('Not found');
    if (pathname === '/config')
      return json(response, { relayPort: relayPort(), relayProcess: relayProcess() });
    if (request.method === 'POST' && !isOwnPage(request)) return response.writeHead(403).end('Not from here');
    if (pathname === '/roster' && request.method === 'POST') return add(request, response);
    if (pathname === '/roster') return follow(request, response);
    if (pathname === '/role' && request.method === 'POST') return json(response, roster.nextRole());
    if (pathname.startsWith('/kit/')) {
      request.url = pathname.slice('/kit'.length);
      return modules(request, response, notFound);
    }
    return pages(request, response, notFound);
  });

  /** Server-sent events: the whole roster at once and after every change. */
  function follow(request, response) {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    const tell = () => response.write(`data: ${JSON.stringify(roster.people())}\n\n`);
    tell();
    listeners.add(tell);
    request.on('close', () => listeners.delete(tell));
  }

  function add(request, response) {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
      if (body.length > MAX_BODY) request.destroy();
    });
    request.on('end', () => {
      if (!roster.add(body)) return response.writeHead(400).end('Not a person');
      for (const tell of listeners) tell();
      return json(response, {});
    });
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

function policyFor(relay) {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    'img-src blob: data:',
    `connect-src 'self' ${relay}`,
    "worker-src 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types lit-html coming-kit 'allow-duplicates'",
  ].join('; ');
}

/** Who is there, kept in a file so that a restart of the demo forgets nobody. */
function openRoster(file) {
  const state = readRoster(file);
  const save = () => {
    // Written beside and moved into place: a half-written roster would be none.
    writeFileSync(`${file}.new`, JSON.stringify(state));
    renameSync(`${file}.new`, file);
  };
  return {
    people: () => state.people,
    /** The first browser shows two people, each later one is one more. */
    nextRole() {
      state.roles += 1;
      save();
      return { number: state.roles };
    },
    add(text) {
      const person = parsePerson(text);
      if (!person) return false;
      const others = state.people.filter(
        ({ comingId, name }) => comingId !== person.comingId && name !== person.name,
      );
      state.people = [...others, person].slice(-MAX_PEOPLE);
      save();
      return true;
    },
  };
}

/** What the file holds, as far as it makes sense. */
function readRoster(file) {
  try {
    const { roles, people } = JSON.parse(readFileSync(file, 'utf8'));
    return {
      roles: Number.isSafeInteger(roles) && roles > 0 ? roles : 0,
      people: people.map((person) => parsePerson(JSON.stringify(person))).filter(Boolean),
    };
  } catch {
    return { roles: 0, people: [] };
  }
}

function parsePerson(text) {
  try {
    const { name, comingId } = JSON.parse(text);
    const isName = typeof name === 'string' && /^[\p{L}\p{N} ]{1,24}$/u.test(name);
    return isName && /^[1-9A-HJ-NP-Za-km-z]{40,50}$/.test(comingId) ? { name, comingId } : undefined;
  } catch {
    return undefined;
  }
}

function json(response, value) {
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(value));
}

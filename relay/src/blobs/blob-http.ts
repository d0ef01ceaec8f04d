/**
 * Blobs over HTTP: `PUT` with a grant, piece by piece if need be, `GET` and `HEAD` for anybody who knows the hash.
 *
 * Any origin may ask: it is ciphertext, under a name that only those know who were sent it.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Blobs, PutOutcome } from './blobs.js';

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, HEAD, PUT',
  'access-control-allow-headers': 'authorization, range, upload-offset',
  'access-control-expose-headers': 'upload-offset, content-range, accept-ranges',
  'access-control-max-age': '86400',
  'cross-origin-resource-policy': 'cross-origin',
};

const PUT_STATUS: Readonly<Record<PutOutcome | 'no-room', number>> = {
  stored: 201,
  incomplete: 202,
  'wrong-offset': 409,
  busy: 409,
  'too-long': 413,
  'wrong-hash': 422,
  'no-room': 507,
};

/** Answers a request for a path under `/blobs/`. */
export async function serveBlob(
  blobs: Blobs,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const hash = /^\/blobs\/([0-9a-f]{64})$/.exec(request.url ?? '')?.[1];
  if (!hash) return end(response, 404);
  switch (request.method) {
    case 'OPTIONS':
      return end(response, 204);
    case 'HEAD':
    case 'GET':
      return get(blobs, hash, request, response);
    case 'PUT':
      return put(blobs, hash, request, response);
    default:
      return end(response, 405, { allow: 'GET, HEAD, PUT, OPTIONS' });
  }
}

async function get(
  blobs: Blobs,
  hash: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const blob = await blobs.find(hash);
  if (!blob) {
    // Who may put it is told how much has come.
    const isGranted = grantedSize(blobs, hash, request) !== undefined;
    return end(response, 404, isGranted ? { 'upload-offset': String(await blobs.progress(hash)) } : {});
  }
  const { size, lives } = blob;
  const headers = {
    ...CORS,
    'accept-ranges': 'bytes',
    etag: `"${hash}"`,
    'cache-control': `public, max-age=${lives}, immutable`,
    'content-type': 'application/octet-stream',
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
  };
  const range = rangeOf(request.headers.range, size);
  if (range === 'outside') return end(response, 416, { 'content-range': `bytes */${size}` });
  const [start, last] = range ?? [0, size - 1];
  const body = request.method === 'GET' ? await blobs.read(hash, start, last) : undefined;
  response.writeHead(range ? 206 : 200, {
    ...headers,
    'content-length': last - start + 1,
    ...(range && { 'content-range': `bytes ${start}-${last}/${size}` }),
  });
  if (!body) return void response.end();
  await pipeline(body, response);
}

async function put(
  blobs: Blobs,
  hash: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const size = grantedSize(blobs, hash, request);
  // Answered before anything is read: nobody writes here without a grant.
  if (size === undefined) return end(response, 403, { connection: 'close' });
  const offset = Number(request.headers['upload-offset'] ?? 0);
  if (!Number.isSafeInteger(offset) || offset < 0) return end(response, 400, { connection: 'close' });
  let outcome: PutOutcome | 'no-room';
  try {
    // Whoever stops reading may still answer.
    const body = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
    outcome = await blobs.put(hash, size, offset, body);
  } catch (error) {
    // The body ended early; what came is kept.
    if (request.destroyed && !request.complete) return;
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    outcome = 'no-room';
  }
  const progress = outcome === 'stored' ? size : await blobs.progress(hash);
  const unread = request.complete ? {} : { connection: 'close' };
  return end(response, PUT_STATUS[outcome], { 'upload-offset': String(progress), ...unread });
}

function grantedSize(blobs: Blobs, hash: string, { headers }: IncomingMessage): number | undefined {
  const grant = /^Grant (\S+)$/.exec(headers.authorization ?? '')?.[1];
  return grant === undefined ? undefined : blobs.granted(grant, hash);
}

/** One range, as players and downloads ask for; several at once are answered with everything. */
function rangeOf(header: string | undefined, size: number): [number, number] | 'outside' | undefined {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (from === undefined || to === undefined || (from === '' && to === '')) return undefined;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  return start <= last && start < size ? [start, last] : 'outside';
}

function end(response: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { ...CORS, 'content-length': '0', ...headers });
  response.end();
}

/**
 * What the relay answers over HTTP beside its WebSockets: blobs, and what it is.
 *
 * @module
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Relay } from './answers.js';
import { serveBlob } from './blobs/blob-http.js';
import { PROTOCOL } from './connection.js';
import { faultOf } from './logger.js';

export function answerHttp(
  { domain }: { readonly domain?: string },
  { blobs, limits, log }: Pick<Relay, 'blobs' | 'limits' | 'log'>,
): RequestListener {
  const self = {
    protocol: PROTOCOL,
    ...(domain && { domain }),
    content: limits.content,
    keepSeconds: limits.keepSeconds,
    ...(blobs && { blob: limits.blobSize, blobKeepSeconds: limits.blobKeepSeconds }),
  };
  return (request, response) => {
    if (blobs && request.url?.startsWith('/blobs/')) {
      serveBlob(blobs, request, response).catch((error: unknown) => fail(response, error));
    } else if (request.method !== 'GET') reply(response, 404, 'not found\n');
    else if (request.url === '/healthz') reply(response, 200, 'ok\n');
    else if (request.url === '/.well-known/coming.json') {
      reply(response, 200, JSON.stringify(self), 'application/json');
    } else reply(response, 404, 'not found\n');
  };

  function fail(response: ServerResponse<IncomingMessage>, error: unknown): void {
    // A reader that went away is no fault.
    if (!response.destroyed) log.error('request failed', { verb: 'http', fault: faultOf(error) });
    if (response.headersSent) response.destroy();
    else {
      response.setHeader('retry-after', limits.faultRetry);
      reply(response, 503, 'try again\n');
    }
  }
}

function reply(response: ServerResponse, status: number, text: string, type = 'text/plain'): void {
  response.writeHead(status, { 'content-type': type, 'access-control-allow-origin': '*' });
  response.end(text);
}

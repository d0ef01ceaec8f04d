/**
 * The addresses of a chain's nodes: WebSocket addresses and nothing else, each host once.
 *
 * What two nodes agree on is worth more than what one says only when they are two; so a host is counted once,
 * whatever path it is reached by. Whether two hosts are run by different people, whoever names them has to know.
 *
 * @module
 */

/**
 * The endpoints as they are connected to.
 *
 * @throws RangeError when there is none, or one is no address of a node, or a host is named twice
 */
export function parseEndpoints(endpoints: readonly string[]): readonly string[] {
  if (endpoints.length === 0) throw new RangeError('a chain needs an endpoint');
  const urls = endpoints.map(parseEndpoint);
  if (new Set(urls.map(({ host }) => host)).size < urls.length) {
    throw new RangeError('an endpoint is named twice');
  }
  return urls.map(({ href }) => href);
}

function parseEndpoint(endpoint: string): URL {
  let url: URL | undefined;
  try {
    url = new URL(endpoint);
  } catch {
    // said below
  }
  // A password in an address would end up in logs; a fragment is never sent.
  if (!url || !/^wss?:$/.test(url.protocol) || url.username || url.password || url.hash) {
    throw new RangeError('an endpoint is a ws:// or wss:// address, without a password or a fragment');
  }
  return url;
}

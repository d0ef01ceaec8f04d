/**
 * What operators ask, on a port of its own that nobody else should reach: is it alive, can it work, what has
 * it counted.
 *
 * @module
 */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics.js';

export interface OpsOptions {
  readonly port: number;
  readonly host?: string;
}

export interface Health {
  /** The parts that cannot be used, by name; none when all is well. */
  unready(): Promise<readonly string[]>;
}

export class OpsServer {
  readonly #server: Server;

  constructor(
    private readonly health: Health,
    private readonly metrics: Metrics,
  ) {
    this.#server = createServer((request, response) => {
      const path = request.method === 'GET' ? request.url : undefined;
      void this.#answer(path, response).catch(() => reply(response, 500, 'failed\n'));
    });
  }

  async listen({ port, host = '127.0.0.1' }: OpsOptions): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(path: string | undefined, response: ServerResponse): Promise<void> {
    switch (path) {
      case '/healthz':
        return reply(response, 200, 'ok\n');
      case '/readyz': {
        const unready = await this.health.unready();
        return unready.length === 0
          ? reply(response, 200, 'ready\n')
          : reply(response, 503, `not ready: ${unready.join(', ')}\n`);
      }
      case '/metrics':
        return reply(response, 200, await this.metrics.registry.metrics(), this.metrics.registry.contentType);
      default:
        return reply(response, 404, 'not found\n');
    }
  }
}

function reply(response: ServerResponse, status: number, text: string, type = 'text/plain'): void {
  response.writeHead(status, { 'content-type': type });
  response.end(text);
}

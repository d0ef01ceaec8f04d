/**
 * A network that tears: hands on a number of bytes of one direction, and then cuts both.
 *
 * @module
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export class CuttingProxy {
  /** Bytes that still get through to the relay. */
  #left = Infinity;
  readonly #sockets = new Set<Socket>();

  private constructor(readonly url: string) {}

  static async start(relayPort: number): Promise<CuttingProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new CuttingProxy(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('connection', (client) => proxy.#join(client, connect(relayPort, '127.0.0.1')));
    onTestFinished(() => {
      server.close();
      proxy.#cut();
    });
    return proxy;
  }

  /** Lets so many bytes more through to the relay. */
  cutAfter(bytes: number): void {
    this.#left = bytes;
    if (bytes === 0) this.#cut();
  }

  #join(client: Socket, relay: Socket): void {
    for (const socket of [client, relay]) {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#sockets.delete(socket);
        client.destroy();
        relay.destroy();
      });
    }
    relay.pipe(client);
    client.on('data', (data: Buffer) => {
      const passed = data.subarray(0, this.#left);
      this.#left -= passed.length;
      // Written before it is cut: half of a frame arrives.
      if (this.#left > 0) relay.write(passed);
      else relay.end(passed, () => client.destroy());
    });
  }

  #cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

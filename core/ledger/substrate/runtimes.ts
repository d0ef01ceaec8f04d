/**
 * The runtimes of a chain as its nodes tell of them: loaded when they are first asked for, and kept.
 *
 * @module
 */
import type { Hex } from './hex.js';
import { RpcError, type RpcSocket } from './rpc-socket.js';
import { Runtime, type RuntimeVersion } from './runtime.js';

/** Those of old blocks too, of which there are few. */
const RUNTIMES_KEPT = 8;

export class Runtimes {
  readonly #kept = new Map<string, Promise<Runtime>>();

  /** The runtime after a block, the best one by default. */
  async load(socket: RpcSocket, ...at: [block?: string]): Promise<Runtime> {
    const version = readVersion(await socket.request('state_getRuntimeVersion', at));
    // Of each node its own: what one says of a runtime is not held against another.
    const name = `${socket.url} ${version.specName} ${version.specVersion}`;
    let runtime = this.#kept.get(name);
    if (!runtime) {
      runtime = socket.request('state_getMetadata', at).then((hex) => new Runtime(hex as Hex, version));
      runtime.catch(() => this.#kept.delete(name));
      this.#kept.set(name, runtime);
      const [oldest] = this.#kept.keys();
      if (this.#kept.size > RUNTIMES_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    }
    return runtime;
  }
}

function readVersion(answer: unknown): RuntimeVersion {
  const { specName, specVersion, transactionVersion } = (answer ?? {}) as Partial<
    Record<keyof RuntimeVersion, unknown>
  >;
  if (typeof specVersion !== 'number' || typeof transactionVersion !== 'number') {
    throw new RpcError(0, 'the node names no runtime version', '');
  }
  return { specName: String(specName), specVersion, transactionVersion };
}

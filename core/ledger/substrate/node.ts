/**
 * A node of one chain that a client stays connected to: checks the genesis, knows the runtime, comes back
 * after every fall.
 *
 * @module
 */
import { signal } from '@preact/signals-core';
import { ComingError } from '../../errors.js';
import { Backoff, type Watchable } from '../../transport/index.js';
import type { ChainOptions, ChainState } from '../chain.js';
import type { Hex } from './hex.js';
import { RpcError, RpcSocket, unreachable, type Update } from './rpc-socket.js';
import { Runtime, type RuntimeVersion } from './runtime.js';

type NodeOptions = Pick<ChainOptions, 'endpoints' | 'genesis' | 'webSocket'>;

export interface Header {
  readonly number: number;
  readonly parentHash: string;
}

const CONNECT_TIMEOUT_MS = 15_000;
/** How long a question waits for a connection that is being made. */
const PATIENCE_MS = 10_000;
const PING_EVERY_MS = 25_000;
/** Runtimes are kept: those of old blocks too, of which there are few. */
const RUNTIMES_KEPT = 8;

export class ChainNode {
  readonly #state = signal<ChainState>('connecting');
  /** Rises with every connection that was made. */
  readonly #connections = signal(0);
  readonly #backoff = new Backoff(500, 30_000);
  readonly #runtimes = new Map<string, Promise<Runtime>>();
  #runtime: Runtime | undefined;
  #socket: RpcSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #isWrongChain = false;

  constructor(private readonly options: NodeOptions) {
    if (options.endpoints.length === 0) throw new RangeError('a chain needs an endpoint');
  }

  get state(): Watchable<ChainState> {
    return this.#state;
  }

  get genesis(): string {
    return this.options.genesis;
  }

  connect(): void {
    if (this.#socket || this.#state.value === 'closed') return;
    clearTimeout(this.#timer);
    this.#state.value = 'connecting';
    const { endpoints, webSocket } = this.options;
    const url = endpoints[this.#attempt % endpoints.length]!;
    this.#attempt += 1;
    const socket = new RpcSocket(url, webSocket ?? WebSocket, {
      open: () => void this.#introduce(socket),
      closed: () => this.#fell(socket),
    });
    this.#socket = socket;
    this.#timer = setTimeout(() => socket.close(), CONNECT_TIMEOUT_MS);
  }

  reconnect(): void {
    this.#backoff.reset();
    this.connect();
  }

  close(): void {
    this.#state.value = 'closed';
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  /** @throws RpcError what the node answers; ComingError `chain-unreachable` */
  async request(method: string, ...params: readonly unknown[]): Promise<unknown> {
    return (await this.#online()).request(method, params);
  }

  /** A subscription that ends with its connection. Returns what ends it before. */
  async subscribe(
    method: string,
    unsubscribe: string,
    params: readonly unknown[],
    update: Update,
  ): Promise<() => void> {
    const socket = await this.#online();
    const name = await socket.subscribe(method, params, update);
    return () => socket.unsubscribe(unsubscribe, name);
  }

  /** Begins something on this connection and on every later one. Returns what ends it for good. */
  whileConnected(begin: () => Promise<() => void>): () => void {
    let end: (() => void) | undefined;
    let isOver = false;
    const stop = this.#connections.subscribe((connection) => {
      if (connection === 0) return;
      end = undefined; // it ended with its connection
      begin().then(
        (ending) => {
          if (isOver) ending();
          else end = ending;
        },
        () => undefined, // the connection is gone again, or the node does not know this
      );
    });
    return () => {
      isOver = true;
      stop();
      end?.();
    };
  }

  /** The runtime that the next block is made with. */
  async runtime(): Promise<Runtime> {
    const socket = await this.#online();
    return this.#runtime ?? this.#load(socket);
  }

  /** As {@link runtime}, after asking the node whether it changed this moment. */
  async latestRuntime(): Promise<Runtime> {
    return this.#load(await this.#online());
  }

  /** The runtime that made a block, and so wrote its events: the one its parent left behind. */
  async runtimeOf(header: Header): Promise<Runtime> {
    return this.#load(await this.#online(), header.parentHash);
  }

  /** Undefined when the node does not know the block. */
  async header(block: string): Promise<Header | undefined> {
    return readHeader(await this.request('chain_getHeader', block));
  }

  /** The block of this number on the chain that the node holds for the best. */
  async blockHash(number: number): Promise<string | undefined> {
    const hash = await this.request('chain_getBlockHash', number);
    return typeof hash === 'string' ? hash : undefined;
  }

  async finalizedHead(): Promise<{ readonly hash: string } & Header> {
    const hash = String(await this.request('chain_getFinalizedHead'));
    const header = await this.header(hash);
    if (!header) throw unreachable(); // a node that forgot its own block: asked again later
    return { hash, ...header };
  }

  /** Waits for a connection that is being made, but not for ever. */
  #online(): Promise<RpcSocket> {
    const at = this.#state.value;
    if (at === 'online' && this.#socket) return Promise.resolve(this.#socket);
    if (at === 'closed') return Promise.reject(new ComingError('closed', 'the chain was closed'));
    if (at === 'wrong-chain') return Promise.reject(wrongChain());
    if (at === 'offline') return Promise.reject(unreachable());
    return new Promise((resolve, reject) => {
      let stop = (): void => undefined;
      const timer = setTimeout(() => settle(() => reject(unreachable())), PATIENCE_MS);
      const settle = (end: () => void) => {
        clearTimeout(timer);
        queueMicrotask(() => stop());
        end();
      };
      stop = this.#state.subscribe((state) => {
        if (state !== 'connecting') settle(() => this.#online().then(resolve, reject));
      });
    });
  }

  async #introduce(socket: RpcSocket): Promise<void> {
    try {
      const first = await socket.request('chain_getBlockHash', [0]);
      if (this.#socket !== socket) return;
      this.#isWrongChain = first !== this.options.genesis;
      if (this.#isWrongChain) throw wrongChain();
      this.#forgetRuntime();
      // Heard again whenever it changes. A node that cannot say so is asked before anything is signed anyway.
      socket
        .subscribe('state_subscribeRuntimeVersion', [], () => this.#forgetRuntime())
        .catch(() => undefined);
      clearTimeout(this.#timer);
      this.#backoff.reset();
      this.#state.value = 'online';
      this.#connections.value += 1;
      this.#timer = setTimeout(() => this.#ping(socket), PING_EVERY_MS);
    } catch {
      socket.close(); // whatever it was, the way out is the same: another connection, after a pause
    }
  }

  #fell(socket: RpcSocket): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    clearTimeout(this.#timer);
    this.#state.value = this.#isWrongChain ? 'wrong-chain' : 'offline';
    this.#timer = setTimeout(() => this.connect(), this.#backoff.next());
  }

  #forgetRuntime(): void {
    this.#runtime = undefined;
  }

  #ping(socket: RpcSocket): void {
    if (this.#socket !== socket) return;
    const again = () => {
      if (this.#socket === socket) this.#timer = setTimeout(() => this.#ping(socket), PING_EVERY_MS);
    };
    // A socket that stays silent closes itself; an error is an answer too.
    socket.request('system_chain').then(again, again);
  }

  /** The runtime after a block, the best one by default, which is then the current one. */
  async #load(socket: RpcSocket, ...at: [block?: string]): Promise<Runtime> {
    const version = readVersion(await socket.request('state_getRuntimeVersion', at));
    // Of each node its own: what one says of a runtime is not held against another.
    const name = `${socket.url} ${version.specName} ${version.specVersion}`;
    let runtime = this.#runtimes.get(name);
    if (!runtime) {
      runtime = socket.request('state_getMetadata', at).then((hex) => new Runtime(hex as Hex, version));
      runtime.catch(() => this.#runtimes.delete(name));
      this.#runtimes.set(name, runtime);
      const [oldest] = this.#runtimes.keys();
      if (this.#runtimes.size > RUNTIMES_KEPT && oldest !== undefined) this.#runtimes.delete(oldest);
    }
    const loaded = await runtime;
    if (at.length === 0 && this.#socket === socket) this.#runtime = loaded;
    return loaded;
  }
}

export function readHeader(answer: unknown): Header | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { number, parentHash } = answer as { number?: unknown; parentHash?: unknown };
  const value = Number(number);
  if (!Number.isSafeInteger(value) || typeof parentHash !== 'string') return undefined;
  return { number: value, parentHash };
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

function wrongChain(): ComingError {
  return new ComingError('wrong-chain', 'the node belongs to another chain');
}

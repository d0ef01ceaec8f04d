/**
 * A node of one chain that a client stays connected to: one of several at a time. One that is away, hangs, is behind
 * or belongs to another chain is left for the next.
 *
 * @module
 */
import { signal } from '@preact/signals-core';
import { ComingError } from '../../errors.js';
import { Backoff, type Watchable } from '../../transport/index.js';
import type { ChainOptions, ChainState } from '../chain.js';
import { RpcSocket, unreachable, type Update } from './rpc-socket.js';
import type { Runtime } from './runtime.js';
import { Runtimes } from './runtimes.js';

export type NodeOptions = Pick<ChainOptions, 'endpoints' | 'genesis' | 'webSocket'>;

export interface Header {
  readonly number: number;
  readonly parentHash: string;
}

/** From the first packet until the node said which chain it belongs to. */
const CONNECT_TIMEOUT_MS = 8_000;
/** How long a question waits for a connection that is being made: for one that hangs and one that does not. */
const PATIENCE_MS = 12_000;
const PING_EVERY_MS = 25_000;
/** A node whose best block stays the same for so long may be cut off from the others. */
const STALLED_MS = 120_000;
/** So many blocks less than another node had is behind, not just a moment late. */
const BEHIND_BLOCKS = 16;

export class ChainNode {
  readonly #state = signal<ChainState>('connecting');
  /** Rises with every connection that was made. */
  readonly #connections = signal(0);
  readonly #backoff = new Backoff(500, 30_000);
  readonly #runtimes = new Runtimes();
  #runtime: Runtime | undefined;
  #socket: RpcSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The endpoint whose turn is next. */
  #next = 0;
  /** Tried since there was a connection, the one that made it counted. */
  #tried = 0;
  #isWrongChain = false;
  /** A node was passed over for being behind; when all were tried in vain, it is better than none. */
  #passedOver = false;
  #takesAny = false;
  /** The best block of the last node that was taken, and when its number rose. */
  #best = 0;
  #roseAt = 0;

  /** @param options - `endpoints` as `parseEndpoints` returns them */
  constructor(private readonly options: NodeOptions) {}

  get state(): Watchable<ChainState> {
    return this.#state;
  }

  get genesis(): string {
    return this.options.genesis;
  }

  /** The address of the node that is connected, or being connected to. */
  get endpoint(): string | undefined {
    return this.#socket?.url;
  }

  /** Names the connection that there is, or that there will be in a moment. */
  async connection(): Promise<number> {
    await this.#online();
    return this.#connections.value;
  }

  connect(): void {
    if (this.#socket || this.#state.value === 'closed') return;
    clearTimeout(this.#timer);
    this.#state.value = 'connecting';
    const { endpoints, webSocket } = this.options;
    const url = endpoints[this.#next % endpoints.length]!;
    this.#next += 1;
    this.#tried += 1;
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

  /** Goes on with another node, where there is one: this one is not to be relied on. */
  leave(): void {
    if (this.#isOneOfMany && this.#state.value === 'online') this.#socket?.close();
  }

  close(): void {
    this.#state.value = 'closed';
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  /** @throws RpcError what the node answers; ComingError `chain-unreachable`, `closed` */
  async request(method: string, ...params: readonly unknown[]): Promise<unknown> {
    const socket = await this.#online();
    return socket.request(method, params).catch((error: unknown) => {
      // What was under way fell with the connection.
      throw this.#state.value === 'closed' ? closed() : error;
    });
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
    const { number, parentHash } = header;
    return this.#load(await this.#online(), number === 0 ? this.genesis : parentHash);
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
    if (at === 'closed') return Promise.reject(closed());
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
      if (first !== this.options.genesis) {
        this.#isWrongChain = true;
        throw wrongChain();
      }
      if (this.#isOneOfMany) await this.#requireCurrent(socket);
      if (this.#socket !== socket) return;
      this.#forgetRuntime();
      // Heard again whenever it changes. A node that cannot say so is asked before anything is signed anyway.
      socket
        .subscribe('state_subscribeRuntimeVersion', [], () => this.#forgetRuntime())
        .catch(() => undefined);
      clearTimeout(this.#timer);
      this.#backoff.reset();
      this.#tried = 1;
      this.#passedOver = this.#takesAny = this.#isWrongChain = false;
      this.#state.value = 'online';
      this.#connections.value += 1;
      this.#timer = setTimeout(() => this.#ping(socket), PING_EVERY_MS);
    } catch {
      socket.close(); // whatever it was, the way out is the same: another connection
    }
  }

  /** Passes over a node that says it is behind, or that another one was much further than. */
  async #requireCurrent(socket: RpcSocket): Promise<void> {
    const [health, head] = await Promise.all([
      socket.request('system_health').catch(() => undefined), // not every node tells
      socket.request('chain_getHeader'),
    ]);
    const best = readHeader(head)?.number ?? 0;
    const isSyncing = (health as { isSyncing?: unknown } | undefined)?.isSyncing === true;
    if ((isSyncing || best + BEHIND_BLOCKS < this.#best) && !this.#takesAny) {
      this.#passedOver = true;
      throw unreachable();
    }
    this.#best = best;
    this.#roseAt = Date.now();
  }

  /** The next one at once; when none is left, all of them again after a pause. */
  #fell(socket: RpcSocket): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    clearTimeout(this.#timer);
    if (this.#tried < this.options.endpoints.length) return this.connect();
    this.#tried = 0;
    this.#takesAny = this.#passedOver;
    this.#state.value = this.#isWrongChain ? 'wrong-chain' : 'offline';
    this.#timer = setTimeout(() => this.connect(), this.#backoff.next());
  }

  get #isOneOfMany(): boolean {
    return this.options.endpoints.length > 1;
  }

  #forgetRuntime(): void {
    this.#runtime = undefined;
  }

  #ping(socket: RpcSocket): void {
    if (this.#socket !== socket) return;
    const again = (head?: unknown) => {
      if (this.#socket !== socket) return;
      const number = readHeader(head)?.number ?? 0;
      if (number > this.#best) [this.#best, this.#roseAt] = [number, Date.now()];
      if (this.#isOneOfMany && Date.now() - this.#roseAt > STALLED_MS) socket.close();
      else this.#timer = setTimeout(() => this.#ping(socket), PING_EVERY_MS);
    };
    // A socket that stays silent closes itself; an error is an answer too.
    socket.request('chain_getHeader').then(again, () => again());
  }

  /** The runtime after a block, the best one by default, which is then the current one. */
  async #load(socket: RpcSocket, ...at: [block?: string]): Promise<Runtime> {
    const loaded = await this.#runtimes.load(socket, ...at);
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

function wrongChain(): ComingError {
  return new ComingError('wrong-chain', 'the node belongs to another chain');
}

function closed(): ComingError {
  return new ComingError('closed', 'the chain was closed');
}

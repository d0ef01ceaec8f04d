/**
 * One WebSocket to a node, from open to close: JSON-RPC requests matched with their responses, and
 * notifications with their subscriptions.
 *
 * Never reconnects; the connection above makes a new one.
 *
 * @module
 */
import { ComingError } from '../../errors.js';
import type { ChainSocket, ChainSocketConstructor } from '../chain.js';

/** The node understood, and said no. */
export class RpcError extends Error {
  override readonly name = 'RpcError';

  constructor(
    readonly code: number,
    message: string,
    /** Details, where the node gives some. */
    readonly data: string,
  ) {
    super(message);
  }
}

export type Update = (result: unknown) => void;

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
  timer: ReturnType<typeof setTimeout>;
  /** For a subscription: what its notifications go to. */
  update: Update | undefined;
}

interface Frame {
  readonly id?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code?: unknown; readonly message?: unknown; readonly data?: unknown };
  readonly params?: { readonly subscription?: unknown; readonly result?: unknown };
}

/** How long a response may take before the socket counts as dead: a node may have to read much. */
const RESPONSE_TIMEOUT_MS = 30_000;
const OPEN = 1;
/** Notifications may come before the response that names their subscription; so many are kept. */
const EARLY_LIMIT = 100;

export class RpcSocket {
  readonly #socket: ChainSocket | undefined;
  readonly #pending = new Map<number, Pending>();
  readonly #updates = new Map<string, Update>();
  #early: { subscription: string; result: unknown }[] = [];
  #nextId = 1;
  #closed = false;

  constructor(
    readonly url: string,
    SocketClass: ChainSocketConstructor,
    private readonly handlers: { open(): void; closed(): void },
  ) {
    try {
      this.#socket = new SocketClass(url);
    } catch {
      // A page under https may not open ws:. For the caller that is one more node that cannot be reached.
      queueMicrotask(() => this.close());
      return;
    }
    this.#socket.onopen = () => !this.#closed && this.handlers.open();
    this.#socket.onmessage = ({ data }: { data: unknown }) => this.#receive(data);
    this.#socket.onclose = () => this.#end();
    this.#socket.onerror = () => undefined; // a close event follows and says as much
  }

  /** @throws RpcError what the node answers; ComingError `chain-unreachable` */
  request(method: string, params: readonly unknown[] = []): Promise<unknown> {
    return this.#ask(method, params, undefined);
  }

  /** As {@link request}; returns the name of the subscription. No notification is missed. */
  async subscribe(method: string, params: readonly unknown[], update: Update): Promise<string> {
    return String(await this.#ask(method, params, update));
  }

  /** Stops the notifications of a subscription; the node is told without waiting for it. */
  unsubscribe(method: string, subscription: string): void {
    this.#updates.delete(subscription);
    this.request(method, [subscription]).catch(() => undefined);
  }

  close(): void {
    if (this.#closed) return;
    this.#socket?.close();
    // The closing handshake can take long on a dead network; nobody should wait for it.
    this.#end();
  }

  #ask(method: string, params: readonly unknown[], update: Update | undefined): Promise<unknown> {
    if (this.#closed || this.#socket?.readyState !== OPEN) return Promise.reject(unreachable());
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.close(), RESPONSE_TIMEOUT_MS);
      this.#pending.set(id, { resolve, reject, timer, update });
      this.#socket?.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    });
  }

  #receive(data: unknown): void {
    if (this.#closed) return;
    const frame = parse(data);
    if (!frame) {
      this.close();
    } else if (frame.params?.subscription !== undefined) {
      this.#notify(String(frame.params.subscription), frame.params.result);
    } else if (typeof frame.id === 'number') {
      this.#answer(frame.id, frame);
    }
  }

  #notify(subscription: string, result: unknown): void {
    const update = this.#updates.get(subscription);
    if (update) this.#tell(update, result);
    else this.#early = [...this.#early, { subscription, result }].slice(-EARLY_LIMIT);
  }

  #answer(id: number, { result, error }: Frame): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#pending.delete(id);
    clearTimeout(pending.timer);
    if (error) {
      pending.reject(new RpcError(Number(error.code), text(error.message), text(error.data)));
      return;
    }
    pending.resolve(result);
    if (!pending.update) return;
    const subscription = String(result);
    this.#updates.set(subscription, pending.update);
    const waiting = this.#early.filter((early) => early.subscription === subscription);
    this.#early = this.#early.filter((early) => early.subscription !== subscription);
    for (const early of waiting) this.#tell(pending.update, early.result);
  }

  /** What cannot be taken is not what was subscribed to: the node breaks the protocol. */
  #tell(update: Update, result: unknown): void {
    try {
      update(result);
    } catch {
      this.close();
    }
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(unreachable());
    }
    this.#pending.clear();
    this.#updates.clear();
    this.handlers.closed();
  }
}

function parse(data: unknown): Frame | undefined {
  try {
    const frame: unknown = typeof data === 'string' ? JSON.parse(data) : undefined;
    return typeof frame === 'object' && frame !== null ? frame : undefined;
  } catch {
    return undefined;
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}

export function unreachable(): ComingError {
  return new ComingError('chain-unreachable', 'no connection to a node of the chain');
}

/**
 * One WebSocket to a relay, from open to close: frames out and in, each request matched with its response.
 *
 * Never reconnects; the connection above makes a new one.
 *
 * @module
 */
import { relay as wire } from '../../proto/gen/relay.js';
import { ComingError } from '../errors.js';

/** The part of `WebSocket` that is used; Node's `ws` has it too. */
export interface WebSocketLike {
  binaryType: string;
  readonly readyState: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(code?: number): void;
}

export type WebSocketConstructor = new (url: string) => WebSocketLike;

export interface RelaySocketHandlers {
  /** A request of the relay. */
  request(request: wire.Request.$Shape): void;
  /** The socket is gone; called once, also when it never opened. */
  closed(code: number): void;
}

type Result = wire.Response.$Shape;

interface Pending {
  resolve(response: Result): void;
  reject(error: ComingError): void;
  timer: ReturnType<typeof setTimeout>;
}

/** How long a response may take before the socket counts as dead. */
const RESPONSE_TIMEOUT_MS = 15_000;
const OPEN = 1;
// Close code of the application for "the other side breaks the protocol".
const PROTOCOL_ERROR = 4400;
// What browsers say of a connection that failed (RFC 6455, section 7.1.5).
const ABNORMAL = 1006;

export class RelaySocket {
  readonly #socket: WebSocketLike | undefined;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #closed = false;

  constructor(
    url: string,
    WebSocketClass: WebSocketConstructor,
    private readonly handlers: RelaySocketHandlers,
  ) {
    try {
      this.#socket = new WebSocketClass(url);
    } catch {
      // A page under https may not open ws:. For the caller that is one more relay that cannot be reached.
      queueMicrotask(() => this.#end(ABNORMAL));
      return;
    }
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.onmessage = ({ data }: { data: unknown }) => this.#receive(data);
    this.#socket.onclose = ({ code }: { code: number }) => this.#end(code);
    this.#socket.onerror = () => undefined; // a close event follows and says as much
  }

  /**
   * Sends one request and waits for its response.
   *
   * @throws ComingError `relay-unreachable` when the socket closes or stays silent first
   */
  request(verb: Omit<wire.Request.$Properties, 'id'>): Promise<Result> {
    if (this.#closed || this.#socket?.readyState !== OPEN) return Promise.reject(unreachable());
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.close(PROTOCOL_ERROR), RESPONSE_TIMEOUT_MS);
      this.#pending.set(id, { resolve, reject, timer });
      this.#send({ request: { ...verb, id } });
    });
  }

  close(code = 1000): void {
    if (this.#closed) return;
    this.#socket?.close(code);
    // The closing handshake can take long on a dead network; nobody should wait for it.
    this.#end(code);
  }

  #send(frame: wire.Frame.$Properties): void {
    this.#socket?.send(wire.Frame.encode(frame).finish());
  }

  #receive(data: unknown): void {
    if (this.#closed) return;
    const frame = data instanceof ArrayBuffer ? decode(new Uint8Array(data)) : undefined;
    if (frame?.response) {
      const pending = this.#pending.get(frame.response.id ?? 0);
      if (!pending) return;
      this.#pending.delete(frame.response.id ?? 0);
      clearTimeout(pending.timer);
      pending.resolve(frame.response);
    } else if (frame?.request) {
      this.handlers.request(frame.request);
    } else {
      this.close(PROTOCOL_ERROR);
    }
  }

  #end(code: number): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(unreachable());
    }
    this.#pending.clear();
    this.handlers.closed(code);
  }
}

function decode(bytes: Uint8Array): wire.Frame.$Shape | undefined {
  try {
    return wire.Frame.decode(bytes);
  } catch {
    return undefined;
  }
}

export function unreachable(retryAfter?: number): ComingError {
  return new ComingError('relay-unreachable', 'no connection to the relay', undefined, retryAfter);
}

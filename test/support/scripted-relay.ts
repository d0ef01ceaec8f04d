/**
 * The relay's end of a WebSocket, played by a test frame by frame.
 *
 * @module
 */
import type { WebSocketConstructor, WebSocketLike } from '../../core/transport/index.js';
import { relay as wire } from '../../proto/gen/relay.js';
import { toTime } from '../../proto/int64.js';
import { until } from './until.js';

type Verb = Omit<wire.Request.$Properties, 'id'>;
type VerbName = Exclude<wire.Request.$Shape['verb'], undefined>;

export const { Status } = wire;
export const NONCE = new Uint8Array(32).fill(0xa5);
/** What the relay's clock says; far from the test's own. */
export const RELAY_TIME = Date.UTC(2026, 5, 1);

/** One socket that the client opened. */
export class ScriptedSocket implements WebSocketLike {
  binaryType = 'blob';
  readyState = 0;
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  /** Requests of the client that were not answered yet, oldest first. */
  readonly asked: wire.Request.$Shape[] = [];
  /** The code that the client closed with. */
  closedWith: number | undefined;

  constructor(readonly url: string) {}

  send(data: Uint8Array<ArrayBuffer>): void {
    if (this.readyState !== 1) throw new DOMException('not open', 'InvalidStateError');
    const { request } = wire.Frame.decode(data);
    if (request) this.asked.push(request);
  }

  close(code = 1000): void {
    this.closedWith ??= code;
    this.readyState = 3;
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.({} as never);
  }

  /** The socket falls from the relay's side or the network's. */
  fall(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code } as never);
  }

  /** Bytes, or anything else, as the network delivers them. */
  receive(data: unknown): void {
    const copy = data instanceof Uint8Array ? Uint8Array.from(data).buffer : data;
    this.onmessage?.({ data: copy } as never);
  }

  ask(verb: Verb): void {
    this.receive(wire.Frame.encode({ request: { ...verb, id: 77 } }).finish());
  }

  challenge(
    challenge: wire.Challenge.$Properties = { nonce: NONCE, protocol: 1, time: toTime(RELAY_TIME) },
  ): void {
    this.open();
    this.ask({ challenge });
  }

  /** Waits for the client's next request, which must be of this verb, and takes it. */
  async next<Name extends VerbName>(verb: Name): Promise<wire.Request.$Shape & { readonly id: number }> {
    await until(() => this.asked.length > 0, `the client asks for ${verb}`);
    const request = this.asked.shift()!;
    if (request.verb !== verb) throw new Error(`the client asked for ${request.verb}, not ${verb}`);
    return { ...request, id: request.id ?? 0 };
  }

  answer({ id }: { readonly id: number }, response: Omit<wire.Response.$Properties, 'id'> = {}): void {
    this.receive(wire.Frame.encode({ response: { status: Status.OK, ...response, id } }).finish());
  }

  /** Answers what a client asks for whenever it is let in: its account's own log. */
  async showLog(log: wire.LogState.$Properties): Promise<void> {
    this.answer(await this.next('readLog'), { log });
  }

  /** Lets the client in, as a relay that knows the device. */
  async letIn(counts: wire.KeyCounts.$Properties = {}): Promise<void> {
    this.challenge();
    this.answer(await this.next('authenticate'), { authenticated: { counts } });
    this.answer(await this.next('readLog'), { status: Status.UNKNOWN_ACCOUNT });
  }
}

/** Every socket that a client opens, in order. */
export class ScriptedNetwork {
  readonly sockets: ScriptedSocket[] = [];

  readonly webSocket: WebSocketConstructor = ((sockets: ScriptedSocket[]) =>
    class extends ScriptedSocket {
      constructor(url: string) {
        super(url);
        sockets.push(this);
      }
    })(this.sockets);

  get last(): ScriptedSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('no socket was opened');
    return socket;
  }
}

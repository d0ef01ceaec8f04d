/**
 * One socket: reads frames, answers every request once, and closes for a stated reason.
 *
 * A stranger's requests are answered one after the other, since each may cost a signature check;
 * a device's requests run side by side and reach the store in the order in which they came.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { codeOf } from '../../core/errors.js';
import type { relay } from '../../proto/gen/relay.js';
import { toTime, toUint64 } from '../../proto/int64.js';
import { isLogged, type LoggedIn } from './authentication.js';
import { Delivery, type Outlet } from './delivery.js';
import { readFrame, Status, writeRequest, writeResponse } from './frames.js';
import type { DeviceRequest, Response, Verb } from './frames.js';
import { faultOf } from './logger.js';
import { Outgoing } from './outgoing.js';
import type { Present } from './presence.js';
import { type Answer, type Peer, refuse, type Relay } from './answers.js';
import { answer } from './requests.js';
import { Malformed } from './rules.js';
import type { KeyCounts, StoredEnvelope } from './store/store.js';

export const PROTOCOL = 1;

export class Connection implements Peer, Present, Outlet {
  #nonce: Uint8Array | undefined = randomBytes(32);
  #deadline: NodeJS.Timeout | undefined;
  readonly #outgoing: Outgoing;
  #device: LoggedIn | undefined;
  #delivery: Delivery | undefined;
  // By a clock that does not jump.
  #lastHeard = performance.now();
  #requestId = 0;
  #strangerRequests = 0;
  #openRequests = 0;
  /** Came together with others, and have to wait for one of those. */
  readonly #held: DeviceRequest[] = [];
  #isGoingOn = false;
  #strangersTurn: Promise<void> = Promise.resolve();
  #toldKeysLow = false;
  #whenQuiet: (() => void) | undefined;
  #closed = false;

  /** @param domain - the host that the device must sign */
  constructor(
    private readonly socket: WebSocket,
    /** What is below the socket. */
    stream: Duplex,
    readonly domain: string,
    readonly address: string,
    private readonly relay: Relay,
    private readonly onLoggedIn: () => void,
  ) {
    this.#outgoing = new Outgoing(stream);
    socket.on('message', (data: RawData, isBinary: boolean) => this.#receive(data as Buffer, isBinary));
    socket.on('ping', () => this.#keepAlive());
    socket.on('pong', () => this.#keepAlive());
    socket.on('close', () => this.#end());
    // The socket closes itself after an error; 'close' follows.
    socket.on('error', () => {});
    this.#deadline = setTimeout(
      () => this.close(4401, 'not authenticated in time'),
      relay.limits.strangerTime,
    );
    this.#request({ challenge: { nonce: this.nonce, protocol: PROTOCOL, time: toTime(Date.now()) } });
  }

  /** Of no use once it was. */
  get nonce(): Uint8Array {
    return this.#nonce ?? new Uint8Array();
  }

  get device(): LoggedIn | undefined {
    return this.#device;
  }

  taken(seqs: readonly number[], upTo: number): readonly number[] {
    return this.#delivery?.taken(seqs, upTo) ?? seqs;
  }

  wake(): void {
    this.#delivery?.wake();
  }

  catchUp(): void {
    this.wake();
    isLogged(this.#device!, this.relay.store).then(
      (isThere) => isThere || this.close(4401, 'authenticate again'),
      (error: unknown) => this.failed(error),
    );
  }

  deliverOnce(envelope: StoredEnvelope): void {
    // Whoever is behind with what is kept has no time for what is not.
    if (this.#outgoing.unsent > this.relay.limits.unsentOnce) return;
    this.#request({ deliver: { envelopes: [toWireEnvelope(envelope)] } });
  }

  devicesChanged(): void {
    if (this.#device) this.#request({ devicesChanged: { account: this.#device.account } });
  }

  deliver(envelopes: readonly StoredEnvelope[]): void {
    this.relay.metrics.delivered(envelopes.length);
    this.#request({ deliver: { envelopes: envelopes.map(toWireEnvelope) } });
  }

  queueEmpty(): void {
    this.#request({ queueEmpty: {} });
  }

  failed(error: unknown): void {
    this.relay.log.error('delivery failed', { fault: faultOf(error) });
    this.close(1011, 'try again');
  }

  /** The device should connect elsewhere, or here again, after so many seconds. */
  sendAway(after: number): void {
    if (this.#device) this.#request({ reconnect: { after } });
  }

  keysTaken(counts: KeyCounts): void {
    if (!this.#isLow(counts) || this.#toldKeysLow) return;
    this.#toldKeysLow = true;
    this.#request({ keysLow: { counts } });
  }

  /** Pings a socket that has been silent for half the allowed time; ends one that did not answer. */
  checkLife(now: number): void {
    const silent = now - this.#lastHeard;
    if (silent >= this.relay.limits.idleTime) this.socket.terminate();
    else if (silent >= this.relay.limits.idleTime / 2) this.socket.ping();
  }

  /** Answers what has been asked, reads nothing more, and closes. */
  finish(code: number, reason: string): void {
    this.socket.pause();
    this.#whenQuiet = () => this.close(code, reason);
    if (this.#openRequests === 0) this.#whenQuiet();
  }

  close(code: number, reason: string): void {
    if (this.#closed) return;
    this.#end();
    this.relay.metrics.closed(code);
    this.#outgoing.flush();
    // The other side's answer to the close has to be read.
    this.socket.resume();
    this.socket.close(code, reason);
    // A stranger that does not answer the close must not keep its place for long.
    if (!this.#device) setTimeout(() => this.socket.terminate(), 1000).unref();
  }

  /** Ends a socket that does not close by itself. */
  terminate(): void {
    this.socket.terminate();
  }

  #end(): void {
    this.#closed = true;
    clearTimeout(this.#deadline);
    this.#delivery?.stop();
    if (this.#device) this.relay.presence.leave(this.#device.ref, this);
  }

  /** Whatever was not heard of over the bus is found now. */
  #keepAlive(): void {
    this.#heard();
    this.wake();
  }

  #heard(): void {
    this.#lastHeard = performance.now();
  }

  #receive(data: Buffer, isBinary: boolean): void {
    if (this.#closed) return;
    this.#heard();
    if (!this.#device && data.length > this.relay.limits.strangerFrame) return this.close(1009, 'too large');
    const frame = isBinary ? readFrame(data) : undefined;
    if (!frame) return this.close(1007, 'malformed');
    // The relay's own requests need no answer.
    if (frame === 'response') return;
    if (frame.verb === 'ping') this.wake();
    if (this.#device) void this.#handle(frame);
    else if (++this.#strangerRequests > this.relay.limits.strangerRequests) {
      const { response } = refuse(
        Status.RATE_LIMITED,
        'requests before log-in',
        this.relay.limits.strangerRetry,
      );
      this.#respond(frame.id, response);
    } else {
      this.#strangersTurn = this.#strangersTurn.then(() => {
        const answered = this.#handle(frame);
        return this.#device ? undefined : answered;
      });
    }
  }

  /** What can be answered at once is: most acknowledgements can. */
  #handle(request: DeviceRequest): Promise<void> | undefined {
    if (this.#closed) return undefined;
    if (this.#isBusy) return void this.#held.push(request);
    this.#openRequests += 1;
    // What has been read already comes all the same.
    if (this.#isBusy) this.socket.pause();
    const began = this.#lastHeard;
    const answered = this.#answer(request);
    if (!(answered instanceof Promise)) return void this.#answered(request, began, answered);
    return answered.then((later) => this.#answered(request, began, later));
  }

  #answered(request: DeviceRequest, began: number, { response, loggedIn, acknowledged }: Answer): void {
    this.relay.metrics.answered(request.verb!, response.status ?? 0, (performance.now() - began) / 1000);
    this.#openRequests -= 1;
    if (this.#closed) return;
    if (loggedIn) this.#logIn(loggedIn);
    if (response.counts && !this.#isLow(response.counts)) this.#toldKeysLow = false;
    this.#respond(request.id, response);
    if (loggedIn) void this.#delivery?.start();
    if (acknowledged) this.#delivery?.acknowledged(acknowledged);
    if (!this.#isGoingOn) this.#goOn();
  }

  get #isBusy(): boolean {
    return this.#openRequests >= this.relay.limits.openRequests;
  }

  /** There is room for one more request. */
  #goOn(): void {
    this.#isGoingOn = true;
    while (this.#held.length > 0 && !this.#isBusy) void this.#handle(this.#held.shift()!);
    this.#isGoingOn = false;
    if (this.#isBusy) return;
    if (this.#whenQuiet) return this.#openRequests === 0 ? this.#whenQuiet() : undefined;
    if (this.socket.isPaused) this.socket.resume();
  }

  #answer(request: DeviceRequest): Answer | Promise<Answer> {
    try {
      const answered = answer(request, this, this.relay);
      return answered instanceof Promise
        ? answered.catch((error: unknown) => this.#failed(request, error))
        : answered;
    } catch (error) {
      return this.#failed(request, error);
    }
  }

  #failed(request: DeviceRequest, error: unknown): Answer {
    const { limits, log } = this.relay;
    if (error instanceof Malformed) return refuse(Status.MALFORMED, error.message);
    const code = codeOf(error);
    if (code === 'storage-full') return refuse(Status.UNAVAILABLE, 'no room', limits.quotaRetry);
    if (code !== 'internal' && code !== 'closed') return refuse(Status.REFUSED, code);
    log.error('request failed', { verb: request.verb!, fault: faultOf(error) });
    return refuse(Status.UNAVAILABLE, 'passing fault', limits.faultRetry);
  }

  /** The nonce is spent: a connection authenticates once. */
  #logIn(device: LoggedIn): void {
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
    this.#nonce = undefined;
    this.#device = device;
    this.#delivery = new Delivery(device, this.relay.store, this.relay.limits, this);
    this.onLoggedIn();
    this.relay.presence.enter(device.ref, this);
  }

  #isLow({ oneTimeKeys, oneTimeKyberKeys }: relay.KeyCounts.$Properties): boolean {
    return Math.min(oneTimeKeys ?? 0, oneTimeKyberKeys ?? 0) < this.relay.limits.lowKeys;
  }

  #request(verb: Verb): void {
    this.#requestId = (this.#requestId + 1) >>> 0;
    this.#write(writeRequest(this.#requestId, verb));
  }

  #respond(id: number, response: Response): void {
    this.#write(writeResponse(id, response));
  }

  #write(frame: Uint8Array): void {
    // After a closing frame there is no other.
    if (this.#closed || this.socket.readyState !== this.socket.OPEN) return;
    this.#outgoing.push(frame);
    if (this.#outgoing.unsent > this.relay.limits.unsent) this.close(1013, 'too slow');
  }
}

function toWireEnvelope(envelope: StoredEnvelope) {
  const { seq, id, senderAccount, senderDevice, type, content, receivedAt } = envelope;
  return {
    seq: toUint64(BigInt(seq)),
    id,
    senderAccount,
    senderDevice,
    type,
    content,
    receivedAt: toUint64(BigInt(receivedAt)),
  };
}

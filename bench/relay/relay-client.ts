/**
 * A device of the relay: real keys and a real log-in; then WebSocket frames (RFC 6455) and `relay.proto`, with a
 * template for each receiver in which only the request's id, the envelope's id and the stamp change.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { relay } from '../../proto/gen/relay.js';
import type { Device } from '../../relay/test/device.js';
import { envelope, hex, Status } from '../../relay/test/device.js';
import { Inbox, Outbox, payloadOf, type Client } from './client.js';

export const { DeliveryClass } = relay;

type Verb = Omit<relay.Request.$Properties, 'id' | 'verb'>;

/** Numbers whose encoding has three bytes. */
const FIRST_ID = 1 << 14;
const LAST_ID = (1 << 21) - 1;
const ENVELOPE_ID = 16;
const MASK = Buffer.from([0x5a, 0xc3, 0x17, 0x8e]);

interface Template {
  /** A whole masked frame. */
  readonly frame: Buffer;
  /** Where in it the parts that change begin. */
  readonly requestId: number;
  readonly envelopeId: number;
  readonly stamp: number;
}

export class RelayClient implements Client {
  onMessage: (stamp: number) => void = () => {};
  #socket!: Socket;
  #outbox!: Outbox;
  #id = FIRST_ID;
  #sent = 0;
  readonly #prefix = randomBytes(8);
  readonly #waiting = new Map<number, (status: number) => void>();
  readonly #templates = new Map<RelayClient, Template>();
  #challenge: ((nonce: Uint8Array) => void) | undefined;

  constructor(
    private readonly port: number,
    private readonly device: Device,
    private readonly delivery: number,
  ) {}

  /** Has the relay know the device, and connects. */
  async enrol(): Promise<void> {
    const nonce = await this.#open();
    await this.#ask({ appendLog: this.device.appendLog() });
    await this.#logIn(nonce);
  }

  async connect(): Promise<void> {
    await this.#logIn(await this.#open());
  }

  async disconnect(): Promise<void> {
    const gone = once(this.#socket, 'close');
    this.#socket.end(frameOf(0x88, Buffer.alloc(0)));
    await gone;
  }

  async send(to: Client, stamp: number): Promise<void> {
    const receiver = to as RelayClient;
    let template = this.#templates.get(receiver);
    if (!template) this.#templates.set(receiver, (template = this.#templateFor(receiver)));
    const frame = Buffer.from(template.frame);
    const id = this.#nextId();
    patch(frame, template.requestId, varint3(id));
    const unique = Buffer.alloc(ENVELOPE_ID);
    this.#prefix.copy(unique);
    unique.writeUInt32BE((this.#sent += 1), 12);
    patch(frame, template.envelopeId, unique);
    const stampBytes = Buffer.alloc(8);
    stampBytes.writeDoubleBE(stamp);
    patch(frame, template.stamp, stampBytes);
    this.#outbox.write(frame);
    const status = await new Promise<number>((resolve) => this.#waiting.set(id, resolve));
    if (status !== Status.OK) throw new Error(`the relay answered ${status}`);
  }

  async #open(): Promise<Uint8Array> {
    const socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true });
    this.#socket = socket;
    this.#outbox = new Outbox(socket);
    this.#waiting.clear();
    const challenge = new Promise<Uint8Array>((resolve) => (this.#challenge = resolve));
    socket.on('error', () => {});
    await once(socket, 'connect');
    const lines = [
      'GET / HTTP/1.1',
      `Host: 127.0.0.1:${this.port}`,
      ...['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'],
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    ];
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    let isOpen = false;
    const inbox = new Inbox();
    socket.on('data', (data: Buffer) =>
      inbox.push(data, (bytes) => {
        if (isOpen) return this.#take(bytes);
        const end = bytes.indexOf('\r\n\r\n');
        if (end < 0) return 0;
        if (!bytes.subarray(0, 12).equals(Buffer.from('HTTP/1.1 101'))) throw new Error('no WebSocket');
        isOpen = true;
        return end + 4;
      }),
    );
    return challenge;
  }

  async #logIn(nonce: Uint8Array): Promise<void> {
    const domain = `127.0.0.1:${this.port}`;
    await this.#ask({ authenticate: await this.device.signed(nonce, { domain }) });
  }

  async #ask(verb: Verb): Promise<void> {
    const id = this.#nextId();
    const answer = new Promise<number>((resolve) => this.#waiting.set(id, resolve));
    this.#write({ ...verb, id });
    const status = await answer;
    if (status !== Status.OK) throw new Error(`the relay answered ${status}`);
  }

  #write(request: relay.Request.$Properties): void {
    this.#outbox.write(frameOf(0x82, relay.Frame.encode({ request }).finish()));
  }

  /** One frame of the relay, which masks nothing and splits nothing. */
  #take(bytes: Buffer): number {
    if (bytes.length < 2) return 0;
    let length = bytes[1]! & 127;
    let start = 2;
    if (length === 126) {
      if (bytes.length < 4) return 0;
      length = bytes.readUInt16BE(2);
      start = 4;
    } else if (length === 127) {
      if (bytes.length < 10) return 0;
      length = Number(bytes.readBigUInt64BE(2));
      start = 10;
    }
    const end = start + length;
    if (bytes.length < end) return 0;
    const kind = bytes[0]! & 15;
    if (kind === 2) this.#handle(relay.Frame.decode(bytes.subarray(start, end)));
    else if (kind === 9) this.#outbox.write(frameOf(0x8a, bytes.subarray(start, end)));
    return end;
  }

  #handle({ request, response }: relay.Frame.$Properties): void {
    if (response) {
      const id = response.id ?? 0;
      this.#waiting.get(id)?.(response.status ?? 0);
      this.#waiting.delete(id);
    } else if (request?.deliver) {
      const envelopes = request.deliver.envelopes!;
      for (const { content } of envelopes)
        this.onMessage(Buffer.from(content!.buffer, content!.byteOffset).readDoubleBE(0));
      this.#write({ id: this.#nextId(), acknowledge: { upTo: envelopes.at(-1)!.seq! } });
    } else if (request?.challenge) this.#challenge?.(request.challenge.nonce!);
  }

  #nextId(): number {
    this.#id = this.#id === LAST_ID ? FIRST_ID : this.#id + 1;
    return this.#id;
  }

  #templateFor({ device }: RelayClient): Template {
    const [unique, content] = [randomBytes(ENVELOPE_ID), payloadOf(0)];
    randomBytes(16).copy(content);
    const one = { ...envelope(device, '', unique), content };
    const { send } = this.device.mail(device, one);
    const request = { id: FIRST_ID, send: { ...send, delivery: this.delivery } };
    const message = Buffer.from(relay.Frame.encode({ request }).finish());
    const head = frameHead(0x82, message.length).length + MASK.length;
    const placeOf = (bytes: Buffer) => {
      const place = message.indexOf(bytes);
      if (place < 0 || message.indexOf(bytes, place + 1) >= 0) throw new Error(`no place for ${hex(bytes)}`);
      return head + place;
    };
    const template = {
      requestId: head + message.indexOf(Buffer.concat([Buffer.from([8]), varint3(FIRST_ID)])) + 1,
      envelopeId: placeOf(unique),
      stamp: placeOf(content.subarray(0, 16)),
    };
    content
      .subarray(8, 16)
      .fill(7)
      .copy(message, template.stamp - head + 8);
    return { ...template, frame: frameOf(0x82, message) };
  }
}

/** A masked frame. */
function frameOf(kind: number, content: Uint8Array): Buffer {
  const head = frameHead(kind, content.length);
  const frame = Buffer.concat([head, MASK, content]);
  const start = head.length + MASK.length;
  for (let i = 0; i < content.length; i++) frame[start + i]! ^= MASK[i & 3]!;
  return frame;
}

function frameHead(kind: number, length: number): Buffer {
  if (length < 126) return Buffer.from([kind, 128 | length]);
  if (length < 65_536) return Buffer.from([kind, 128 | 126, length >> 8, length & 255]);
  throw new Error('no message of this bench is that long');
}

/** Writes bytes into a masked frame. */
function patch(frame: Buffer, place: number, bytes: Buffer): void {
  // Every head of a frame with a message has eight bytes: two, two of length, four of mask.
  for (let i = 0; i < bytes.length; i++) frame[place + i] = bytes[i]! ^ MASK[(place + i) & 3]!;
}

function varint3(value: number): Buffer {
  return Buffer.from([(value & 127) | 128, ((value >> 7) & 127) | 128, value >> 14]);
}

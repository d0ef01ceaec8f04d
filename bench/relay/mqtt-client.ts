/**
 * MQTT 3.1.1 with QoS 1 and a session that lives on, as much of it as the comparison needs: each message is answered
 * with PUBACK by the server and by the receiver.
 *
 * @module
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Inbox, Outbox, payloadOf, type Client } from './client.js';

const CONNACK = 2;
const PUBLISH = 3;
const PUBACK = 4;
const SUBACK = 9;

interface Template {
  readonly packet: Buffer;
  readonly id: number;
  readonly stamp: number;
}

export class MqttClient implements Client {
  onMessage: (stamp: number) => void = () => {};
  #socket!: Socket;
  #outbox!: Outbox;
  #id = 0;
  readonly #waiting = new Map<number, () => void>();
  readonly #templates = new Map<MqttClient, Template>();
  #connected: (() => void) | undefined;

  constructor(
    private readonly port: number,
    private readonly name: string,
  ) {}

  async connect(): Promise<void> {
    const socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true });
    this.#socket = socket;
    this.#outbox = new Outbox(socket);
    this.#waiting.clear();
    socket.on('error', () => {});
    await once(socket, 'connect');
    const inbox = new Inbox();
    socket.on('data', (data: Buffer) => inbox.push(data, (bytes) => this.#take(bytes)));
    const connected = new Promise<void>((resolve) => (this.#connected = resolve));
    this.#outbox.write(packet(0x10, text('MQTT'), Buffer.from([4, 0, 0, 0]), text(this.name)));
    await connected;
    const id = this.#nextId();
    const subscribed = new Promise<void>((resolve) => this.#waiting.set(id, resolve));
    this.#outbox.write(packet(0x82, uint16(id), text(this.name), Buffer.from([1])));
    await subscribed;
  }

  async disconnect(): Promise<void> {
    const closed = once(this.#socket, 'close');
    this.#socket.end(packet(0xe0));
    await closed;
  }

  send(to: Client, stamp: number): Promise<void> {
    const receiver = to as MqttClient;
    let template = this.#templates.get(receiver);
    if (!template) this.#templates.set(receiver, (template = templateFor(receiver.name)));
    const id = this.#nextId();
    const bytes = Buffer.from(template.packet);
    bytes.writeUInt16BE(id, template.id);
    bytes.writeDoubleBE(stamp, template.stamp);
    this.#outbox.write(bytes);
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  #nextId(): number {
    this.#id = (this.#id % 65_535) + 1;
    return this.#id;
  }

  #take(bytes: Buffer): number {
    let length = 0;
    let at = 1;
    for (let shift = 0; ; shift += 7) {
      if (at >= bytes.length) return 0;
      const byte = bytes[at]!;
      at += 1;
      length |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    if (bytes.length < at + length) return 0;
    this.#handle(bytes[0]! >> 4, bytes.subarray(at, at + length));
    return at + length;
  }

  #handle(kind: number, body: Buffer): void {
    if (kind === PUBLISH) {
      const start = 2 + body.readUInt16BE(0);
      this.onMessage(body.readDoubleBE(start + 2));
      this.#outbox.write(packet(0x40, body.subarray(start, start + 2)));
    } else if (kind === PUBACK || kind === SUBACK) {
      const id = body.readUInt16BE(0);
      this.#waiting.get(id)?.();
      this.#waiting.delete(id);
    } else if (kind === CONNACK) this.#connected?.();
  }
}

function templateFor(topic: string): Template {
  const payload = payloadOf(0);
  const bytes = packet(0x32, text(topic), uint16(0), payload);
  const stamp = bytes.length - payload.length;
  return { packet: bytes, id: stamp - 2, stamp };
}

function packet(head: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const lengths: number[] = [];
  let rest = body.length;
  do {
    lengths.push((rest & 127) | (rest > 127 ? 128 : 0));
    rest >>= 7;
  } while (rest > 0);
  return Buffer.concat([Buffer.from([head, ...lengths]), body]);
}

function text(value: string): Buffer {
  return Buffer.concat([uint16(value.length), Buffer.from(value)]);
}

function uint16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255]);
}

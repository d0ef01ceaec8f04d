/**
 * A device as the comparison needs it, in the protocol of each server.
 *
 * @module
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Device, envelope, Status } from '../../relay/test/device.js';
import { relay } from '../../proto/gen/relay.js';

export interface Client {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  /** Resolves when the server says that it has it. */
  send(to: Client, payload: Buffer): Promise<void>;
  /** Called with every payload; acknowledged as soon as it returns. */
  onMessage: (payload: Buffer) => void;
}

export class RelayClient implements Client {
  onMessage: (payload: Buffer) => void = () => {};

  private constructor(
    private readonly url: string,
    private readonly device: Device,
    private readonly delivery: number,
  ) {
    this.#listen();
  }

  static async make(port: number, delivery: number): Promise<RelayClient> {
    const url = `ws://127.0.0.1:${port}`;
    return new RelayClient(url, await Device.online(url), delivery);
  }

  async connect(): Promise<void> {
    await this.device.reconnect(this.url);
    this.#listen();
  }

  async disconnect(): Promise<void> {
    this.device.wire.socket.close();
    await this.device.wire.closed;
  }

  async send(to: Client, payload: Buffer): Promise<void> {
    const { device } = to as RelayClient;
    const one = { ...envelope(device, ''), content: payload };
    const { send } = this.device.mail(device, one);
    const { status } = await this.device.wire.ask({ send: { ...send, delivery: this.delivery } });
    if (status !== Status.OK) throw new Error(`refused: ${status}`);
  }

  #listen(): void {
    const { wire } = this.device;
    const loop = async (): Promise<void> => {
      for (;;) {
        const { envelopes } = await wire.next('deliver');
        for (const one of envelopes!) this.onMessage(Buffer.from(one.content!));
        void wire.ask({ acknowledge: { seqs: envelopes!.map(({ seq }) => seq!) } });
      }
    };
    // Ends with its socket.
    loop().catch(() => {});
  }
}

export const { DeliveryClass } = relay;

/** MQTT 3.1.1 with QoS 1 and a session that lives on, as much of it as is needed. */
export class MqttClient implements Client {
  onMessage: (payload: Buffer) => void = () => {};
  #socket: Socket | undefined;
  #id = 0;
  readonly #waiting = new Map<number, () => void>();
  #buffer: Buffer = Buffer.alloc(0);
  #connected: (() => void) | undefined;

  constructor(
    private readonly port: number,
    private readonly name: string,
  ) {}

  async connect(): Promise<void> {
    const socket = connect(this.port, '127.0.0.1');
    this.#socket = socket;
    this.#buffer = Buffer.alloc(0);
    await once(socket, 'connect');
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('data', (data: Buffer) => this.#receive(data));
    const connected = new Promise<void>((resolve) => (this.#connected = resolve));
    socket.write(packet(0x10, Buffer.concat([text('MQTT'), Buffer.from([4, 0, 0, 0]), text(this.name)])));
    await connected;
    const id = this.#nextId();
    const subscribed = new Promise<void>((resolve) => this.#waiting.set(id, resolve));
    socket.write(packet(0x82, Buffer.concat([uint16(id), text(this.name), Buffer.from([1])])));
    await subscribed;
  }

  async disconnect(): Promise<void> {
    const closed = once(this.#socket!, 'close');
    this.#socket!.end(packet(0xe0, Buffer.alloc(0)));
    await closed;
  }

  send(to: Client, payload: Buffer): Promise<void> {
    const id = this.#nextId();
    const body = Buffer.concat([text((to as MqttClient).name), uint16(id), payload]);
    this.#socket!.write(packet(0x32, body));
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  #nextId(): number {
    this.#id = (this.#id % 65_535) + 1;
    return this.#id;
  }

  #receive(data: Buffer): void {
    this.#buffer = this.#buffer.length > 0 ? Buffer.concat([this.#buffer, data]) : data;
    for (;;) {
      let length = 0;
      let at = 1;
      for (let shift = 0; ; shift += 7) {
        if (at >= this.#buffer.length) return;
        const byte = this.#buffer[at]!;
        at += 1;
        length |= (byte & 127) << shift;
        if (byte < 128) break;
      }
      if (this.#buffer.length < at + length) return;
      this.#take(this.#buffer[0]!, this.#buffer.subarray(at, at + length));
      this.#buffer = this.#buffer.subarray(at + length);
    }
  }

  #take(head: number, body: Buffer): void {
    const kind = head >> 4;
    if (kind === 2) this.#connected?.();
    else if (kind === 4 || kind === 9) {
      const id = body.readUInt16BE(0);
      this.#waiting.get(id)?.();
      this.#waiting.delete(id);
    } else if (kind === 3) {
      const start = 2 + body.readUInt16BE(0);
      this.onMessage(body.subarray(start + 2));
      this.#socket!.write(packet(0x40, body.subarray(start, start + 2)));
    }
  }
}

function packet(head: number, body: Buffer): Buffer {
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

/**
 * A device as the tests need it: real keys, real signatures, and the protocol spoken by hand.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';
import {
  enrolDevice,
  guestAccount,
  guestSigner,
  signRelayAuth,
  toWireEntry,
  type DeviceLog,
  type GuestAccount,
} from '../../core/identity/index.js';
import { changeLog } from '../../core/identity/log-changes.js';
import { platformPrimitives } from '../../core/ratchet/index.js';
import { relay } from '../../proto/gen/relay.js';
import { fromUint64, toTime, toUint64 } from '../../proto/int64.js';

export const { Status, DeliveryClass } = relay;
export type Request = relay.Request.$Properties;
export type Response = relay.Response.$Properties;
type Verb = Omit<Request, 'id' | 'verb'>;
type VerbName = NonNullable<Request['verb']>;

/** One socket to a relay. */
export class Wire {
  readonly closed: Promise<{ code: number; reason: string }>;
  /** The relay's requests that no test has taken yet. */
  readonly #received: Request[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #answers = new Map<number, (response: Response) => void>();
  #id = 0;
  #gone = false;

  constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.#receive(relay.Frame.decode(data)));
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      socket.on('close', (code: number, reason: Buffer) => {
        this.#gone = true;
        for (const wake of this.#waiting) wake();
        resolve({ code, reason: String(reason) });
      });
    });
  }

  static async open(url: string, options: ClientOptions = {}): Promise<Wire> {
    const wire = new Wire(new WebSocket(url, { perMessageDeflate: false, ...options }));
    await once(wire.socket, 'open');
    return wire;
  }

  /** Sends a request and waits for its answer. */
  ask(verb: Verb): Promise<Response> {
    this.#id += 1;
    const id = this.#id;
    const answer = new Promise<Response>((resolve) => this.#answers.set(id, resolve));
    this.socket.send(relay.Frame.encode({ request: { ...verb, id } }).finish());
    return answer;
  }

  /** The status of the answer, by name. */
  async status(verb: Verb): Promise<string> {
    return nameOf(await this.ask(verb));
  }

  /** The relay's next request of a kind; skips none of the others. */
  async next<Name extends VerbName>(name: Name): Promise<NonNullable<Request[Name]>> {
    for (;;) {
      const index = this.#received.findIndex((request) => request.verb === name);
      if (index >= 0) return this.#received.splice(index, 1)[0]![name]!;
      if (this.#gone) throw new Error(`the socket closed before ${name}`);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** What the relay has sent so far and no test has taken. */
  get pending(): readonly (VerbName | undefined)[] {
    return this.#received.map((request) => request.verb);
  }

  #receive(frame: relay.Frame.$Properties): void {
    if (frame.response) {
      const id = frame.response.id ?? 0;
      if (id === 0) return;
      const resolve = this.#answers.get(id);
      if (!resolve) throw new Error('an answer to nothing, or a second one');
      this.#answers.delete(id);
      resolve(frame.response);
    } else {
      this.#received.push(frame.request!);
      for (const wake of this.#waiting) wake();
      this.#waiting.clear();
    }
  }
}

export interface Received {
  readonly seq: number;
  readonly id: string;
  readonly text: string;
  readonly from: string;
  readonly fromDevice: number;
  readonly receivedAt: number;
}

/** A device with its keys and its account's log. */
export class Device {
  wire!: Wire;

  private constructor(
    readonly guest: GuestAccount,
    public log: DeviceLog,
    readonly id: number,
    readonly privateKey: Uint8Array,
  ) {}

  /** Makes a device of a new account, or one more of the same account. */
  static async make(other?: Device): Promise<Device> {
    const guest = other?.guest ?? (await guestAccount(randomBytes(32)));
    const pair = await (await platformPrimitives()).generateKeyPair();
    const log = await enrolDevice(other?.log, guestSigner(guest), {
      identityKey: pair.publicKey,
      name: 'a test',
      origin: 'app:test',
      relays: [],
      validFrom: Date.now(),
    });
    if (other) other.log = log;
    return new Device(guest, log, log.devices.at(-1)!.id, pair.privateKey);
  }

  /** Makes a device, has the relay know it, and logs in. */
  static async online(url: string, other?: Device): Promise<Device> {
    const device = await Device.make(other);
    device.wire = await Wire.open(url);
    await expectOk(device.wire.ask({ appendLog: device.appendLog() }));
    await expectOk(device.logIn());
    return device;
  }

  /** Makes the entry that takes another device of the account out of its log. */
  async remove(other: Device): Promise<void> {
    this.log = await changeLog(other.log, guestSigner(this.guest), { kind: 'revoke', deviceId: other.id });
  }

  get account(): Uint8Array {
    return this.guest.account;
  }

  /** The request that puts this device's own entry on top of the log. */
  appendLog(): relay.AppendLog.$Properties {
    const { entries } = this.log;
    const previous = entries.length > 1 ? /Previous entry: (\w+)/.exec(entries.at(-1)!.text)![1]! : '';
    return {
      account: this.account,
      previous: Buffer.from(previous, 'hex'),
      entry: toWireEntry(entries.at(-1)!),
    };
  }

  /** Connects again, without displacing by hand what was there. */
  async reconnect(url: string): Promise<this> {
    this.wire = await Wire.open(url);
    await expectOk(this.logIn());
    return this;
  }

  async logIn(change: Partial<relay.Authenticate.$Properties> = {}): Promise<Response> {
    const { nonce } = await this.wire.next('challenge');
    return this.wire.ask({ authenticate: { ...(await this.signed(nonce!)), ...change } });
  }

  /** A log-in over a nonce. */
  async signed(nonce: Uint8Array, facts: { domain?: string; time?: number } = {}) {
    const { domain = new URL(this.wire.socket.url).host, time = Date.now() } = facts;
    const clientNonce = randomBytes(32);
    const signature = await signRelayAuth(this.privateKey, {
      ...{ domain, relayNonce: nonce, clientNonce },
      ...{ account: this.account, deviceId: this.id, time },
    });
    return { account: this.account, deviceId: this.id, clientNonce, time: toTime(time), signature, domain };
  }

  /** The request that sends texts to devices of one account. */
  mail(to: Device, ...envelopes: relay.OutgoingEnvelope.$Properties[]): Verb {
    return { send: { account: to.account, logHead: to.log.head, envelopes } };
  }

  /** Sends one text to one device. */
  send(to: Device, text: string): Promise<string> {
    return this.wire.status(this.mail(to, envelope(to, text)));
  }

  /** The next frame of envelopes. */
  async receive(): Promise<Received[]> {
    const { envelopes } = await this.wire.next('deliver');
    return envelopes!.map((one) => ({
      seq: Number(fromUint64(one.seq)),
      id: hex(one.id!),
      text: Buffer.from(one.content!).toString(),
      from: hex(one.senderAccount!),
      fromDevice: one.senderDevice!,
      receivedAt: Number(fromUint64(one.receivedAt)),
    }));
  }

  /** Envelopes until there are so many. */
  async receiveMany(count: number): Promise<Received[]> {
    const all: Received[] = [];
    while (all.length < count) all.push(...(await this.receive()));
    return all;
  }

  acknowledge(...envelopes: readonly { readonly seq: number }[]): Promise<string> {
    return this.wire.status({ acknowledge: { seqs: envelopes.map(({ seq }) => toUint64(BigInt(seq))) } });
  }
}

export function envelope(to: Device, text: string, id: Uint8Array = randomBytes(16)) {
  return { id, deviceId: to.id, type: 2, content: Buffer.from(text) };
}

/** Keys that look like keys; the relay does not check what they are. */
export function preKeys(count: number, firstId = 1): relay.PublishKeys.$Properties {
  const ids = Array.from({ length: count }, (_, i) => firstId + i);
  return {
    registrationId: 77,
    signedPreKey: { id: 1, publicKey: randomBytes(33), signature: randomBytes(64) },
    lastResortKyberKey: { id: 9, publicKey: randomBytes(1569), signature: randomBytes(64) },
    oneTimeKeys: ids.map((id) => ({ id, publicKey: randomBytes(33) })),
    oneTimeKyberKeys: ids.map((id) => ({ id, publicKey: randomBytes(1569), signature: randomBytes(64) })),
  };
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

export async function expectOk(answer: Promise<Response>): Promise<Response> {
  const response = await answer;
  if (response.status !== Status.OK) throw new Error(`answered ${nameOf(response)}`);
  return response;
}

function nameOf({ status }: Response): string {
  return Object.entries(Status).find(([, number]) => number === (status ?? 0))![0];
}

/**
 * A relay in the page that a test can listen to, and make lie.
 *
 * @module
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import type { SignedEntry } from '../../core/identity/index.js';
import {
  LoopbackRelay,
  type AppendResult,
  type ClaimedBundle,
  type Credentials,
  type Delivery,
  type IncomingEnvelope,
  type KeyCounts,
  type OutgoingEnvelope,
  type PreKeyPublication,
  type Receiver,
  type Relay,
  type SendResult,
} from '../../core/transport/index.js';

/** An envelope as it was handed to the relay. */
export interface Sent extends OutgoingEnvelope {
  readonly delivery: Delivery;
  readonly from: Uint8Array;
  readonly fromDevice: number;
  readonly to: Uint8Array;
}

type Entries = readonly SignedEntry[] | undefined;

export class TappedRelay extends LoopbackRelay {
  readonly sent: Sent[] = [];
  /** What the relay says instead of the truth. */
  logOfAccount: (account: Uint8Array, truth: Entries) => Entries | Promise<Entries> = (_, truth) => truth;
  bundles: (truth: readonly ClaimedBundle[]) => readonly ClaimedBundle[] = (truth) => truth;
  counts: (truth: KeyCounts) => KeyCounts = (truth) => truth;
  /** What becomes of envelopes; `pass` hands them on as an honest relay does. */
  onSend: (pass: () => Promise<SendResult>, to: Uint8Array) => Promise<SendResult> = (pass) => pass();
  readonly #receivers = new Map<string, Receiver>();
  #seq = 1n << 40n;

  override connect(): Relay {
    return new TappedConnection(this, super.connect());
  }

  /** Takes envelopes and keeps them to itself. */
  swallow(): void {
    this.onSend = () => Promise.resolve({ status: 'accepted' });
  }

  signedIn({ account }: Credentials, receiver: Receiver): void {
    this.#receivers.set(bytesToHex(account), receiver);
  }

  /** Delivers an envelope that was sent before, bent as one likes; whether it was acknowledged. */
  async deliver(sent: Sent, changes: Partial<IncomingEnvelope> = {}): Promise<boolean> {
    return (await this.deliverAll([sent], changes))[0]!;
  }

  /** The same with several at once, to whom the first is sent. */
  async deliverAll(sent: readonly Sent[], changes: Partial<IncomingEnvelope> = {}): Promise<boolean[]> {
    const envelopes = sent.map((one): IncomingEnvelope => {
      this.#seq += 1n;
      return {
        seq: this.#seq,
        id: one.id,
        senderAccount: one.from,
        senderDevice: one.fromDevice,
        type: one.type,
        content: one.content,
        receivedAt: 1_700_000_000,
        ...changes,
      };
    });
    const stored = await this.#receivers.get(bytesToHex(sent[0]!.to))!.deliver(envelopes);
    return envelopes.map(({ seq }) => stored.includes(seq));
  }
}

class TappedConnection implements Relay {
  #credentials: Credentials | undefined;

  constructor(
    private readonly tap: TappedRelay,
    private readonly honest: Relay,
  ) {}

  get url(): string {
    return this.honest.url;
  }

  get state(): Relay['state'] {
    return this.honest.state;
  }

  signIn(credentials: Credentials, receiver: Receiver): void {
    this.#credentials = credentials;
    this.tap.signedIn(credentials, receiver);
    this.honest.signIn(credentials, receiver);
  }

  async readLog(account: Uint8Array): Promise<Entries> {
    return this.tap.logOfAccount(account, await this.honest.readLog(account));
  }

  appendLog(
    account: Uint8Array,
    previous: Uint8Array | undefined,
    entry: SignedEntry,
  ): Promise<AppendResult> {
    return this.honest.appendLog(account, previous, entry);
  }

  replaceLog(account: Uint8Array, previous: Uint8Array, entries: readonly SignedEntry[]): Promise<void> {
    return this.honest.replaceLog(account, previous, entries);
  }

  async publishKeys(keys: PreKeyPublication): Promise<KeyCounts> {
    return this.tap.counts(await this.honest.publishKeys(keys));
  }

  async claimKeys(account: Uint8Array, deviceIds: readonly number[]): Promise<readonly ClaimedBundle[]> {
    return this.tap.bundles(await this.honest.claimKeys(account, deviceIds));
  }

  send(
    to: Uint8Array,
    logHead: Uint8Array,
    envelopes: readonly OutgoingEnvelope[],
    delivery: Delivery,
  ): Promise<SendResult> {
    const { account: from, deviceId: fromDevice } = this.#credentials!;
    this.tap.sent.push(...envelopes.map((envelope) => ({ ...envelope, from, fromDevice, to, delivery })));
    return this.tap.onSend(() => this.honest.send(to, logHead, envelopes, delivery), to);
  }

  reconnect(): void {
    this.honest.reconnect();
  }

  close(): void {
    this.honest.close();
  }
}

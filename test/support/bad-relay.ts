/**
 * A relay behind a network that loses, repeats and shuffles, by dice that fall the same for the same seed; and that writes
 * down every envelope that it was given, and to whom it gave it.
 *
 * @module
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import { ComingError } from '../../core/errors.js';
import { parsePreKeySignalMessage, parseSignalMessage } from '../../core/ratchet/wire.js';
import {
  LoopbackRelay,
  type Credentials,
  type Delivery,
  type IncomingEnvelope,
  type OutgoingEnvelope,
  type Receiver,
  type Relay,
  type SendResult,
} from '../../core/transport/index.js';

export type Dice = (below: number) => number;

/** The same numbers in every run. */
export function diceOf(seed: number): Dice {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export interface Passed extends OutgoingEnvelope {
  readonly from: string;
  readonly fromDevice: number;
  readonly to: string;
}

export class BadRelay extends LoopbackRelay {
  /** Everything that was handed to the relay, repeats included. */
  readonly sent: Passed[] = [];
  /** What it took of that, and so hands on. */
  readonly accepted: Passed[] = [];
  /** Of a hundred, how many fall victim to each misfortune. */
  misfortune = 0;

  constructor(readonly dice: Dice = () => 0) {
    super();
  }

  override connect(): Relay {
    const honest = super.connect();
    return Object.create(honest, {
      state: { get: () => honest.state },
      url: { get: () => honest.url },
      ...bound(honest),
      signIn: {
        value: (credentials: Credentials, receiver: Receiver) => {
          this.#credentials.set(honest, credentials);
          honest.signIn(credentials, this.#unreliable(receiver));
        },
      },
      send: { value: (...args: Parameters<Relay['send']>) => this.#send(honest, ...args) },
    }) as Relay;
  }

  readonly #credentials = new Map<Relay, Credentials>();

  #isUnlucky(): boolean {
    return this.dice(100) < this.misfortune;
  }

  async #send(
    honest: Relay,
    account: Uint8Array,
    logHead: Uint8Array,
    envelopes: readonly OutgoingEnvelope[],
    delivery: Delivery,
  ): Promise<SendResult> {
    const { account: from, deviceId: fromDevice } = this.#credentials.get(honest)!;
    const way = { from: bytesToHex(from), fromDevice, to: bytesToHex(account) };
    const passed = envelopes.map((envelope) => ({ ...envelope, ...way }));
    this.sent.push(...passed);
    if (this.#isUnlucky()) throw lost();
    const result = await honest.send(account, logHead, envelopes, delivery);
    if (result.status === 'accepted') this.accepted.push(...passed);
    if (this.#isUnlucky()) throw lost();
    return result;
  }

  /** A way to a receiver on which envelopes come in any order, again and again, or not at once. */
  #unreliable(receiver: Receiver): Receiver {
    const before: IncomingEnvelope[] = [];
    return {
      ...receiver,
      deliver: async (envelopes) => {
        const batch = [...envelopes];
        for (let at = batch.length - 1; at > 0; at -= 1) {
          if (!this.#isUnlucky()) continue;
          const other = this.dice(at + 1);
          [batch[at], batch[other]] = [batch[other]!, batch[at]!];
        }
        const again = before.filter(() => this.#isUnlucky() && this.#isUnlucky());
        before.push(...batch);
        const stored = await receiver.deliver([...batch, ...again]);
        // An acknowledgement that is lost brings the envelope once more.
        return stored.filter(() => !(this.#isUnlucky() && this.#isUnlucky()));
      },
    };
  }
}

/** The key that encrypted an envelope, by the chain and its place in it; of the two devices that it is between. */
export function keyOf({ type, content, from, fromDevice, to, deviceId }: Passed): string | undefined {
  if (type !== 2 && type !== 3) return undefined;
  const { ratchetKey, counter } = parseSignalMessage(
    type === 3 ? parsePreKeySignalMessage(content).message : content,
  );
  return `${from}.${fromDevice} ${to}.${deviceId} ${bytesToHex(ratchetKey)}/${counter}`;
}

/** Which keys encrypted two different things. */
export function keysUsedTwice(sent: readonly Passed[]): string[] {
  const contents = new Map<string, string>();
  return sent.flatMap((passed) => {
    const key = keyOf(passed);
    if (key === undefined) return [];
    const content = bytesToHex(passed.content);
    const before = contents.get(key) ?? content;
    contents.set(key, content);
    return before === content ? [] : [key];
  });
}

const METHODS = [
  'reconnect',
  'close',
  'readLog',
  'appendLog',
  'replaceLog',
  'publishKeys',
  'claimKeys',
] as const;

function bound(relay: Relay): PropertyDescriptorMap {
  return Object.fromEntries(METHODS.map((name) => [name, { value: relay[name].bind(relay) }]));
}

function lost(): ComingError {
  return new ComingError('relay-unreachable', 'lost on the way');
}

import { bytesToHex, concatBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../../../core/errors.js';
import {
  MAX_RECEIVING_CHAINS,
  platformPrimitives,
  PRE_KEY_MESSAGE,
  type CiphertextMessage,
} from '../../../core/ratchet/index.js';
import { readRecord } from '../../../core/ratchet/record.js';
import { parsePreKeySignalMessage, parseSignalMessage } from '../../../core/ratchet/wire.js';
import { strangers, talkingPair, type Device } from './device.js';

const p = await platformPrimitives();

interface InFlight {
  readonly from: Device;
  readonly to: Device;
  readonly message: CiphertextMessage;
  readonly plaintext: string;
  /** Session and ratchet key that it was sent on. */
  readonly session: string;
  readonly ratchetKey: string;
  delivered: boolean;
}

type Action =
  | { readonly do: 'send'; readonly by: 0 | 1; readonly count: number }
  | { readonly do: 'deliver' | 'lose' | 'deliver twice'; readonly which: number }
  | { readonly do: 'initiate'; readonly by: 0 | 1 };

const by = fc.constantFrom(0 as const, 1 as const);
const which = fc.nat(1000);
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('send' as const), by, count: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('deliver' as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('deliver twice' as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('initiate' as const), by }) },
);

/** Two honest devices over a channel that loses, reorders and doubles; knows what must become of every message. */
class Channel {
  readonly #inFlight: InFlight[] = [];
  readonly #arrived: InFlight[] = [];
  /** Which ratchet keys a device has received on, per session, oldest first. */
  readonly #chains = new Map<string, string[]>();

  constructor(readonly devices: readonly [Device, Device]) {}

  async run(action: Action): Promise<void> {
    switch (action.do) {
      case 'send':
        return this.#send(action.by, action.count);
      case 'initiate':
        return this.#initiate(this.devices[action.by], this.devices[1 - action.by]!);
      case 'lose':
        this.#take(action.which);
        return;
      case 'deliver':
        return this.#deliver(this.#take(action.which));
      case 'deliver twice':
        return this.#deliver(this.#arrived[action.which % this.#arrived.length]);
    }
  }

  async deliverRest(): Promise<void> {
    while (this.#inFlight.length > 0) await this.#deliver(this.#take(0));
  }

  async #initiate(from: Device, to: Device): Promise<void> {
    await from.initiate(to, { oneTime: this.#inFlight.length % 2 === 0 });
    // The other side's signed pre-key counts as its first ratchet key.
    const { baseKey, receiving } = readRecord(from.record).current!;
    this.#chainsOf(from, bytesToHex(baseKey)).push(bytesToHex(receiving[0]!.ratchetPublic));
  }

  async #send(by: 0 | 1, count: number): Promise<void> {
    const from = this.devices[by];
    const to = this.devices[1 - by]!;
    if (from.record === undefined) await this.#initiate(from, to);
    for (let i = 0; i < count; i++) {
      const plaintext = `${by}: ${this.#inFlight.length} ${i}`;
      const message = await from.send(to, plaintext);
      const { baseKey } = readRecord(from.record).current!;
      const signal =
        message.type === PRE_KEY_MESSAGE ? parsePreKeySignalMessage(message.bytes).message : message.bytes;
      const ratchetKey = bytesToHex(parseSignalMessage(signal).ratchetKey);
      this.#inFlight.push({
        from,
        to,
        message,
        plaintext,
        session: bytesToHex(baseKey),
        ratchetKey,
        delivered: false,
      });
    }
  }

  #take(which: number): InFlight | undefined {
    return this.#inFlight.splice(which % this.#inFlight.length, 1)[0];
  }

  #chainsOf(device: Device, session: string): string[] {
    const key = `${device.address.name} ${session}`;
    const chains = this.#chains.get(key) ?? [];
    this.#chains.set(key, chains);
    return chains;
  }

  async #deliver(item: InFlight | undefined): Promise<void> {
    if (item === undefined) return;
    const { from, to, message, ratchetKey } = item;
    const chains = this.#chainsOf(to, item.session);
    const place = chains.indexOf(ratchetKey);
    const forgotten = place >= 0 && chains.length - place > MAX_RECEIVING_CHAINS;
    const before = to.record?.slice();
    const outcome = await to.receive(from, message).catch(codeOf);
    if (forgotten) expect(outcome).toBe('decryption-failed');
    else if (item.delivered) expect(outcome).toBe('duplicate-message');
    else expect(outcome).toBe(item.plaintext);
    if (forgotten || item.delivered) expect(to.record).toEqual(before);
    else {
      if (place < 0) chains.push(ratchetKey);
      item.delivered = true;
      this.#arrived.push(item);
    }
  }
}

describe('two honest devices over a channel that loses, reorders and doubles', () => {
  it('decrypt everything that arrives, and know what arrived before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 20, maxLength: 80 }), async (actions) => {
        const channel = new Channel(await strangers(p));
        for (const each of actions) await channel.run(each);
        await channel.deliverRest();
      }),
      { numRuns: 25 },
    );
  }, 30_000);
});

describe('bytes that were changed on the way', () => {
  /** Codes that a receiver may answer hostile bytes with. */
  const codes = expect.toBeOneOf([
    'malformed-message',
    'invalid-key',
    'duplicate-message',
    'decryption-failed',
    'too-far-ahead',
    'unknown-pre-key',
    'identity-mismatch',
  ]);

  it('give a documented error and leave every byte of the record as it was', async () => {
    const [alice, bob] = await talkingPair(p);
    const message = await alice.send(bob, 'a message');
    await alice.initiate(bob);
    const introduction = await alice.send(bob, 'an introduction');
    const before = bob.record!.slice();
    const change = fc.record({
      original: fc.constantFrom(message, introduction),
      place: fc.nat(),
      bits: fc.integer({ min: 1, max: 255 }),
      cut: fc.nat(3),
      tail: fc.uint8Array({ maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ original, place, bits, cut, tail }) => {
        const bytes = original.bytes.slice();
        // Fields that no MAC covers: the low half of the version byte and what describes the sender.
        const from = original === message ? 1 : 5;
        const end = bytes.length - (original === message ? 0 : 1620);
        const at = from + (place % (end - from));
        bytes[at]! ^= bits;
        const changed = concatBytes(bytes.subarray(0, bytes.length - cut), tail);
        const outcome = await bob.receive(alice, { ...original, bytes: changed }).catch(codeOf);
        expect(outcome).toEqual(codes);
        expect(bob.record).toEqual(before);
      }),
      { numRuns: 150 },
    );
    expect(await bob.receive(alice, message)).toBe('a message');
    expect(await bob.receive(alice, introduction)).toBe('an introduction');
  });

  it('give a documented error when they are random', async () => {
    const [alice, bob] = await talkingPair(p);
    const before = bob.record!.slice();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(2 as const, 3 as const),
        fc.uint8Array({ maxLength: 300 }),
        async (type, noise) => {
          const bytes = concatBytes(Uint8Array.of(0x44), noise);
          expect(await bob.receive(alice, { type, bytes }).catch(codeOf)).toEqual(codes);
          expect(bob.record).toEqual(before);
        },
      ),
      { numRuns: 300 },
    );
  });
});

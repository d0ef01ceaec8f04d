/**
 * What a receiver's mailbox must and may hold, and traffic that holds a relay to it until the relay is gone.
 *
 * @module
 */
import { expect } from 'vitest';
import { DeliveryClass, envelope, hex, Status, type Device, type Received } from '../../relay/test/device.js';
import type { RelayProcess } from './relay-process.js';

/** What one receiver's mailbox must and may hold, as its senders and it were answered. */
export class Mailbox {
  // `sent` and `acknowledging` were not answered: they may be there or not.
  readonly #states = new Map<string, 'sent' | 'held' | 'acknowledging' | 'gone'>();
  readonly #answered = new Set<string>();
  readonly #seqs = new Map<number, string>();
  readonly #seen = new Set<string>();
  #lastSeq = 0;
  readonly #lastOfSender = new Map<string, number>();

  sent(id: string): void {
    this.#states.set(id, 'sent');
  }

  answered(id: string): void {
    this.#answered.add(id);
    if (this.#states.get(id) === 'sent') this.#states.set(id, 'held');
  }

  received({ id, seq, from, text }: Received): void {
    expect(this.#states.get(id), 'never sent, or came back after it was acknowledged').toMatch(
      /sent|held|acknowledging/,
    );
    expect(seq, 'out of order').toBeGreaterThan(this.#lastSeq);
    expect(this.#seqs.get(seq) ?? id, 'a number was given twice').toBe(id);
    expect(Number(text), 'out of the order of its sender').toBeGreaterThan(
      this.#lastOfSender.get(from) ?? -1,
    );
    this.#lastSeq = seq;
    this.#seqs.set(seq, id);
    this.#lastOfSender.set(from, Number(text));
    this.#seen.add(id);
    // What is delivered may be nowhere but in memory, until its sender is answered.
    this.#states.set(id, this.#answered.has(id) ? 'held' : 'sent');
  }

  acknowledging(id: string): void {
    this.#states.set(id, 'acknowledging');
  }

  acknowledged(id: string): void {
    this.#states.set(id, 'gone');
  }

  /** Delivery begins again with the oldest that is held. */
  reconnected(): void {
    this.#seen.clear();
    this.#lastSeq = 0;
    this.#lastOfSender.clear();
  }

  /** After a whole drain: what had to come and did not. What might have come and did not is gone. */
  lost(): string[] {
    const lost: string[] = [];
    for (const [id, state] of this.#states) {
      if (this.#seen.has(id)) continue;
      if (state === 'held') lost.push(id);
      this.#states.set(id, 'gone');
    }
    return lost;
  }
}

/** Keeps 16 requests open, each with one envelope of either class, until the relay is gone. */
export async function sendUntilKilled(
  sender: Device,
  mailboxes: ReadonlyMap<Device, Mailbox>,
  answered: () => void,
  random: () => number,
): Promise<void> {
  const receivers = [...mailboxes.keys()];
  let killed = false;
  const gone = sender.wire.closed.then(() => (killed = true));
  const sendNext = async (): Promise<void> => {
    const receiver = receivers[Math.floor(random() * receivers.length)]!;
    const mailbox = mailboxes.get(receiver)!;
    const one = envelope(receiver, String(counter++));
    const id = hex(one.id);
    mailbox.sent(id);
    const delivery = random() < 0.5 ? DeliveryClass.ORDINARY : DeliveryClass.DURABLE;
    const { send } = sender.mail(receiver, one);
    const response = await sender.wire.ask({ send: { ...send, delivery } });
    expect(response.status).toBe(Status.OK);
    mailbox.answered(id);
    answered();
  };
  const keepSending = async () => {
    while (!killed) await Promise.race([gone, sendNext()]);
  };
  await Promise.all(Array.from({ length: 16 }, keepSending));
}
let counter = 0;

/** Acknowledges most of what comes, some of it late, until the relay is gone. */
export async function receiveUntilKilled(
  receiver: Device,
  mailbox: Mailbox,
  random: () => number,
): Promise<void> {
  for (;;) {
    const batch = await receiver.receive().catch(() => 'killed' as const);
    if (batch === 'killed') return;
    for (const one of batch) mailbox.received(one);
    const taken = batch.filter(() => random() < 0.8);
    if (taken.length > 0) void acknowledge(receiver, mailbox, taken);
  }
}

/** Connects, acknowledges a part of the first batch, and kills the relay before or after the answer. */
export async function drainSome(
  receiver: Device,
  relay: RelayProcess,
  mailbox: Mailbox,
  random: () => number,
): Promise<void> {
  try {
    await receiver.reconnect(relay.url);
    const empty = receiver.wire.next('queueEmpty').then(() => []);
    const batch = await Promise.race([empty, receiver.receive()]);
    for (const one of batch) mailbox.received(one);
    const taken = batch.filter(() => random() < 0.8);
    const answered = taken.length > 0 ? acknowledge(receiver, mailbox, taken) : Promise.resolve();
    if (random() < 0.5) await answered;
  } catch (error) {
    if (!relay.killed) throw error;
  }
  relay.kill();
}

export async function drainAll(receiver: Device, mailbox: Mailbox): Promise<void> {
  const end = receiver.wire.next('queueEmpty').then(() => 'empty' as const);
  for (;;) {
    const batch = await Promise.race([end, receiver.receive()]);
    if (batch === 'empty') return;
    for (const one of batch) mailbox.received(one);
    await acknowledge(receiver, mailbox, batch);
  }
}

export async function acknowledge(
  receiver: Device,
  mailbox: Mailbox,
  batch: readonly Received[],
): Promise<void> {
  for (const { id } of batch) mailbox.acknowledging(id);
  expect(await receiver.acknowledge(...batch)).toBe('OK');
  for (const { id } of batch) mailbox.acknowledged(id);
}

/** The same numbers for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

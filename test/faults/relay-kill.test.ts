/**
 * The relay is killed with no warning, under load and while it drains, and keeps its word each time:
 * what it answered OK is delivered until acknowledged, in order; what was acknowledged never comes back.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { Device, envelope, hex, Status, type Received } from '../../relay/test/device.js';

const BUNDLE = 'relay/dist/coming-relay.js';
/** More of them in `npm run test:long`. */
const SEEDS = Array.from({ length: Number(process.env['COMING_SEEDS'] ?? 3) }, (_, n) => n + 1);
const data = mkdtempSync(join(tmpdir(), 'coming-relay-kill-'));

afterAll(() => rmSync(data, { recursive: true, force: true }));

test.each(SEEDS)('nothing answered is lost and nothing acknowledged returns (seed %i)', async (seed) => {
  const folder = join(data, String(seed));
  const random = randomOf(seed);
  const mailboxes = new Map<Device, Mailbox>();

  let relay = await Relay.start(folder);
  const senders = await Promise.all([1, 2, 3].map(() => Device.online(relay.url)));
  const receivers = await Promise.all([1, 2].map(() => Device.online(relay.url)));
  for (const receiver of receivers) mailboxes.set(receiver, new Mailbox());

  for (let round = 0; round < 3; round++) {
    // Under load.
    const load = relay.killAfter(100 + Math.floor(random() * 400));
    await Promise.all([
      ...senders.map((sender) => sendUntilKilled(sender, mailboxes, load, random)),
      ...receivers.map((receiver) => receiveUntilKilled(receiver, mailboxes.get(receiver)!, random)),
      relay.gone,
    ]);
    // While it delivers what waits.
    relay = await Relay.start(folder);
    await Promise.all(
      receivers.map(async (receiver) => {
        mailboxes.get(receiver)!.reconnected();
        await Promise.race([drainSome(receiver, relay, mailboxes.get(receiver)!, random), relay.gone]);
      }),
    );
    await relay.gone;
    // All that is left.
    relay = await Relay.start(folder);
    for (const [receiver, mailbox] of mailboxes) {
      mailbox.reconnected();
      await receiver.reconnect(relay.url);
      await drainAll(receiver, mailbox);
      expect(mailbox.lost()).toEqual([]);
    }
    await Promise.all(senders.map((sender) => sender.reconnect(relay.url)));
  }

  for (const receiver of receivers) {
    await receiver.reconnect(relay.url);
    await receiver.wire.next('queueEmpty');
    expect(receiver.wire.pending).toEqual([]);
  }
});

test('a relay that is told to stop says so to every device and ends well', async () => {
  const relay = await Relay.start(join(data, 'stop'));
  const device = await Device.online(relay.url);
  relay.stop();
  expect((await device.wire.closed).code).toBe(1012);
  expect(await relay.gone).toEqual([0, null]);
});

/** What one receiver's mailbox must and may hold, as its senders and it were answered. */
class Mailbox {
  // `sent` and `acknowledging` were not answered: they may be there or not.
  readonly #states = new Map<string, 'sent' | 'held' | 'acknowledging' | 'gone'>();
  readonly #seqs = new Map<number, string>();
  readonly #seen = new Set<string>();
  #lastSeq = 0;
  readonly #lastOfSender = new Map<string, number>();

  sent(id: string): void {
    this.#states.set(id, 'sent');
  }

  answered(id: string): void {
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
    this.#states.set(id, 'held');
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

/** Keeps 16 requests open, each with one envelope, until the relay is gone. */
async function sendUntilKilled(
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
    const response = await sender.wire.ask(sender.mail(receiver, one));
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
async function receiveUntilKilled(receiver: Device, mailbox: Mailbox, random: () => number): Promise<void> {
  for (;;) {
    const batch = await receiver.receive().catch(() => 'killed' as const);
    if (batch === 'killed') return;
    for (const one of batch) mailbox.received(one);
    const taken = batch.filter(() => random() < 0.8);
    if (taken.length > 0) void acknowledge(receiver, mailbox, taken);
  }
}

/** Connects, acknowledges a part of the first batch, and kills the relay before or after the answer. */
async function drainSome(
  receiver: Device,
  relay: Relay,
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

async function drainAll(receiver: Device, mailbox: Mailbox): Promise<void> {
  const end = receiver.wire.next('queueEmpty').then(() => 'empty' as const);
  for (;;) {
    const batch = await Promise.race([end, receiver.receive()]);
    if (batch === 'empty') return;
    for (const one of batch) mailbox.received(one);
    await acknowledge(receiver, mailbox, batch);
  }
}

async function acknowledge(receiver: Device, mailbox: Mailbox, batch: readonly Received[]): Promise<void> {
  for (const { id } of batch) mailbox.acknowledging(id);
  expect(await receiver.acknowledge(...batch)).toBe('OK');
  for (const { id } of batch) mailbox.acknowledged(id);
}

/** A relay in a process of its own. */
class Relay {
  readonly gone: Promise<unknown>;

  private constructor(
    readonly url: string,
    private readonly process: ChildProcess,
  ) {
    this.gone = once(process, 'exit');
  }

  static async start(folder: string): Promise<Relay> {
    const child = spawn(process.execPath, [BUNDLE, '--data', folder, '--port', '0', '--rate-factor', '1e6'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    for await (const line of createInterface({ input: child.stdout })) {
      const url = /^coming-relay listens on (ws:\S+)$/.exec(line)?.[1];
      if (url) return new Relay(url, child);
    }
    throw new Error('the relay did not start');
  }

  stop(): void {
    this.process.kill('SIGTERM');
  }

  get killed(): boolean {
    return this.process.killed;
  }

  kill(): void {
    this.process.kill('SIGKILL');
  }

  /** Kills the process when the function it returns has been called so many times. */
  killAfter(calls: number): () => void {
    return () => {
      calls -= 1;
      if (calls === 0) this.kill();
    };
  }
}

/** The same numbers for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

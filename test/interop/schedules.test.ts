import { expect, it } from 'vitest';
import {
  MAX_RECEIVING_CHAINS,
  platformPrimitives,
  type CiphertextMessage,
} from '../../core/ratchet/index.js';
import { readRecord } from '../../core/ratchet/record.js';
import { LibsignalPeer, OurPeer, type Peer } from './peers.js';
import { randomNumbers } from './random.js';

const p = await platformPrimitives();
/** How many schedules are run; a hundred times as many with `npm run test:long`. */
const ROUNDS = Number(process.env['COMING_SEEDS'] ?? 1);
const HERE = { name: '7cda973f-53d7-4ac4-8a14-1551d7dcf316', deviceId: 1 };
const THERE = { name: '06610dde-f586-426e-a009-fdf27037c133', deviceId: 2 };

interface InFlight {
  readonly from: Peer;
  readonly to: Peer;
  readonly message: CiphertextMessage;
  readonly plaintext: string;
  /** How many turns of the sender's ratchet came before. */
  readonly turn: number;
}

interface Schedule {
  readonly messages: number;
  readonly loss: number;
  readonly duplication: number;
  /** How often either side starts a new session. */
  readonly initiation: number;
  /** How likely the next message is of the other side. */
  readonly alternation: number;
  /** How many messages are under way at most. */
  readonly window: number;
}

/** States of our post-quantum ratchet that a conversation came through. */
async function converse(a: Peer, b: Peer, schedule: Schedule, seed: number): Promise<Set<number>> {
  const random = randomNumbers(seed);
  const states = new Set<number>();
  const inFlight: InFlight[] = [];
  const arrived: InFlight[] = [];
  const turns = new Map<Peer, number>([
    [a, 0],
    [b, 0],
  ]);
  const look = () => {
    for (const peer of [a, b]) {
      if (!(peer instanceof OurPeer) || !peer.state) continue;
      states.add(readRecord(peer.state).current!.pqRatchet.machine.state);
    }
  };
  const deliver = async (item: InFlight) => {
    const outcome = await item.to.receive(item.from, item.message);
    // A chain may be forgotten: those of the five newest turns are not.
    const isRecent = turns.get(item.from)! - item.turn < MAX_RECEIVING_CHAINS - 1;
    if (isRecent || outcome !== 'refused') expect(outcome).toEqual({ plaintext: item.plaintext });
    if (outcome !== 'refused') {
      arrived.push(item);
      turns.set(item.to, turns.get(item.to)! + 1);
    }
    look();
  };

  await a.initiate(b);
  let [from, to] = [a, b];
  for (let sent = 0; sent < schedule.messages; sent++) {
    if (from.state && random() < schedule.alternation) [from, to] = [to, from];
    if (!from.state) [from, to] = [to, from];
    if (random() < schedule.initiation) await from.initiate(to, { oneTime: random() < 0.5 });
    const plaintext = `message ${sent}`;
    const message = await from.send(to, plaintext);
    look();
    if (random() >= schedule.loss) inFlight.push({ from, to, message, plaintext, turn: turns.get(from)! });
    while (inFlight.length > 0 && (inFlight.length >= schedule.window || random() < 0.5)) {
      const [item] = inFlight.splice(Math.floor(random() * inFlight.length), 1);
      await deliver(item!);
    }
    const again = arrived[Math.floor(random() * arrived.length)];
    if (again && random() < schedule.duplication) {
      expect(await again.to.receive(again.from, again.message)).not.toHaveProperty('plaintext');
    }
  }
  while (inFlight.length > 0) await deliver(inFlight.shift()!);
  for (const [sender, receiver] of [[a, b] as const, [b, a] as const]) {
    const message = await sender.send(receiver, 'still here');
    expect(await receiver.receive(sender, message)).toEqual({ plaintext: 'still here' });
  }
  return states;
}

const schedules: [string, Schedule][] = [
  [
    'that takes turns and loses nothing',
    { messages: 700, loss: 0, duplication: 0, initiation: 0, alternation: 1, window: 1 },
  ],
  [
    'that loses a third, reorders and doubles',
    { messages: 1500, loss: 0.35, duplication: 0.1, initiation: 0, alternation: 0.5, window: 4 },
  ],
  [
    'with long monologues',
    { messages: 800, loss: 0.1, duplication: 0.05, initiation: 0, alternation: 0.03, window: 20 },
  ],
  [
    'in which both start anew again and again',
    { messages: 400, loss: 0.1, duplication: 0.05, initiation: 0.02, alternation: 0.5, window: 3 },
  ],
];

it.each(schedules)('a conversation with libsignal %s is read to the end', async (_name, schedule) => {
  for (let round = 0; round < ROUNDS; round++) {
    const [ours, theirs] = [await OurPeer.make(p, HERE), new LibsignalPeer(THERE)];
    const [a, b] = round % 2 === 0 ? [ours, theirs] : [theirs, ours];
    await converse(a, b, schedule, round);
  }
});

it('a conversation over a bad line comes through every state of the post-quantum ratchet', async () => {
  const schedule = { ...schedules[1]![1], loss: 0.5, messages: 600 };
  const seen = new Set<number>();
  for (let round = 0; seen.size < 11 && round < 10; round++) {
    const [ours, theirs] = [await OurPeer.make(p, HERE), new LibsignalPeer(THERE)];
    const [a, b] = round % 2 === 0 ? [theirs, ours] : [ours, theirs];
    for (const state of await converse(a, b, schedule, 1000 + round)) seen.add(state);
  }
  expect([...seen].sort((x, y) => x - y)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

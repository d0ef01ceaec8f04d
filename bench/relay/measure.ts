/**
 * What is measured of a server: what it forwards, stores and hands out, what that costs it, and what of its word is
 * left after `kill -9`.
 *
 * @module
 */
import { END, type Client } from './client.js';
import { cpuOfAll, ownCpu } from './processes.js';
import type { BenchServer } from './servers.js';

export const PAIRS = 50;
export const IN_FLIGHT = 128;
const SECONDS = Number(process.env['COMING_BENCH_SECONDS'] ?? 5);
/** At most so many wait, and for so long they are sent. */
const STORED = 50_000;
const PACE = 2_000;
/** With nothing for so long, in ms, the rest is lost. */
const LOST_AFTER = 10_000;
const PROMISED = 1_000;
/** Their stamps are above this, those of no other phase are. */
const PROMISES = 1e12;
/** Log-ins at once: a relay lets in few strangers of one address. */
const LOG_INS = 25;

/** A client that is connected and known; whoever receives is at another node, if there is one. */
export type Make = (server: BenchServer, n: number, role: 'sends' | 'receives' | 'waits') => Promise<Client>;

export interface Figures {
  online_msgs: number;
  store_msgs: number;
  drain_msgs: number;
  cpu_us: number;
  p50_ms: number;
  p99_ms: number;
  survived_of_1000: number;
}

/** What says how far to trust them. */
export interface Conditions {
  /** CPU time of the generator for each message, in microseconds; how long one core needs at least. */
  generator_us: number;
  /** Cores that everything else on the machine used meanwhile, on average. */
  others: number;
}

export async function measure(server: BenchServer, make: Make): Promise<Figures & Conditions> {
  const senders = await many(PAIRS, (n) => make(server, n, 'sends'));
  const receivers = await many(PAIRS, (n) => make(server, PAIRS + n, 'receives'));
  // Once for the compilers on both sides.
  await online(server, senders, receivers, 1);
  return {
    ...(await online(server, senders, receivers, SECONDS)),
    ...(await paced(senders, receivers)),
    ...(await stored(senders, receivers)),
    survived_of_1000: await surviving(server, senders, receivers),
  };
}

/** Resident memory for each connection that does nothing, in KB. */
export async function idle(server: BenchServer, make: Make, connections: number): Promise<number> {
  // Once for the code, before anything is counted.
  await many(LOG_INS, (n) => make(server, n, 'waits'));
  const before = server.memory;
  await many(connections, (n) => make(server, LOG_INS + n, 'waits'));
  return round((server.memory - before) / connections);
}

/** Counts what receivers get. */
class Arrivals {
  count = 0;
  #lastAt = performance.now();

  constructor(receivers: readonly Client[], onMessage: (stamp: number) => void = () => {}) {
    for (const receiver of receivers) {
      receiver.onMessage = (stamp) => {
        this.count += 1;
        this.#lastAt = performance.now();
        onMessage(stamp);
      };
    }
  }

  /** Resolves with the time of the last arrival, when so many have come or no more do: a server may lose some. */
  until(count: number): Promise<number> {
    return this.untilSo(() => this.count >= count);
  }

  async untilSo(isDone: () => boolean): Promise<number> {
    while (!isDone() && performance.now() - this.#lastAt < LOST_AFTER) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return this.#lastAt;
  }
}

/** Sends as fast as so many messages in flight allow; counted once a receiver has them. */
async function online(server: BenchServer, senders: Client[], receivers: Client[], seconds: number) {
  let sent = 0;
  const arrivals = new Arrivals(receivers);
  const before = usage(server);
  const began = performance.now();
  const until = began + seconds * 1000;
  const lane = async (n: number) => {
    while (performance.now() < until) {
      sent += 1;
      await senders[n % PAIRS]!.send(receivers[n % PAIRS]!, sent);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, (_, n) => lane(n)));
  const took = ((await arrivals.until(sent)) - began) / 1000;
  const after = usage(server);
  const [its, ours, all] = [after.its - before.its, after.ours - before.ours, after.all - before.all];
  return {
    online_msgs: Math.round(arrivals.count / took),
    cpu_us: Math.round(its / arrivals.count),
    generator_us: Math.round(ours / arrivals.count),
    others: round((all - its - ours) / (took * 1e6), 2),
  };
}

/** CPU time so far of the server, of this process and of the whole machine. */
function usage(server: BenchServer) {
  return { its: server.cpu, ours: ownCpu(), all: cpuOfAll() };
}

/** The time from sending to receiving, at a given pace. */
async function paced(senders: Client[], receivers: Client[]) {
  const times: number[] = [];
  const count = PACE * SECONDS;
  const arrivals = new Arrivals(receivers, (sentAt) => times.push(performance.now() - sentAt));
  const began = performance.now();
  for (let sent = 0; sent < count;) {
    const due = Math.min(count, ((performance.now() - began) * PACE) / 1000);
    for (; sent < due; sent += 1) {
      void senders[sent % PAIRS]!.send(receivers[sent % PAIRS]!, performance.now());
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await arrivals.until(count);
  times.sort((a, b) => a - b);
  const at = (part: number) => round(times[Math.floor(times.length * part)]!, 2);
  return { p50_ms: at(0.5), p99_ms: at(0.99) };
}

async function stored(senders: Client[], receivers: Client[]) {
  await Promise.all(receivers.map((receiver) => receiver.disconnect()));
  const began = performance.now();
  const count = await sendAll(senders, receivers, STORED, 0, began + SECONDS * 1000);
  const store = (performance.now() - began) / 1000;
  const arrivals = new Arrivals(receivers);
  const came = performance.now();
  await Promise.all(receivers.map((receiver) => receiver.connect()));
  const drain = ((await arrivals.until(count)) - came) / 1000;
  return { store_msgs: Math.round(count / store), drain_msgs: Math.round(arrivals.count / drain) };
}

/** How many of those that were acknowledged while their receivers were away come after the server was killed. */
async function surviving(server: BenchServer, senders: Client[], receivers: Client[]): Promise<number> {
  await Promise.all(receivers.map((receiver) => receiver.disconnect()));
  await sendAll(senders, receivers, PROMISED, PROMISES);
  await server.kill();
  await server.start();
  // What an earlier phase left unacknowledged comes again, and does not count.
  const received = new Set<number>();
  let ended = 0;
  const arrivals = new Arrivals(receivers, (stamp) => {
    if (stamp === END) ended += 1;
    else if (stamp > PROMISES) received.add(stamp);
  });
  await Promise.all(receivers.map((receiver) => receiver.connect()));
  await senders[0]!.connect();
  // Whatever waits comes before what is sent now, and that is the end.
  await Promise.all(receivers.map((receiver) => senders[0]!.send(receiver, END)));
  await arrivals.untilSo(() => ended === PAIRS);
  return received.size;
}

/** Sends so many, or as many as can be sent until a time; how many. */
async function sendAll(
  senders: Client[],
  receivers: Client[],
  count: number,
  stamp = 0,
  until = Infinity,
): Promise<number> {
  let next = 0;
  const lane = async () => {
    while (next < count && performance.now() < until) {
      const n = next++ % PAIRS;
      await senders[n]!.send(receivers[n]!, stamp + next);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  return next;
}

async function many(count: number, make: (n: number) => Promise<Client>): Promise<Client[]> {
  const clients: Client[] = [];
  while (clients.length < count) {
    const first = clients.length;
    const length = Math.min(LOG_INS, count - first);
    clients.push(...(await Promise.all(Array.from({ length }, (_, n) => make(first + n)))));
  }
  return clients;
}

function round(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}

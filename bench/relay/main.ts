/**
 * Measures each server in turn: what it forwards, stores and hands out, what that costs it, and what of its
 * word is left after `kill -9`.
 *
 * @module
 */
import { cpus } from 'node:os';
import { find } from '../../scripts/servers.mjs';
import { DeliveryClass, MqttClient, RelayClient, type Client } from './clients.js';
import { mosquittoServer, relayServer, type BenchServer } from './servers.js';

const PAIRS = 50;
const IN_FLIGHT = 128;
const PAYLOAD = 1024;
const SECONDS = Number(process.env['COMING_BENCH_SECONDS'] ?? 5);
const STORED = 10_000;
const PACE = 2_000;
const IDLE = Number(process.env['COMING_BENCH_IDLE'] ?? 500);
const isJson = process.argv.includes('--json');

type Make = (server: BenchServer, n: number) => Promise<Client>;

async function measure(launch: () => Promise<BenchServer>, make: Make) {
  const server = await launch();
  try {
    await server.start();
    const clients = await many(2 * PAIRS, (n) => make(server, n));
    const [senders, receivers] = [clients.slice(0, PAIRS), clients.slice(PAIRS)];
    // Once for the compilers on both sides.
    await online(server, senders, receivers, 1);
    const live = await online(server, senders, receivers, SECONDS);
    const { p50, p99 } = await paced(senders, receivers);
    const kept = await stored(senders, receivers);
    const survived = await surviving(server, senders, receivers);
    return {
      ...live,
      ...kept,
      p50_ms: p50,
      p99_ms: p99,
      idle_kb: await idle(server, make),
      survived_of_1000: survived,
    };
  } finally {
    await server.remove();
  }
}

/** Sends as fast as so many messages in flight allow; counted once a receiver has them. */
async function online(server: BenchServer, senders: Client[], receivers: Client[], seconds: number) {
  let received = 0;
  let sent = 0;
  let whenAll: (() => void) | undefined;
  const arrived = () => {
    received += 1;
    if (received === sent) whenAll?.();
  };
  for (const receiver of receivers) receiver.onMessage = arrived;
  const payload = Buffer.alloc(PAYLOAD, 7);
  const [cpu, began] = [server.cpu, performance.now()];
  const until = began + seconds * 1000;
  const lane = async (n: number) => {
    while (performance.now() < until) {
      sent += 1;
      await senders[n % PAIRS]!.send(receivers[n % PAIRS]!, payload);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, (_, n) => lane(n)));
  if (received < sent) await new Promise<void>((resolve) => (whenAll = resolve));
  const took = (performance.now() - began) / 1000;
  return { online_msgs: Math.round(received / took), cpu_us: Math.round((server.cpu - cpu) / received) };
}

/** The time from sending to receiving, at a given pace. */
async function paced(senders: Client[], receivers: Client[]) {
  const times: number[] = [];
  const count = PACE * SECONDS;
  const done = new Promise<void>((resolve) => {
    for (const receiver of receivers) {
      receiver.onMessage = (payload) => {
        times.push(performance.now() - payload.readDoubleBE(0));
        if (times.length === count) resolve();
      };
    }
  });
  const began = performance.now();
  for (let sent = 0; sent < count;) {
    const due = Math.min(count, ((performance.now() - began) * PACE) / 1000);
    for (; sent < due; sent += 1) {
      const payload = Buffer.alloc(PAYLOAD);
      payload.writeDoubleBE(performance.now(), 0);
      void senders[sent % PAIRS]!.send(receivers[sent % PAIRS]!, payload);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await done;
  times.sort((a, b) => a - b);
  const at = (part: number) => Number(times[Math.floor(times.length * part)]!.toFixed(2));
  return { p50: at(0.5), p99: at(0.99) };
}

async function stored(senders: Client[], receivers: Client[]) {
  await Promise.all(receivers.map((receiver) => receiver.disconnect()));
  const store = await timed(() => sendAll(senders, receivers, STORED));
  const drain = await timed(() => receiveAll(receivers, STORED));
  return { store_msgs: Math.round(STORED / store), drain_msgs: Math.round(STORED / drain) };
}

async function surviving(server: BenchServer, senders: Client[], receivers: Client[]): Promise<number> {
  await Promise.all(receivers.map((receiver) => receiver.disconnect()));
  await sendAll(senders, receivers, 1000);
  await server.kill();
  await server.start();
  await senders[0]!.connect();
  let received = 0;
  for (const receiver of receivers) receiver.onMessage = () => (received += 1);
  for (const receiver of receivers) await receiver.connect();
  // Everything that waits comes before what is sent now, and this is the end.
  const ends = receivers.map(
    (receiver) =>
      new Promise<void>((resolve) => {
        receiver.onMessage = (payload) => (payload.toString() === 'end' ? resolve() : void (received += 1));
      }),
  );
  await Promise.all(receivers.map((receiver) => senders[0]!.send(receiver, Buffer.from('end'))));
  await Promise.all(ends);
  return received;
}

async function idle(server: BenchServer, make: Make): Promise<number> {
  const before = server.memory;
  await many(IDLE, (n) => make(server, 1000 + n));
  return Number(((server.memory - before) / IDLE).toFixed(1));
}

async function sendAll(senders: Client[], receivers: Client[], count: number): Promise<void> {
  const payload = Buffer.alloc(PAYLOAD, 7);
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const n = next++ % PAIRS;
      await senders[n]!.send(receivers[n]!, payload);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
}

async function receiveAll(receivers: Client[], count: number): Promise<void> {
  let received = 0;
  const done = new Promise<void>((resolve) => {
    for (const receiver of receivers) {
      receiver.onMessage = () => {
        if ((received += 1) === count) resolve();
      };
    }
  });
  await Promise.all(receivers.map((receiver) => receiver.connect()));
  await done;
}

/** A few at a time: the relay lets in few strangers of one address at once. */
async function many(count: number, make: (n: number) => Promise<Client>): Promise<Client[]> {
  const clients: Client[] = [];
  while (clients.length < count) {
    const first = clients.length;
    const length = Math.min(25, count - first);
    clients.push(...(await Promise.all(Array.from({ length }, (_, n) => make(first + n)))));
  }
  return clients;
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

const relayOf =
  (delivery: number): Make =>
  ({ port }) =>
    RelayClient.make(port, delivery);

const mqtt: Make = async ({ port }, n) => {
  const client = new MqttClient(port, `device-${n}`);
  await client.connect();
  return client;
};

const SERVERS: Readonly<Record<string, () => ReturnType<typeof measure> | undefined>> = {
  'relay-ordinary': () => measure(relayServer, relayOf(DeliveryClass.ORDINARY)),
  'relay-durable': () => measure(relayServer, relayOf(DeliveryClass.DURABLE)),
  mosquitto: () => (find('mosquitto') ? measure(mosquittoServer, mqtt) : undefined),
};

const servers: Record<string, unknown> = {};
for (const [name, run] of Object.entries(SERVERS)) {
  const figures = await run();
  if (!figures) continue;
  servers[name] = figures;
  if (!isJson) process.stdout.write(`${name} ${JSON.stringify(figures)}\n`);
}
const env = {
  node: process.version,
  cores: cpus().length,
  payload: PAYLOAD,
  pairs: PAIRS,
  inFlight: IN_FLIGHT,
};
if (isJson) process.stdout.write(`${JSON.stringify({ env, servers })}\n`);
process.exit(0);

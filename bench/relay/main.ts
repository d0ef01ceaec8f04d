/**
 * Measures each server in turn, several times over, and prints the medians.
 *
 * @module
 */
import { cpus } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { Device } from '../../relay/test/device.js';
import { PAYLOAD } from './client.js';
import { IN_FLIGHT, idle, measure, PAIRS, type Conditions, type Figures, type Make } from './measure.js';
import { MqttClient } from './mqtt-client.js';
import { DeliveryClass, RelayClient } from './relay-client.js';
import {
  ejabberdServer,
  IDLE_HOST,
  mosquittoServer,
  relayServer,
  twoNodes,
  type BenchServer,
} from './servers.js';
import { XmppClient } from './xmpp-client.js';

const ROUNDS = Number(process.env['COMING_BENCH_ROUNDS'] ?? 3);
const IDLE = Number(process.env['COMING_BENCH_IDLE'] ?? 10_000);
/** ms for one server in one round, and for all of its idle connections. */
const PATIENCE = 300_000;
const isJson = process.argv.includes('--json');
const only = /--only=(\S+)/.exec(process.argv.join(' '))?.[1]?.split(',');

/** The keys of devices, made once: whoever logs in has none to make. */
const devices: Device[] = [];

const relayOf =
  (delivery: number): Make =>
  async (server, n, role) => {
    // Those who wait are at every node alike.
    const node =
      role === 'sends' ? 0 : role === 'receives' ? server.ports.length - 1 : n % server.ports.length;
    const device = (devices[n] ??= await Device.make());
    const client = new RelayClient(server.ports[node]!, device, delivery);
    await client.enrol();
    return client;
  };

const mqtt: Make = async ({ ports: [port] }, n) => {
  const client = new MqttClient(port!, `device-${n}`);
  await client.connect();
  return client;
};

const xmpp: Make = async ({ ports: [port] }, n, role) => {
  const client = new XmppClient(port!, `device${n}`, role === 'waits' ? IDLE_HOST : 'localhost');
  await (role === 'waits' ? client.connectAnonymously() : client.enrol());
  return client;
};

const SERVERS: Readonly<Record<string, readonly [() => Promise<BenchServer | undefined>, Make]>> = {
  'relay-ordinary': [relayServer, relayOf(DeliveryClass.ORDINARY)],
  'relay-durable': [relayServer, relayOf(DeliveryClass.DURABLE)],
  'relay-two-nodes': [async () => twoNodes(), relayOf(DeliveryClass.ORDINARY)],
  mosquitto: [mosquittoServer, mqtt],
  ejabberd: [ejabberdServer, xmpp],
};

/** The time until it could be used, and its resident memory then, when it was started last. */
const starts: Record<string, { start_ms: number; start_mb: number }> = {};

/** Runs something with a server that is gone afterwards; undefined where there is no such server. */
async function withServer<T>(name: string, run: (server: BenchServer, make: Make) => Promise<T>) {
  const [launch, make] = SERVERS[name]!;
  const server = await launch();
  if (!server) return undefined;
  try {
    const began = performance.now();
    await server.start();
    starts[name] = {
      start_ms: Math.round(performance.now() - began),
      start_mb: Math.round(server.memory / 1024),
    };
    return await Promise.race([run(server, make), late(name)]);
  } finally {
    await server.remove();
  }
}

/** What a server that stops answering has not done by then, it does not do. */
async function late(name: string): Promise<undefined> {
  await setTimeout(PATIENCE, undefined, { ref: false });
  process.stderr.write(`${name} did not finish\n`);
  return undefined;
}

const names = Object.keys(SERVERS).filter((name) => !only || only.includes(name));
const rounds: Record<string, (Figures & Conditions)[]> = {};
for (let round = 0; round < ROUNDS; round++) {
  // Round by round, so that whatever else the machine does meets them all.
  for (const name of names) {
    const figures = await withServer(name, measure);
    if (!figures) continue;
    (rounds[name] ??= []).push(figures);
    progress(name, figures);
  }
}
const servers: Record<string, Figures & { idle_kb: number }> = {};
const conditions: Record<string, Conditions> = {};
/** The same server is measured once, whatever is asked of it. */
const idles = new Map<unknown, number>();
for (const [name, found] of Object.entries(rounds)) {
  const [launch] = SERVERS[name]!;
  const measured = idles.get(launch);
  const idle_kb = measured ?? (await withServer(name, (server, make) => idle(server, make, IDLE)))!;
  idles.set(launch, idle_kb);
  const { generator_us, others, ...figures } = medians(found);
  servers[name] = { ...figures, idle_kb };
  conditions[name] = { generator_us, others };
  progress(name, { idle_kb });
}
const load = { payload: PAYLOAD, pairs: PAIRS, inFlight: IN_FLIGHT, rounds: ROUNDS, idle: IDLE };
const env = { node: process.version, cores: cpus().length, ...load, conditions, starts };
if (isJson) process.stdout.write(`${JSON.stringify({ env, servers })}\n`);
else process.stdout.write(`${tableOf(servers)}\n${JSON.stringify({ conditions, starts })}\n`);
process.exit(0);

function medians<T extends object>(found: readonly T[]): T {
  const median = (key: keyof T) =>
    found.map((one) => one[key] as number).sort((a, b) => a - b)[Math.floor(found.length / 2)];
  return Object.fromEntries(Object.keys(found[0]!).map((key) => [key, median(key as keyof T)])) as T;
}

/** Markdown, as docs/benchmarks.md has it. */
function tableOf(rows: typeof servers): string {
  const columns = Object.keys(Object.values(rows)[0] ?? {}) as (keyof Figures)[];
  const lines = Object.entries(rows).map(([name, row]) =>
    [name, ...columns.map((key) => row[key])].join(' | '),
  );
  return [['server', ...columns].join(' | '), ...lines].map((line) => `| ${line} |`).join('\n');
}

/** Each round as it comes, for whoever watches. */
function progress(name: string, figures: object): void {
  if (!isJson) process.stderr.write(`${name} ${JSON.stringify(figures)}\n`);
}

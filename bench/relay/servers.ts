/**
 * The servers that are compared, each in processes of its own, on free ports and in a temporary folder.
 *
 * @module
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ejabberd, mosquitto } from '../../scripts/servers.mjs';
import { freePort, hasPostgres, hasRedis, PostgresServer, RedisServer } from '../../test/support/servers.js';
import { cpuOf, memoryOf, ServerProcess } from './processes.js';

export interface BenchServer {
  /** Where devices connect; whoever sends at the first, whoever receives at the last. */
  readonly ports: readonly number[];
  start(): Promise<void>;
  /** Ends all of it with no warning. */
  kill(): Promise<void>;
  remove(): Promise<void>;
  /** CPU time of all of it so far, in microseconds. */
  readonly cpu: number;
  /** Resident memory of what holds connections, in KB. */
  readonly memory: number;
}

/** As many connections as the comparison opens, and some more. */
const SOCKETS = 20_000;

class OneProcess implements BenchServer {
  readonly ports: readonly number[];
  readonly #process: ServerProcess;

  constructor(
    private readonly folder: string,
    port: number,
    command: { file: string; args: readonly string[]; env?: Record<string, string> },
  ) {
    this.ports = [port];
    this.#process = new ServerProcess({ ...command, ports: [port] });
  }

  start(): Promise<void> {
    return this.#process.start();
  }

  kill(): Promise<void> {
    return this.#process.kill();
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get cpu(): number {
    return cpuOf(this.#process.pid);
  }

  get memory(): number {
    return memoryOf(this.#process.pid);
  }
}

export async function relayServer(): Promise<BenchServer> {
  const [folder, port] = [newFolder(), await freePort()];
  return new OneProcess(folder, port, relayCommand(port, '--data', folder));
}

/** Two relays that share PostgreSQL and Redis; every message crosses from one to the other. */
class TwoNodes implements BenchServer {
  constructor(
    readonly ports: readonly number[],
    private readonly postgres: PostgresServer,
    private readonly redis: RedisServer,
    private readonly relays: readonly ServerProcess[],
  ) {}

  static async launch(): Promise<TwoNodes> {
    const [postgres, redis] = await Promise.all([PostgresServer.launch(), RedisServer.launch()]);
    const ports = [await freePort(), await freePort()];
    const flags = ['--postgres', postgres.newDatabase(), '--redis', redis.url, '--blobs', ''];
    const relays = ports.map((port) => new ServerProcess({ ...relayCommand(port, ...flags), ports: [port] }));
    return new TwoNodes(ports, postgres, redis, relays);
  }

  async start(): Promise<void> {
    await Promise.all(this.relays.map((relay) => relay.start()));
  }

  async kill(): Promise<void> {
    await Promise.all([...this.relays, this.postgres, this.redis].map((one) => one.kill()));
    await Promise.all([this.postgres.start(), this.redis.start()]);
  }

  async remove(): Promise<void> {
    await Promise.all(this.relays.map((relay) => relay.kill()));
    await Promise.all([this.postgres.remove(), this.redis.remove()]);
  }

  get cpu(): number {
    return cpuOf(...this.relays.map(({ pid }) => pid), this.postgres.pid, this.redis.pid);
  }

  get memory(): number {
    return memoryOf(...this.relays.map(({ pid }) => pid), this.redis.pid);
  }
}

export function twoNodes(): Promise<BenchServer> | undefined {
  return hasPostgres && hasRedis ? TwoNodes.launch() : undefined;
}

export async function mosquittoServer(): Promise<BenchServer | undefined> {
  const file = mosquitto();
  if (!file) return undefined;
  const [folder, port] = [newFolder(), await freePort()];
  const config = join(folder, 'mosquitto.conf');
  const lines = [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    'persistence true',
    `persistence_location ${folder}/`,
    'user root',
    'max_queued_messages 0',
    'max_inflight_messages 256',
  ];
  writeFileSync(config, lines.join('\n'));
  return new OneProcess(folder, port, { file, args: ['-c', config] });
}

/** Where those log in anonymously who only wait. */
export const IDLE_HOST = 'idle.localhost';

export async function ejabberdServer(): Promise<BenchServer | undefined> {
  const control = ejabberd();
  if (!control) return undefined;
  const [folder, port] = [newFolder(), await freePort()];
  const config = join(folder, 'ejabberd.yml');
  writeFileSync(config, ejabberdConfig(port));
  // Erlang is told where the server is by the script that starts it as a service.
  const [, libraries = ''] = /^ERL_LIBS='([^']*)'/m.exec(readFileSync(control, 'utf8')) ?? [];
  const args = ['+K', 'true', '+P', '250000', '-noinput', '-mnesia', 'dir', `"${join(folder, 'spool')}"`];
  return new OneProcess(folder, port, {
    file: 'erl',
    args: [...args, '-s', 'ejabberd'],
    env: {
      ERL_LIBS: libraries,
      EJABBERD_CONFIG_PATH: config,
      EJABBERD_LOG_PATH: join(folder, 'ejabberd.log'),
      ERL_MAX_PORTS: String(SOCKETS),
      HOME: folder,
    },
  });
}

/** Nothing that slows it down: no TLS, no shapers, plain passwords, mailboxes without end. */
function ejabberdConfig(port: number): string {
  return `hosts: [localhost, ${IDLE_HOST}]
loglevel: error
listen:
  - port: ${port}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    max_stanza_size: 262144
    shaper: none
    access: all
auth_method: internal
auth_password_format: plain
host_config:
  ${IDLE_HOST}:
    auth_method: anonymous
    anonymous_protocol: sasl_anon
    allow_multiple_connections: true
access_rules:
  register: {allow: all}
registration_timeout: infinity
shaper_rules:
  max_user_offline_messages: infinity
  max_user_sessions: infinity
modules:
  mod_disco: {}
  mod_offline:
    access_max_user_messages: max_user_offline_messages
  mod_register:
    access: register
    ip_access: all
  mod_stream_mgmt:
    resume_timeout: 0
    max_ack_queue: infinity
`;
}

function relayCommand(port: number, ...flags: readonly string[]) {
  const common = ['--port', String(port), '--rate-factor', '1e6', '--max-sockets', String(SOCKETS)];
  return {
    file: process.execPath,
    args: ['relay/dist/coming-relay.js', ...common, '--log-level', 'error', ...flags],
  };
}

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'coming-bench-'));
}

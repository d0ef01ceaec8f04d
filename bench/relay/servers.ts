/**
 * The servers that are compared, each in a process of its own on a free port and in a temporary folder.
 *
 * @module
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const TICKS_PER_SECOND = 100;

export class BenchServer {
  readonly folder = mkdtempSync(join(tmpdir(), 'coming-bench-'));
  #child: ChildProcess | undefined;
  #gone: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly command: (folder: string, port: number) => readonly string[],
    private readonly ready: RegExp,
    readonly port: number,
  ) {}

  async start(): Promise<void> {
    const [file = '', ...args] = this.command(this.folder, this.port);
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.#gone = once(child, 'exit');
    await new Promise<void>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on('line', (line) => this.ready.test(line) && resolve());
      }
      child.once('exit', () => reject(new Error(`${file} did not start`)));
    });
  }

  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.#gone;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** CPU time so far, in microseconds. */
  get cpu(): number {
    const fields = readFileSync(`/proc/${this.#child!.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return ((Number(fields[11]) + Number(fields[12])) * 1e6) / TICKS_PER_SECOND;
  }

  /** Resident memory, in KB. */
  get memory(): number {
    const status = readFileSync(`/proc/${this.#child!.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)![1]);
  }
}

export async function relayServer(): Promise<BenchServer> {
  const command = (folder: string, port: number) => [
    ...[process.execPath, 'relay/dist/coming-relay.js', '--data', folder, '--port', String(port)],
    ...['--rate-factor', '1e6', '--log-level', 'error'],
  ];
  return new BenchServer(command, /listens on/, await freePort());
}

export async function mosquittoServer(): Promise<BenchServer> {
  const command = (folder: string, port: number) => {
    const lines = [
      `listener ${port} 127.0.0.1`,
      'allow_anonymous true',
      'persistence true',
      `persistence_location ${folder}/`,
      'user root',
      'max_queued_messages 0',
      'max_inflight_messages 256',
    ];
    writeFileSync(join(folder, 'mosquitto.conf'), lines.join('\n'));
    return ['mosquitto', '-c', join(folder, 'mosquitto.conf')];
  };
  return new BenchServer(command, /running/, await freePort());
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

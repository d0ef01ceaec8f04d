/**
 * PostgreSQL and Redis for tests: on free ports and in folders of their own, gone when the tests are.
 *
 * scripts/setup.mjs installs them where it can; where it cannot, the tests that need them are skipped.
 *
 * @module
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { postgresFolder, redisServer } from '../../scripts/servers.mjs';

export const hasPostgres = postgresFolder() !== undefined;
export const hasRedis = redisServer() !== undefined;

/** A server in a process of its own. */
export abstract class TestServer {
  #process: ChildProcess | undefined;
  #gone: Promise<unknown> = Promise.resolve();
  readonly #atExit = () => void this.#process?.kill('SIGKILL');

  protected constructor(
    protected readonly folder: string,
    readonly port: number,
  ) {
    process.on('exit', this.#atExit);
  }

  protected abstract command(): { readonly file: string; readonly args: readonly string[] };
  /** What it prints when it can be used. */
  protected abstract readonly ready: RegExp;
  protected readonly user: { readonly uid?: number; readonly gid?: number } = {};

  /** Resolves when it can be used. */
  async start(): Promise<void> {
    const { file, args } = this.command();
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: this.folder, ...this.user });
    this.#process = child;
    this.#gone = once(child, 'exit');
    const said: string[] = [];
    await new Promise<void>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on('line', (line) => {
          said.push(line);
          if (this.ready.test(line)) resolve();
        });
      }
      child.once('exit', () => reject(new Error(`${file} did not start: ${said.slice(-5).join(' | ')}`)));
    });
  }

  get pid(): number {
    return this.#process!.pid!;
  }

  /** Ends it with no warning. */
  async kill(): Promise<void> {
    this.#process?.kill('SIGKILL');
    await this.#gone;
  }

  async stop(): Promise<void> {
    this.#process?.kill('SIGINT');
    await this.#gone;
  }

  /** Ends it and leaves nothing behind. */
  async remove(): Promise<void> {
    process.off('exit', this.#atExit);
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class PostgresServer extends TestServer {
  protected readonly ready = /database system is ready to accept connections/;
  protected override readonly user = postgresUser();
  #databases = 0;

  /** A cluster on a free port. */
  static async launch(): Promise<PostgresServer> {
    const server = new PostgresServer(mkdtempSync(join(tmpdir(), 'coming-postgres-')), await freePort());
    const { uid, gid } = server.user;
    if (uid !== undefined && gid !== undefined) chownSync(server.folder, uid, gid);
    const args = [
      '-D',
      join(server.folder, 'data'),
      '-U',
      'postgres',
      '--auth=trust',
      '--no-sync',
      '-E',
      'UTF8',
    ];
    execFileSync(server.#bin('initdb'), args, { stdio: 'ignore', cwd: server.folder, ...server.user });
    await server.start();
    return server;
  }

  /** The address of a new database. */
  newDatabase(): string {
    const name = `test${(this.#databases += 1)}`;
    const args = ['-h', '127.0.0.1', '-p', String(this.port), '-U', 'postgres', name];
    execFileSync(this.#bin('createdb'), args, { stdio: 'ignore' });
    return `postgres://postgres@127.0.0.1:${this.port}/${name}`;
  }

  /** Every process of it stands still, and its connections stay open. */
  freeze(): void {
    this.#signal('SIGSTOP');
  }

  thaw(): void {
    this.#signal('SIGCONT');
  }

  #signal(signal: NodeJS.Signals): void {
    const children = execFileSync('pgrep', ['-P', String(this.pid)], { encoding: 'utf8' });
    for (const pid of [this.pid, ...children.trim().split('\n').map(Number)]) process.kill(pid, signal);
  }

  get data(): string {
    return join(this.folder, 'data');
  }

  protected command() {
    const settings = [
      `port=${this.port}`,
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      'max_connections=60',
    ];
    return {
      file: this.#bin('postgres'),
      args: ['-D', this.data, ...settings.flatMap((setting) => ['-c', setting])],
    };
  }

  #bin(name: string): string {
    return join(postgresFolder()!, name);
  }
}

export class RedisServer extends TestServer {
  protected readonly ready = /Ready to accept connections/;

  static async launch(): Promise<RedisServer> {
    const server = new RedisServer(mkdtempSync(join(tmpdir(), 'coming-redis-')), await freePort());
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  protected command() {
    return {
      file: redisServer()!,
      args: ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    };
  }
}

/** PostgreSQL refuses to be root. */
function postgresUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0 || !existsSync('/etc/passwd')) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

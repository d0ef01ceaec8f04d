/**
 * An object store for tests: OpenStack Swift, which speaks S3 and checks signatures, on free ports and in a folder
 * of its own, gone when the tests are.
 *
 * scripts/setup.mjs installs it where it can; where it cannot, the tests that need it are skipped.
 *
 * @module
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { S3mini } from 's3mini';
import { hasSwift } from '../../scripts/servers.mjs';
import type { BucketOptions } from '../../relay/src/blobs/bucket-shelf.js';
import { freePort } from './servers.js';

export const hasObjectStorage = hasSwift();

const KEY = 'test:relay';
const SECRET = 'secret-of-the-object-store';
const KEEPERS = ['account', 'container', 'object'] as const;

export class ObjectStorage {
  readonly #folder = mkdtempSync(join(tmpdir(), 'coming-swift-'));
  readonly #ports = new Map<string, number>();
  #processes: ChildProcess[] = [];
  #buckets = 0;
  readonly #atExit = () => this.#processes.forEach((one) => one.kill('SIGKILL'));

  private constructor() {
    process.on('exit', this.#atExit);
  }

  static async launch(): Promise<ObjectStorage> {
    const storage = new ObjectStorage();
    try {
      for (const name of [...KEEPERS, 'proxy']) storage.#ports.set(name, await freePort());
      storage.#configure();
      await storage.start();
      return storage;
    } catch (error) {
      await storage.remove();
      throw error;
    }
  }

  /** A new bucket, and what opens it. */
  async newBucket(): Promise<BucketOptions> {
    const url = `http://127.0.0.1:${this.#ports.get('proxy')}/attachments-${(this.#buckets += 1)}`;
    const bucket = { url, region: 'us-east-1', key: KEY, secret: SECRET };
    await clientOf(bucket).createBucket();
    return bucket;
  }

  async start(): Promise<void> {
    this.#processes = [...this.#ports.keys()].map((name) =>
      spawn(`swift-${name}-server`, [join(this.#folder, `${name}.conf`)], { stdio: 'ignore' }),
    );
    await Promise.all([...this.#ports.values()].map(answers));
  }

  /** Ends it with no warning. */
  async kill(): Promise<void> {
    const gone = this.#processes.map((one) => once(one, 'exit'));
    for (const one of this.#processes) one.kill('SIGKILL');
    await Promise.all(gone);
  }

  async remove(): Promise<void> {
    process.off('exit', this.#atExit);
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** One disk that does not replicate. */
  #configure(): void {
    const folder = this.#folder;
    mkdirSync(join(folder, 'disks/disk'), { recursive: true });
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
    write(
      'swift.conf',
      '[swift-hash]\nswift_hash_path_suffix = test\n[storage-policy:0]\nname = one\ndefault = yes\n',
    );
    for (const name of KEEPERS) {
      const ring = (...args: string[]) =>
        execFileSync('swift-ring-builder', [join(folder, `${name}.builder`), ...args], { stdio: 'ignore' });
      ring('create', '2', '1', '0');
      ring('add', `r1z1-127.0.0.1:${this.#ports.get(name)}/disk`, '1');
      ring('rebalance');
      write(
        `${name}.conf`,
        `${this.#common(name)}
devices = ${folder}/disks
mount_check = false
[pipeline:main]
pipeline = ${name}-server
[app:${name}-server]
use = egg:swift#${name}
`,
      );
    }
    const filters = ['catch_errors', 'bulk', 's3api', 'slo', 'dlo'];
    write(
      'proxy.conf',
      `${this.#common('proxy')}
[pipeline:main]
pipeline = catch_errors cache bulk s3api tempauth slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
${filters.map((name) => `[filter:${name}]\nuse = egg:swift#${name}`).join('\n')}
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:tempauth]
use = egg:swift#tempauth
user_${KEY.replace(':', '_')} = ${SECRET} .admin
`,
    );
  }

  #common(name: string): string {
    return `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${this.#ports.get(name)}
workers = 0
user = ${userInfo().username}
swift_dir = ${this.#folder}`;
  }
}

/** A client to look at what is there. */
export function clientOf({ url, region, key, secret }: BucketOptions): S3mini {
  return new S3mini({ endpoint: url, region, accessKeyId: key, secretAccessKey: secret });
}

/** Resolves when somebody listens there. */
async function answers(port: number): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (isOpen) return;
    if (performance.now() > deadline) throw new Error('the object store did not start');
    await setTimeout(50);
  }
}

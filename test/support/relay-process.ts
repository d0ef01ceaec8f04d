/**
 * The relay as it is shipped, in a process of its own.
 *
 * @module
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

const BUNDLE = 'relay/dist/coming-relay.js';

export class RelayProcess {
  readonly gone: Promise<unknown>;

  private constructor(
    readonly url: string,
    private readonly process: ChildProcess,
  ) {
    this.gone = once(process, 'exit');
  }

  /** Starts one without limits on rates; it ends with the test. */
  static async start(...flags: readonly string[]): Promise<RelayProcess> {
    const child = spawn(process.execPath, [BUNDLE, '--port', '0', '--rate-factor', '1e6', ...flags], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    for await (const line of createInterface({ input: child.stdout })) {
      const url = /^coming-relay listens on (ws:\S+)$/.exec(line)?.[1];
      if (url) return new RelayProcess(url, child);
    }
    throw new Error('the relay did not start');
  }

  /** Resident memory, in bytes; undefined where the system does not tell. */
  get memory(): number | undefined {
    const path = `/proc/${this.process.pid}/status`;
    if (!existsSync(path)) return undefined;
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(path, 'utf8'))![1]) * 1024;
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

/**
 * Processes and what they cost, as Linux counts it.
 *
 * @module
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';

const TICK = 1e6 / 100;

export interface Launch {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where it listens when it can be used. */
  readonly ports: readonly number[];
}

/** A server in a process of its own. */
export class ServerProcess {
  #child: ChildProcess | undefined;
  #gone: Promise<unknown> = Promise.resolve();

  constructor(private readonly launch: Launch) {}

  /** Resolves when it can be used. */
  async start(): Promise<void> {
    const { file, args, env, ports } = this.launch;
    const child = spawn(file, args, { stdio: 'ignore', env: { ...process.env, ...env } });
    this.#child = child;
    // It must not outlive this process.
    const kill = () => void child.kill('SIGKILL');
    process.on('exit', kill);
    this.#gone = once(child, 'exit').then(() => process.off('exit', kill));
    for (const port of ports) {
      while (!(await isOpen(port))) {
        if (child.exitCode !== null) throw new Error(`${file} did not start`);
        await setTimeout(20);
      }
    }
  }

  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.#gone;
  }

  get pid(): number {
    return this.#child!.pid!;
  }
}

/** CPU time of processes and of their children so far, in microseconds. */
export function cpuOf(...pids: readonly number[]): number {
  const wanted = new Set(pids);
  let ticks = 0;
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    const [, fields] = statOf(name) ?? [];
    if (!fields) continue;
    const isWanted = wanted.has(Number(name));
    if (!isWanted && !wanted.has(Number(fields[1]))) continue;
    ticks += Number(fields[11]) + Number(fields[12]);
    // Of children that have ended.
    if (isWanted) ticks += Number(fields[13]) + Number(fields[14]);
  }
  return ticks * TICK;
}

/** CPU time of this process so far, without its children. */
export function ownCpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Resident memory of processes, in KB. */
export function memoryOf(...pids: readonly number[]): number {
  const one = (pid: number) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]);
  return pids.reduce((sum, pid) => sum + one(pid), 0);
}

/** CPU time of the whole machine so far, in microseconds. */
export function cpuOfAll(): number {
  const [user, nice, system, , , irq, softirq] = readFileSync('/proc/stat', 'utf8')
    .split('\n')[0]!
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user! + nice! + system! + irq! + softirq!) * TICK;
}

function statOf(pid: string): readonly [string, string[]] | undefined {
  try {
    // What stands in brackets is a name, and may hold anything.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return [pid, text.slice(text.lastIndexOf(') ') + 2).split(' ')];
  } catch {
    return undefined;
  }
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const found = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  });
  socket.destroy();
  return found;
}

/** The demo as `npm start` runs it, on free ports and a temporary folder. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '../..');

export interface Demo {
  readonly url: string;
  /** Kills the relay without warning; resolves when another process listens in its place. */
  killRelay(): Promise<void>;
  stop(): Promise<void>;
}

export async function startDemo(): Promise<Demo> {
  const data = await mkdtemp(join(tmpdir(), 'coming-demo-'));
  const child = spawn(process.execPath, ['scripts/start.mjs'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, COMING_DATA: data, COMING_PORT: '0', COMING_RELAY_PORT: '0' },
  });
  const [, url] = await line(child, /can chat at\s+(http:\S+)/);
  return {
    url: url!,
    async killRelay() {
      const { relayProcess } = (await (await fetch(`${url}/config`)).json()) as { relayProcess: number };
      const listens = line(child, /coming-relay listens on/);
      process.kill(relayProcess, 'SIGKILL');
      await listens;
    },
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
      await rm(data, { recursive: true });
    },
  };
}

/** The next line of a process's output that matches. */
function line(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: child.stdout! });
    const failed = (code: number | null) => reject(new Error(`the demo ended with code ${code}`));
    child.once('exit', failed);
    lines.on('line', (text) => {
      const match = pattern.exec(text);
      if (!match) return;
      child.off('exit', failed);
      lines.close();
      child.stdout!.resume();
      resolve(match);
    });
  });
}

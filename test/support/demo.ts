/** The demo as `npm start` runs it, on free ports and a temporary folder. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '../..');

export type ServerName = 'relay' | 'chain';

/** What `/config` says. */
interface Config {
  readonly relay: { readonly port: number; readonly process?: number };
  readonly chain: { readonly port: number; readonly process?: number; readonly genesis: string };
}

export interface Demo {
  readonly url: string;
  /** Where the local chain listens. */
  readonly chainUrl: string;
  /** Kills a server without warning; resolves when another process listens in its place. */
  kill(server: ServerName): Promise<void>;
  /** Freezes a server: it keeps its port and its connections, and does nothing until the returned function is called. */
  freeze(server: ServerName): Promise<() => void>;
  stop(): Promise<void>;
}

const LISTENS = { relay: /coming-relay listens on/, chain: /coming-devchain listens on/ };

/** @param folder - Where the demo keeps its data; by default one that is gone when it stops. */
export async function startDemo(folder?: string): Promise<Demo> {
  const data = folder ?? (await mkdtemp(join(tmpdir(), 'coming-demo-')));
  const ports = { COMING_PORT: '0', COMING_RELAY_PORT: '0', COMING_CHAIN_PORT: '0' };
  const child = spawn(process.execPath, ['scripts/start.mjs'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...ports, COMING_DATA: data },
  });
  const [, url] = await line(child, /chat and pay at\s+(http:\S+)/);
  const config = async () => (await (await fetch(`${url}/config`)).json()) as Config;
  const processOf = async (server: ServerName) => (await config())[server].process!;
  return {
    url: url!,
    chainUrl: `ws://127.0.0.1:${(await config()).chain.port}`,
    async kill(server) {
      const pid = await processOf(server);
      const listens = line(child, LISTENS[server]);
      process.kill(pid, 'SIGKILL');
      await listens;
    },
    async freeze(server) {
      const pid = await processOf(server);
      process.kill(pid, 'SIGSTOP');
      return () => void process.kill(pid, 'SIGCONT');
    },
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
      if (!folder) await rm(data, { recursive: true });
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

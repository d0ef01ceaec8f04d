// Keeps one server running, as an operator's service manager would: whenever its process dies it is started
// again with the same arguments, and so on the same port and data.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const PAUSE = 1000;
const PATIENCE = 5000;

/**
 * Resolves when the server listens, which is when it first prints something.
 *
 * @param {string} name - For people, e.g. `relay`.
 * @param {readonly string[]} args - What Node runs.
 * @returns {Promise<{ readonly pid: number | undefined, stop(): Promise<void> }>} `pid` is undefined while
 *   nothing listens.
 */
export async function supervise(name, args) {
  let child;
  let listens = false;
  let stopping = false;
  // Whatever ends this process ends the server too, which would keep its port and data folder.
  process.on('exit', () => child?.kill('SIGKILL'));

  const start = () =>
    new Promise((resolve, reject) => {
      child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      child.stdout.once('data', () => {
        listens = true;
        resolve();
      });
      child.stdout.pipe(process.stdout);
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        const died = listens && !stopping;
        listens = false;
        if (died) void restart();
        else reject(new Error(`the ${name} did not start (${signal ?? `exit code ${code}`})`));
      });
    });

  const restart = async () => {
    console.log(`The ${name} is gone; starting it again \u2026`);
    try {
      await start();
    } catch {
      if (!stopping) setTimeout(() => void restart(), PAUSE);
    }
  };

  await start();
  return {
    get pid() {
      return listens ? child.pid : undefined;
    },
    async stop() {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      const lastWord = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
      await gone;
      clearTimeout(lastWord);
    },
  };
}

// Builds what is needed and runs the demo: a relay of its own process and the page where people chat.
// A relay that dies is started again on the same port and data, as an operator's service manager would.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { serveDemo } from '../demo/server.mjs';
import { build } from './build.mjs';

const root = join(import.meta.dirname, '..');
const data = process.env.COMING_DATA ?? join(root, '.data');
const host = process.env.COMING_HOST ?? '127.0.0.1';

build(['relay', 'cdn']);
mkdirSync(data, { recursive: true });

const relayPort = await freePort(Number(process.env.COMING_RELAY_PORT ?? 4410));
let relay;
let stopping = false;
// Whatever ends this process ends the relay too, which would keep its data folder locked.
process.on('exit', () => relay?.kill('SIGKILL'));
try {
  await startRelay();
} catch (error) {
  console.error(`${error.message}. Does another npm start use ${data}?`);
  process.exit(1);
}

const demo = await serveDemo({
  host,
  port: await freePort(Number(process.env.COMING_PORT ?? 4400)),
  kit: join(root, 'dist/cdn'),
  rosterFile: join(data, 'roster.json'),
  relayPort: () => relayPort,
  relayProcess: () => relay?.pid,
});
console.log(`\nTwo people can chat at  ${demo.url}\n`);
console.log('Open the same address in another browser to join as a third person. Ctrl+C stops everything.');

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void stop());

/** Resolves when the relay listens. */
function startRelay() {
  const child = spawn(
    process.execPath,
    [
      'relay/dist/coming-relay.js',
      '--data',
      join(data, 'relay'),
      '--host',
      host,
      '--port',
      String(relayPort),
    ],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  relay = child;
  return new Promise((resolve, reject) => {
    let listening = false;
    child.stdout.once('data', () => {
      listening = true;
      resolve();
    });
    child.stdout.pipe(process.stdout);
    child.once('error', reject);
    child.once('exit', (code) => {
      if (!listening) reject(new Error(`the relay did not start (exit code ${code})`));
      else if (!stopping) void restartRelay();
    });
  });
}

async function restartRelay() {
  console.log('The relay is gone; starting it again \u2026');
  try {
    await startRelay();
  } catch {
    setTimeout(() => void restartRelay(), 1000);
  }
}

async function stop(exitCode = 0) {
  stopping = true;
  const isRunning = relay.exitCode === null && relay.signalCode === null;
  const gone = isRunning ? once(relay, 'exit') : undefined;
  relay.kill('SIGTERM');
  setTimeout(() => relay.kill('SIGKILL'), 5000);
  await Promise.all([demo.close(), gone]);
  process.exit(exitCode);
}

/** The wanted port, else any that is free. */
function freePort(wanted) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', () => (wanted === 0 ? reject(new Error('no free port')) : resolve(freePort(0))));
    probe.listen(wanted, host, () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

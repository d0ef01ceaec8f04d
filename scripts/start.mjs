// Builds what is needed and runs the demo: a relay and a local chain, each in a process of its own, and the
// page where people chat and pay.
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { serveDemo } from '../demo/server.mjs';
import { build } from './build.mjs';
import { supervise } from './supervise.mjs';

const root = join(import.meta.dirname, '..');
const data = process.env.COMING_DATA ?? join(root, '.data');
const host = process.env.COMING_HOST ?? '127.0.0.1';

build(['relay', 'devchain', 'cdn']);
mkdirSync(data, { recursive: true });

const relayPort = await freePort(Number(process.env.COMING_RELAY_PORT ?? 4410));
const chainPort = await freePort(Number(process.env.COMING_CHAIN_PORT ?? 4420));
let relay;
let chain;
try {
  // The relay first: it locks its folder, which keeps a second demo away from the chain's too.
  relay = await supervise('relay', server('relay', 'coming-relay.js', relayPort));
  chain = await supervise('chain', server('devchain', 'coming-devchain.js', chainPort));
} catch (error) {
  console.error(`${error.message}. Does another npm start use ${data}?`);
  process.exit(1);
}

const demo = await serveDemo({
  host,
  port: await freePort(Number(process.env.COMING_PORT ?? 4400)),
  kit: join(root, 'dist/cdn'),
  rosterFile: join(data, 'roster.json'),
  relay: { port: relayPort, process: () => relay.pid },
  chain: { port: chainPort, process: () => chain.pid },
});
console.log(`\nTwo people can chat and pay at  ${demo.url}\n`);
console.log('Open the same address in another browser to join as a third person. Ctrl+C stops everything.');

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void stop());

async function stop() {
  await Promise.all([demo.close(), relay.stop(), chain.stop()]);
  process.exit(0);
}

/** How a server of ours is started: each has a folder of its own, named after it. */
function server(name, file, port) {
  const flags = { data: join(data, name), host, port: String(port) };
  const args = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]);
  return [join(root, name, 'dist', file), ...args];
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

// The client in Chromium, as a page has it: from the click on send to the bubble on the other side through a relay on
// this machine, beside a raw WebSocket echo; messages a second while both sides are online; catching up with 10,000
// that waited; opening a profile with 50,000; the heap then. `npm run -s bench:client`, with `-- --json` for
// {env, click_to_bubble_p50_ms, click_to_bubble_p99_ms, echo_p50_ms, sustained_msgs, catchup_msgs, cold_open_ms, heap_mb},
// with `-- --quick` for a glance, with `-- --owner=worker` for clients in workers.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { cpus } from 'node:os';
import { join } from 'node:path';
import sirv from 'sirv';
import { WebSocketServer } from 'ws';
import { launch, printed, root } from './demo.mjs';

const isQuick = process.argv.includes('--quick');
const owner = /--owner=(page|worker)/.exec(process.argv.join(' '))?.[1] ?? 'page';
const CLICKS = isQuick ? 20 : 300;
const SUSTAINED = isQuick ? 300 : 3000;
const WAITING = isQuick ? 1000 : 10_000;
const STORED = isQuick ? 2000 : 50_000;
const OPENED = isQuick ? 3 : 9;

spawnSync(process.execPath, ['scripts/build.mjs', 'relay', 'cdn'], { cwd: root, stdio: ['ignore', 2, 2] });
// In memory: a relay that keeps what it takes answers when its disk has it, and the disk is not what is measured.
const relay = spawn(
  process.execPath,
  [
    'relay/dist/coming-relay.js',
    '--port',
    '0',
    '--rate-factor',
    '1e6',
    '--mailbox',
    String(2 * WAITING),
    '--data',
    ':memory:',
  ],
  { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] },
);
const url = await printed(relay, /^coming-relay listens on (ws:\S+)$/);
relay.stdout.resume();
const site = await serve();
const browser = await launch();

const sender = await visitor();
const receiver = await visitor();
const [from, to] = [await call(sender.page, 'signIn'), await call(receiver.page, 'signIn')];
await call(sender.page, 'show', to);
await call(receiver.page, 'show', from);

const clicks = [];
for (let n = 0; n < CLICKS; n += 1) {
  const text = `click ${n} of ${CLICKS}`;
  const seen = call(receiver.page, 'seen', text);
  clicks.push(-(await call(sender.page, 'click', text)) + (await seen));
}
const echoes = await echo();

const sustained = SUSTAINED / ((await call(sender.page, 'send', to, SUSTAINED, 'delivered')) / 1000);

await receiver.page.close();
let stored = SUSTAINED + CLICKS;
let catchUp;
while (!catchUp || stored < STORED) {
  await call(sender.page, 'send', to, WAITING, 'sent');
  receiver.page = await receiver.open();
  const { ms, longest } = await call(receiver.page, 'caughtUp');
  catchUp ??= { perSecond: WAITING / (ms / 1000), longest };
  await receiver.page.close();
  stored += WAITING;
}

const opened = [];
let heap = 0;
for (let n = 0; n < OPENED; n += 1) {
  const page = await receiver.open(`&peer=${from}`);
  const at = await page.evaluate(async () => (await window.opened) - performance.timeOrigin);
  opened.push(at);
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  heap = (await session.send('Runtime.getHeapUsage')).usedSize / 2 ** 20;
  await page.close();
}

await browser.close();
site.close();
relay.kill();
await new Promise((resolve) => relay.once('exit', resolve));

const result = {
  env: { cpu: cpus()[0].model, cores: cpus().length, owner },
  click_to_bubble_p50_ms: quantile(clicks, 0.5),
  click_to_bubble_p99_ms: quantile(clicks, 0.99),
  echo_p50_ms: quantile(echoes, 0.5),
  click_to_echo: round(quantile(clicks, 0.5) / quantile(echoes, 0.5)),
  sustained_msgs: Math.round(sustained),
  catchup_msgs: Math.round(catchUp.perSecond),
  catchup_longest_task_ms: Math.round(catchUp.longest),
  stored_messages: stored,
  cold_open_ms: quantile(opened, 0.5),
  heap_mb: round(heap),
};
if (process.argv.includes('--json')) console.log(JSON.stringify(result));
else for (const [name, value] of Object.entries(result)) console.log(name.padEnd(26), value);

/** Somebody with a profile of their own, and a page that is open. */
async function visitor() {
  const context = await browser.newContext();
  context.setDefaultTimeout(600_000);
  const open = async (query = '') => {
    const page = await context.newPage();
    page.on('pageerror', (error) => process.stderr.write(`${error.stack}\n`));
    await page.goto(`http://localhost:${site.address().port}/page.html?relay=${url}&owner=${owner}${query}`);
    await page.waitForFunction(() => window.bench);
    return page;
  };
  return { open, page: await open() };
}

function call(page, name, ...args) {
  return page.evaluate(([method, values]) => window.bench[method](...values), [name, args]);
}

async function serve() {
  const kit = sirv(join(root, 'dist/cdn'));
  const pages = sirv(join(root, 'bench/client'));
  const server = createServer((request, response) => {
    const isKit = request.url.startsWith('/kit/');
    if (isKit) request.url = request.url.slice('/kit'.length);
    (isKit ? kit : pages)(request, response);
  });
  await new Promise((resolve) => server.listen(0, 'localhost', resolve));
  return server;
}

async function echo() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  await once(server, 'listening');
  server.on('connection', (socket) => socket.on('message', (bytes) => socket.send(bytes)));
  const times = await call(sender.page, 'echo', `ws://127.0.0.1:${server.address().port}`, 500);
  server.close();
  return times;
}

function quantile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]);
}

function round(value) {
  return Math.round(value * 10) / 10;
}

// How long from the click on confirm until a payment is in a block, final, and received at the other side, through
// the demo's relay and local chain, in Chromium; beside it what the chain takes to start, and how large its runtime
// is. Prints JSON, times in ms. `node bench/pay.mjs`
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { launch, median, openDemo, printed, root } from './demo.mjs';

const ROUNDS = 15;
const STARTS = 9;
const BLOCK_TIME = 500;
const FINALITY_LAG = 2;

const browser = await launch();
const demo = await openDemo(browser);
const times = [];
for (let round = 1; round <= ROUNDS; round += 1) times.push(await pay(demo, `0.0001${round + 10}1`));
await demo.close();
await browser.close();

const starts = [];
for (let start = 0; start < STARTS; start += 1) starts.push(await startChain());
const runtime = readFileSync(join(root, 'devchain/gen/runtime.wasm'));

console.log(
  JSON.stringify({
    in_block_ms: median(times.map(({ inBlock }) => inBlock)),
    arriving_ms: median(times.map(({ arriving }) => arriving)),
    final_ms: median(times.map(({ final }) => final)),
    received_ms: median(times.map(({ received }) => received)),
    block_time_ms: BLOCK_TIME,
    blocks_until_final: FINALITY_LAG,
    chain_start_ms: median(starts),
    runtime_bytes: runtime.length,
    runtime_gz_bytes: gzipSync(runtime, { level: 9 }).length,
  }),
);

/** Both frames share the page's clock: Ada's click, and the first frames in which the bubbles say how it stands. */
async function pay({ ada, frameOf }, amount) {
  await ada.getByRole('button', { name: 'Pay Bo', exact: true }).click();
  await ada.getByRole('textbox', { name: 'Amount' }).fill(amount);
  await ada.getByRole('button', { name: 'Continue' }).click();
  await ada.locator('coming-pay-sheet').getByText(/ PCX$/).first().waitFor();
  const confirm = ada.getByRole('button', { name: `Pay ${amount} XBTC` });
  await confirm.evaluate((button) => {
    button.addEventListener('click', ({ timeStamp }) => {
      document.documentElement.dataset.clicked = String(performance.timeOrigin + timeStamp);
    });
  });
  const payers = standings(frameOf('Ada'), amount, { inBlock: 'In a block', final: 'Final' });
  const payees = standings(frameOf('Bo'), amount, { arriving: 'Arriving', received: 'Received' });
  await confirm.click();
  const seen = { ...(await payers), ...(await payees) };
  const at = Number(await frameOf('Ada').evaluate(() => document.documentElement.dataset.clicked));
  await ada.locator('coming-pay-sheet').getByRole('button', { name: 'Close' }).last().click();
  return Object.fromEntries(Object.entries(seen).map(([standing, time]) => [standing, time - at]));
}

/** When the bubble of a payment first begins with each of some texts. */
function standings(frame, amount, texts) {
  return frame.evaluate(
    ([wanted, beginnings]) =>
      new Promise((resolve) => {
        const seen = {};
        const all = (root) =>
          [...root.querySelectorAll('*')].flatMap((element) => [
            element,
            ...(element.shadowRoot ? all(element.shadowRoot) : []),
          ]);
        const look = () => {
          const payment = all(document).find(
            ({ localName, shadowRoot }) =>
              localName === 'coming-payment' && shadowRoot?.textContent.includes(wanted),
          );
          const text = payment?.shadowRoot.querySelector('[role=status]')?.textContent.trim() ?? '';
          for (const [name, beginning] of Object.entries(beginnings)) {
            if (text.startsWith(beginning)) seen[name] ??= performance.timeOrigin + performance.now();
          }
          const last = Object.keys(beginnings).at(-1);
          if (last in seen) resolve(seen);
          else requestAnimationFrame(look);
        };
        look();
      }),
    [amount, texts],
  );
}

/** From starting the process until it listens. */
async function startChain() {
  const began = performance.now();
  const chain = spawn(process.execPath, ['devchain/dist/coming-devchain.js', '--memory', '--port', '0'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await printed(chain, /(listens)/);
  const took = performance.now() - began;
  chain.kill();
  return took;
}

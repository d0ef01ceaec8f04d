// How long from Enter to the bubble on the other side, through the demo's relay, in Chromium:
// the first message of two people who never met (pre-keys are claimed, keys agreed), then the following ones;
// beside it a raw WebSocket echo on the same machine. Prints JSON, times in ms. `node bench/first-message.mjs`
import { WebSocketServer } from 'ws';
import { launch, median, openDemo } from './demo.mjs';

const ROUNDS = 7;
const FOLLOWING = 20;

const first = [];
const following = [];
const browser = await launch();
for (let round = 0; round < ROUNDS; round += 1) {
  const demo = await openDemo(browser);
  first.push(await send(demo, 'message 0'));
  for (let n = 1; n <= FOLLOWING; n += 1) following.push(await send(demo, `message ${n}`));
  await demo.close();
}
const echo = await echoTimes(browser);
await browser.close();
console.log(
  JSON.stringify({
    first_message_ms: median(first),
    following_ms: median(following),
    echo_ms: median(echo),
    following_to_echo: Number((median(following) / median(echo)).toFixed(1)),
  }),
);

/** Both frames share the page's clock: Ada's press of Enter, and the first frame in which Bo's list holds the text. */
async function send({ ada, frameOf }, text) {
  const field = ada.getByRole('textbox', { name: 'Message Bo' });
  await field.fill(text);
  const seen = frameOf('Bo').evaluate(
    (wanted) =>
      new Promise((resolve) => {
        const find = (root) =>
          [...root.querySelectorAll('*')].some(
            (element) =>
              (element.matches('[part~="message"], li') && element.textContent.includes(wanted)) ||
              (element.shadowRoot && find(element.shadowRoot)),
          );
        const look = () =>
          find(document) ? resolve(performance.timeOrigin + performance.now()) : requestAnimationFrame(look);
        look();
      }),
    text,
  );
  const pressed = await field.evaluate((element) => {
    const at = performance.timeOrigin + performance.now();
    const Enter = { key: 'Enter', code: 'Enter', bubbles: true, composed: true, cancelable: true };
    element.dispatchEvent(new KeyboardEvent('keydown', Enter));
    return at;
  });
  return (await seen) - pressed;
}

async function echoTimes(browser) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  server.on('connection', (socket) => socket.on('message', (data) => socket.send(data)));
  const page = await browser.newPage();
  const times = await page.evaluate(async (url) => {
    const socket = new WebSocket(url);
    await new Promise((resolve) => (socket.onopen = resolve));
    const found = [];
    for (let n = 0; n < 200; n += 1) {
      const start = performance.now();
      const answer = new Promise((resolve) => (socket.onmessage = resolve));
      socket.send(new Uint8Array(400));
      await answer;
      found.push(performance.now() - start);
    }
    return found;
  }, `ws://127.0.0.1:${server.address().port}`);
  server.close();
  return times;
}

// What the benchmark asks of a page: a client (`?owner=worker`: in a worker), and with `?peer` a chat that is shown.
import * as kit from '/kit/coming-kit.js';

const { relay, owner, peer } = Object.fromEntries(new URLSearchParams(location.search));
const client = await (owner === 'worker' ? kit.createWorkerClient : kit.createClient)({ relay });
const tasks = [];
new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
  type: 'longtask',
});

const now = () => performance.timeOrigin + performance.now();

/** The first value for which something holds, as soon as it does. */
function when(watchable, holds) {
  return new Promise((resolve) => {
    let stop;
    const look = (value) => {
      if (!holds(value)) return;
      resolve(value);
      queueMicrotask(() => stop());
    };
    stop = watchable.subscribe(look);
  });
}

const isOnline = ({ connection }) => connection === 'online';
let conversation;

window.bench = {
  async signIn() {
    await when(client.status, ({ phase }) => phase === 'signed-out' || phase === 'ready');
    if (!client.status.value.me) await client.becomeGuest();
    await when(client.status, isOnline);
    return client.status.value.me.comingId;
  },
  /** Shows the chat with somebody; when its newest message stands in it, in ms of the wall clock. */
  async show(id, text) {
    const chat = Object.assign(document.createElement('coming-chat'), { client, peer: id });
    chat.style.height = '600px';
    document.body.append(chat);
    await customElements.whenDefined('coming-chat');
    return text && this.seen(text);
  },
  /** When a text first stands in the thread. */
  async seen(text) {
    const root = await threadRoot();
    return new Promise((resolve) => {
      const look = () => {
        if (!root.textContent.includes(text)) return;
        observer.disconnect();
        resolve(now());
      };
      const observer = new MutationObserver(look);
      observer.observe(root, { childList: true, subtree: true, characterData: true });
      look();
    });
  },
  /** Writes into the composer and clicks on send; when that was. */
  async click(text) {
    const composer = within(document, 'coming-chat-composer').shadowRoot;
    const field = composer.querySelector('textarea');
    const button = composer.querySelector('button.send');
    while (field.disabled) await new Promise(requestAnimationFrame);
    field.value = text;
    field.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
    while (button.disabled) await new Promise(requestAnimationFrame);
    const at = now();
    button.click();
    return at;
  },
  /** Sends so many messages; in how many ms they were all stored, taken by the relay, or at the other side. */
  async send(id, count, until) {
    conversation ??= await client.openConversation(id);
    const began = performance.now();
    let last;
    for (let n = 0; n < count; n += 1)
      last = await conversation.send(`Message ${n} of ${count}, of an ordinary length`);
    const states = { sent: ['sent', 'delivered', 'read'], delivered: ['delivered', 'read'] }[until];
    await when(conversation.snapshot, ({ messages }) =>
      states.includes(messages.find((m) => m.id === last)?.state),
    );
    return performance.now() - began;
  },
  /** Waits until everything that waited is here; in how many ms since the connection stood, and the longest task. */
  async caughtUp() {
    await when(client.status, ({ connection }) => connection === 'catching-up' || connection === 'online');
    const began = performance.now();
    await when(client.status, isOnline);
    return { ms: performance.now() - began, longest: Math.max(0, ...tasks) };
  },
  async echo(url, count) {
    const socket = new WebSocket(url);
    await new Promise((resolve) => (socket.onopen = resolve));
    const times = [];
    for (let n = 0; n < count; n += 1) {
      const began = performance.now();
      const answer = new Promise((resolve) => (socket.onmessage = resolve));
      socket.send(new Uint8Array(400));
      await answer;
      times.push(performance.now() - began);
    }
    socket.close();
    return times;
  },
};

if (peer) window.opened = window.bench.show(peer, 'Message');

function within(root, selector) {
  for (const element of root.querySelectorAll('*')) {
    if (element.matches(selector)) return element;
    const found = element.shadowRoot && within(element.shadowRoot, selector);
    if (found) return found;
  }
  return undefined;
}

async function threadRoot() {
  for (;;) {
    const thread = within(document, 'coming-chat-thread');
    if (thread?.shadowRoot) return thread.shadowRoot;
    await new Promise(requestAnimationFrame);
  }
}

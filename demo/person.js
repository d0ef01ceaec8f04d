/** One person of the demo: becomes a guest, is given coins once, and greets whoever else is on the roster. */
import { createClient } from '/kit/coming-kit.js';

const SIDE_BY_SIDE = ['Ada', 'Bo'];

const name = new URLSearchParams(location.search).get('name') ?? 'Guest';
const { relay, chain } = await (await fetch('config')).json();
const client = await createClient({
  relay: `ws://${location.hostname}:${relay.port}`,
  chain: { endpoints: [`ws://${location.hostname}:${chain.port}`], genesis: chain.genesis },
  profile: `demo-${name.toLowerCase().replaceAll(' ', '-')}`,
});
document.title = name;
document.getElementById('name').textContent = name;
document.querySelector('coming-provider').client = client;
// Where there is room for both, what a payment does to the balance is seen beside it.
document.querySelector('details').open = matchMedia('(min-height: 46rem)').matches;

const notice = document.getElementById('notice');
notice.querySelector('button').addEventListener('click', () => void askForCoins());

let me;
let partner;
let roster;
client.status.subscribe(({ phase, connection, me: now }) => {
  tellShell({ connection });
  if (phase !== 'ready' || now.comingId === me?.comingId) return;
  me = now;
  void arrive();
});
const { phase } = await settled();
if (phase === 'signed-out') await client.becomeGuest({ deviceName: `${name}'s browser` });

/** Once at first, and again as somebody new after everything was erased. */
async function arrive() {
  partner = undefined;
  await post('roster', { name, comingId: me.comingId });
  void askForCoins();
  roster?.close();
  roster = new EventSource('roster');
  roster.onmessage = ({ data }) => void meet(JSON.parse(data));
  const payments = await client.openPayments();
  payments.chain.subscribe((state) => tellShell({ chain: state }));
  payments.head.subscribe((block) => tellShell({ block }));
}

async function askForCoins() {
  notice.hidden = true;
  const problem = await post('fund', { comingId: me.comingId });
  notice.hidden = !problem;
  notice.querySelector('span').textContent = problem ? `No coins yet: ${problem}.` : '';
}

async function meet(people) {
  const others = people.filter(({ comingId }) => comingId !== me.comingId);
  for (const other of others) {
    const conversation = await client.openConversation(other.comingId);
    if (!conversation.snapshot.value.petname) await conversation.setPetname(other.name);
    conversation.close();
  }
  // Two people side by side talk to each other at once; a third chooses from the list.
  const opposite = others.find((other) => SIDE_BY_SIDE.includes(other.name));
  if (partner || !opposite || !SIDE_BY_SIDE.includes(name)) return;
  partner = opposite;
  document.querySelector('coming-chat').openConversation(opposite.comingId);
}

/** Resolves with what went wrong, as a sentence; with undefined when nothing did. */
async function post(path, value) {
  try {
    const answer = await fetch(path, { method: 'POST', body: JSON.stringify(value) });
    return answer.ok ? undefined : await answer.text();
  } catch {
    return 'The demo server is away';
  }
}

function tellShell(news) {
  parent.postMessage({ name, ...news }, location.origin);
}

function settled() {
  return new Promise((resolve) => {
    const stop = client.status.subscribe((status) => {
      if (!['ready', 'signed-out'].includes(status.phase)) return;
      queueMicrotask(() => stop());
      resolve(status);
    });
  });
}

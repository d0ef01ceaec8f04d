/** One person of the demo: becomes a guest, and greets whoever else is on the roster. */
import { createClient } from '/kit/coming-kit.js';

const name = new URLSearchParams(location.search).get('name') ?? 'Guest';
const { relayPort } = await (await fetch('config')).json();
const client = await createClient({
  relay: `ws://${location.hostname}:${relayPort}`,
  profile: `demo-${name.toLowerCase().replaceAll(' ', '-')}`,
});
document.title = name;
document.getElementById('name').textContent = name;
document.querySelector('coming-provider').client = client;

client.status.subscribe(({ connection }) => {
  parent.postMessage({ name, connection }, location.origin);
});
const { phase } = await reached('ready', 'signed-out');
if (phase === 'signed-out') await client.becomeGuest({ deviceName: `${name}'s browser` });
const { me } = await reached('ready');
await fetch('roster', { method: 'POST', body: JSON.stringify({ name, comingId: me.comingId }) });

new EventSource('roster').onmessage = ({ data }) => void meet(JSON.parse(data));

let met = false;
async function meet(people) {
  const others = people.filter(({ comingId }) => comingId !== me.comingId);
  for (const other of others) {
    const conversation = await client.openConversation(other.comingId);
    if (!conversation.snapshot.value.petname) await conversation.setPetname(other.name);
    conversation.close();
  }
  // Two people side by side talk to each other at once; a third chooses from the list.
  const partner = others.find((other) => ['Ada', 'Bo'].includes(other.name));
  if (met || !partner || !['Ada', 'Bo'].includes(name)) return;
  met = true;
  document.querySelector('coming-chat').openConversation(partner.comingId);
}

function reached(...phases) {
  return new Promise((resolve) => {
    const stop = client.status.subscribe((status) => {
      if (!phases.includes(status.phase)) return;
      queueMicrotask(() => stop());
      resolve(status);
    });
  });
}

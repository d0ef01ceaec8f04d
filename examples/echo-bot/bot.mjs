/**
 * A bot that says everything back. `npm start -- wss://relay.example` starts it; see README.md.
 */
import { createNodeClient } from 'coming-kit/node';
import { answerAll } from './answering.mjs';

const relay = process.argv[2] ?? process.env.COMING_RELAY;
const folder = process.env.COMING_FOLDER ?? 'data';
// Where people can write to it: a page with `<coming-chat>` that takes the peer from its address.
const page = process.env.COMING_PAGE ?? 'https://chat.example/';

if (!relay) {
  console.error('Which relay? For example: npm start -- wss://relay.example');
  process.exit(2);
}

const answerTo = (text) => `You said: ${text}`;

const client = await createNodeClient({ relay, folder });

const attended = new Set();

/** Answers what is in a conversation, and whatever comes. */
async function attend(peer) {
  const conversation = await client.openConversation(peer);
  let isBusy = false;
  let again = false;
  conversation.snapshot.subscribe(async () => {
    again = true;
    if (isBusy) return;
    isBusy = true;
    try {
      while (again) {
        again = false;
        await answerAll(conversation, answerTo);
      }
    } catch (error) {
      failed(error);
    } finally {
      isBusy = false;
    }
  });
}

function failed(error) {
  // What can pass is tried again by the client itself; a code and no text: logs are no place for messages.
  if (error.code !== 'closed') console.error(`failed: ${error.code ?? error.message}`);
}

async function stop() {
  // Whatever was sent so far is stored, and goes out the next time if it has not by now.
  await client.close();
  process.exit(0);
}
process.once('SIGTERM', stop);
process.once('SIGINT', stop);

await ready();
const me = client.status.value.me ?? (await client.becomeGuest({ deviceName: 'Echo bot' }));
// Whoever writes is told that it arrived, without somebody to accept them.
await client.setProfile({ settings: { strangers: 'accept' } });
console.log(`Coming ID: ${me.comingId}`);
console.log(`Link: ${page}?peer=${me.comingId}`);

client.conversations.subscribe((conversations) => {
  for (const { peer } of conversations) {
    if (attended.has(peer)) continue;
    attended.add(peer);
    attend(peer).catch(failed);
  }
});

/** The profile is open, with an identity or without. */
function ready() {
  return new Promise((resolve, reject) => {
    let unsubscribe = () => undefined;
    unsubscribe = client.status.subscribe(({ phase, problem }) => {
      if (phase === 'starting') return;
      queueMicrotask(() => unsubscribe());
      if (phase === 'failed') reject(new Error(`the profile could not be opened: ${problem}`));
      else resolve();
    });
  });
}

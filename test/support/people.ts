import type {
  ClientStatus,
  ComingClient,
  Conversation,
  ConversationSnapshot,
  Me,
} from '../../core/client.js';
import { createLocalClient, type LocalClientOptions } from '../../core/local/index.js';
import { waitFor } from './wait.js';

export interface Person {
  readonly client: ComingClient;
  readonly me: Me;
}

/** A guest who is online. */
export async function guest(options: LocalClientOptions): Promise<Person> {
  const client = createLocalClient({ storage: 'memory', ...options });
  const me = await client.becomeGuest({ deviceName: 'Test' });
  await waitFor(client.status, ({ connection }: ClientStatus) => connection === 'online');
  return { client, me };
}

/** Opens a conversation from one person to another. */
export function conversation(from: Person, to: Person): Promise<Conversation> {
  return from.client.openConversation(to.me.comingId);
}

/** What was said, without what stands for something that cannot be read. */
export function textsOf(snapshot: ConversationSnapshot): string[] {
  return snapshot.messages.filter(({ state }) => state !== 'undecryptable').map(({ text }) => text);
}

export function hasTexts(...texts: string[]): (snapshot: ConversationSnapshot) => boolean {
  return (snapshot) => textsOf(snapshot).join('\n') === texts.join('\n');
}

export function lastState(state: string): (snapshot: ConversationSnapshot) => boolean {
  return (snapshot) => snapshot.messages.at(-1)?.state === state;
}

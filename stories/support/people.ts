/**
 * People who talk to each other in one page, over a relay in the page: for stories and tests.
 *
 * @module
 */
import type { ComingClient, Conversation, Watchable } from '../../core/client.js';
import { createLocalClient, type ChainChoice } from '../../core/local/index.js';
import { createLoopback, type LoopbackRelay } from '../../core/transport/index.js';

export { createLoopback, type LoopbackRelay };

/** Somebody with a client of their own, signed in as a guest. */
export interface Person {
  readonly client: ComingClient;
  readonly id: string;
}

/** A clock that is set by hand, so that a conversation can be days old. */
export class Clock {
  #ahead = 0;

  readonly now = (): number => Date.now() + this.#ahead;

  /** Goes to a moment, ms since 1970, and runs on from there. */
  set(time: number): void {
    this.#ahead = time - Date.now();
  }
}

/** A client on the relay that keeps nothing and has no identity yet. */
export function visitor(relay: LoopbackRelay, clock?: Clock, chain?: ChainChoice): ComingClient {
  return createLocalClient({ relay, chain, storage: 'memory', ...(clock ? { now: clock.now } : {}) });
}

export async function guest(relay: LoopbackRelay, clock?: Clock, chain?: ChainChoice): Promise<Person> {
  const client = visitor(relay, clock, chain);
  const { comingId } = await client.becomeGuest();
  await until(client.status, ({ connection }) => connection === 'online');
  return { client, id: comingId };
}

/** Waits for a value; the test's own time limit is the only one. */
export function until<T>(source: Watchable<T>, fits: (value: T) => boolean): Promise<T> {
  return new Promise((resolve) => {
    let found = false;
    let release: (() => void) | undefined = undefined;
    release = source.subscribe((value) => {
      if (found || !fits(value)) return;
      found = true;
      release?.();
      resolve(value);
    });
    if (found) release();
  });
}

/** One line of a conversation: who says what, when. */
export interface Line {
  readonly from: 'me' | 'them';
  readonly text: string;
  readonly at?: number;
}

/** Both ends of one conversation. */
export interface Talk {
  readonly mine: Conversation;
  readonly theirs: Conversation;
}

/** Opens a conversation at both ends and says the lines, each after the one before has arrived. */
export async function talk(
  me: Person,
  them: Person,
  lines: readonly Line[] = [],
  clock?: Clock,
): Promise<Talk> {
  const ends = {
    mine: await me.client.openConversation(them.id),
    theirs: await them.client.openConversation(me.id),
  };
  for (const line of lines) {
    if (line.at !== undefined) clock?.set(line.at);
    await say(ends, line.from, line.text);
  }
  return ends;
}

/** Says one thing and waits until the other end has it; returns its id. */
export async function say({ mine, theirs }: Talk, from: Line['from'], text: string): Promise<string> {
  const [speaker, listener] = from === 'me' ? [mine, theirs] : [theirs, mine];
  const id = await speaker.send(text);
  await until(listener.snapshot, ({ messages }) => messages.some((message) => message.id === id));
  return id;
}

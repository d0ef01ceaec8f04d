/**
 * Somebody with much to find: many conversations, long ones, made faster than people could talk.
 *
 * @module
 */
import type { ComingClient, Conversation } from '../../core/client.js';
import { encodeAddress } from '../../core/identity/index.js';
import { createLoopback, guest, type Clock } from './people.js';

/** A Coming ID of nobody. */
export function nobody(): string {
  return encodeAddress(crypto.getRandomValues(new Uint8Array(32)));
}

/** Somebody who knows so many people, by name where there is one, and has not said anything to them. */
export async function crowd(count: number, names: readonly string[] = []): Promise<ComingClient> {
  const { client } = await guest(createLoopback());
  for (let n = 0; n < count; n += 1) {
    const conversation = await client.openConversation(nobody());
    const name = names[n];
    if (name) await conversation.setPetname(name);
    conversation.close();
  }
  return client;
}

/** Writes many texts, one after the other, without waiting for anybody. */
export async function write(
  conversation: Conversation,
  texts: readonly string[],
  clock?: Clock,
): Promise<void> {
  for (const [at, text] of texts.entries()) {
    clock?.set(Date.now() - (texts.length - at) * 10 * 60_000);
    await conversation.send(text);
  }
}

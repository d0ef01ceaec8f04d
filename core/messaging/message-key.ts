/**
 * The name of a message as a key: ids are chosen by who writes, so whose it is belongs to the name.
 *
 * @module
 */
import type { AccountHex, MessageRef } from '../store/index.js';

/** A message of a conversation. */
export interface Target extends MessageRef {
  readonly peer: AccountHex;
}

/** Key of a message's order, and prefix of what came before it. */
export function orderKey({ peer, mine, id }: Target): [string, number, string] {
  return [peer, mine ? 1 : 0, id];
}

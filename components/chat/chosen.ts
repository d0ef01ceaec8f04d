/**
 * What is to be shown next: somebody, and perhaps one message. It stays inside of `<coming-chat>`, whose parts stop it.
 *
 * @module
 */
import type { MessageRef } from '../../core/client.js';

export class ConversationChosenEvent extends Event {
  constructor(
    readonly peer: string,
    /** The message to go to; undefined: where one left off. */
    readonly message?: MessageRef,
  ) {
    super('chosen', { bubbles: true, composed: true });
  }
}

/** What was looked for last, for whoever comes back to it. */
export interface Kept {
  query: string;
  /** Which of what was found was chosen. */
  at: string;
}

/**
 * What `<coming-chat>` tells the page.
 *
 * @module
 */

/** A message of the visitor was stored for sending. Its text stays in the chat. */
export class ComingMessageSentEvent extends Event {
  constructor(
    /** The message's id, 32 hexadecimal digits. */
    readonly id: string,
  ) {
    super('coming-message-sent', { bubbles: true, composed: true });
  }
}

declare global {
  interface GlobalEventHandlersEventMap {
    'coming-message-sent': ComingMessageSentEvent;
  }
}

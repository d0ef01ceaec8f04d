/**
 * Which devices a sender may encrypt to: those whose capability covers the conversation.
 *
 * The receiver's account wrote the capability into its log; senders enforce it, because nobody else
 * can: a device that a message was encrypted to can read it.
 *
 * @module
 */
import type { LoggedDevice } from './device-log.js';

/** Whether a device may receive what is said in a conversation that was started on this origin. */
export function mayReceive(
  { capability, origin }: Pick<LoggedDevice, 'capability' | 'origin'>,
  conversationOrigin: string,
): boolean {
  return capability === 'full' || origin === conversationOrigin;
}
